# Traffic while processes are killed with -9, and what must hold afterwards (DESIGN §1, I1 and I2).
#
#   my $storm = Affiliated::Storm->new(clients => 4);
#   $storm->begin;
#   $storm->kill_at_random(worker => 8, stats => 8, master => 4);
#   $storm->end;
#   $storm->settle;
#   $storm->check_books;
#
# Clients are processes of their own.  Each click and each conversion bears a name that nobody else uses, and a
# client writes down what it was answered, or that the connection broke: so every row has its request and every
# answer its row.  The seed is printed; AFFILIATED_SEED repeats the moments and their order, though not, of course,
# what the scheduler makes of them.
package Affiliated::Storm;

use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $TIMEOUT = 60;    # a killed master's clients wait in the backlog until the next one serves them

# Options: clients, config, pace (mean seconds between two visitors of a client).
sub new {
	my ($class, %o) = @_;
	my $self = bless { clients => 8, pace => 0.004, %o, seed => $ENV{AFFILIATED_SEED} // int rand 2**31,
		kills => {}, owner => $$, pids => [] }, $class;
	diag("AFFILIATED_SEED=$self->{seed}");
	srand $self->{seed};
	$self->{srv} = managed(%{ $o{config} // {} });
	$self->{net} = Affiliated::Network->new($self->{srv});
	$self->make_network;
	return $self;
}

# A server with its own database, which must be able to read what it needs after it has dropped its privileges.
sub managed {
	my (%config) = @_;
	my $user = $> == 0 ? 'nobody' : '';
	my $srv = Affiliated::Test->new(managed => 1, workers => 2,
		config => { $user ? (user => $user) : (), database_buffer => '64MiB', postback_wait => '2s', %config });
	system 'cp', '-r', top_dir() . '/schema', "$srv->{dir}/schema";
	system 'cp', top_dir() . '/conf/bots.txt', "$srv->{dir}/bots.txt";
	system 'chmod', '-R', 'a+rX', "$srv->{dir}/schema", "$srv->{dir}/bots.txt";
	chmod 0777, "$srv->{dir}/shm";
	@{ $srv->{conf} }{qw(schema_dir bot_patterns)} = ("$srv->{dir}/schema", "$srv->{dir}/bots.txt");
	$srv->write_config;
	$srv->launch;
	return $srv;
}

sub make_network {
	my ($self) = @_;
	my $net = $self->{net};
	my $adv = $net->advertiser('shop');
	$self->{aff} = $net->affiliate('anna');
	$self->{offer} = $net->offer(name => 'Storm', url => 'http://shop.example/?h=%%click_hash%%', advertiserid => $adv,
		advertiser_cost_type => 'conversion', advertiser_cost_flat => '10', commission_type => 'hybrid',
		flat_amount_per_conversion => '3', flat_amount_per_click => '0.01');
	$self->{code} = $net->nats(GET => 'affiliate/get_single_link', loginid => $self->{aff}, offerid => $self->{offer},
		code_only => 1)->{json}{message};
	return;
}

# --- clients ----------------------------------------------------------------------------------------------------

sub begin {
	my ($self) = @_;
	for my $n (1 .. $self->{clients}) {
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			my $ok = eval { $self->client($n); 1 };
			print STDERR "client $n: $@" if !$ok;
			POSIX::_exit($ok ? 0 : 1);
		}
		push @{ $self->{pids} }, $pid;
	}
	return;
}

# Ends the clients after their current request, and reads what they wrote.
sub end {
	my ($self) = @_;
	kill 'TERM', @{ $self->{pids} };
	my $bad = 0;
	for my $pid (splice @{ $self->{pids} }) {
		waitpid $pid, 0;
		$bad++ if $? != 0;
	}
	is($bad, 0, 'every client was answered in time or cut off');
	for my $n (1 .. $self->{clients}) {
		open my $f, '<', "$self->{srv}{dir}/client$n" or die "client $n: $!";
		while (<$f>) {
			chomp;
			my ($what, $name, $status, $text) = split /\t/;
			if ($what eq 'click') {
				$self->{click}{$name} = { status => $status, hash => $text };
			} else {
				push @{ $self->{post}{$name} }, { status => $status, text => $text };
				$self->{hash_of}{$name} //= (split /\t/)[4];
			}
		}
	}
	return;
}

sub client {
	my ($self, $n) = @_;
	my $stop = 0;
	local $SIG{TERM} = sub { $stop = 1 };
	local $SIG{PIPE} = 'IGNORE';
	srand $self->{seed} + $n;
	open my $log, '>', "$self->{srv}{dir}/client$n" or die "log: $!";
	my ($sock, $i) = (undef, 0);
	my $ask = sub {
		undef $sock if $sock && rand() < 0.3;
		return request(\$sock, $self->{srv}{port}, @_);
	};
	while (!$stop) {
		my $name = "s$n-" . ++$i;
		my ($status, $head) = $ask->('GET', rand() < 0.5 ? "/track/$self->{code}?subaff=$name"
		    : "/click?pid=$self->{aff}&offer_id=$self->{offer}&sub1=$name");
		my ($hash) = $head =~ m{^location: http://shop\.example/\?h=(\S+)}mi;
		syswrite $log, join("\t", 'click', $name, $status, $hash // '') . "\n";
		while ($hash && !$stop && rand() < ($n % 2 ? 0.1 : 0.5)) {    # every other client mostly clicks
			my ($post, undef, $text) = $ask->(rand() < 0.5 ? 'GET' : 'POST', conversion($name, $hash, rand() < 0.5));
			$text =~ s/\s+/ /g;
			syswrite $log, join("\t", 'post', $name, $post, $text, $hash) . "\n";
		}
		sleep rand 2 * $self->{pace};
	}
	return;
}

# Both doors; the name is the order id.
sub conversion {
	my ($name, $hash, $affise) = @_;
	return $affise ? "/postback?clickid=$hash&action_id=$name" : "/signup/process_pixel.php?click_hash=$hash&orderid=$name";
}

# One request over a connection that is kept where it lives.  (status, head, body); status 0: it broke.
sub request {
	my ($sock, $port, $method, $target) = @_;
	my $query = '';
	if ($method eq 'POST') {
		($target, $query) = split /\?/, $target, 2;
	}
	$$sock //= IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => $TIMEOUT) // return (0, '', '');
	my $bytes = "$method $target HTTP/1.1\r\nHost: t.example\r\nUser-Agent: " . browser_ua() . "\r\nContent-Length: "
	    . length($query) . "\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n$query";
	my ($in, $until) = ('', time + $TIMEOUT);
	syswrite $$sock, $bytes;
	while (1) {
		if ($in =~ /^(.*?\r\n)\r\n(.*)\z/s) {
			my ($head, $body) = ($1, $2);
			my ($length) = $head =~ /^content-length: (\d+)/mi;
			if (length $body >= ($length // 0)) {
				undef $$sock if $head =~ /^connection: close/mi;
				return ($head =~ m{^HTTP/1\.1 (\d+)}, $head, $body);
			}
		}
		my $r = '';
		vec($r, fileno $$sock, 1) = 1;
		my $left = $until - time;
		die "no answer within $TIMEOUT s: $target\n" if $left <= 0;
		next if select($r, undef, undef, $left) <= 0;
		next if sysread $$sock, $in, 65536, length $in;
		undef $$sock;
		return (0, '', '');
	}
}

# --- kills ------------------------------------------------------------------------------------------------------

# The process that has this role now; nothing while it is being started again.
sub pid_of {
	my ($self, $role) = @_;
	my $srv = $self->{srv};
	return $srv->{pid} if $role eq 'master';
	if ($role eq 'mariadbd') {
		open my $f, '<', "$srv->{dir}/state/database/pid" or return;
		my $pid = <$f> // return;
		open my $c, '<', '/proc/' . ($pid + 0) . '/comm' or return;
		return <$c> =~ /^mariadbd/ ? $pid + 0 : undef;
	}
	my $children = $srv->children;
	my @pids = map { @{ $children->{$_} } } grep { /^\Q$role\E/ } sort keys %$children;
	return @pids ? $pids[ rand @pids ] : undef;
}

sub wait_for {
	my ($self, $role) = @_;
	my ($pid, $until) = (undef, time + 60);
	until ($pid = $self->pid_of($role)) {
		die "there is no $role: " . $self->{srv}->log_tail if time > $until;
		sleep 0.01;
	}
	return $pid;
}

# `all`: the whole server and its database at one stroke; `reload` is no kill, but moves the work to new processes.
sub kill_one {
	my ($self, $role) = @_;
	my $srv = $self->{srv};
	my $master = $srv->{pid};
	if ($role eq 'reload') {
		kill 'HUP', $master;
		return;
	}
	my @pids = $role eq 'all' ? ($self->wait_for('mariadbd'), $master, map { @$_ } values %{ $srv->children })
	    : $self->wait_for($role);
	kill 'KILL', @pids or return;
	$self->{kills}{$role}++;
	return if $role ne 'master' && $role ne 'all';
	waitpid $master, 0;
	$srv->launch;
	return;
}

# So many kills of each kind, in an order and with pauses that the seed decides.
sub kill_at_random {
	my ($self, %count) = @_;
	my @bag = map { ($_) x $count{$_} } sort keys %count;
	for my $i (reverse 1 .. $#bag) {
		my $j = int rand($i + 1);
		@bag[ $i, $j ] = @bag[ $j, $i ];
	}
	for my $role (@bag) {
		sleep 0.1 + rand 1.2;
		$self->kill_one($role);
	}
	return;
}

sub kills { my $n = 0; $n += $_ for values %{ $_[0]{kills} }; return $n }

# --- afterwards -------------------------------------------------------------------------------------------------

# Until all that was taken is booked.
sub settle {
	my ($self) = @_;
	my $srv = $self->{srv};
	poll_until('everything is booked', sub {
		my %m = $srv->get('/metrics')->{content} =~ /^affiliated_(\w+) (-?[\d.]+)$/mg;
		die join ' ', map { "$_=" . ($m{$_} // 'none') } grep { /^(?:backlog|ring)_/ } sort keys %m
		    if grep { ($m{$_} // 1) != 0 } qw(backlog_clicks_bytes backlog_events_bytes ring_clicks_bytes ring_events_bytes);
		return $m{database_up} == 1 && $srv->sql('SELECT COUNT(*) FROM unresolved') == 0;
	}, 90);
	return;
}

# The spelling of a click id in redirects.
sub hash_of_row {
	my ($us, $lo) = @_;
	my ($digits, $prefix) = ($lo % 10**9, int($lo / 10**9));
	return sprintf '%d%08x%05x%d.%08d', $prefix, $us / 10**6, $us % 10**6, $digits / 10**8, $digits % 10**8;
}

sub some { my @l = @_; return @l > 5 ? (@l[ 0 .. 4 ], '... ' . @l) : @l }

sub check_clicks {
	my ($self) = @_;
	my ($click, %row, @double, @strange, @other, @lost) = ($self->{click});
	my %n = (answered => 0, broken => 0, refused => 0, odd => 0);
	$n{ $_->{status} == 302 ? 'answered' : $_->{status} == 0 ? 'broken' : $_->{status} == 503 ? 'refused' : 'odd' }++
	    for values %$click;
	for my $r (@{ $self->{srv}->dbh->selectall_arrayref('SELECT sub1, click_us, click_lo FROM click') }) {
		my $c = $click->{ $r->[0] };
		push @double, $r->[0] if $row{ $r->[0] }++;
		push @strange, $r->[0] if !$c || $c->{status} != 302 && $c->{status} != 0;
		push @other, $r->[0] if $c && $c->{status} == 302 && $c->{hash} ne hash_of_row(@$r[ 1, 2 ]);
	}
	@lost = grep { $click->{$_}{status} == 302 && !$row{$_} } sort keys %$click;
	my $rows = keys %row;
	note("clicks: $n{answered} answered, $n{broken} broken, $n{refused} refused, $rows rows");
	is($n{odd}, 0, 'a click is redirected or refused with 503');
	is_deeply([ some(@lost) ], [], 'every click that was redirected is recorded');
	is_deeply([ some(@double) ], [], 'once');
	is_deeply([ some(@other) ], [], 'under the id that its visitor was given');
	is_deeply([ some(@strange) ], [], 'and every row has its request');
	cmp_ok($rows, '<=', $n{answered} + $n{broken}, 'answers <= rows <= answers + broken connections');
	$self->{clicks} = $rows;
	return $n{broken};
}

sub is_success { return $_[0]{status} eq '200' && $_[0]{text} =~ /^\*success\*$|"status": ?1\b/ }
sub is_duplicate { return $_[0]{status} eq '200' && $_[0]{text} =~ /Duplicate orderid|Conversion exists/ }

# What the clients heard.  A conversion asked again by its client may be a duplicate, or accepted anew while the
# database is away.
sub check_posts {
	my ($self) = @_;
	my ($post, $broken, @odd, %row, @lost, @strange) = ($self->{post}, 0);
	my %sure;
	for my $name (sort keys %$post) {
		for my $p (@{ $post->{$name} }) {
			$broken++ if $p->{status} == 0;
			$sure{$name} = 1 if is_success($p) || is_duplicate($p);
			push @odd, "$name $p->{status} $p->{text}"
			    if !is_success($p) && !is_duplicate($p) && $p->{status} != 0 && $p->{status} != 503;
		}
		push @odd, "$name was a duplicate at once" if is_duplicate($post->{$name}[0]);
	}
	$row{ $_->[0] }++ for @{ $self->{srv}->dbh->selectall_arrayref('SELECT orderid FROM conversion') };
	@lost = grep { !$row{$_} } sort keys %sure;
	@strange = grep { !$post->{$_} } sort keys %row;
	note(sprintf 'conversions: %d names, %d sure, %d broken connections, %d rows', scalar keys %$post, scalar keys %sure,
		$broken, scalar keys %row);
	is_deeply([ some(@odd) ], [], 'a conversion is taken, known already, or refused with 503');
	is_deeply([ some(@lost) ], [], 'every conversion that was acknowledged is booked');
	is_deeply([ some(grep { $row{$_} > 1 } sort keys %row) ], [], 'once');
	is_deeply([ some(@strange) ], [], 'and every row has its request');
	cmp_ok(scalar keys %row, '<=', scalar keys %$post, 'answers <= rows <= answers + what nobody heard of');
	$self->{booked} = \%row;
	return $broken;
}

# All of them once more: duplicates, save those that nobody had heard of and that were not booked either.
sub retry_posts {
	my ($self) = @_;
	my ($sock, @odd) = undef;
	my $taken = 0;
	for my $name (sort keys %{ $self->{post} }) {
		my ($status, undef, $text) = request(\$sock, $self->{srv}{port}, 'GET',
			conversion($name, $self->{hash_of}{$name}, $taken++ % 2));
		my $p = { status => $status, text => $text =~ s/\s+/ /gr };
		push @odd, "$name $status $text" if $self->{booked}{$name} ? !is_duplicate($p) : !is_success($p);
	}
	is_deeply([ some(@odd) ], [], 'a retried conversion is a duplicate');
	$self->settle;
	is($self->{srv}->sql('SELECT COUNT(*) FROM conversion'), $taken, 'and in the end each is booked once');
	return;
}

sub check_books {
	my ($self) = @_;
	my ($srv, $net) = @$self{qw(srv net)};
	my $broken = $self->check_clicks + $self->check_posts;
	my $cuts = 0;
	$cuts += $self->{kills}{$_} // 0 for qw(worker master all);
	cmp_ok($broken, '<=', $self->{clients} * $cuts, "$broken connections broke, at most one a client and kill of a worker");
	$self->retry_posts;
	my $n = keys %{ $self->{post} };
	is($srv->sql('SELECT SUM(revenue) FROM conversion'), 10_000_000 * $n, 'the advertiser owes 10 for each');
	is($srv->sql('SELECT SUM(amount) FROM payout_row'), 3_000_000 * $n, 'the affiliate gets 3');
	is($srv->sql('SELECT COUNT(*) FROM conversion v JOIN click c USING (click_us, click_lo) WHERE v.orderid = c.sub1'), $n,
		'each hangs on its own click');
	my $row = $net->nats(GET => 'report/profitloss', view => 'offer', period => 'all')->{json}{total}{row};
	is($row->{page_view}, $self->{clicks}, 'profit and loss has the clicks');
	is($row->{advertiser_initial}, $n, 'and the conversions');
	my ($rc, $out, $err) = $srv->ctl('verify');
	is($rc, 0, 'affiliatectl verify is clean') or diag("$out$err");
	$self->check_log;
	return;
}

# Nothing died but what was killed, and nothing was put aside.
sub check_log {
	my ($self) = @_;
	my $log = do { local (@ARGV, $/) = $self->{srv}->log_file; <> };
	is_deeply([ some($log =~ /^(.*killed by signal (?!9;).*)$/mg) ], [], 'no process crashed');
	is_deeply([ some($log =~ /^(.*(?:quarantine|assert).*)$/mig) ], [], 'no record was put aside');
	return;
}

sub DESTROY {
	my ($self) = @_;
	kill 'KILL', @{ $self->{pids} } if $self->{owner} == $$ && @{ $self->{pids} };
	return;
}

1;
