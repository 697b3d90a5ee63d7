# affiliatestat: once, at intervals, as JSON and as Prometheus' text, without asking the server.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Affiliated::Test;
use File::Temp qw(tempdir);
use Test::More;

my $srv = affiliated_start(workers => 2);
my @conf = ('-c', $srv->config_file);
sub stat_ok {
	my (@args) = @_;
	my ($status, $out, $err) = $srv->run_program('affiliatestat', @args);
	is($status, 0, "affiliatestat @args") or diag $err;
	return $out;
}

# Once, as a table.  The first worker that is ready makes the server ready.
my %row;
poll_until('the workers that live are counted', sub {
	%row = ($srv->run_program('affiliatestat', @conf))[1] =~ /^(\w+) +(\S+)/mg;
	return $row{workers} == 2;
});
%row = stat_ok(@conf) =~ /^(\w+) +(\S+)/mg;
is($row{stats_alive}, 1, 'stats lives');
is($row{database_up}, 1, 'the database is there');
like($row{unsynced_seconds}, qr/^\d+\.\d{6}$/, 'times are seconds');

# What is counted moves, and JSON is one object.
my $before = json_of(stat_ok(@conf, '--json'));
$srv->get('/healthz') for 1 .. 10;
my $after = json_of(stat_ok(@conf, '-j'));
cmp_ok($after->{http_requests} - $before->{http_requests}, '>=', 10, 'requests are counted');
is_deeply([sort keys %$before], [sort keys %$after], 'the same names each time');
cmp_ok(abs($after->{time} - time), '<', 60, 'with the time');

# The very text of /metrics, but for the numbers.
my $names = sub { my ($text) = @_; $text =~ s/^(affiliated_\w+(?:\{[^}]*\})?) \S+$/$1/mg; return $text };
my $prometheus = stat_ok(@conf, '-p');
is($names->($prometheus), $names->($srv->get('/metrics')->{content}), '--prometheus is what /metrics prints');
like($prometheus, qr/^# TYPE affiliated_http_requests_total counter$/m, 'counters are called _total');
like($prometheus, qr/^# TYPE affiliated_workers gauge$/m, 'gauges are not');
my %type = $prometheus =~ /^# TYPE (\S+) (\S+)$/mg;
is(scalar(grep { !/^affiliated_[a-z_]+$/ } keys %type), 0, 'every name is one Prometheus takes');
is(scalar(keys %type), scalar(() = $prometheus =~ /^# TYPE /mg), 'each name is typed once');
my @values = $prometheus =~ /^(affiliated_\w+(?:\{reason="[\w-]+"\})?) \d/mg;
my %once = map { $_ => 1 } @values;
is(scalar(keys %once), scalar(() = $prometheus =~ /^affiliated_/mg), 'each name, with its reason, once');

# At intervals.
my @lines = split /\n/, stat_ok(@conf, '--interval', 1, '--count', 2);
is(scalar @lines, 3, 'a title and two lines');
like($lines[0], qr{^\s*requests/s .*workers db$}, 'the title names the columns');
is(scalar(split ' ', $lines[1]), scalar(split ' ', $lines[0]), 'a value for each');
@lines = split /\n/, stat_ok(@conf, '-j', '-i', 1, '-n', 2);
is(scalar(grep { json_of($_)->{workers} == 2 } @lines), 2, 'JSON at intervals is an object a line');

# The server is asked nothing: it may be stopped.
kill 'STOP', $srv->{pid}, map { /\[(\d+)\] info: ready/ } split /\n/, $srv->log_tail;
like(stat_ok(@conf), qr/^workers +2 /m, 'it works while no process of the server runs');
kill 'CONT', $srv->{pid}, map { /\[(\d+)\] info: ready/ } split /\n/, $srv->log_tail;

# The manual names only what there is.
my $manual = do { open my $f, '<', top_dir() . '/man/affiliatestat.1' or die "manual: $!"; local $/; <$f> };
my ($watch) = $manual =~ /^\.Ss What to look at\n(.*?)^\.Sh/ms;
for my $line ($watch =~ /^\.It Li (.*)$/mg) {
	ok(exists $row{$_}, "the manual's $_ is there") for grep { length > 1 } split /[ ,]+/, $line;
}

# After a stop nobody can book or take anything.
is($srv->stop, 0, 'the server stops');
%row = stat_ok(@conf) =~ /^(\w+) +(\S+)/mg;
is("@row{qw(workers stats_alive database_up recording_clicks recording_events)}", '0 0 0 0 0', 'which the gauges say');

# Mistakes.
my $none = tempdir(CLEANUP => 1);
my ($status, $out, $err) = $srv->run_program('affiliatestat', '-s', $none);
is($status, 1, 'no server has run there');
like($err, qr/^affiliatestat: no server has run on \Q$none\E/, 'and that is said');
is(($srv->run_program('affiliatestat', '-s', "$none/nothing"))[0], 1, 'no such directory');
for my $bad (['-i'], ['-i', 0], ['-i', 'x'], ['-n', 3], ['-j', '-p'], ['-p', '-i', 1], ['--nosuch'], ['word']) {
	($status, undef, $err) = $srv->run_program('affiliatestat', @conf, @$bad);
	is($status, 2, "affiliatestat @$bad is not understood");
	like($err, qr/usage: affiliatestat/, 'the usage is shown');
}
is(($srv->run_program('affiliatestat', '--version'))[0], 0, '--version');

undef $srv;
done_testing;
