# What the lint files share: which sources there are, and running a tool over them, two at a time.
package Lint;

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Find;
use Test::More;
use Text::ParseWords qw(shellwords);

our @EXPORT = qw(top sources flags check_each);

my $top = abs_path(dirname(__FILE__) . '/../..');

sub top { return $top }

# The files of ours that match, relative to the top, sorted.
sub sources {
	my ($re) = @_;
	my @found;
	find({ no_chdir => 1, wanted => sub { push @found, $_ =~ s{^\Q$top\E/}{}r if -f && /$re/ } },
		grep { -d } map { "$top/$_" } qw(src shm t));
	return sort @found;
}

# The compiler's flags, handed over by the makefile.
sub flags { return shellwords($ENV{LINT_CPPFLAGS} // "-I$top/src -I$top -D_GNU_SOURCE") }

# Runs the command over each file; one test a file, with what it printed when it fails.
sub check_each {
	my ($what, $command, @files) = @_;
	my %running;
	my $finish = sub {
		my $pid = wait;
		my ($file, $log) = @{ delete $running{$pid} };
		if (!ok($? == 0, "$what $file")) {
			open my $f, '<', $log;
			diag($_) for map { s/\s+$//r } grep { !/warnings? (generated|treated)|^Suppressed|^Use -header-filter/ } <$f>;
		}
		unlink $log;
	};
	my $n = 0;
	for my $file (@files) {
		my $log = sprintf '%s/lint-%d-%d', $ENV{TMPDIR} // '/tmp', $$, $n++;
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			chdir $top;
			open STDOUT, '>', $log;
			open STDERR, '>&', \*STDOUT;
			exec $command->($file);
			exit 127;
		}
		$running{$pid} = [$file, $log];
		$finish->() if keys %running >= 2;
	}
	$finish->() while keys %running;
	return;
}

1;
