# A real browser: a visitor follows a tracking link on an affiliate's page, lands in the advertiser's shop on another host
# name, the shop's page fires the pixel, and the shop's server reports a goal later.  Both dialects then tell the same true
# story.  Skipped where there is no chromium.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use POSIX qw(WNOHANG strftime);
use Test::More;
use Time::HiRes qw(sleep time);

my ($chromium) = grep { -x } map { "$_/chromium" } split /:/, $ENV{PATH};
plan skip_all => 'there is no chromium' if !$chromium;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $dir = tempdir('aff-web-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $hash_re = qr/[0-9a-f]{15}\.[0-9]{8}/;
my $track = "http://track.example:$srv->{port}";
$srv->ctl_ok('config', 'set', 'tracking_domain', $track);

# --- the web: the affiliate's blog and the advertiser's shop -------------------------------------------------------

my $web = IO::Socket::INET->new(Listen => 64, LocalAddr => '127.0.0.1:0', ReuseAddr => 1) or die "listen: $!";
my $port = $web->sockport;
my ($link, $pixel) = ('', '');    # set before the web is started

# host and path => page
sub page {
	my ($host, $path) = @_;
	return "<a id=a href='$link'>shoes!</a><script>document.getElementById('a').click()</script>" if $host eq 'blog.example';
	return '' if $path !~ m{^/thanks};
	return "<p id=said>waiting</p><img src='$pixel' onload=\"document.getElementById('said').textContent = 'loaded '"
	    . " + this.naturalWidth + 'x' + this.naturalHeight\" onerror=\"document.getElementById('said').textContent = 'broken'\">";
}

# A process a connection, for a browser opens some that it does not use.  Every request is noted: host, path, referrer.
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
	my $html = page($host, $path);
	my $status = length $html ? '200 OK' : '404 Not Found';
	syswrite $s, "HTTP/1.1 $status\r\nContent-Type: text/html\r\nContent-Length: " . length($html)
	    . "\r\nConnection: close\r\n\r\n$html";
	return;
}

sub start_web {
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	setpgrp;
	$SIG{CHLD} = 'IGNORE';
	open my $log, '>>', "$dir/requests" or POSIX::_exit(1);
	while (my $s = $web->accept) {
		next if fork;
		eval { answer($s, $log) };
		POSIX::_exit(0);
	}
	POSIX::_exit(1);
}

sub visits { open my $f, '<', "$dir/requests" or return; return map { chomp; [ split /\t/ ] } <$f> }

# --- the visitor -------------------------------------------------------------------------------------------------

# The page that the browser ends up with.  No name leads anywhere but to us.
sub browse {
	my ($url, %o) = @_;
	my @args = (qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
		--disable-component-update --disable-sync --disable-dev-shm-usage --disable-extensions --mute-audio --dump-dom
		--virtual-time-budget=8000), '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,HttpsFirstModeV2',
		"--user-data-dir=$dir/$o{profile}", 
		'--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND',
		$o{ua} ? "--user-agent=$o{ua}" : ());
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

# --- the network ---------------------------------------------------------------------------------------------------

my $adv = $net->advertiser('shop');
my $adv_hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv);
my $aff = $net->affiliate('anna');
my $r = $net->affise(POST => 'admin/offer', title => 'Shoes', advertiser => $adv_hex, status => 'active',
	url => "http://shop.example:$port/thanks?h={clickid}&sub={sub1}",
	'payments[0][goal]' => 1, 'payments[0][total]' => 25, 'payments[0][revenue]' => 10, 'payments[0][currency]' => 'USD',
	'payments[0][type]' => 'fixed', 'payments[1][goal]' => 'upsell', 'payments[1][total]' => 50, 'payments[1][revenue]' => 20,
	'payments[1][currency]' => 'USD', 'payments[1][type]' => 'percent');
my $offer = $r->{json}{id} // die $r->{content};
$link = $net->nats(GET => 'affiliate/get_single_link', loginid => $aff, offerid => $offer, subaff => 'mail')->{json}{message};
like $link, qr{^\Q$track\E/track/\w+\?subaff=mail$}, 'a tracking link';
$pixel = "$track/signup/process_pixel.php?offerid=$offer&orderid=";
my $phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

my ($web_pid, @click);
for my $visit ({ profile => 'desk', order => 'W1' }, { profile => 'phone', order => 'W2', ua => $phone }) {
	$pixel =~ s/orderid=.*/orderid=$visit->{order}/;
	$web_pid = start_web();
	my $dom = browse("http://blog.example:$port/", %$visit);
	like $dom, qr/loaded 1x1/, "$visit->{profile}: the shop's page shows the pixel" or diag(`tail -5 $dir/chromium.log`);
	kill 'KILL', -$web_pid;
	waitpid $web_pid, 0;
	my @seen = grep { $_->[1] =~ m{^/thanks} } visits();
	my ($id) = $seen[-1][1] =~ m{^/thanks\?h=([0-9a-f]{24})&sub=mail$} or diag("visited: $seen[-1][1]");
	is $seen[-1][0], 'shop.example', 'on the other host';
	push @click, $id;
}
is scalar(@click), 2, 'two clicks';

# The shop's server reports, later and without any browser, a goal of the first visitor.
$r = $srv->get("/postback?clickid=$click[0]&goal=upsell&sum=40&action_id=U1");
is_deeply $r->{json}, { status => 1 }, 'a postback with a goal is taken';
is_deeply $srv->get("/postback?clickid=$click[0]&goal=upsell&sum=40&action_id=U1")->{json},
    { status => 2, error => 'Conversion exists' }, 'once';
poll_until('everything is booked', sub {
	$srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0') == 2 && $srv->sql('SELECT COUNT(*) FROM conversion') == 3
});

# --- what the reports say ------------------------------------------------------------------------------------------

my $today = strftime('%Y-%m-%d', gmtime);
my @day = ('filter[date_from]' => $today, 'filter[date_to]' => $today);

subtest 'NATS for Networks' => sub {
	my $row = $net->nats(GET => 'report/profitloss', view => 'offer', period => 'today')->{json}{total}{row};
	is $row->{page_view}, 2, 'two views';
	is $row->{unique_visitor}, 2, 'of two visitors';
	is $row->{advertiser_initial}, 2, 'two conversions';
	is $row->{advertiser_initial_amount}, 5000, 'of 25.00 each';
	is $row->{goal}, 1, 'a goal';
	is $row->{goal_amount}, 2000, 'of 50 % of 40.00';
	is $row->{affiliate_payout}, 2800, 'he gets 10.00, 10.00 and 20 % of 40.00: a profit of 42.00 of 70.00';
	my $t = $net->nats(GET => 'report/transaction', period => 'today')->{json};
	my %by = map { $_->{orderid} => $_ } ref $t->{transactions} eq 'ARRAY' ? @{ $t->{transactions} } : values %{ $t->{transactions} // $t };
	is_deeply [ map { 0 + ($by{$_}{total_payout} // -1) } qw(W1 W2 U1) ], [ 10, 10, 8 ], 'each transaction has its payout';
	my @detail = map { $net->nats(GET => 'transaction/click_detail', transaction_hash => $_)->{json}{data} } @click;
	is_deeply [ map { $_->{device_type} } @detail ], [ 0, 1 ], 'a desktop and a phone';
	is_deeply [ map { $_->{converted} } @detail ], [ 1, 1 ], 'both converted';
	is_deeply [ map { $_->{subaff} } @detail ], [qw(mail mail)], 'with the sub-affiliate of the link';
	is_deeply [ map { $_->{orderid} } @detail ], [qw(W1 W2)], 'each with its own order';
	like $detail[0]{refurl}, qr{^http://blog\.example:$port/}, 'from the blog';
	like $detail[0]{user_agent}, qr/Chrome/, 'with its browser';
	is $detail[1]{user_agent}, $phone, 'and with the other';
};

subtest 'Affise' => sub {
	my $stats = $net->affise(GET => 'stats/custom', 'slice[]' => ['device'], @day)->{json}{stats};
	my %by = map { $_->{slice}{device} => $_ } @$stats;
	is_deeply [ sort keys %by ], [qw(desktop mobile)], 'by device: two rows';
	my ($desk, $mobile) = map { $_->{actions}{confirmed} } @by{qw(desktop mobile)};
	is_deeply [ map { 0 + $_ } @$desk{qw(count charge revenue earning)} ], [ 2, 45, 18, 27 ], 'the desktop: charge, payout, profit';
	is_deeply [ map { 0 + $_ } @$mobile{qw(count charge revenue earning)} ], [ 1, 25, 10, 15 ], 'the phone';
	is_deeply [ map { "$by{$_}{traffic}{raw}/$by{$_}{traffic}{uniq}" } qw(desktop mobile) ], [ '1/1', '1/1' ], 'their clicks';
	$stats = $net->affise(GET => 'stats/custom', 'slice[]' => [qw(os browser)], @day)->{json}{stats};
	is_deeply [ sort map { "$_->{slice}{os}/$_->{slice}{browser}" } @$stats ], [ 'Linux/HeadlessChrome', 'iOS/Mobile Safari' ],
	    'by operating system and browser';
	$stats = $net->affise(GET => 'stats/custom', 'slice[]' => ['goal'], @day)->{json}{stats};
	my %goal = map { $_->{slice}{goal} => $_->{actions}{confirmed} } @$stats;
	is_deeply { map { $_ => "$goal{$_}{count} " . (0 + $goal{$_}{charge}) } keys %goal }, { 1 => '2 50', upsell => '1 20' }, 'by goal';
	my $list = $net->affise(GET => 'stats/conversions')->{json}{conversions};
	my %c = map { $_->{action_id} => $_ } @$list;
	is_deeply [ sort keys %c ], [qw(U1 W1 W2)], 'every conversion is listed';
	is_deeply [ map { join '/', map { 0 + $_ } @{ $c{$_} }{qw(revenue payouts earnings)} } qw(W1 W2 U1) ],
	    [ '25/10/15', '25/10/15', '20/8/12' ], 'with revenue, payout and earnings';
	is_deeply [ map { $c{$_}{clickid} } qw(W1 W2 U1) ], [ @click[ 0, 1, 0 ] ], 'and its click';
	is_deeply [ map { $c{$_}{device} // $c{$_}{device_type} } qw(W1 W2) ], [qw(desktop mobile)], 'and its device';
	my $clicks = $net->affise(GET => 'stats/clicks', date_from => $today, date_to => $today)->{json}{clicks};
	is_deeply [ sort map { $_->{id} } @$clicks ], [ sort @click ], 'and every click';
};

# Another day he buys again with an updated browser, in a shop on the tracking domain's own site: his address with that
# browser is nobody's, so it is the cookie that tells.  A further order of a click that has converted is a continuity.
$pixel =~ s/orderid=.*/orderid=W3&amount=7/;
$web_pid = start_web();
like browse("http://shop.track.example:$port/thanks", profile => 'desk', ua => $phone =~ s/17_5/18_2/r), qr/loaded 1x1/,
    'a visitor comes back';
kill 'KILL', -$web_pid;
waitpid $web_pid, 0;
poll_until('his cookie leads to the click of the first visit', sub {
	my $r = $srv->rows("SELECT v.kind, v.revenue, v.click_us = f.click_us AS same FROM conversion v JOIN conversion f ON f.orderid = 'W1'
		WHERE v.orderid = 'W3'")->[0];
	return $r && $r->{kind} == 2 && $r->{revenue} == 7_000_000 && $r->{same};
});

my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'the books balance' or diag "$out$err";
undef $net;
undef $srv;
done_testing;
