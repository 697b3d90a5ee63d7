# HTTP as it arrives: who may call, what a path and a method give, carriers, proxies, and what is no request at all.
use strict;
use warnings;

use Affiliated::Test;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);

my $log = tempdir(CLEANUP => 1) . '/request.log';
my $srv = affiliated_start(workers => 1,
	config => { request_log => $log, trusted_proxies => ['10.0.0.0/8'], max_body => '256KiB', max_upload => '256KiB', drain_timeout => '10s' });
chomp(my $admin = $srv->ctl_ok('admin', 'add', 'root', 'root@example.com'));
chomp(my $aff = $srv->ctl_ok('affiliate', 'add', 'anna', 'anna@example.com'));
my ($key) = $srv->ctl_ok('key', 'create', 'root') =~ /([0-9a-f]{32})/;
my ($aff_key) = $srv->ctl_ok('key', 'create', 'anna') =~ /([0-9a-f]{32})/;
my %nats = ('api-username' => 'root', 'api-key' => $key);
my %affise = ('API-Key' => $key);
my $worker = $srv->children->{'worker 0'}[0];

sub nats_error_ok {
	my ($r, $status, $like, $what) = @_;
	is $r->{status}, $status, "$what: status $status";
	is $r->{json}{result}, 'error', "$what: the NATS envelope";
	like $r->{json}{message} // '', $like, "$what: what is wrong";
	is $r->{headers}{'content-type'}, 'application/json; charset=utf-8', "$what: JSON";
	return;
}

sub affise_error_ok {
	my ($r, $status, $like, $what) = @_;
	is $r->{status}, $status, "$what: status $status";
	is $r->{json}{status}, 2, "$what: the Affise envelope";
	like $r->{json}{error} // '', $like, "$what: what is wrong";
	is $r->{json}{message}, $r->{json}{error}, "$what: said twice";
	like $r->{headers}{'content-type'}, qr{^application/json}, "$what: JSON";
	return;
}

# Bytes in, bytes out; without `close` the connection is left open for us.
sub raw_status {
	my ($bytes) = @_;
	my $out = $srv->raw($bytes);
	my ($status) = $out =~ m{^HTTP/1\.[01] (\d+)};
	return wantarray ? ($status // 0, $out) : $status // 0;
}

subtest 'NATS: who may call' => sub {
	nats_error_ok($srv->get('/api/ping', headers => \%nats), 403, qr/IP not allowed/, 'no address is listed at first');
	$srv->ctl_ok('config', 'set', 'ADMIN_API_ALLOWED_IPS', '127.0.0.1, 192.0.2.0/24');
	my $r = $srv->get('/api/service/ping', headers => \%nats);
	is "$r->{status} $r->{content}", '200 1', 'ping answers a bare 1';
	like $r->{headers}{'x-request-id'}, qr/^[0-9a-f]{16}$/, 'with a request id';
	nats_error_ok($srv->get('/api/ping'), 401, qr/api-key/, 'no key');
	nats_error_ok($srv->get('/api/ping', headers => { 'api-key' => $key }), 401, qr/api-key/, 'no user name');
	nats_error_ok($srv->get('/api/ping', headers => { %nats, 'api-key' => 'x' }), 401, qr/api-key/, 'a wrong key');
	nats_error_ok($srv->get('/api/ping', headers => { %nats, 'api-username' => 'anna' }), 401, qr/api-key/,
		'a good key under another name');
	nats_error_ok($srv->get('/api/ping', headers => { 'api-username' => 'anna', 'api-key' => $aff_key }), 403,
		qr/administrator/, 'an affiliate');
	nats_error_ok($srv->get("/api/ping?api-username=root&api-key=$key"), 401, qr/api-key/, 'a key in the query');
	$srv->exec_sql('UPDATE account SET status = 1 WHERE id = ?', $admin);
	nats_error_ok($srv->get('/api/ping', headers => \%nats), 403, qr/administrator/, 'a disabled administrator');
	$srv->exec_sql('UPDATE account SET status = 0 WHERE id = ?', $admin);
	my ($old) = $srv->ctl_ok('key', 'create', 'root') =~ /([0-9a-f]{32})/;
	$srv->exec_sql('UPDATE api_key SET ends_us = 1 WHERE key_hash = UNHEX(SHA2(?, 256))', $old);
	nats_error_ok($srv->get('/api/ping', headers => { %nats, 'api-key' => $old }), 401, qr/api-key/, 'an ended key');
	is $srv->get('/api/ping', headers => { 'API-USERNAME' => 'root', 'Api-Key' => $key })->{status}, 200,
	    'header names in any case';
};

subtest 'Affise: who may call' => sub {
	is $srv->get('/3.0/offers', headers => \%affise)->{status}, 200, 'a key in the header';
	is $srv->get("/3.0/offers?API-Key=$key")->{status}, 200, 'in the query';
	is $srv->get("/3.0/offers?api-key=$key")->{status}, 200, 'in lower case';
	is $srv->get('/3.0/offers', headers => { 'api-key' => $aff_key })->{status}, 200, 'an affiliate reads offers';
	affise_error_ok($srv->get('/3.0/offers'), 401, qr/^Token is necessary$/, 'no key');
	affise_error_ok($srv->get('/3.0/offers?API-Key=nope'), 401, qr/^Token is necessary$/, 'a wrong key');
	affise_error_ok($srv->post('/3.0/admin/offer', {}, headers => { 'api-key' => $aff_key }), 403, qr/^Auth Denied$/,
		'an affiliate at an administrator\'s call');
};

subtest 'paths and methods' => sub {
	nats_error_ok($srv->get('/api/nosuch/thing', headers => \%nats), 404, qr/./, 'an unknown path');
	affise_error_ok($srv->get('/3.0/nosuch', headers => \%affise), 404, qr/^Page Not Found$/, 'an unknown Affise path');
	affise_error_ok($srv->get('/'), 404, qr/^Page Not Found$/, 'the root');
	my $r = $srv->post('/api/service/ping', {}, headers => \%nats);
	nats_error_ok($r, 405, qr/Method/, 'a wrong method');
	is $r->{headers}{allow}, 'GET, HEAD', 'says which it has';
	$r = $srv->request('DELETE', '/3.0/offer/1', headers => \%affise);
	affise_error_ok($r, 405, qr/Method/, 'a wrong Affise method');
	is $r->{headers}{allow}, 'GET, HEAD', 'says which it has';
	is $srv->request('BREW', '/api/service/ping', headers => \%nats)->{status}, 405, 'an unknown method';
	$r = $srv->request('HEAD', '/api/ping', headers => \%nats);
	is "$r->{status}:" . ($r->{content} // '') . ":$r->{headers}{'content-length'}", '200::1', 'HEAD is a GET without its body';
	is $srv->get($_, headers => \%nats)->{content}, 1, "GET $_"
	    for '//api//service/ping/', '/api/v1/service/ping', '/api/ping?x=1&x=2', '/%61pi/ping';
	my $edit = '/api/offer/edit_offer?offerid=999';
	for my $how ([ 'PATCH', {} ], [ 'PUT', {} ], [ 'POST', { 'X-HTTP-Method-Override' => 'PATCH' } ],
		[ 'POST', { 'X-HTTP-Method' => 'PATCH' } ]) {
		my ($m, $h) = @$how;
		$r = $srv->request($m, $edit, headers => { %nats, %$h }, content => '');
		isnt $r->{status}, 405, "$m @{[ %$h ]} edits";
	}
	is $srv->request('POST', $edit, headers => \%nats, content => '')->{status}, 405, 'POST alone does not';
	is $srv->request('OPTIONS', '/healthz')->{status}, 200, 'OPTIONS of a health probe';
};

# An unknown view is refused by name, so it tells that the parameter arrived.
subtest 'carriers' => sub {
	my $path = '/api/report/profitloss';
	my $want = qr/view/;
	my $form = { 'Content-Type' => 'application/x-www-form-urlencoded' };
	nats_error_ok($srv->get("$path?view=nosuch", headers => \%nats), 404, $want, 'query');
	nats_error_ok($srv->get($path, headers => { %nats, %$form }, content => 'view=nosuch'), 404, $want,
		'urlencoded body of a GET');
	nats_error_ok($srv->get("$path?view=offer", headers => { %nats, %$form }, content => 'view=nosuch'), 404, $want,
		'the body wins');
	nats_error_ok($srv->get($path, headers => { %nats, 'Content-Type' => 'application/json' },
		content => '{"view":"nosuch"}'), 404, $want, 'JSON body of a GET');
	nats_error_ok($srv->get($path, headers => { %nats, 'Content-Type' => 'multipart/form-data; boundary=b' },
		content => "--b\r\nContent-Disposition: form-data; name=\"view\"\r\n\r\nnosuch\r\n--b--\r\n"), 404, $want,
		'multipart body of a GET');
	my ($status, $out) = raw_status("GET $path HTTP/1.1\r\nHost: x\r\napi-username: root\r\napi-key: $key\r\n" .
		"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nview=\r\n6\r\nnosuch\r\n0\r\n\r\n");
	is $status, 404, 'chunks without a Content-Type';
	like $out, $want, 'are urlencoded';
	my $r = $srv->post("/3.0/admin/partner?email=q%40example.com&login=q&password=sesame&API-Key=$key", '');
	is $r->{status}, 200,
	    'POST parameters in the query, with an empty body' or diag $r->{content};
	is $srv->get('/3.0/offers', headers => { %affise, 'Content-Type' => 'application/json' })->{status}, 200,
	    'a stray Content-Type';
};

subtest 'what cannot be read' => sub {
	my $many = join '&', map { "p$_=1" } 1 .. 10_000;
	my $form = { 'Content-Type' => 'application/x-www-form-urlencoded' };
	nats_error_ok($srv->request('GET', '/api/ping', headers => { %nats, %$form }, content => $many), 400,
		qr/more than 1000 parameters/, '10,000 parameters in a body');
	affise_error_ok($srv->get("/3.0/offers?$many", headers => \%affise), 400, qr/more than 1000 parameters/,
		'10,000 in a query');
	my %bad = ('a NUL' => [ 'a=x%00y', qr/^a: holds a NUL/ ], 'UTF-8' => [ 'a[b]=%ff', qr/^a\[b\]: is not UTF-8/ ]);
	for (sort keys %bad) {
		nats_error_ok($srv->get("/api/ping?$bad{$_}[0]", headers => \%nats), 404, $bad{$_}[1], $_);
		affise_error_ok($srv->get("/3.0/offers?$bad{$_}[0]", headers => \%affise), 400, $bad{$_}[1], $_);
	}
	my $deep = 'a' . '[b]' x 9 . '=1';
	nats_error_ok($srv->get("/api/ping?$deep", headers => \%nats), 400, qr/^a\[b\].*deeper/, 'nested brackets');
	my %body = (
		'application/json' => [ '{"a":', '[1]', 'x', '{"a":1} x', '{"a":' x 30 . '1' . '}' x 30 ],
		'multipart/form-data; boundary=b' => [ 'x', "--b\r\n", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
			"--b\r\n\r\n\r\n--b--" ],
		'multipart/form-data' => ['x'],
		'text/xml' => ['<a/>'],
	);
	for my $type (sort keys %body) {
		for my $content (@{ $body{$type} }) {
			my $h = { 'Content-Type' => $type };
			nats_error_ok($srv->request('GET', '/api/ping', headers => { %nats, %$h }, content => $content), 400, qr/./,
				"$type " . printable($content));
			affise_error_ok($srv->request('POST', '/3.0/admin/partner', headers => { %affise, %$h }, content => $content),
				400, qr/./, "$type " . printable($content));
		}
	}
};

subtest 'bodies that are too long' => sub {
	my ($status, $out) = raw_status("POST /api/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n");
	is $status, 413, 'a body of 100 MB is refused when it is announced';
	like $out, qr/"result":"error"/, 'in NATS words';
	($status, $out) = raw_status("POST /3.0/offers HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n");
	is "$status " . ($out =~ /"status":2/ ? 'affise' : $out), '413 affise', 'in Affise words';
	my $before = rss();
	for (1 .. 3) {
		my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die;
		local $SIG{PIPE} = 'IGNORE';
		my $chunk = "10000\r\n" . 'a' x 65536 . "\r\n";
		my $sent = 0;
		syswrite $s, "POST /api/ping HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
		for (1 .. 1600) {
			my $n = syswrite $s, $chunk;
			last if !$n;
			$sent += $n;
		}
		cmp_ok $sent, '<', 50_000_000, "chunks that never end are cut off (after $sent bytes)";
	}
	cmp_ok rss() - $before, '<', 20_000, 'memory stays bounded';
	($status, $out) = raw_status("POST /3.0/offers HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\nx");
	is "$status " . ($out =~ /"status":2/ ? 'affise' : $out), '417 affise', 'an expectation that cannot be met';
};

subtest 'request lines' => sub {
	my $get = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	is scalar raw_status("GET http://other.example:8080/healthz $get"), 200, 'absolute form';
	is scalar raw_status("GET http://u:p\@other.example/healthz?x $get"), 200, 'with user and query';
	is scalar raw_status("GET http:// $get"), 400, 'without a host';
	is scalar raw_status("GET nonsense $get"), 400, 'no path';
	is scalar raw_status("OPTIONS * $get"), 404, 'a star';
	is scalar raw_status("GET /\xff\xfe%00/..%2f..%2fetc/passwd $get"), 404, 'odd bytes';
	is scalar raw_status("GET /api/ping/../../x $get"), 404, 'dots';
	is scalar raw_status($_), 400, 'nonsense: ' . join '', map { sprintf '%02x', ord } split //, substr $_, 0, 8
	    for "\0\1\2\3\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\0\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n";
	is scalar raw_status("GET /healthz HTTP/1.1\r\nHost: x\r\n" . "A: b\r\n" x 200 . "\r\n"), 400, '200 headers';
	is scalar raw_status('GET /' . 'a' x 500_000 . " $get"), 400, 'a target of 500 KB';
	my ($status, $out) = raw_status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	unlike $out, qr/\x00\x00.\x04/s, 'no HTTP/2 in the clear';
};

subtest 'ambiguous lengths end the connection' => sub {
	my $second = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
	for my $head ("Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
		"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"Transfer-Encoding: chunked\r\ncontent-length: 0\r\n\r\n0\r\n\r\n") {
		my $out = $srv->raw("POST /api/ping HTTP/1.1\r\nHost: x\r\n$head$second", 5);
		my @answers = $out =~ m{HTTP/1\.1 (\d+)}g;
		is "@answers", '400', 'one answer: ' . $head =~ s/\r\n.*//sr;
	}
};

subtest 'proxies' => sub {
	is $srv->get('/api/ping', headers => { %nats, 'X-Forwarded-For' => '8.8.8.8' })->{status}, 200,
	    'X-Forwarded-For of a stranger counts for nothing';
	my $proxied = affiliated_start(workers => 1,
		config => { request_log => "$log.2", trusted_proxies => [ '127.0.0.2', '10.0.0.0/8' ], proxy_protocol => 'true' });
	# The balancer is 127.0.0.2; the harness itself comes from 127.0.0.1 and needs no PROXY line.
	my $balancer = sub {
		my ($bytes) = @_;
		my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$proxied->{port}", LocalAddr => '127.0.0.2') or die;
		syswrite $s, $bytes;
		my $out = '';
		while (sysread $s, my $buf, 65536) { $out .= $buf }
		return $out;
	};
	my @cases = (
		[ 'version 1', "PROXY TCP4 192.0.2.9 10.0.0.1 5 80\r\n", '', '192.0.2.9' ],
		[ 'version 1, IPv6', "PROXY TCP6 2001:db8::7 ::1 5 80\r\n", '', '2001:db8::7' ],
		[ 'version 2', "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\x0b\x0a\0\0\1\0\5\0\x50", '', '192.0.2.11' ],
		[ 'LOCAL', "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", '', '127.0.0.2', 'from-a-balancer' ],
		[ 'X-Forwarded-For of the client', "PROXY TCP4 192.0.2.9 10.0.0.1 5 80\r\n", "X-Forwarded-For: 6.6.6.6\r\n", '192.0.2.9' ],
		[ 'of a proxy before the proxy', "PROXY TCP4 10.1.1.1 10.0.0.1 5 80\r\n",
			"X-Forwarded-For: 6.6.6.6, 203.0.113.5\r\nX-Forwarded-For: 10.2.2.2\r\n", '203.0.113.5', 'from-a-proxy' ],
	);
	my $n = 0;
	for (@cases) {
		my ($what, $line, $header, $addr, $id) = @$_;
		$n++;
		$header .= 'X-Request-Id: ' . ($id // 'forged') . "\r\n";
		like $balancer->("${line}GET /healthz HTTP/1.1\r\nHost: c$n\r\nConnection: close\r\n$header\r\n"),
		    qr{^HTTP/1.1 200}, "PROXY: $what";
		poll_until("the log has the client: $what", sub {
			my ($l) = grep { $_->{host} eq "c$n" } log_lines("$log.2");
			die 'no line' if !$l;
			return $l->{addr} eq $addr && ($id ? $l->{id} eq $id : $l->{id} ne 'forged');
		}, 10);
	}
	is $balancer->("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), '', 'a trusted proxy without its line is hung up on';
	is $balancer->("PROXY TCP4 x y 1 2\r\nGET /healthz HTTP/1.1\r\n\r\n"), '', 'and with a broken one';
};

subtest 'a slow sender harms nobody' => sub {
	my @slow = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die } 1 .. 50;
	syswrite $_, "POST /api/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" for @slow;
	my $from = time;
	is $srv->get('/healthz')->{status}, 200, 'others are served meanwhile';
	cmp_ok time - $from, '<', 5, 'at once';
	my ($closed, $until) = (0, time + 30);
	for my $s (@slow) {
		$s->blocking(0);
		while (time < $until) {
			my $n = sysread $s, my $buf, 100;
			if (defined $n && $n == 0) {
				$closed++;
				last;
			}
			syswrite $s, 'a' if $closed == 0 && time - $from < 5;
			sleep 0.05;
		}
	}
	is $closed, 50, 'and they are hung up on';
};

subtest 'health and metrics' => sub {
	is $srv->get('/healthz')->{json}{status}, 'ok', '/healthz';
	my $r = $srv->get('/readyz');
	is "$r->{status} $r->{json}{status}", '200 ok', '/readyz';
	$r = $srv->get('/metrics');
	is $r->{status}, 200, '/metrics';
	my $good = qr/^(# (HELP|TYPE) affiliated_\w+ .+|affiliated_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?\d+(\.\d+)?)$/;
	is_deeply [ grep { !/$good/ } split /\n/, $r->{content} ], [], 'every line is Prometheus text';
	like $r->{content}, qr/^affiliated_http_requests_total [1-9]/m, 'requests are counted';
	like $r->{content}, qr/^affiliated_api_key_failures_total [1-9]/m, 'and wrong keys';
};

subtest 'the request log' => sub {
	my $r = $srv->get('/api/ping?api-key=secret-in-query', headers => \%nats);
	my $id = $r->{headers}{'x-request-id'};
	my $line;
	poll_until('a line for each request', sub { ($line) = grep { $_->{id} eq $id } log_lines($log) });
	is_deeply [ @$line{qw(method path what addr account status bytes)} ],
	    [ 'GET', '/api/ping', 'nats_ping', '127.0.0.1', $admin, 200, 1 ], 'says what was done for whom';
	like $line->{time}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, 'and when';
	my $all = do { open my $f, '<', $log or die; local $/; <$f> };
	unlike $all, qr/secret-in-query|\Q$key\E/, 'no key is in it';
	my ($refused) = grep { $_->{status} == 413 } log_lines($log);
	is "$refused->{path} $refused->{addr}", '/api/ping 127.0.0.1', 'what libh2o refuses is there too';
};

subtest 'too many wrong keys' => sub {
	my %seen;
	$seen{ $srv->get('/api/ping', headers => { %nats, 'api-key' => "wrong$_" })->{status} }++ for 1 .. 130;
	cmp_ok $seen{401} // 0, '<=', 100, 'are looked up at most a hundred times a minute';
	cmp_ok $seen{429} // 0, '>=', 30, 'and then refused';
	nats_error_ok($srv->get('/api/ping', headers => { %nats, 'api-key' => 'wrong' }), 429, qr/Too many/, 'one more');
	is $srv->get('/api/ping', headers => \%nats)->{status}, 200, 'a key that was good before still is';
};

# Four workers are one node, and a process that died is no new beginning.
subtest 'too many wrong keys for several workers' => sub {
	my $many = affiliated_start(workers => 4);
	$many->ctl_ok('admin', 'add', 'root', 'root@example.com');
	$many->ctl_ok('config', 'set', 'ADMIN_API_ALLOWED_IPS', '127.0.0.1');
	my ($known, $unknown) = map { $many->ctl_ok('key', 'create', 'root') =~ /([0-9a-f]{32})/ } 1 .. 2;
	my $ping = sub { return $many->get('/api/ping', headers => { 'api-username' => 'root', 'api-key' => $_[0] })->{status} };
	poll_until('a key is good', sub { $ping->($known) == 200 });
	my %seen;
	$seen{ $ping->("wrong$_") }++ for 1 .. 70;
	my $before = $many->children;
	kill 'KILL', $before->{'worker 1'}[0];
	poll_until('a worker is killed and comes back', sub { ($many->children->{'worker 1'}[0] // $before->{'worker 1'}[0]) != $before->{'worker 1'}[0] });
	$seen{ $ping->("more$_") }++ for 1 .. 70;
	is_deeply \%seen, { 401 => 100, 429 => 40 }, 'a hundred are looked up, whoever of them is asked';
	is_deeply [ map { $ping->($known) } 1 .. 12 ], [ (200) x 12 ], 'the key that was good is good with every worker';
	is $ping->($unknown), 429, 'one that was never seen has to wait';
};

is $srv->children->{'worker 0'}[0], $worker, 'the worker lived through all of this';
done_testing;

sub printable { return substr($_[0], 0, 30) =~ s/[^ -~]+/ /gr }

sub rss {
	open my $f, '<', "/proc/$worker/status" or die;
	my ($kb) = do { local $/; <$f> } =~ /^VmRSS:\s+(\d+)/m;
	return $kb;
}

sub log_lines {
	my ($file) = @_;
	open my $f, '<', $file or return;
	return map { json_of($_) } <$f>;
}
