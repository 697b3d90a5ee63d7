# ringdump: rings, control page and journals of a server that runs and of one that does not.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 1);
sub dump_of {
	my (@args) = @_;
	my $text = do {
		open my $p, '-|', build_dir() . '/shm/ringdump', @args or die "ringdump: $!";
		local $/;
		<$p>;
	};
	return $text;
}
my ($dir) = glob "$srv->{dir}/shm/affiliated-*";
my $journal = "$srv->{dir}/state/journal";

my $text = dump_of($dir);
like($text, qr/^control: journal [0-9a-f]{32}, stats live, pid \d+ made \d{4}-/m, 'the control page');
is(scalar(() = $text =~ /^slot \d+: /mg), 4, 'four slots a worker');
is(scalar(() = $text =~ /^slot \d+: live, pid [1-9]/mg), 1, 'one of them is owned');
like($text, qr/^  click ring: 1048576 bytes, head \d+, tail \d+/m, 'with its rings');

# A click that leads nowhere is an event too: it is refused with its reason, and recorded.
$srv->get('/track/nonsense?subaff=hello%22world');
poll_until('the journal has the click', sub {
	return dump_of('-r', "$journal/clicks") =~ /verdict \d+ .*sub1="hello\\x22world"/;
});
$text = dump_of("$journal/clicks");
like($text, qr/^segment [0-9a-f]{16}: capacity 4194304, \d+ bytes on disk, the newest, from 0$/m, 'the segment');
like($text, qr/^  frame \d+: slot 0, ring [0-9a-f]{32} from 0 to \d+, 1 records, \d+ bytes$/m, 'its frame');
my ($segment) = glob "$journal/clicks/*.seg";
is(dump_of($segment), $text, 'a segment by its name');
like(dump_of("$dir/slot-00"), qr/^slot 0: live/, 'a slot by its name');

# After a crash.
kill 'KILL', $srv->{pid};
waitpid delete $srv->{pid}, 0;
poll_until('nobody owns a slot any more', sub { dump_of($dir) !~ /live/ });
is(dump_of("$journal/clicks"), $text, 'the journal is as it was');

# Mistakes and foreign files.
my $dump = build_dir() . '/shm/ringdump';
is(system("$dump >/dev/null 2>&1") >> 8, 2, 'nothing to dump: usage');
is(system("$dump $srv->{dir}/nothing >/dev/null 2>&1") >> 8, 1, 'no such file');
is(system("$dump $srv->{dir}/affiliated.yaml >/dev/null 2>&1") >> 8, 1, 'a file that is no slot');

undef $srv;
done_testing;
