# make install DESTDIR=: what belongs where, and that what was installed runs from there.
use strict;
use warnings;

use Affiliated::Test;
use File::Compare qw(compare);
use File::Find qw(find);
use File::Temp qw(tempdir);
use Test::More;

# What a make that runs this test tells its children is not meant for this one.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR)};

my ($build, $top) = (build_dir(), top_dir());
my $root = tempdir('aff-root-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my @names = qw(sbindir bindir mandir pkgdatadir sysconfdir systemdsystemunitdir);
my %dir;

sub slurp { local (@ARGV, $/) = @_; return scalar <> }

sub dirs {
	my $rule = "include Makefile\nshow-dirs:\n" . join '', map { "\t\@echo $_='\$($_)'\n" } @names;
	my $file = "$root.mk";
	open my $f, '>', $file or die "$file: $!";
	print $f $rule;
	close $f;
	my $out = `make -s -C $build -f $file show-dirs 2>&1`;
	unlink $file;
	return map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } split /\n/, $out;
}

# One file is there, with these bits, and (when named) is the same as one of the tree.
sub installed {
	my ($dir, $name, $mode, $same) = @_;
	my $path = "$root$dir{$dir}/$name";
	ok -f $path, "$name is in $dir" or return $path;
	is sprintf('%04o', (stat _)[2] & 07777), $mode, "$name: mode";
	is compare($path, $same), 0, "$name: contents" if defined $same;
	return $path;
}

%dir = dirs();
is_deeply [ grep { !$dir{$_} } @names ], [], 'the makefile knows the folders';
my $said = `umask 022; make -s -C $build install DESTDIR=$root 2>&1`;
is $? >> 8, 0, 'make install' or diag $said;

# Programs: as in the build tree, every one that the makefile builds for others than its tests.
my $server = installed('sbindir', 'affiliated', '0755', "$build/src/affiliated");
my $ctl = installed('bindir', 'affiliatectl', '0755', "$build/src/affiliatectl");
my %program;
find({ no_chdir => 1, wanted => sub { $program{$1} = $_ if -f && -x _ && m{/s?bin/([^/]+)$} } }, $root);
for my $name (sort keys %program) {
	my $v = `$program{$name} --version 2>&1`;
	is $? >> 8, 0, "$name --version";
	like $v, qr/^\Q$name\E \d|^affiliated \d/, "$name says its version";
}

# Manuals: all of man/, and a page for each program.
for my $page (glob "$top/man/*.[0-9]") {
	my ($name, $section) = $page =~ m{([^/]+\.(\d))$};
	installed('mandir', "man$section/$name", '0644', $page);
}
for my $name (sort keys %program) {
	ok((grep { -f } glob "$root$dir{mandir}/man[18]/$name.[18]"), "$name has a manual page");
}

# The schema, the example configuration, the list of bots, the tool for countries, the unit.
my @steps = map { m{([^/]+)$} } glob "$top/schema/*.sql";
cmp_ok scalar @steps, '>', 0, 'there are steps of the schema';
installed('pkgdatadir', "schema/$_", '0644', "$top/schema/$_") for @steps;
is scalar(() = glob "$root$dir{pkgdatadir}/schema/*"), scalar @steps, 'and nothing else beside them';
my $conf = installed('sysconfdir', 'affiliated/affiliated.yaml', '0644', "$top/conf/affiliated.yaml");
installed('sysconfdir', 'affiliated/bots.txt', '0644', "$top/conf/bots.txt");
installed('pkgdatadir', 'build-country-mmdb', '0755', "$top/conf/geo/build-country-mmdb");
my $unit = slurp(installed('systemdsystemunitdir', 'affiliated.service', '0644'));
like $unit, qr/^Type=notify$/m, 'the unit waits until the server is ready';
like $unit, qr{^ExecStart=\Q$dir{sbindir}\E/affiliated -c \Q$dir{sysconfdir}\E/affiliated/affiliated\.yaml$}m,
    'and starts what was installed';
like $unit, qr/^ExecReload=.*HUP/m, 'and can reload it';
unlike $unit, qr/\@\w+\@/, 'nothing in it was left to be filled in';

# It runs from there: checks its configuration, prints its documents, migrates with its schema.
# The files of a DESTDIR are not where the program looks for them by default.
my $example = slurp($conf) =~ s{^schema_dir: ""}{schema_dir: "$root$dir{pkgdatadir}/schema"}mr
    =~ s{^state_dir: .*}{state_dir: "$root/state"}mr;
open my $there, '>', "$root/out" or die;
print $there $example;
close $there;
my $t = `$server -t -c $root/out 2>&1`;
is $? >> 8, 0, 'affiliated -t takes the installed example' or diag $t;
for my $what (qw(openapi endpoints mdoc yaml yaml-mdoc)) {
	is `$server -x $what 2>&1`, `$build/src/affiliated -x $what 2>&1`, "affiliated -x $what";
}
ok ref json_of(scalar `$server -x openapi`)->{paths}, 'OpenAPI is JSON with paths';
my $srv = Affiliated::Test->new(no_migrate => 1, config => { schema_dir => "$root$dir{pkgdatadir}/schema" });
is system("$ctl -c @{[ $srv->config_file ]} migrate >$root/out 2>&1") >> 8, 0, 'affiliatectl migrate'
    or diag slurp("$root/out");
is $srv->sql('SELECT COUNT(*) FROM payvia_type'), 9, 'applies the installed schema';

# An edited configuration survives the next installation.
open my $edited, '>>', "$root$dir{sysconfdir}/affiliated/affiliated.yaml" or die;
print $edited "# mine\n";
close $edited;
`make -s -C $build install DESTDIR=$root 2>&1`;
like slurp("$root$dir{sysconfdir}/affiliated/affiliated.yaml"), qr/^# mine$/m, 'an edited configuration stays';
unlink "$root$dir{sysconfdir}/affiliated/affiliated.yaml";

# And goes again without a trace.
`make -s -C $build uninstall DESTDIR=$root 2>&1`;
is $? >> 8, 0, 'make uninstall';
my @left;
find({ no_chdir => 1, wanted => sub { push @left, $_ if -f && $_ ne "$root/out" } }, $root);
is_deeply \@left, [], 'leaves no file';

undef $srv;
done_testing;
