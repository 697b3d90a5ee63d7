# The managed database: made at the first start, kept at the second, adopted after the master was killed.
use strict;
use warnings;

use Affiliated::Test;
use POSIX qw(WNOHANG);
use Test::More;

my $user = $> == 0 ? 'nobody' : '';
my $srv = Affiliated::Test->new(managed => 1, workers => 1,
	config => { $user ? (user => $user) : (), database_buffer => '64MiB', database_dir => '', log_file => '' });
# The schema is read after privileges were dropped: a copy that anybody can reach.
system 'cp', '-r', top_dir() . '/schema', "$srv->{dir}/schema";
system 'cp', top_dir() . '/conf/bots.txt', "$srv->{dir}/bots.txt";
system 'chmod', '-R', 'a+rX', "$srv->{dir}/schema", "$srv->{dir}/bots.txt";
chmod 0777, "$srv->{dir}/shm";
@{ $srv->{conf} }{qw(schema_dir bot_patterns)} = ("$srv->{dir}/schema", "$srv->{dir}/bots.txt");
$srv->write_config;
$srv->launch;

my ($mariadbd) = @{ $srv->children->{mariadbd} };
ok($mariadbd, 'mariadbd is a child');
is((stat "/proc/$mariadbd")[4], scalar getpwnam $user, "it runs as $user") if $user;
open my $f, '<', "/proc/$mariadbd/cmdline" or die;
like(do { local $/; <$f> }, qr/--skip-networking/, 'and listens on its socket alone');
is((stat "$srv->{dir}/state/database")[2] & 0777, 0700, 'its folder is nobody else\'s');
is($srv->sql('SELECT COUNT(*) FROM payvia_type'), 9, 'the schema is there');

# kill -9 of mariadbd: it comes back, the server goes on.
kill 'KILL', $mariadbd;
poll_until('mariadbd comes back', sub { my $p = $srv->children->{mariadbd}; $p && $p->[0] != $mariadbd && $srv->sql('SELECT 1') });
$srv->exec_sql("INSERT INTO setting VALUES ('kept', 'yes', 1)");

# kill -9 of the master: the children die with it, mariadbd is taken over by the next.
($mariadbd) = @{ $srv->children->{mariadbd} };
my @others = map { @$_ } @{ $srv->children }{'stats', 'notifier', 'worker 0'};
kill 'KILL', $srv->{pid};
waitpid $srv->{pid}, 0;
poll_until('the children die with the master', sub { !grep { kill 0, $_ } @others });
ok(kill(0, $mariadbd), 'mariadbd lives');
$srv->launch;
is(`cat $srv->{dir}/state/database/pid` + 0, $mariadbd, 'and the next master adopts it');

is($srv->stop, 0, 'a clean stop');
poll_until('ends the database too', sub { !kill 0, $mariadbd });    # whoever adopted it has to reap it first
my ($rc, undef, $err) = $srv->ctl('config', 'list');
is($rc, 1, 'without the server its database is not there either');
like($err, qr/^affiliatectl: the database cannot be reached: .*; a managed one runs while affiliated runs$/, 'which affiliatectl says');
$srv->launch;
is($srv->sql("SELECT value FROM setting WHERE name = 'kept'"), 'yes', 'a second start keeps the data');
is($srv->stop, 0, 'and stops');
undef $srv;
done_testing;
