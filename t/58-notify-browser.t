#!/usr/bin/perl
# A real browser: the shop's page holds our frame, and in the frame stand an affiliate's pixels, which call third parties.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;
use File::Temp qw(tempdir);
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(sleep time);

my ($chromium) = grep { -x } map { "$_/chromium" } split /:/, $ENV{PATH};
plan skip_all => 'there is no chromium' if !$chromium;

my $sink = Affiliated::Sink->new;
my $dir = tempdir('aff-web-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $track = "http://track.example:$srv->{port}";
my $web = $sink->{port}{http};

# The page that the browser ends up with; all names are here.
sub browse {
	my ($url) = @_;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		setpgrp;
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$dir/dom";
		open STDERR, '>', "$dir/log";
		local $ENV{HOME} = $dir;
		{ exec $chromium, qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
			--disable-component-update --disable-sync --disable-dev-shm-usage --disable-extensions --dump-dom
			--virtual-time-budget=8000),
			'--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,HttpsFirstModeV2', "--user-data-dir=$dir/profile", '--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND', $url }
		POSIX::_exit(127);
	}
	my $until = time + 90;
	while (waitpid($pid, WNOHANG) == 0) {
		sleep 0.05;
		next if time < $until;
		kill 'KILL', -$pid;
		waitpid $pid, 0;
		last;
	}
	kill 'KILL', -$pid;
	open my $f, '<', "$dir/dom" or return '';
	return do { local $/; <$f> } // '';
}

my $bob = $net->affiliate('bob');
my $offer = $net->offer(url => "http://shop.example:$web/ok?c=%%click_hash%%");
$srv->exec_sql("UPDATE landing_page SET conversion_type = 'iframe' WHERE offer_id = ?", $offer);
$net->affise(POST => "admin/offer/$offer", 'payments[0][total]' => 5, 'payments[0][revenue]' => 3.75,
	'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed', 'payments[0][goal]' => 1);
my $third = "http://third.example:$web";
$srv->ctl_ok('hook', 'add', 'bob', @$_) for ['iframe', "$third/ok?frame=%%subaff%%&t=%%transid%%"], ['image', "$third/ok?image=%%commission%%"],
	['script', "<script>new Image().src = '$third/ok?script=' + encodeURIComponent('{sub1}')</script>"];

browse("$track/click?pid=$bob&offer_id=$offer&sub1=" . q{a%27%3C%22x});
my ($landed) = grep { $_->{target} =~ m{^/ok\?c=} } @{ $sink->seen };
my ($hash) = ($landed->{target} // '') =~ /c=(.+)/;
ok $hash, 'a click' or diag `tail -3 $dir/log`;
poll_until('is booked', sub { $srv->sql('SELECT COUNT(*) FROM click') == 1 });

# The page of thanks is on the shop's host, the frame on ours, the pixels on somebody else's.
my $page = qq{<iframe src="$track/signup/process_pixel.php?offerid=$offer&orderid=W1"></iframe>};
browse("http://shop.example:$web/html/" . unpack 'H*', $page);
is $srv->sql("SELECT CONCAT(status, '/', affiliate_id) FROM conversion WHERE orderid = 'W1'"), "1/$bob", 'a sale, credited to the affiliate'
	or diag `tail -3 $dir/log`;
my $sub = 'a%27%3C%22x';
my %seen = map { $_->{target} => 1 } @{ $sink->seen };
ok $seen{"/ok?frame=$sub&t=$hash"}, 'his frame has called the third party' or diag explain [ sort keys %seen ];
ok $seen{'/ok?image=3.75'}, 'and his image';
# In a script a value is text: what could end its string is a character reference.
ok $seen{'/ok?script=a%26%2339%3B%26%2360%3B%26%2334%3Bx'}, 'and his script' or diag explain [ sort keys %seen ];
is $srv->sql('SELECT COUNT(*) FROM notify_log WHERE kind = 5'), 3, 'each logged as shown';
is $srv->ctl_ok('verify'), '', 'the books are clean';
undef $srv;
done_testing;
