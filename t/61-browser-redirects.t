# A real browser and the redirect types: whatever sends it on, it ends up in the shop, with the click's cookies, and only
# a plain 302 lets the shop see where it came from.  Skipped where there is no chromium.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(sleep time);

my ($chromium) = grep { -x } map { "$_/chromium" } split /:/, $ENV{PATH};
plan skip_all => 'there is no chromium' if !$chromium;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $dir = tempdir('aff-web-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $track = "http://track.example:$srv->{port}";
my $web = IO::Socket::INET->new(Listen => 64, LocalAddr => '127.0.0.1:0', ReuseAddr => 1) or die "listen: $!";
my $port = $web->sockport;
my $pid_of = $net->affiliate('anna');
my $adv = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $net->advertiser('shop'));

# The URL has in it what would break out of an attribute or a script.
my $nasty = q{/in?q='&lt=%22%3C/script%3E&a=1;b&amp=2};
my $asked = $nasty =~ s/'/%27/r;    # browsers escape that one
my %offer;
for my $type (qw(http302 http302hidden meta js)) {
	my $r = $net->affise(POST => 'admin/offer', title => $type, advertiser => $adv, status => 'active', redirect_type => $type,
		url => "http://shop.example:$port$nasty&t=$type&c={clickid}");
	$offer{$type} = $r->{json}{id} // die $r->{content};
}

# The blog's page follows the link of ?type; the shop greets.  Every request is noted: host, path, referrer.
sub answer {
	my ($s, $log) = @_;
	my $head = '';
	while ($head !~ /\r\n\r\n/) {
		return if !sysread $s, $head, 8192, length $head;
	}
	my ($path) = $head =~ /^GET (\S+)/ or return;
	my ($host) = $head =~ /^host: ([^:\r]+)/mi;
	my ($from) = $head =~ /^referer: (\S+)/mi;
	syswrite $log, join("\t", $host, $path, $from // '-') . "\n";
	my $html = $path =~ m{^/in} ? '<p>welcome' : '';
	if ($host eq 'blog.example' && $path =~ /\?(\w+)/) {
		$html = "<a id=a href='$track/click?pid=$pid_of&offer_id=$offer{$1}&sub1=blog'>x</a><script>document.getElementById('a').click()</script>";
	}
	my $status = length $html ? '200 OK' : '404 Not Found';
	syswrite $s, "HTTP/1.1 $status\r\nContent-Type: text/html\r\nContent-Length: " . length($html) . "\r\nConnection: close\r\n\r\n$html";
	return;
}

my $web_pid = fork // die "fork: $!";
if ($web_pid == 0) {
	setpgrp;
	local $SIG{CHLD} = 'IGNORE';
	open my $log, '>>', "$dir/requests" or POSIX::_exit(1);
	while (my $s = $web->accept) {
		next if fork;
		eval { answer($s, $log) };
		POSIX::_exit(0);
	}
	POSIX::_exit(1);
}

# The page that the browser ends up with.  No name leads anywhere but to us.
sub browse {
	my ($url) = @_;
	my @args = (qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
		--disable-component-update --disable-sync --disable-dev-shm-usage --disable-extensions --mute-audio --dump-dom
		--virtual-time-budget=60000), '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,HttpsFirstModeV2',
		"--user-data-dir=$dir/profile", '--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND', '--user-agent=' . browser_ua());
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		setpgrp;
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$dir/dom";
		open STDERR, '>', "$dir/chromium.log";
		local $ENV{HOME} = $dir;
		{ exec $chromium, @args, $url }
		POSIX::_exit(127);
	}
	my $until = time + 90;
	while (waitpid($pid, WNOHANG) == 0) {
		if (time > $until) {
			kill 'KILL', -$pid;
			waitpid $pid, 0;
			fail('the browser ends');
			last;
		}
		sleep 0.05;
	}
	kill 'KILL', -$pid;    # what it may have left behind
	open my $f, '<', "$dir/dom" or return '';
	local $/;
	return scalar <$f> // '';
}

sub visits { open my $f, '<', "$dir/requests" or return; return map { chomp; [ split /\t/ ] } <$f> }

for my $type (qw(http302 http302hidden meta js)) {
	browse("http://blog.example:$port/?$type");
	# What it asks the shop for is what counts: on a slow machine the browser's page is printed before it is painted.
	my $seen;
	poll_until("$type: the browser is in the shop", sub {
		($seen) = grep { $_->[0] eq 'shop.example' && $_->[1] =~ /&t=$type&/ } visits();
	}) or diag(`tail -5 $dir/chromium.log`);
	like $seen->[1] // '', qr{^\Q$asked\E&t=$type&c=[0-9a-f]{24}$}, "$type: at the URL as it was given";
	if ($type eq 'http302') {
		like $seen->[2] // '', qr{^http://blog\.example:$port/}, "$type: the shop sees where it came from";
	} else {
		is $seen->[2] // '', '-', "$type: the shop sees no referrer";
	}
}
poll_until('the clicks are there', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0') == 4 });
is $srv->sql('SELECT COUNT(*) FROM click WHERE referrer LIKE ?', "http://blog.example:$port/%"), 4, 'we see where each came from';
is $srv->sql('SELECT SUM(flags & 1) FROM click'), 4, 'four offers, each with a new visitor';
# Who comes again is known by the cookie that each kind of answer has set.
browse("http://blog.example:$port/?$_") for qw(meta js);
kill 'KILL', -$web_pid;
waitpid $web_pid, 0;
poll_until('and two more', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0') == 6 });
is $srv->sql('SELECT SUM(flags & 1) FROM click'), 4, 'by the same visitor';
is $srv->ctl_ok('verify'), '', 'verify finds nothing';
undef $srv;
done_testing;
