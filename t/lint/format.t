# Every source is as clang-format leaves it; the tables are lined up by hand.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use Test::More;

my @files = grep { !m{^src/tbl/} } sources(qr/\.[ch]$/);
check_each('format of', sub { ('clang-format', '--dry-run', '-Werror', @_) }, @files);
done_testing;
