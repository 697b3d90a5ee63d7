# The tracking doors and the posting scripts with what does not belong there, in every parameter, header and code: an
# answer in form, no host but the offer's own, nothing injected, every click recorded, nothing that the books choke on.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use POSIX ();
use Test::More;

my $seed = $ENV{AFFILIATED_SEED} // int rand 2**31;
diag("AFFILIATED_SEED=$seed");
srand $seed;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $offer = $net->offer(url => 'http://shop.example/?h=%%click_hash%%&a=%%subaff%%&b={sub2}&c=%%x%%',
	advertiserid => $net->advertiser('shop'), advertiser_cost_type => 'dynamic_conversion', commission_type => 'cps',
	percentage_of_customer_conversion => 10);
my $code = $net->link_of($aff, $offer, code_only => 1);
my $worker = $srv->children->{'worker 0'}[0];
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', '1');
$srv->ctl_ok('config', 'set', 'global_void_ips', '127.0.0.1');

# As they stand in a query.
my @values = ('%ff%fe', '%c0%af', '%ed%a0%80', 'a%00b', '%zz', '%', '%u0041', '%0d%0aSet-Cookie:%20x=1',
	'%0aLocation:%20//evil.example', '%09tab%0anew%5c%5cN', '%5cN', '%5c', '%27%22%3b--', '%3Cscript%3E', '//evil.example/',
	'http://evil.example', '%%25h', '%25%25x%25%25', '{clickid}', '%%click_hash%%', '%F0%9F%98%80', 'x' x 70_000, '-1',
	'99999999999999999999', '1e99', 'NaN', '9,95', '0x10', '');
my @click_names = qw(pid offer_id sub1 sub2 sub5 sub8 subaff subaff5 _ocid autocamp autosubids hostnpost path redirect escape
	format ref_id x ocode nats%5bx%5d);
my @post_names = qw(click_hash clickid click_id transaction_hash transid ocode offerid subscription_id amount revenue gross
	orderid action_id goal goalid pending currency firstname email ip custom1 trans_custom1 sum status secure comment referrer
	custom_field1 type cost reverse approved transactionid x);
my @shapes = map { my $v = $_; sub { "$_[0]=$v" } } @values;
for my $end ('[a]' x 10 . '=1', '[x][y]=1', '[=1', ']=1', '[]=1', '', '==&&&;=') {
	push @shapes, sub { $_[0] . $end };
}
push @shapes, sub { '[]' . $_[0] . '=1' }, sub { my ($n) = @_; return $n . '=1&' . $n . '=2&' . $n . '[]=3' };

my ($recorded, $requests, @wrong) = (0, 0);

sub check_click {
	my ($what, $r) = @_;
	$requests++;
	my $to = $r->{headers}{location} // '';
	$recorded++ if $r->{status} == 302 || $r->{status} == 404;
	my $why = $r->{status} != 302 && $r->{status} != 404 ? "status $r->{status} $r->{content}"
	    : $r->{status} == 302 && $to !~ m{^http://shop\.example/[^?]*\?h=[0-9a-f]{15}\.[0-9]{8}(?:&|$)} ? "sent to $to"
	    : ($to =~ /[^\x21-\x7e]/) ? "raw bytes in $to"
	    : grep({ /[^\x20-\x7e]|evil|x=1/ } map { ref ? @$_ : $_ } $r->{headers}{'set-cookie'} // ()) ? 'a strange cookie' : undef;
	push @wrong, substr "$what: $why", 0, 300 if defined $why;
	return;
}

sub check_post {
	my ($what, $r, $json) = @_;
	$requests++;
	my $ok = $r->{status} == 200 && ($json
	    ? ref $r->{json} eq 'HASH' && ($r->{json}{status} == 1 || $r->{json}{status} == 2 && length $r->{json}{error})
	    : $r->{content} =~ /\A\*success\*\z|\A\*error\* - [\x20-\x7e]{3,200}\z/);
	push @wrong, substr "$what: $r->{status} $r->{content}", 0, 300 if !$ok;
	return;
}

sub none_wrong { my ($what) = @_; is join("\n", splice @wrong), '', $what; return }

# --- clicks ------------------------------------------------------------------------------------------------------

for my $name (@click_names) {
	for my $shape (@shapes) {
		my $pair = $shape->($name);
		check_click("track $name", $srv->get("/track/$code?$pair"));
		check_click("click $name",
			$srv->get('/click?' . ($name =~ /^(?:pid|offer_id)$/ ? '' : "pid=$aff&offer_id=$offer&") . $pair));
	}
}
none_wrong('clicks with any parameter go to the shop or nowhere');

for my $bad (@values, '.' x 600, 'a' x 513, '1' x 600, 'MS4x', "$code.$code", '1.2.3.4.5.6.7.8.9.10.11.12.13.14', '....',
	'-1.-1.-1.-1', '99999999999999999999.1.1.1', '1.1.1.1.1.1.1.1.1.1.,,,,.1', '../../etc/passwd', '%2e%2e%2f', "$code%00",
	"$code/%0d%0ax", "$code//evil.example", "$code/\@evil.example/", "$code/" . 'd/' x 3000) {
	check_click('code ' . substr($bad, 0, 20), $srv->get("/track/$bad"));
}
none_wrong('so do clicks with any code');

# HTTP::Tiny refuses to send such headers.
sub click_with {
	my ($header, $value) = @_;
	my $said = $srv->raw("GET /track/$code HTTP/1.1\r\nHost: x\r\nConnection: close\r\n$header: $value\r\n\r\n");
	my ($status) = $said =~ m{^HTTP/1\.1 (\d+)};
	my ($location) = $said =~ /^location: (.*)\r$/m;
	my @cookies = $said =~ /^set-cookie: (.*)\r$/mg;
	return { status => $status // 0, content => $said, headers => { location => $location, 'set-cookie' => \@cookies } };
}

my $bytes = join '', map { chr } 0x20 .. 0x7e, 0x80 .. 0xff;
for my $header (qw(User-Agent Referer Cookie Accept-Language X-Forwarded-For Sec-Purpose X-Moz)) {
	for my $v ($bytes, 'x' x 30_000, "oc_$offer=" . 'f' x 5000, 'oc_v=' . "\xff" x 32, ';;;=;=', "oc_$offer=1; " x 500, '', "\xc3") {
		check_click("$header " . substr($v, 0, 10), click_with($header, $v));
	}
}
none_wrong('and with any header');

# --- reports of advertisers --------------------------------------------------------------------------------------

my ($hash) = $srv->get("/track/$code")->{headers}{location} =~ /h=([0-9a-f.]{24})/;
$recorded++;
# Four at once, since each waits for its outcome.  An order of its own each, so that no value hides behind a duplicate.
sub posts_of {
	my ($name) = @_;
	my ($n, $of) = (0, $name =~ /click|trans(?!_)|ocode/ ? '' : "click_hash=$hash&amount=20&sum=20&");
	for my $shape (@shapes) {
		my ($pair, $order) = ($shape->($name), "$name-" . $n++);
		check_post("pixel $name", $srv->get("/signup/process_pixel.php?${of}orderid=$order&$pair"));
		check_post("void $name", $srv->post('/signup/process_void.php', "${of}orderid=$order&type=void&$pair"));
		check_post("postback $name", $srv->get("/postback?${of}action_id=p$order&$pair" =~ s/click_hash/clickid/r), 1);
	}
	return;
}

my @child;
for my $part (0 .. 3) {
	my $pid = open($child[$part], '-|') // die "fork: $!";
	next if $pid;
	posts_of($post_names[ 4 * $_ + $part ]) for 0 .. ($#post_names - $part) / 4;
	print map { s/\n/ /gr . "\n" } @wrong;
	close STDOUT;
	POSIX::_exit(0);
}
for my $from (@child) {
	push @wrong, <$from>;
	ok close $from, 'posts are made';
}
$requests += 3 * @post_names * @shapes;
none_wrong('every script answers in its form');

my %body = ('application/json' => [ '{', '[]', '{"click_hash":{"a":[1]}}', '{"orderid":"\\u0000"}', '{"orderid":1e999}', 'null',
		'{"a":' x 50 . '1' . '}' x 50 ],
	'multipart/form-data; boundary=b' => [ '', '--b', "--b\r\nContent-Disposition: form-data; name=\"orderid\"\r\n\r\nx",
		"--b\r\nContent-Disposition: form-data; name=\"orderid\"; filename=\"x\"\r\n\r\ny\r\n--b--" ],
	'text/xml' => ['<a/>'], 'application/x-www-form-urlencoded' => [ '&' x 5000, '=' x 5000, 'a=1&' x 5000, "\xff\xfe\0\1" ]);
for my $type (sort keys %body) {
	for my $content (@{ $body{$type} }) {
		my %o = (headers => { 'Content-Type' => $type }, content => $content);
		check_post("body $type", $srv->request('POST', '/signup/process_pixel.php', %o));
		check_post("body $type", $srv->request('GET', '/signup/process_void.php', %o));
		check_post("body $type", $srv->request('POST', '/postback', %o), 1);
	}
}
none_wrong('and to any body');

for my $path ('/track/', '/click', '/signup/process_pixel.php', '/signup/process_void.php', '/postback') {
	for my $method (qw(DELETE PUT BREW)) {
		my $r = $srv->request($method, $path);
		is $r->{status}, 405, "$method $path";
		like $r->{headers}{allow} // '', qr/GET/, 'says what it takes';
	}
}
is $srv->get($_)->{status}, 404, "$_ is nothing" for '/signup/', '/signup/nosuch.php', '/track', '/postback/x/y', '/click/x';

# --- bytes out of a hat ------------------------------------------------------------------------------------------

sub noise {
	my ($most) = @_;
	return join '', map {
		my $b = int rand 256;
		rand() < 0.5 || $b <= 0x20 || $b >= 0x7f || $b == 0x23 ? sprintf '%%%02x', $b : chr $b
	} 0 .. rand $most;
}

my @names = (@click_names, @post_names);
for my $n (1 .. 1500) {
	my $q = join '&', map { (rand() < 0.8 ? $names[ rand @names ] : noise(8)) . '=' . noise(rand() < 0.05 ? 3000 : 20) } 0 .. rand 6;
	my $door = int rand 4;
	check_click("noise $n", $srv->get("/track/$code?$q")) if $door == 0;
	check_click("noise $n", $srv->get("/click?pid=$aff&offer_id=$offer&$q")) if $door == 1;
	check_post("noise $n", $srv->post("/signup/process_pixel.php?click_hash=$hash", $q)) if $door == 2;
	check_post("noise $n", $srv->post("/postback?clickid=$hash", $q), 1) if $door == 3;
}
none_wrong('noise is answered in form');

# --- afterwards --------------------------------------------------------------------------------------------------

poll_until("every one of $recorded clicks is recorded", sub { $srv->sql('SELECT COUNT(*) FROM click') == $recorded })
    or diag $srv->sql('SELECT COUNT(*) FROM click');
$srv->get("/track/$code?subaff=a%09b%5cN%5c%22%27%c3%a4%f0%9f%98%80%0d&_ocid=exact");
poll_until('what a link says is stored as it was said, without control characters', sub {
	my $s = $srv->sql("SELECT sub1 FROM click WHERE ocid = 'exact'");
	return defined $s && $s eq "ab\\N\\\"'\x{e4}\x{1f600}";
}, 20) or diag(explain $srv->rows("SELECT HEX(sub1) FROM click WHERE ocid = 'exact'"));
poll_until('the books have taken everything', sub {
	!grep { $_ != 0 } $srv->get('/metrics')->{content} =~ /^affiliated_backlog_\w+ (\d+)$/mg;
});
cmp_ok $srv->sql('SELECT COUNT(*) FROM txn WHERE type = ?', $_->[0]), '>', $_->[2], "$_->[1] are among what was booked"
    for [ 1, 'conversions', 500 ], [ 4, 'voids', 100 ];
my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and balance' or diag "$out$err";
is $srv->children->{'worker 0'}[0], $worker, 'the worker lived through all of this';
my $log = do { local (@ARGV, $/) = $srv->log_file; <> };
unlike $log, qr/\berror:|was killed|quarantine|assert/i, 'the log holds no error' or diag $log =~ /^(.*error:.*)$/m;
note "$requests requests";
undef $net;
undef $srv;
done_testing;
