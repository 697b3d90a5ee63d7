# What scripts of old clients send, by the programs they are written for: php-cli, python3, node and curl.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use File::Temp qw(tempdir);
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $bob = $net->affiliate('bob');
my $offer = $net->offer(name => 'Shoes');
my $dir = tempdir(CLEANUP => 1);
my ($base, $key) = ($srv->{url}, $net->{key});

# Runs a program on a text of its language; answers what it printed.
sub run_script {
	my ($program, $suffix, $text) = @_;
	open my $f, '>', "$dir/script.$suffix" or die "script: $!";
	print $f $text;
	close $f;
	my $out = `BASE='$base' KEY='$key' OFFER='$offer' LOGINID='$bob' timeout 60 $program $dir/script.$suffix 2>&1`;
	is $?, 0, "$program runs" or diag($out);
	return split /\n/, $out;
}

# Each script prints "what<TAB>status<TAB>body" a line.
sub answers_ok {
	my ($who, $want, @lines) = @_;
	my %got = map { my ($what, $status, $body) = split /\t/, $_, 3; ($what => [ $status, $body ]) } @lines;
	for my $what (sort keys %$want) {
		my ($status, $body) = @{ $got{$what} // [ 'nothing', '' ] };
		is $status, 200, "$who: $what: 200";
		like $body, $want->{$what}, "$who: $what: the answer" or diag($body);
	}
	is_deeply [ sort keys %got ], [ sort keys %$want ], "$who: nothing else";
	return;
}
my $details = qr/^\{"result":"success","data":\{"$offer":\{"offerid":"$offer","name":"Shoes"\}\}\}\z/;
my $saved = qr/^\{"result":"Success","message":"offer_saved"\}\z/;
sub page { my ($name) = @_; return $srv->sql('SELECT description FROM landing_page WHERE name = ?', $name) }

# ---- PHP ----
answers_ok('php', { 'GET with a form body' => $details, 'GET with http_build_query' => $details, 'PATCH, array as multipart' => $saved, 'PATCH, query string' => $saved,
		'PUT' => $saved, 'POST, array as multipart' => qr/"landing_pageid"/, 'nested arrays' => $saved, 'header names' => qr/^1\z/, 'Expect' => qr/"landing_pageid"/,
		'a trailing slash' => qr/^1\z/, 'a doubled slash' => qr/^1\z/, 'X-HTTP-Method' => $saved, 'file_get_contents' => qr/^1\z/, 'file_get_contents, GET with content' => $details },
	run_script('php', 'php', <<'PHP'));
<?php
function call($what, $method, $path, $fields, $headers = [], $more = []) {
	$ch = curl_init(getenv('BASE') . $path);
	curl_setopt_array($ch, [CURLOPT_RETURNTRANSFER => true, CURLOPT_CUSTOMREQUEST => $method,
		CURLOPT_HTTPHEADER => array_merge($headers ?: ['api-key: ' . getenv('KEY'), 'api-username: admin'], $more)]);
	if ($fields !== null) curl_setopt($ch, CURLOPT_POSTFIELDS, $fields);
	$body = curl_exec($ch);
	echo $what, "\t", curl_getinfo($ch, CURLINFO_HTTP_CODE), "\t", $body === false ? curl_error($ch) : $body, "\n";
}
$offer = getenv('OFFER');
call('GET with a form body', 'GET', '/api/offer/get_details', "offerid=$offer&return_columns=name");
call('GET with http_build_query', 'GET', '/api/offer/get_details', http_build_query(['offerid' => [$offer], 'return_columns' => ['name']]));
call('PATCH, array as multipart', 'PATCH', '/api/offer/edit_offer', ['offerid' => $offer, 'offer_description' => "from PHP & \"quoted\"\r\nlines"]);
call('PATCH, query string', 'PATCH', "/api/offer/edit_offer?offerid=$offer&cookie_duration=11", null);
call('PUT', 'PUT', '/api/offer/edit_offer', http_build_query(['offerid' => $offer, 'hidden' => true, 'featured' => false]));
call('POST, array as multipart', 'POST', '/api/offer/add_landing_page', ['offerid' => $offer, 'name' => 'php page', 'url' => 'http://shop.example/php', 'description' => "\u{fc}ber"]);
call('nested arrays', 'PATCH', '/api/offer/edit_offer', http_build_query(['offerid' => $offer, 'authorized' => ['US', 'GB'], 'categories' => ['x' => 'One', 'y' => 'Two']]));
call('header names', 'GET', '/api/service/ping', null, ['API-KEY: ' . getenv('KEY'), 'Api-Username: admin']);
call('Expect', 'POST', '/api/offer/add_landing_page', ['offerid' => $offer, 'name' => 'php long', 'url' => 'http://shop.example/long', 'description' => str_repeat('x', 5000)],
	[], ['Expect: 100-continue']);
call('a trailing slash', 'GET', '/api/service/ping/', null);
call('a doubled slash', 'GET', '//api/service/ping', null);
call('X-HTTP-Method', 'POST', '/api/offer/edit_offer', "offerid=$offer&deduct_window=3", [], ['X-HTTP-Method: PATCH']);
function stream($what, $path, $content) {
	$body = file_get_contents(getenv('BASE') . $path, false, stream_context_create(['http' => ['method' => 'GET', 'content' => $content, 'ignore_errors' => true,
		'header' => "api-key: " . getenv('KEY') . "\r\napi-username: admin\r\nContent-Type: application/x-www-form-urlencoded\r\n"]]));
	echo $what, "\t", explode(' ', $http_response_header[0])[1], "\t", $body, "\n";
}
stream('file_get_contents', '/api/ping', null);
stream('file_get_contents, GET with content', '/api/offer/get_details', "offerid=$offer&return_columns=name");
PHP
is $srv->sql('SELECT description FROM offer WHERE id = ?', $offer), qq{from PHP & "quoted"\r\nlines}, 'a text of PHP comes whole';
is_deeply $srv->rows('SELECT cookie_duration, hidden, featured, authorized, deduct_window FROM offer WHERE id = ?', $offer)->[0],
    { cookie_duration => 11, hidden => 1, featured => 0, authorized => 'US,GB', deduct_window => 3 }, 'and so does the rest';
is $srv->sql('SELECT COUNT(*) FROM offer_in_category WHERE offer_id = ?', $offer), 2, 'keyed arrays too';
is page('php page'), "\xfcber", 'UTF-8';
is length page('php long'), 5000, 'after 100 Continue';

# ---- Python ----
answers_ok('python3', { 'GET with a form body' => $details, 'PATCH' => $saved, 'POST, chunked' => qr/"landing_pageid"/, 'header names' => qr/^1\z/,
		'a trailing slash' => qr/^1\z/, 'a doubled slash' => qr/^1\z/, 'urllib' => $saved, 'JSON' => $saved, 'one connection' => qr/^111\z/ },
	run_script('python3', 'py', <<'PYTHON'));
import http.client, json, os, urllib.parse, urllib.request
host = os.environ['BASE'][7:]
offer = os.environ['OFFER']
auth = {'api-key': os.environ['KEY'], 'api-username': 'admin'}
form = {'Content-Type': 'application/x-www-form-urlencoded'}
def call(what, method, path, body=None, headers=auth, **more):
    c = http.client.HTTPConnection(host)
    c.request(method, path, body, headers, **more)
    r = c.getresponse()
    print(what, r.status, r.read().decode(), sep='\t')
call('GET with a form body', 'GET', '/api/offer/get_details', urllib.parse.urlencode({'offerid': offer, 'return_columns': 'name'}), {**auth, **form})
call('PATCH', 'PATCH', '/api/offer/edit_offer', urllib.parse.urlencode({'offerid': offer, 'offer_description': 'python \u20ac'}), {**auth, **form})
body = urllib.parse.urlencode({'offerid': offer, 'name': 'python page', 'url': 'http://shop.example/py', 'description': 'y' * 3000}).encode()
call('POST, chunked', 'POST', '/api/offer/add_landing_page', iter([body[:100], body[100:]]), {**auth, **form, 'Transfer-Encoding': 'chunked'}, encode_chunked=True)
call('header names', 'GET', '/api/service/ping', None, {'API-Key': os.environ['KEY'], 'API-USERNAME': 'admin'})
call('a trailing slash', 'GET', '/api/service/ping/')
call('a doubled slash', 'GET', '//api//service/ping')
call('JSON', 'PUT', '/api/offer/edit_offer', json.dumps({'offerid': int(offer), 'hidden': False, 'authorized': ['DE']}), {**auth, 'Content-Type': 'application/json'})
req = urllib.request.Request(os.environ['BASE'] + '/api/offer/edit_offer', data=urllib.parse.urlencode({'offerid': offer, 'cookie_duration': 12}).encode(), headers=auth, method='PATCH')
with urllib.request.urlopen(req) as r:
    print('urllib', r.status, r.read().decode(), sep='\t')
c = http.client.HTTPConnection(host)
said = ''
for i in range(3):
    c.request('GET', '/api/ping', None, auth)
    r = c.getresponse()
    said += r.read().decode()
print('one connection', r.status, said, sep='\t')
PYTHON
is $srv->sql('SELECT HEX(description) FROM offer WHERE id = ?', $offer), uc unpack('H*', "python \xe2\x82\xac"), 'a text of Python comes whole';
is_deeply $srv->rows('SELECT cookie_duration, hidden, authorized FROM offer WHERE id = ?', $offer)->[0], { cookie_duration => 12, hidden => 0, authorized => 'DE' },
    'and so does the rest';
is length page('python page'), 3000, 'in chunks';

# ---- Node ----
answers_ok('node', { 'GET with a form body' => $details, 'fetch, PATCH' => $saved, 'fetch, multipart' => qr/"landing_pageid"/, 'header names' => qr/^1\z/,
		'a trailing slash' => qr/^1\z/, 'a doubled slash' => qr/^1\z/, 'Expect' => $saved, 'fetch, JSON' => $saved },
	run_script('node', 'mjs', <<'NODE'));
import http from 'node:http';
const { BASE, KEY, OFFER } = process.env;
const auth = { 'api-key': KEY, 'api-username': 'admin' };
const form = { ...auth, 'Content-Type': 'application/x-www-form-urlencoded' };
const call = (what, method, path, body, headers = auth) => new Promise((done, fail) => {
	const send = { ...headers };
	if (body) send['Content-Length'] = Buffer.byteLength(body);
	const req = http.request(BASE + path, { method, headers: send }, res => {
		let text = '';
		res.on('data', d => text += d).on('end', () => { console.log([what, res.statusCode, text].join('\t')); done(); });
	}).on('error', fail);
	if (headers.Expect) req.on('continue', () => req.end(body)); else req.end(body);
});
await call('GET with a form body', 'GET', '/api/offer/get_details', `offerid=${OFFER}&return_columns=name`, form);
await call('header names', 'GET', '/api/service/ping', null, { 'API-KEY': KEY, 'aPi-UsErNaMe': 'admin' });
await call('a trailing slash', 'GET', '/api/service/ping/');
await call('a doubled slash', 'GET', '//api/service/ping');
await call('Expect', 'PATCH', '/api/offer/edit_offer', `offerid=${OFFER}&deduct_window=5`, { ...form, Expect: '100-continue' });
const said = async (what, r) => console.log([what, r.status, await r.text()].join('\t'));
await said('fetch, PATCH', await fetch(BASE + '/api/offer/edit_offer', { method: 'PATCH', headers: auth, body: new URLSearchParams({ offerid: OFFER, cookie_duration: '13' }) }));
const page = new FormData();
for (const [k, v] of Object.entries({ offerid: OFFER, name: 'node page', url: 'http://shop.example/node', description: 'n\u00f6de' })) page.append(k, v);
await said('fetch, multipart', await fetch(BASE + '/api/offer/add_landing_page', { method: 'POST', headers: auth, body: page }));
await said('fetch, JSON', await fetch(BASE + '/api/offer/edit_offer', { method: 'PATCH', headers: { ...auth, 'Content-Type': 'application/json' }, body: JSON.stringify({ offerid: OFFER, hidden: 1 }) }));
NODE
is_deeply $srv->rows('SELECT cookie_duration, hidden, deduct_window FROM offer WHERE id = ?', $offer)->[0], { cookie_duration => 13, hidden => 1, deduct_window => 5 },
    'what Node sends comes whole';
is page('node page'), "n\xf6de", 'UTF-8';

# ---- curl ----
sub curl {
	my ($path, @args) = @_;
	my @cmd = ('curl', '-s', '-g', '-w', "\t%{http_code}", '-H', "api-key: $key", '-H', 'api-username: admin', @args, "$base$path");
	open my $out, '-|', @cmd or die "curl: $!";
	my ($body, $status) = (do { local $/; <$out> } // '') =~ /^(.*)\t(\d+)\z/s;
	return "$status $body";
}
my $good = "200 {\"result\":\"success\",\"data\":{\"$offer\":{\"offerid\":\"$offer\",\"name\":\"Shoes\"}}}";
is curl('/api/offer/get_details', '-X', 'GET', '-d', "offerid=$offer&return_columns=name"), $good, 'curl: -X GET -d';
is curl('/api/offer/get_details', '-X', 'GET', '-F', "offerid=$offer", '-F', 'return_columns=name'), $good, 'curl: -X GET -F';
is curl('/api/offer/get_details', '-G', '-d', "offerid[]=$offer", '-d', 'return_columns[]=name'), $good, 'curl: -G with brackets';
is curl('/api/offer/get_details', '-G', '--data-urlencode', "offerid[]=$offer", '-d', 'return_columns=name'), $good, 'curl: --data-urlencode';
is curl('/api/offer/get_details', '-X', 'GET', '-H', 'Transfer-Encoding: chunked', '-d', "offerid=$offer&return_columns=name"), $good, 'curl: a chunked GET';
is curl('/api/offer/get_details', '-X', 'GET', '-H', 'Content-Type:', '-d', "offerid=$offer&return_columns=name"), $good, 'curl: no Content-Type';
is curl('/api/offer/edit_offer', '-X', 'PATCH', '-H', 'Expect: 100-continue', '-d', "offerid=$offer&offer_description=" . 'z' x 3000),
    '200 {"result":"Success","message":"offer_saved"}', 'curl: Expect: 100-continue';
is length $srv->sql('SELECT description FROM offer WHERE id = ?', $offer), 3000, 'all of it arrives';
is curl('/api/service/ping/'), '200 1', 'curl: a trailing slash';
is curl('//api/service/ping', '--path-as-is'), '200 1', 'curl: a doubled slash before api';
is curl('/api//service/ping', '--path-as-is'), '200 1', 'curl: and behind it';
is curl('/api/ping', '-H', 'API-KEY: ' . $key), '200 1', 'curl: a header in capitals beside it';
is curl('/api/ping', '--http1.0'), '200 1', 'curl: HTTP/1.0';
is curl('/api/ping', '-X', 'GET', '-d', 'surplus=1', '-H', 'Expect: 100-continue'), '200 1', 'curl: parameters that nobody knows';

done_testing;
