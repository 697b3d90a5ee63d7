# Configuration: what is refused and how, and that the example says the truth.
use strict;
use warnings;

use Affiliated::Test;
use File::Temp qw(tempdir);
use Test::More;

my $dir = tempdir(CLEANUP => 1);
my $program = build_dir() . '/src/affiliated';

sub check {
	my ($text) = @_;
	open my $f, '>', "$dir/c.yaml" or die;
	print $f $text;
	close $f;
	my $out = `$program -c $dir/c.yaml -t 2>&1`;
	return ($? >> 8, $out);
}

my @bad = (
	["workers: 3\nnosuch: 1\n", 'c.yaml:2: nosuch: unknown key'],
	["workers: x\n", "c.yaml:1: workers: 'x' is not a number"],
	["workers: 65\n", 'c.yaml:1: workers: 65 is out of range, 0 to 64'],
	["workers: -1\n", "c.yaml:1: workers: '-1' is not a number"],
	["workers: [1]\n", 'c.yaml:1: workers: not a number'],
	["node_id: 0\n", 'c.yaml:1: node_id: 0 is out of range, 1 to 999'],
	["database: mysql\n", "c.yaml:1: database: 'mysql' is not one of managed|external"],
	["proxy_protocol: maybe\n", "c.yaml:1: proxy_protocol: 'maybe' is not true or false"],
	["ring_clicks_bytes: 3MiB\n", 'c.yaml:1: ring_clicks_bytes: 3MiB is not a power of two'],
	["ring_clicks_bytes: 3XB\n", "c.yaml:1: ring_clicks_bytes: '3XB' is not a size such as 8MiB"],
	["postback_wait: 99999999999999999999s\n", "c.yaml:1: postback_wait: '99999999999999999999s' is not a time such as 30s"],
	["listen:\n  - 127.0.0.1:1\n  - {a: 1}\n", 'c.yaml:3: listen: the list holds something else than texts'],
	["listen: 127.0.0.1:99999\n", "c.yaml:1: listen: '127.0.0.1:99999' is not host:port, [v6]:port or unix:/path"],
	["listen:\n - 127.0.0.1:80\n - 127.0.0.1\n", "c.yaml:3: listen: '127.0.0.1' is not host:port, [v6]:port or unix:/path"],
	["listen: \"::1:80\"\n", "c.yaml:1: listen: '::1:80' is not host:port, [v6]:port or unix:/path"],
	["trusted_proxies:\n - 10.0.0.0/8\n - 10.0.0.300\n",
		"c.yaml:3: trusted_proxies: '10.0.0.300' is no address, network such as 192.0.2.0/24, or range"],
	["trusted_proxies: 10.0.0.0/33\n",
		"c.yaml:1: trusted_proxies: '10.0.0.0/33' is no address, network such as 192.0.2.0/24, or range"],
	["workers: 2\njournal_segment_bytes: 64MiB\njournal_disk_budget: 8MiB\n",
		'c.yaml:3: journal_disk_budget: must be at least four times journal_segment_bytes'],
	["workers: 1\nworkers: 2\n", 'c.yaml:2: workers: given twice'],
	["- a\n", 'c.yaml:1: not a mapping of keys to values'],
	["workers: [\n", 'c.yaml:2: did not find expected node content'],
);
for my $case (@bad) {
	my ($rc, $out) = check($case->[0]);
	is($rc, 1, "refused: $case->[1]");
	like($out, qr/^affiliated: \S*\Q$case->[1]\E\n\z/, 'in one line with file, line and key');
}
# Where this machine has what a start needs.
my $places = "state_dir: $dir/not/there/yet\nschema_dir: @{[ top_dir() ]}/schema\nshm_dir: $dir\n";
for my $good ("", "workers: 2\n", "listen: 127.0.0.1:1\ndrain_timeout: 5m\nraw_click_days: 0\n",
	"trusted_proxies: [10.0.0.0/8, \"::1\", 192.0.2.1-192.0.2.9]\nring_clicks_bytes: 64KiB\n",
	"listen: [\"[::1]:80\", \":8080\", \"*:8081\", \"localhost:8082\", \"unix:$dir/sock\"]\n") {
	my ($rc, $out) = check($good . $places);
	is($rc, 0, 'accepted') or diag($out);
}
ok(!-e "$dir/not", 'a check makes nothing');

# What the configuration names, and what is wrong with it: one key each in the place of a good one.
sub file {
	my ($name, $text) = @_;
	open my $f, '>', "$dir/$name" or die;
	print $f $text;
	close $f;
	return "$dir/$name";
}
my $bots = file('bots.txt', "# mine\nacme\n(\nother\n*\n");
my $uaps = file('regexes.yaml', "- a\n");
my $long = "$dir/" . 'x' x 120;
my %wrong = (
	"user: nosuch-user\n" => "user: there is no user 'nosuch-user'",
	"geo_files: [$bots]\n" => "geo_files: $bots: The MaxMind DB file contains invalid metadata",
	"bot_patterns: $dir/none.txt\n" => "bot_patterns: $dir/none.txt: No such file or directory",
	"ua_regexes: $dir/none.yaml\n" => "ua_regexes: $dir/none.yaml: No such file or directory",
	"ua_regexes: $uaps\n" => "ua_regexes: $uaps:1: not a list of user agent rules",
	"listen: nosuch.host.invalid:80\n" => qr/listen: nosuch\.host\.invalid:80: \S.*/,
	"listen: 192.0.2.1:80\n" => 'listen: 192.0.2.1:80: Cannot assign requested address',
	"listen: unix:$dir/none/sock\n" => "listen: $dir/none/sock: No such file or directory",
	"listen: unix:$long\n" => "listen: $long: a socket's path has at most 107 bytes",
	"database_name: a-b\n" => 'database_name: letters, digits and _ only, at most 64',
	"database_dir: $long\n" => "database_dir: $long: a socket's path has at most 107 bytes: choose a shorter one",
	"log_file: $dir/none/log\n" => "log_file: $dir/none/log: No such file or directory",
	"request_log: $dir/none/log\n" => "request_log: $dir/none/log: No such file or directory",
);
for my $text (sort keys %wrong) {
	my ($rc, $out) = check("workers: 1\n$text$places");
	is($rc, 1, "refused: $text");
	my $want = ref $wrong{$text} ? $wrong{$text} : qr/\Q$wrong{$text}\E/;
	like($out, qr/^affiliated: \Q$dir\E\/c\.yaml:2: $want\n\z/, 'in one line with file, line and key');
}
for my $p (["state_dir: $bots/x\n", 'state_dir', "$bots/x: Not a directory"], ["state_dir: $bots\n", 'state_dir', "$bots: Not a directory"],
	["schema_dir: $dir/none\n", 'schema_dir', "schema $dir/none: No such file or directory"],
	["shm_dir: $dir/none\n", 'shm_dir', "$dir/none: No such file or directory"]) {
	my ($text, $key, $want) = @$p;
	my ($rc, $out) = check($text . $places =~ s/^$key: .*\n//mr);
	is("$rc $out", "1 affiliated: $dir/c.yaml:1: $key: $want\n", "refused: $text");
}

# Everything that is wrong is named, not the first alone; of a list the line of the item.
my ($all_rc, $all) = check("bot_patterns: $bots\nuser: nosuch-user\ngeo_files:\n  - $dir/a.mmdb\n  - $dir/b.mmdb\n$places");
is($all_rc, 1, 'several mistakes');
is_deeply([ sort map { m{^affiliated: \S+/(c\.yaml:\d+: \w+: \S+)} ? $1 : $_ } split /\n/, $all ],
	["c.yaml:1: bot_patterns: $bots:3:", "c.yaml:1: bot_patterns: $bots:5:", 'c.yaml:2: user: there',
		"c.yaml:4: geo_files: $dir/a.mmdb:", "c.yaml:5: geo_files: $dir/b.mmdb:"], 'a line each')
    or diag($all);

# Started as root it gives up that right, and then has to reach what it needs.
SKIP: {
	skip 'only root can become somebody else', 2 if $> != 0;
	chmod 0700, $dir;
	my ($rc, $out) = check("user: nobody\n$places");
	is($rc, 1, 'a folder in which the user has no business is refused');
	like($out, qr{^affiliated: \S+:2: state_dir: \S+: user 'nobody' cannot reach it$}m, 'and named') or diag($out);
}

my $rc = system "$program -c $dir/none.yaml -t >$dir/out 2>&1";
is($rc >> 8, 1, 'a file that is not there is refused');

is(`$program -x yaml`, do { local (@ARGV, $/) = top_dir() . '/conf/affiliated.yaml'; <> },
	'conf/affiliated.yaml has every key at its default');
is(`$program -x yaml-mdoc`, do { local (@ARGV, $/) = top_dir() . '/man/affiliated.yaml.5'; <> },
	'affiliated.yaml.5 is the printed table');
is(`$program -x mdoc`, do { local (@ARGV, $/) = top_dir() . '/man/affiliated-api.7'; <> },
	'affiliated-api.7 is the printed endpoint table');
my $example = do { local (@ARGV, $/) = top_dir() . '/conf/affiliated.yaml'; <> };
my %here = $places =~ /^(\w+): (.*)$/mg;
$example =~ s/^$_: .*$/$_: $here{$_}/m for keys %here;
my ($rc_example, $out) = check($example);
like("$rc_example $out", qr/^0 .*is good/, 'the example is a good configuration');
like(`$program --version`, qr/^affiliated \d+\.\d+\.\d+$/, '--version');
is(system("$program --nosuch >$dir/out 2>&1") >> 8, 2, 'an unknown option is refused');
done_testing;
