# A real server for a test: own directory, own database, own socket, gone when the object is.
#
#   my $srv = affiliated_start(workers => 2, config => { node_id => 3 });
#   my $r = $srv->get('/healthz');                      # { status, headers, content, json }
#   is $srv->sql('SELECT COUNT(*) FROM click'), 1;
#   poll_until('the click is folded', sub { $srv->sql('SELECT COUNT(*) FROM click') == 1 });
#
# The test opens the listening socket and hands it down, so that no port is raced for.
package Affiliated::Test;

use strict;
use warnings;

use Affiliated::MariaDB;
use Cwd qw(abs_path);
use Exporter qw(import);
use Fcntl qw(F_SETFD);
use File::Basename qw(dirname);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Socket::INET;
use IPC::Open3;
use Cpanel::JSON::XS ();
use JSON::PP;
use POSIX qw(WNOHANG);
use Symbol qw(gensym);
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(affiliated_start poll_until top_dir build_dir form browser_ua json_of);

my $top = abs_path(dirname(__FILE__) . '/../../..');
my $build = $ENV{AFFILIATED_BUILD} ? abs_path($ENV{AFFILIATED_BUILD}) : $top;
my ($shared_db, $count) = (undef, 0);

sub top_dir { return $top }
sub build_dir { return $build }

sub browser_ua {
	return 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
}

# Names and values as a form: form(a => 1, 'b[]' => [2, 3])
sub form {
	my @p = @_;
	my @out;
	while (@p) {
		my ($k, $v) = splice @p, 0, 2;
		push @out, map { escape($k) . '=' . escape($_ // '') } ref $v eq 'ARRAY' ? @$v : $v;
	}
	return join '&', @out;
}

sub escape {
	my ($s) = @_;
	utf8::encode($s) if utf8::is_utf8($s);
	$s =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge;
	return $s;
}

# Numbers and strings are told apart by the caller with the raw text; this is for looking inside.
sub json_of {
	my ($text) = @_;
	return Cpanel::JSON::XS->new->utf8->allow_nonref->allow_bignum->decode($text);
}

# Calls until it is true; after `seconds` (60) the test fails and it is false.
sub poll_until {
	my ($what, $sub, $seconds) = @_;
	my $until = time + ($seconds // 60);
	my $last;
	while (1) {
		my $good = eval { $sub->() };
		$last = $@;
		if ($good) {
			pass($what);
			return $good;
		}
		last if time > $until;
		sleep 0.02;
	}
	fail($what);
	diag("the last try said: $last") if $last;
	return;
}

# The socket of the mariadbd that the files of one run share; one of its own for a file run alone.
sub db_socket {
	return $ENV{AFFILIATED_TEST_SOCKET} if $ENV{AFFILIATED_TEST_SOCKET};
	$shared_db //= Affiliated::MariaDB->start;
	return $shared_db->socket;
}

sub affiliated_start {
	my (%o) = @_;
	my $self = Affiliated::Test->new(%o);
	$self->launch;
	return $self;
}

# Options: workers, config (further keys), managed (a database of its own), mariadb (an Affiliated::MariaDB instead of
# the shared one), env, no_migrate.
sub new {
	my ($class, %o) = @_;
	my $dir = tempdir('aff-test-XXXXXX', TMPDIR => 1);
	my $self = bless { dir => $dir, owner => $$, opt => \%o, failed_before => failures() }, $class;

	chmod 0755, $dir;
	$self->{listen} = IO::Socket::INET->new(Listen => 1024, LocalAddr => '127.0.0.1:0', ReuseAddr => 1)
	    or die "listen: $!";
	$self->{port} = $self->{listen}->sockport;
	$self->{url} = "http://127.0.0.1:$self->{port}";
	my %conf = (
		workers => $o{workers} // 2, state_dir => "$dir/state", shm_dir => "$dir/shm", log_level => 'info',
		ring_clicks_bytes => '1MiB', ring_events_bytes => '256KiB', unique_entries => 65536,
		journal_segment_bytes => '4MiB', schema_dir => "$top/schema", bot_patterns => "$top/conf/bots.txt",
	);
	mkdir "$dir/shm";
	if (!$o{managed}) {
		$self->{db} = sprintf 'aff_test_%d_%d', $$, ++$count;
		my $dbh = Affiliated::MariaDB::connect_to($self->socket);
		$dbh->do("CREATE DATABASE $self->{db} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
		%conf = (%conf, database => 'external', database_socket => $self->socket, database_user => 'root',
			database_name => $self->{db});
	}
	$self->{conf} = { %conf, %{ $o{config} // {} } };
	$self->write_config;
	$self->ctl_ok('migrate') if !$o{managed} && !$o{no_migrate};
	return $self;
}

sub write_config {
	my ($self) = @_;
	open my $f, '>', "$self->{dir}/affiliated.yaml" or die "config: $!";
	for my $k (sort keys %{ $self->{conf} }) {
		my $v = $self->{conf}{$k};
		print $f ref $v eq 'ARRAY' ? "$k: [" . join(', ', map { "\"$_\"" } @$v) . "]\n" : "$k: \"$v\"\n";
	}
	close $f;
	return;
}

sub config_file { return $_[0]{dir} . '/affiliated.yaml' }
sub log_file { return $_[0]{dir} . '/server.log' }

# Starts the server and waits until it is ready, or with `no_wait` for nothing.
sub launch {
	my ($self, %o) = @_;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		my $fd = fileno $self->{listen};
		POSIX::dup2($fd, 3) if $fd != 3;
		if ($fd == 3) {
			fcntl $self->{listen}, F_SETFD, 0;
		}
		$ENV{LISTEN_FDS} = 1;
		$ENV{LISTEN_PID} = $$;
		%ENV = (%ENV, %{ $self->{opt}{env} // {} });
		open STDIN, '<', '/dev/null';
		open STDOUT, '>>', $self->log_file;
		open STDERR, '>&', \*STDOUT;
		setpgrp;
		{ exec "$build/src/affiliated", '-c', $self->config_file }
		POSIX::_exit(127);
	}
	$self->{pid} = $pid;
	my $until = time + 90;
	while (!$o{no_wait}) {
		my $r = HTTP::Tiny->new(timeout => 1, max_redirect => 0)->get("$self->{url}/readyz");
		last if $r->{status} == 200;
		if (waitpid($pid, WNOHANG) != 0) {
			delete $self->{pid};
			die "the server ended: " . $self->log_tail;
		}
		die "the server does not come up: $r->{status} " . $self->log_tail if time > $until;
		sleep 0.02;
	}
	return;
}

sub log_tail {
	my ($self) = @_;
	open my $f, '<', $self->log_file or return '(no log)';
	my @lines = <$f>;
	return join '', @lines > 30 ? @lines[-30 .. -1] : @lines;
}

# Requests.  Options of HTTP::Tiny: headers, content.  The reply gains `json` when it is JSON.
sub request {
	my ($self, $method, $path, %o) = @_;
	my %h = ('User-Agent' => browser_ua(), %{ $o{headers} // {} });
	my $http = HTTP::Tiny->new(timeout => $o{timeout} // 30, max_redirect => 0, agent => delete $h{'User-Agent'},
		keep_alive => 0);
	my $r = $http->request($method, $path =~ /^http:/ ? $path : $self->{url} . $path,
		{ headers => \%h, defined $o{content} ? (content => $o{content}) : () });
	if (($r->{headers}{'content-type'} // '') =~ m{^application/json}) {
		$r->{json} = eval { json_of($r->{content}) };
	}
	note_call($method, $path, $o{content}, $r);
	return $r;
}

# What the suite asks of the APIs and hears, a line of JSON each, for t/79-coverage.t.
sub note_call {
	my ($method, $path, $sent, $r) = @_;
	my $file = $ENV{AFFILIATED_CALL_LOG} // return;
	return if $path !~ m{^/+(?:api|3\.0|2\.1)/} || $r->{status} == 599;
	open my $f, '>>', $file or die "$file: $!";
	my $line = Cpanel::JSON::XS->new->ascii->canonical->encode({ file => $0, method => $method, path => $path,
		sent => substr($sent // '', 0, 65536), status => $r->{status} + 0, type => $r->{headers}{'content-type'} // '', content => $r->{content} });
	syswrite $f, "$line\n";
	return;
}

sub get { my ($self, $path, %o) = @_; return $self->request('GET', $path, %o) }

# post($path, { name => value }, headers => {})
sub post {
	my ($self, $path, $form, %o) = @_;
	$o{headers} = { 'Content-Type' => 'application/x-www-form-urlencoded', %{ $o{headers} // {} } };
	return $self->request($o{method} // 'POST', $path, content => ref $form ? form(%$form) : $form // '', %o);
}

# Bytes as they are; the whole answer until the server closes, or `seconds` pass.
sub raw {
	my ($self, $bytes, $seconds) = @_;
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$self->{port}", Timeout => 5) or die "connect: $!";
	local $SIG{PIPE} = 'IGNORE';
	my ($out, $until) = ('', time + ($seconds // 15));
	syswrite $s, $bytes;
	$s->shutdown(1) if !defined $seconds;
	while ((my $left = $until - time) > 0) {
		my $r = '';
		vec($r, fileno $s, 1) = 1;
		last if !select $r, undef, undef, $left;
		last if !sysread $s, my $buf, 65536;
		$out .= $buf;
	}
	return $out;
}

sub socket {
	my ($self) = @_;
	return "$self->{dir}/state/database/sock" if $self->{opt}{managed};
	return $self->{opt}{mariadb} ? $self->{opt}{mariadb}->socket : db_socket();
}

sub dbh {
	my ($self) = @_;
	return Affiliated::MariaDB::connect_to($self->socket, $self->{db} // $self->{conf}{database_name} // 'affiliated');
}

# The first column of the first row; all rows as hashes.  A new connection each: servers are killed in tests.
sub sql { my ($self, $sql, @bind) = @_; return scalar $self->dbh->selectrow_array($sql, undef, @bind) }
sub rows { my ($self, $sql, @bind) = @_; return $self->dbh->selectall_arrayref($sql, { Slice => {} }, @bind) }
sub exec_sql { my ($self, $sql, @bind) = @_; return $self->dbh->do($sql, undef, @bind) }

# A program of ours: (exit status, standard output, standard error).
sub run_program {
	my ($self, $program, @args) = @_;
	my $err = gensym;
	my $pid = open3(my $in, my $out, $err, "$build/src/$program", @args);
	close $in;
	# Read both to their ends; a child could fill one pipe while we wait on the other.
	my %text = (out => '', err => '');
	my %open = (out => $out, err => $err);
	while (%open) {
		my $r = '';
		vec($r, fileno $_, 1) = 1 for values %open;
		select $r, undef, undef, undef;
		for my $k (keys %open) {
			next if !vec $r, fileno $open{$k}, 1;
			delete $open{$k} if !sysread $open{$k}, $text{$k}, 65536, length $text{$k};
		}
	}
	waitpid $pid, 0;
	return ($? & 127 ? 128 + ($? & 127) : $? >> 8, $text{out}, $text{err});
}

sub ctl { my ($self, @args) = @_; return $self->run_program('affiliatectl', '-c', $self->config_file, @args) }

# The same where anything but success ends the test; returns standard output.
sub ctl_ok {
	my ($self, @args) = @_;
	my ($rc, $out, $err) = $self->ctl(@args);
	die "affiliatectl @args: exit $rc: $err$out" if $rc != 0;
	return $out;
}

# Process ids by role: 'worker 0', 'stats', 'notifier', 'mariadbd'.
sub children {
	my ($self) = @_;
	my %pid;
	for my $d (glob '/proc/[0-9]*') {
		open my $f, '<', "$d/stat" or next;
		my $stat = <$f> // next;
		my ($ppid) = $stat =~ /^\d+ \(.*\) \S (\d+)/ or next;
		next if $ppid != ($self->{pid} // -1);
		open my $c, '<', "$d/cmdline" or next;
		my $cmd = do { local $/; <$c> } // '';
		$cmd =~ s/\0.*//s;
		$cmd =~ s/^affiliated: //;
		$cmd = 'mariadbd' if $cmd =~ /mariadbd$/;
		push @{ $pid{$cmd} }, substr $d, 6;
	}
	return \%pid;
}

# Ends the server.  Returns its exit status, or 128 + signal.
sub stop {
	my ($self, $signal) = @_;
	my $pid = delete $self->{pid} // return;
	kill $signal // 'TERM', $pid;
	my $until = time + 120;
	while (waitpid($pid, WNOHANG) == 0) {
		if (time > $until) {
			kill 'KILL', $pid;
			waitpid $pid, 0;
			die 'the server did not stop: ' . $self->log_tail;
		}
		sleep 0.01;
	}
	return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

sub failures { return scalar grep { !$_ } Test::More->builder->summary }

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$;
	local ($?, $@);
	my $status = eval { $self->stop };
	if (defined $status && $status != 0 || $@) {
		fail('the server ends cleanly');
		diag("exit status " . ($status // $@));
	}
	# In a build with sanitizers; the master starts another child, so that nothing else tells.
	if (open my $f, '<', $self->log_file) {
		my @said = grep { /: runtime error: |ERROR: \w+Sanitizer/ } <$f>;
		is join('', @said), '', 'nothing undefined happened in the server' if @said;
	}
	if (failures() > $self->{failed_before} || $ENV{AFFILIATED_KEEP}) {
		diag("logs are in $self->{dir}");
		return;
	}
	if ($self->{opt}{managed} && -e "$self->{dir}/state/database/pid") {
		open my $f, '<', "$self->{dir}/state/database/pid";
		my $pid = <$f> // 0;
		kill 'KILL', $pid if $pid > 1;
	}
	eval { Affiliated::MariaDB::connect_to($self->socket)->do("DROP DATABASE IF EXISTS $self->{db}") } if $self->{db};
	remove_tree($self->{dir});
	return;
}

1;
