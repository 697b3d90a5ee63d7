# Rules of the house that a script can check.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Basename;
use Lint;
use Test::More;

my (%base, %magic, %prefix);
for my $file (sources(qr/\.[ch]$/)) {
	push @{ $base{ basename($file) } }, $file if $file !~ m{^src/tbl/}; # tables bear the name of what reads them
	open my $f, '<', top() . "/$file" or die;
	my @lines = <$f>;
	like($lines[0] . ($lines[1] // ''), qr/SPDX-License-Identifier|^\/\* \w+\.h - /, "$file begins with licence or name");
	for (@lines) {
		push @{ $magic{ lc $1 } }, $file if /^#define \w+_MAGIC (0x[0-9a-fA-F]+)/;
	}
	my ($longest, $start, $open) = (0, 0, 0);
	for my $i (0 .. $#lines) {
		($start, $open) = ($i, 1) if $lines[$i] =~ /^\{/;
		if ($lines[$i] =~ /^\}/ && $open) {
			$longest = $i - $start if $i - $start > $longest;
			$open = 0;
		}
	}
	cmp_ok($longest, '<=', 90, "$file: no function over 90 lines") if $file =~ /\.c$/;
	cmp_ok(scalar @lines, '<=', 900, "$file: at most 900 lines");
}
is(scalar @{ $base{$_} }, 1, "basename $_ is unique: @{ $base{$_} }") for sort keys %base;
is(scalar @{ $magic{$_} }, 1, "magic $_ is unique: @{ $magic{$_} }") for sort keys %magic;

# Two steps of one number are one to a database, whichever it met first.
my %step;
push @{ $step{ (basename($_) =~ /^(\d{4})-/)[0] // '' } }, basename($_) for glob top() . '/schema/*.sql';
cmp_ok(scalar keys %step, '>', 40, 'schema has steps');
is(scalar @{ $step{$_} }, 1, "schema step $_ is unique: @{ $step{$_} }") for sort keys %step;

# What the makefiles name goes into the tarball, and nothing else does.
my $made = join ' ', map { open my $f, '<', top() . "/$_" or die "$_: $!"; local $/; <$f> } 'Makefile.am', sources(qr/\.am$/);
my %in_tarball = map { $_ => 1 } $made =~ m{([\w-]+\.[ch])\b}g;
ok($in_tarball{ basename($_) }, "$_ goes into the tarball") for sources(qr/\.[ch]$/);

# What t/README names is there.
open my $readme, '<', top() . '/t/README' or die "t/README: $!";
my %named = map { $_ => 1 } do { local $/; <$readme> } =~ m{((?:unit/|fuzz/)?[\w-]+\.(?:c|t))\b}g;
delete $named{'house.t'};
cmp_ok(scalar keys %named, '>', 40, 't/README names tests');
ok(-e top() . "/t/$_", "t/README: $_ is there") for sort keys %named;
done_testing;
