# Each header compiles alone; the tables in src/tbl are the exception, on purpose, and say so in their first lines.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use Test::More;

my $cc = $ENV{CC} // 'cc';
my @headers = sources(qr/\.h$/);
check_each('alone:', sub { ($cc, '-std=gnu11', '-fsyntax-only', '-Wall', '-Werror', flags(), '-x', 'c', @_) },
	grep { !m{^src/tbl/|^t/fuzz/fuzz.h|^src/domain/rowio.h} } @headers); # fuzz.h and rowio.h are code for the file that includes them
for my $h (grep { m{^src/tbl/} } @headers) {
	open my $f, '<', top() . "/$h" or die;
	my $head = join '', grep { defined } (map { scalar <$f> } 1 .. 12);
	like($head, qr/No(?:\s|\*)+guard|#ifndef/, "$h says that it has no guard");
}
done_testing;
