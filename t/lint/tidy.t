# clang-tidy, findings as errors: .clang-tidy says what is looked for.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use Test::More;

check_each('clang-tidy', sub { ('clang-tidy', '--quiet', @_, '--', '-std=gnu11', flags()) }, sources(qr/\.c$/));
done_testing;
