# Processes: titles, death and return, reload, stop; and starts that must fail with one line.
use strict;
use warnings;

use Affiliated::Test;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);

my $srv = affiliated_start(workers => 2);

sub one_line_failure {
	my ($what, $want, %conf) = @_;
	my $dir = $srv->{dir} . '/fail';
	mkdir $dir;
	my $file = "$dir/c.yaml";
	open my $f, '>', $file or die;
	my %c = (listen => '127.0.0.1:0', state_dir => "$dir/state", shm_dir => "$dir", workers => 1,
		schema_dir => top_dir() . '/schema', database => 'external', database_socket => "$dir/none", %conf);
	print $f "$_: \"$c{$_}\"\n" for sort keys %c;
	close $f;
	my $out = do {
		local @ENV{qw(LISTEN_FDS LISTEN_PID)};
		delete @ENV{qw(LISTEN_FDS LISTEN_PID)};
		`timeout 60 @{[ build_dir() ]}/src/affiliated -c $file 2>&1`;
	};
	isnt($? >> 8, 0, "$what: the exit status is not 0");
	my @errors = grep { /error:/ } split /\n/, $out;
	is(scalar @errors, 1, "$what: one line says why") or diag($out);
	like($errors[0] // '', $want, "$what: it says what");
	return;
}

sub pids {
	my $c = $srv->children;
	return { map { $_ => join ',', sort @{ $c->{$_} } } keys %$c };
}

my $pid_file = "$srv->{dir}/state/affiliated.pid";
my $pid_there = sub { return -e $pid_file ? do { local (@ARGV, $/) = $pid_file; 0 + <> } : 'none' };
is($pid_there->(), $srv->{pid}, 'the pid file names the master');
# The first worker that is ready makes the server ready.
poll_until('the children bear their roles', sub { join(',', sort keys %{ pids() }) eq 'notifier,stats,worker 0,worker 1' });
my $before = pids();
open my $f, '<', "/proc/$srv->{pid}/cmdline" or die;
like(scalar <$f>, qr/^affiliated: master\0*$/, 'and so does the master');
open $f, '<', "/proc/$srv->{pid}/environ" or die;
like(do { local $/; <$f> }, qr/LISTEN_FDS=1/, 'titles leave the environment alone');

for my $role (sort keys %$before) {
	kill 'KILL', $before->{$role};
	poll_until("$role comes back after kill -9", sub {
		my $now = pids()->{$role} // '';
		return $now ne '' && $now ne $before->{$role};
	});
}
poll_until('and the server answers', sub { $srv->get('/readyz')->{status} == 200 });

# A child that dies at once again and again is given ever longer pauses.
my $starts = () = $srv->log_tail =~ /starting it again/g;
my $until = time + 3;
while (time < $until) {
	my $pid = pids()->{notifier};
	kill 'KILL', $pid if $pid;
	sleep 0.01;
}
my $more = (() = do { local (@ARGV, $/) = $srv->log_file; <> } =~ /notifier \[\d+\] was killed/g);
cmp_ok($more, '<', 12, "back-off: $more deaths in three seconds");
cmp_ok($more, '>', 2, 'but it does come back');
poll_until('it is there in the end', sub { pids()->{notifier} });

# Reload: new processes, the old ones gone; a request in progress is finished.
my $slow = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die;
print $slow "POST /postback?clickid=x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\ngo";
$slow->flush;
$before = pids();
kill 'HUP', $srv->{pid};
poll_until('a reload brings new workers', sub {
	my $now = pids();
	return (grep { /^worker/ } keys %$now) == 2 && !grep { ($now->{$_} // '') =~ /\b\Q$before->{$_}\E\b/ } ('stats', 'notifier');
});
print $slow "al=1";
$slow->flush;
my $answer = '';
$slow->timeout(20);
sysread $slow, $answer, 4096;
like($answer, qr{^HTTP/1.1 200}, 'a request that was in progress is answered by its old worker');
close $slow;
# All of them: one that is still ending would be missing below.
poll_until('the old processes end', sub {
	my %now = map { $_ => 1 } map { split /,/ } values %{ pids() };
	return !grep { $now{$_} } map { split /,/ } values %$before;
});
is($srv->get('/healthz')->{status}, 200, 'the new ones answer');

# A reload with a broken configuration changes nothing.
$before = pids();
open my $c, '>>', $srv->config_file or die;
print $c "nosuch: 1\n";
close $c;
kill 'HUP', $srv->{pid};
poll_until('a broken configuration is refused', sub { $srv->log_tail =~ /reload refused.*nosuch: unknown key/ });
is_deeply(pids(), $before, 'and every process stays');
$srv->write_config;

# The log is opened anew by a reload.
one_line_failure('port in use', qr/listen: 127\.0\.0\.1:$srv->{port}: Address already in use/,
	listen => "127.0.0.1:$srv->{port}");
one_line_failure('no database', qr/database: .*none/);
one_line_failure('state_dir in use', qr/another server is running/, state_dir => "$srv->{dir}/state");
is($pid_there->(), $srv->{pid}, 'whose pid file stays his');
one_line_failure('no such user', qr/user: there is no such user/, user => 'nosuchuser') if $> == 0;
one_line_failure('a name that is none', qr/listen: /, listen => 'nosuch.invalid:1');
my %db = (database_socket => $srv->{conf}{database_socket}, database_user => 'root', database_name => $srv->{db});
one_line_failure('tmpfs too small', qr/shm_dir|shared memory|tmpfs/i, %db, workers => 64, ring_clicks_bytes => '1GiB',
	shm_dir => '/dev/shm', listen => '127.0.0.1:0');
$srv->exec_sql('CREATE DATABASE ' . $srv->{db} . '_empty');
one_line_failure('no schema', qr/affiliatectl migrate/, %db, database_name => $srv->{db} . '_empty', listen => '127.0.0.1:0');
$srv->exec_sql('DROP DATABASE ' . $srv->{db} . '_empty');

is($srv->stop, 0, 'SIGTERM ends the server with status 0');
is($pid_there->(), 'none', 'and takes its pid file along');
unlike(do { local (@ARGV, $/) = $srv->log_file; <> }, qr/outlived its grace/, 'and nobody had to be killed');
undef $srv;
done_testing;
