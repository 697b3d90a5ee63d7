# Every fuzz target over its corpus: t/fuzz/NAME_fuzz with each file of t/fuzz/NAME.
use strict;
use warnings;

use Affiliated::Test;
use Test::More;

my @targets = grep { -x } glob build_dir() . '/t/fuzz/*_fuzz';
for my $program (@targets) {
	my ($name) = $program =~ m{([^/]+)_fuzz$};
	my @files = glob top_dir() . "/t/fuzz/$name/*";
	cmp_ok(scalar @files, '>', 0, "$name has a corpus");
	my $out = `timeout 120 $program @files 2>&1`;
	is($?, 0, "$name takes all " . @files . ' inputs') or diag($out);
}
my @sources = glob top_dir() . '/t/fuzz/*_fuzz.c';
is(scalar @targets, scalar @sources, 'every target was built');
done_testing;
