# A node that was stopped starts again while its database is away, from what it remembers: links redirect, clicks and
# conversions are journalled, and nothing goes into a database that is not the one it knew.
use strict;
use warnings;

use Affiliated::MariaDB;
use Affiliated::Network;
use Affiliated::Test;
use File::Path qw(remove_tree);
use Test::More;

my $mariadb = Affiliated::MariaDB->start;
my $srv = affiliated_start(workers => 2, mariadb => $mariadb, config => { postback_wait => '300ms' });
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $offer = $net->offer(url => 'http://shop.example/?c=%%click_hash%%', advertiserid => $net->advertiser('shop'),
	advertiser_cost_type => 'conversion', advertiser_cost_flat => '10', commission_type => 'cpa',
	flat_amount_per_conversion => '3');
my $link = "/click?pid=$aff&offer_id=$offer";
my @hash = $net->click("$link&sub1=1");
is $net->pixel(click_hash => $hash[0], orderid => 'o0'), '*success*', 'a conversion while all is well';
is $srv->stop, 0, 'the server stops';

my $state = $srv->{conf}{state_dir};
my $log_from = 0;

# What was logged since the last look.
sub new_log {
	open my $f, '<', $srv->log_file or die;
	seek $f, $log_from, 0;
	my $text = do { local $/; <$f> } // '';
	$log_from = tell $f;
	return $text;
}

sub start_fails {
	my ($what, $want) = @_;
	new_log();
	ok !eval { $srv->launch; 1 }, "$what: the server does not start";
	my @errors = grep { /error:/ } split /\n/, new_log();
	is scalar(@errors), 1, "$what: one line";
	like $errors[0] // '', $want, "$what: says why";
	return;
}

sub clicks {
	my ($n) = @_;
	my $first = @hash;
	push @hash, my @new = map { $net->click("$link&sub1=" . ($first + $_)) } 1 .. $n;
	return scalar grep { defined } @new;
}

sub is_degraded {
	my ($what) = @_;
	my $r = $srv->get('/readyz');
	is "$r->{status} $r->{json}{status}", '200 degraded', "$what: /readyz says degraded";
	return;
}

sub reads { my ($file) = @_; local (@ARGV, $/) = $file; return scalar <> }

sub writes {
	my ($file, $text) = @_;
	open my $f, '>', $file or die "$file: $!";
	print $f $text;
	close $f;
	return;
}

$mariadb->stop;
subtest 'the same machine: rings and catalog are in the tmpfs' => sub {
	$srv->launch;
	is_degraded('at the start');
	is clicks(20), 20, 'links redirect';
	is $net->pixel(click_hash => $hash[1], orderid => 'o1'), '*success*', 'a conversion is accepted';
	is $srv->post('/postback', { clickid => $hash[2], action_id => 'o2' })->{json}{status}, 1, 'by the other door too';
	my $r = $net->nats(GET => 'service/ping');
	is "$r->{status} $r->{json}{result}", '503 error', 'a call gets the 503 of its dialect';
	$r = $net->affise(GET => 'offers');
	is "$r->{status} $r->{json}{status}", '503 2', 'of the other dialect too';
	my $before = $srv->children;
	kill 'KILL', map { @{ $before->{$_} } } 'stats', 'worker 0';
	poll_until('stats and a worker are killed and come back', sub {
		my $now = $srv->children;
		return !grep { !$now->{$_} || $now->{$_}[0] == $before->{$_}[0] } 'stats', 'worker 0';
	});
	poll_until('and links redirect', sub { clicks(1) == 1 || (pop @hash, 0) });
	kill 'HUP', $srv->{pid};
	poll_until('a reload', sub { my $now = $srv->children->{stats}; $now && @$now == 1 && $now->[0] != $before->{stats}[0] });
	is clicks(5), 5, 'changes nothing about that';
	is_degraded('after all that');

	$mariadb->launch;
	poll_until('when the database is back, the clicks are booked', sub { $srv->sql('SELECT COUNT(*) FROM click') == @hash });
	poll_until('and the conversions', sub { $srv->sql('SELECT COUNT(*) FROM conversion') == 3 });
	poll_until('/readyz is content', sub { $srv->get('/readyz')->{json}{status} eq 'ok' });
	is $net->nats(GET => 'service/ping')->{content}, 1, 'calls are answered';
	ok $net->offer(name => 'Another'), 'and changes are in force';
	like new_log(), qr/warning: database: .*starting without it.*database is there, and is the one that was checked/s,
	    'the log says both';
	my ($rc, $out, $err) = $srv->ctl('verify');
	is $rc, 0, 'the books balance' or diag "$out$err";
	is $srv->stop, 0, 'a clean end';
};

subtest 'after the machine was started: the tmpfs is empty' => sub {
	$mariadb->stop;
	remove_tree($srv->{conf}{shm_dir}, { keep_root => 1 });
	new_log();
	$srv->launch;
	is_degraded('at the start');
	like $srv->get('/metrics')->{content}, qr/^affiliated_backlog_clicks_bytes 0$/m, 'what is booked is known to be';
	is clicks(10), 10, 'links redirect from the copy of the catalog';
	is $srv->stop, 0, 'a stop keeps all of it';
	$srv->launch;
	is clicks(3), 3, 'as does the next start';
	$mariadb->launch;
	poll_until('the clicks are booked', sub { $srv->sql('SELECT COUNT(*) FROM click') == @hash });
	is $srv->sql('SELECT COUNT(DISTINCT sub1) FROM click'), @hash, 'each once';
	unlike new_log(), qr/error:/, 'and nobody complains';
	is $srv->stop, 0, 'a clean end';
};

subtest 'a damaged copy of the catalog is not believed' => sub {
	$mariadb->stop;
	remove_tree($srv->{conf}{shm_dir}, { keep_root => 1 });
	my $image = reads("$state/catalog");
	substr($image, length($image) / 2, 1) ^= "\x01";
	writes("$state/catalog", $image);
	new_log();
	$srv->launch(no_wait => 1);
	poll_until('the log names it', sub { new_log() =~ m{error: clicks are refused until the database is back: \Q$state\E/catalog: .*checksum} });
	my $r = $srv->get($link);
	is $r->{status}, 503, 'a click is refused';
	$r = $srv->get('/readyz');
	is "$r->{status} $r->{json}{reason}", '503 no catalog yet', 'and the node says that it cannot';
	$mariadb->launch;
	poll_until('until the database is back', sub { $srv->get('/readyz')->{status} == 200 });
	is clicks(2), 2, 'then links redirect';
	is $srv->stop, 0, 'a clean end';
};

# Another database, another schema, another node's journal: each is refused before anything is booked.
subtest 'what comes back is not what went away' => sub {
	my ($made, $sum, $uuid) = $mariadb->dbh($srv->{db})->selectrow_array(
		'SELECT s.applied_us, s.sha256, HEX(n.journal_uuid) FROM schema_step s, node n ORDER BY s.step LIMIT 1');
	my %wrong = (
		'another database' => ['UPDATE schema_step SET applied_us = applied_us + 1 ORDER BY step LIMIT 1',
			qr/it is another one than this node was started for/],
		'another schema' => ["UPDATE schema_step SET sha256 = REVERSE(sha256) ORDER BY step LIMIT 1",
			qr/has changed since it was applied/],
		'another journal' => ["UPDATE node SET journal_uuid = REVERSE(journal_uuid)", qr/registered in this database with another journal/],
	);
	for my $what (sort keys %wrong) {
		my ($sql, $want) = @{ $wrong{$what} };
		my $booked = $srv->sql('SELECT COUNT(*) FROM click');
		my $offers = $srv->sql('SELECT COUNT(*) FROM offer');
		is $booked, @hash, "$what: all is booked before";
		$srv->exec_sql($sql);
		$mariadb->stop;
		new_log();
		$srv->launch;
		is clicks(4), 4, "$what: links redirect while it is away";
		$mariadb->launch;
		my $log = '';
		poll_until("$what is said", sub { ($log .= new_log()) =~ /error: .*$want.*: events stay in the journal/ });
		is clicks(4), 4, "$what: links redirect";
		is_degraded($what);
		is $net->nats(POST => 'offer/add_offer', name => 'No', url => 'http://no.example/')->{status}, 503, "$what: a call is refused";
		is $srv->sql('SELECT COUNT(*) FROM click'), $booked, "$what: nothing is booked";
		is $srv->sql('SELECT COUNT(*) FROM offer'), $offers, "$what: nothing is changed";
		is $srv->sql('SELECT COUNT(*) FROM node'), 1, "$what: no node is made known";
		is scalar(() = ($log . new_log()) =~ /error:.*events stay/g), 1, "$what: said once";
		my $dbh = $srv->dbh;
		$dbh->do('UPDATE schema_step SET applied_us = ?, sha256 = ? ORDER BY step LIMIT 1', undef, $made, $sum);
		$dbh->do('UPDATE node SET journal_uuid = UNHEX(?)', undef, $uuid);
		poll_until("$what: put right, all is booked", sub { $srv->sql('SELECT COUNT(*) FROM click') == @hash });
		is $srv->stop, 0, "$what: a clean end";
	}
};

subtest 'what was never checked is no ground to start on' => sub {
	my $checked = reads("$state/database.checked");
	$mariadb->stop;
	my %conf = %{ $srv->{conf} };
	for my $case ([{ node_id => 7 }, qr/the node had another node_id then/], [{ database_name => 'other' }, qr/the configuration named another database then/],
		[{ schema_dir => "$srv->{dir}/schema" }, qr/it was not checked against the schema of this version/]) {
		mkdir "$srv->{dir}/schema";
		writes("$srv->{dir}/schema/0001-other.sql", "CREATE TABLE x (x INT);\n");
		$srv->{conf} = { %conf, %{ $case->[0] } };
		$srv->write_config;
		start_fails(join(' ', %{ $case->[0] }), qr/database: .*; a start needs it, since $case->[1]/);
	}
	$srv->{conf} = {%conf};
	$srv->write_config;
	writes("$state/database.checked", $checked =~ s/(?<=made \d)(\d)/($1 + 1) % 10/er);
	start_fails('a damaged file', qr/a start needs it, since database\.checked is damaged/);
	writes("$state/database.checked", '');
	start_fails('an empty file', qr/a start needs it, since database\.checked is damaged/);
	unlink "$state/database.checked";
	start_fails('no file', qr/a start needs it, since no start has found it there yet/);
	$mariadb->launch;
	$srv->launch;
	is reads("$state/database.checked"), $checked, 'a start with the database writes it again';
	is $srv->stop, 0, 'a clean end';
};

# A server that answers, and says no, is no database that is away.
subtest 'a wrong password' => sub {
	$mariadb->dbh->do("CREATE USER visitor\@localhost IDENTIFIED BY 'secret'");
	$mariadb->dbh->do("GRANT ALL ON *.* TO visitor\@localhost");
	@{ $srv->{conf} }{qw(database_user database_password)} = ('visitor', 'wrong');
	$srv->write_config;
	start_fails('a wrong password', qr/database: Access denied/);
	$srv->{conf}{database_password} = 'secret';
	$srv->write_config;
	$srv->launch;
	is clicks(1), 1, 'with the right one it starts';
	poll_until('and books', sub { $srv->sql('SELECT COUNT(*) FROM click') == @hash });
	my ($rc, $out, $err) = $srv->ctl('verify');
	is $rc, 0, 'the books balance' or diag "$out$err";
	is $srv->stop, 0, 'a clean end';
};

undef $srv;
undef $mariadb;
done_testing;
