# A visitor's browser: headless Chromium follows a tracking link, lands on a page of another host name, whose pixel
# reports the sale; a postback with a goal follows.  Click, device, conversion, payout and profit are then right in
# both dialects' reports.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use IO::Socket::INET;
use POSIX qw(WNOHANG strftime);
use Test::More;
use Time::HiRes qw(sleep time);

my ($chromium) = grep { -x } map { "$_/chromium" } split /:/, $ENV{PATH};
plan skip_all => 'chromium is not installed' if !$chromium;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);

# The advertiser's site: a landing page that says thank you at once, with the pixel in it; it logs what was asked.
my $site = IO::Socket::INET->new(Listen => 64, LocalAddr => '127.0.0.1:0', ReuseAddr => 1) or die "listen: $!";
my $log = "$srv->{dir}/site.log";
my $offer;

sub serve {
	my ($offer_id) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	while (my $c = $site->accept) {
		my $head = '';
		while (sysread $c, my $buf, 4096) {
			$head .= $buf;
			last if $head =~ /\r\n\r\n/;
		}
		open my $f, '>>', $log;
		syswrite $f, (split /\r\n/, $head)[0] . "\n";
		close $f;
		my $body = $head =~ m{^GET /(?:\?|\s)}
		    ? '<html><body><h1 id="done">Thank you</h1>'
		    . "<img src=\"http://track.example/signup/process_pixel.php?offerid=$offer_id&amp;orderid=BROWSER1\" width=1 height=1>"
		    . '</body></html>'
		    : '';
		print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " . length($body)
		    . "\r\nConnection: close\r\n\r\n$body";
		close $c;
	}
	POSIX::_exit(0);
}

my ($advertiser, $affiliate) = ($net->advertiser('shop'), $net->affiliate('aff'));
$offer = $net->offer(name => 'Browser', url => 'http://shop.example/?click_hash=%%click_hash%%', advertiserid => $advertiser,
	advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cps', percentage_of_customer_conversion => 15);
my $shown = $net->affise(GET => "offer/$offer")->{json}{offer}{payments};
my $r = $net->affise(POST => "admin/offer/$offer", 'payments[0][goal]' => 1, 'payments[0][total]' => 25, 'payments[0][revenue]' => '3.75',
	'payments[0][currency]' => 'usd', 'payments[0][type]' => 'fixed', 'payments[1][goal]' => 'lead', 'payments[1][total]' => 5,
	'payments[1][revenue]' => 2, 'payments[1][currency]' => 'usd', 'payments[1][type]' => 'fixed');
is($r->{json}{status}, 1, 'a price for the goal') or diag($r->{content});
my $code = $net->link_of($affiliate, $offer, code_only => 1);
my $server = serve($offer);

sub browse {
	my ($url) = @_;
	my $port = $site->sockport;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$srv->{dir}/dom.html";
		open STDERR, '>', "$srv->{dir}/chromium.log";
		$ENV{HOME} = $srv->{dir};
		{ exec $chromium, '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
		    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
		    "--user-data-dir=$srv->{dir}/profile",
		    "--host-resolver-rules=MAP track.example:80 127.0.0.1:$srv->{port}, MAP shop.example:80 127.0.0.1:$port, MAP * ~NOTFOUND",
		    '--virtual-time-budget=10000', '--dump-dom', $url }
		POSIX::_exit(127);
	}
	my $until = time + 120;
	while (waitpid($pid, WNOHANG) == 0) {
		if (time > $until) {
			kill 'KILL', $pid;
			waitpid $pid, 0;
			return;
		}
		sleep 0.05;
	}
	open my $f, '<', "$srv->{dir}/dom.html" or return;
	return do { local $/; <$f> };
}

my $dom = browse("http://track.example/track/$code?subaff=mail");
like($dom // '', qr/Thank you/, 'the browser lands on the advertiser\'s page');
open my $f, '<', $log or die "no request reached the site";
my ($hash) = do { local $/; <$f> } =~ m{^GET /\?click_hash=([0-9a-f]{15}\.[0-9]{8}) }m;
ok($hash, 'with the hash of its click');

poll_until('the pixel reported the sale', sub { $srv->sql('SELECT COUNT(*) FROM conversion') == 1 });
my $click = $srv->rows('SELECT c.verdict, c.flags & 1 AS uniq, c.sub1, u.device_type, u.os, u.browser FROM click c JOIN user_agent u ON u.id = c.ua_id');
is(scalar @$click, 1, 'one click');
is_deeply($click->[0], { verdict => 0, uniq => 1, sub1 => 'mail', device_type => 0, os => 'Linux', browser => 'HeadlessChrome' },
	'counted, unique, with the browser that it was')
    or diag(explain $click->[0]);
is($srv->sql('SELECT orderid FROM conversion'), 'BROWSER1', 'the conversion is of that pixel');
is_deeply($srv->rows('SELECT COUNT(*) AS n FROM conversion v JOIN click c USING (click_us, click_lo)'), [{ n => 1 }], 'and of that click');

my $post = $net->postback(clickid => $hash, goal => 'lead', action_id => 'G1');
is($post->{status}, 1, 'a postback with a goal is booked');

# 25 + 5 from the advertiser, 3.75 + 2 to the affiliate.
my $day = strftime('%Y-%m-%d', gmtime);
poll_until('profit and loss shows both', sub {
	my $row = $net->nats(GET => 'report/profitloss', view => 'offer', start => $day, end => $day)->{json}{total}{row};
	return $row->{page_view} == 1 && $row->{unique_visitor} == 1 && $row->{advertiser_initial} == 1
	    && $row->{advertiser_initial_amount} == 2500 && $row->{goal} == 1 && $row->{goal_amount} == 500
	    && $row->{affiliate_payout} == 575;
});
$r = $net->affise(GET => 'stats/custom', 'slice[]' => ['device', 'browser'], 'filter[date_from]' => $day, 'filter[date_to]' => $day);
is(scalar @{ $r->{json}{stats} }, 1, 'Affise statistics: one row by device and browser') or diag($r->{content});
my $row = $r->{json}{stats}[0];
is_deeply($row->{slice}, { device => 'desktop', browser => 'HeadlessChrome' }, 'of that device and browser');
is_deeply($row->{traffic}, { raw => '1', uniq => '1' }, 'its traffic');
is_deeply([map { $row->{actions}{confirmed}{$_} + 0 } qw(count charge revenue earning)], [2, 30, 5.75, 24.25], 'and its money');
$r = $net->affise(GET => 'stats/custom', 'slice[]' => 'goal', 'filter[date_from]' => $day, 'filter[date_to]' => $day,
	'filter[goal]' => 'lead');
is($r->{json}{stats}[0]{actions}{confirmed}{revenue} + 0, 2, 'the goal by itself') or diag($r->{content});

kill 'TERM', $server;
waitpid $server, 0;
is(($srv->ctl('verify'))[0], 0, 'verify is clean');
undef $srv;
done_testing;
