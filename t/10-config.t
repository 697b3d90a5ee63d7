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
	["workers: 1\nworkers: 2\n", 'c.yaml:2: workers: given twice'],
	["- a\n", 'c.yaml:1: not a mapping of keys to values'],
	["workers: [\n", 'c.yaml:2: did not find expected node content'],
);
for my $case (@bad) {
	my ($rc, $out) = check($case->[0]);
	is($rc, 1, "refused: $case->[1]");
	like($out, qr/^affiliated: \S*\Q$case->[1]\E\n\z/, 'in one line with file, line and key');
}
for my $good ("", "workers: 2\n", "listen: 127.0.0.1:1\ndrain_timeout: 5m\nraw_click_days: 0\n",
	"trusted_proxies: [10.0.0.0/8, \"::1\"]\nring_clicks_bytes: 64KiB\n") {
	my ($rc, $out) = check($good);
	is($rc, 0, 'accepted') or diag($out);
}

my $rc = system "$program -c $dir/none.yaml -t >$dir/out 2>&1";
is($rc >> 8, 1, 'a file that is not there is refused');

is(`$program -x yaml`, do { local (@ARGV, $/) = top_dir() . '/conf/affiliated.yaml'; <> },
	'conf/affiliated.yaml has every key at its default');
is(`$program -x yaml-mdoc`, do { local (@ARGV, $/) = top_dir() . '/man/affiliated.yaml.5'; <> },
	'affiliated.yaml.5 is the printed table');
is(`$program -x mdoc`, do { local (@ARGV, $/) = top_dir() . '/man/affiliated-api.7'; <> },
	'affiliated-api.7 is the printed endpoint table');
my $conf = top_dir() . '/conf/affiliated.yaml';
like(`$program -t -c $conf`, qr/is good/, 'the example is a good configuration');
like(`$program --version`, qr/^affiliated \d+\.\d+\.\d+$/, '--version');
is(system("$program --nosuch >$dir/out 2>&1") >> 8, 2, 'an unknown option is refused');
done_testing;
