# What clients of the Affise API send, by the programs they are written for: php-cli, python3, node and curl.  The ways
# are those of the public SDKs and scripts: affise-3.0.md, "Request encodings".
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use File::Temp qw(tempdir);
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my ($base, $key) = ($srv->{url}, $net->{key});
my $adv = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
my $anna = $net->affise(POST => 'admin/partner', email => 'anna@affiliate.example', password => 'secret', login => 'anna')->{json}{id};
my @offer = map { $net->affise(POST => 'admin/offer', title => $_, advertiser => $adv, url => 'http://shop.example/?c={clickid}', status => 'active')->{json}{id} } qw(Shoes Boots);
my $click;
$click = $net->click("/click?pid=$anna&offer_id=$_") for @offer, $offer[0];
my $day = substr $srv->sql('SELECT UTC_TIMESTAMP()'), 0, 10;
poll_until('three clicks', sub { $net->affise(GET => 'stats/clicks', date_from => $day, date_to => $day)->{json}{pagination}{total_count} == 3 });
my $dir = tempdir(CLEANUP => 1);

sub run_script {
	my ($program, $suffix, $text) = @_;
	open my $f, '>:encoding(UTF-8)', "$dir/script.$suffix" or die "script: $!";
	print $f $text;
	close $f;
	my $out = `BASE='$base' KEY='$key' OFFER='$offer[0]' OTHER='$offer[1]' ADV='$adv' PID='$anna' DAY='$day' timeout 60 $program $dir/script.$suffix 2>&1`;
	is $?, 0, "$program runs" or diag($out);
	return split /\n/, $out;
}

# Each script prints "what<TAB>status<TAB>body" a line; wanted is what a look at the JSON body gives.
sub answers_ok {
	my ($who, $want, @lines) = @_;
	my %got = map { my ($what, $status, $body) = split /\t/, $_, 3; ($what => [ $status, $body ]) } @lines;
	for my $what (sort keys %$want) {
		my ($status, $body) = @{ $got{$what} // [ 'nothing', '' ] };
		my ($look, $is) = @{ $want->{$what} };
		is $status, 200, "$who: $what: 200" or diag($body);
		is_deeply $look->(eval { json_of($body) } // {}), $is, "$who: $what: the answer" or diag($body);
	}
	is_deeply [ sort keys %got ], [ sort keys %$want ], "$who: nothing else";
	return;
}
my @both = sort { $a <=> $b } @offer;
my $by_offer = [ sub { return { map { $_->{slice}{offer}{id} => $_->{traffic}{raw} } @{ $_[0]{stats} // [] } } }, { $offer[0] => '2', $offer[1] => '1' } ];
my $message = sub { my ($text) = @_; return [ sub { return [ @{ $_[0] }{qw(status message)} ] }, [ 1, $text ] ] };
my $title = sub { my ($text) = @_; return [ sub { return $_[0]{offer}{title} }, $text ] };
my $updated = $message->('status updated');
my $email = sub { my ($text) = @_; return [ sub { return ($_[0]{partner} // $_[0]{user})->{email} }, $text ] };

# ---- PHP: http_build_query, Guzzle's multipart with a length in each part, JSON ----
answers_ok('php', { 'GET, http_build_query' => $by_offer, 'POST, http_build_query' => $title->('PHP & "ünï"'), 'POST, array as multipart' => $updated,
		'POST, parts with a length' => $email->('guzzle@affiliate.example'), 'POST, JSON' => $email->('php@network.example'), 'DELETE' => [ sub { $_[0]{source}{title} }, 'PHP' ],
		'an empty announced body' => [ sub { $_[0]{partner}{id} }, $anna ], 'file_get_contents' => [ sub { scalar @{ $_[0]{offers} } }, 2 ] },
	run_script('php', 'php', <<'PHP'));
<?php
function call($what, $method, $path, $fields = null, $headers = []) {
	$ch = curl_init(getenv('BASE') . '/3.0/' . $path);
	curl_setopt_array($ch, [CURLOPT_RETURNTRANSFER => true, CURLOPT_CUSTOMREQUEST => $method, CURLOPT_HTTPHEADER => array_merge(['API-Key: ' . getenv('KEY')], $headers)]);
	if ($fields !== null) curl_setopt($ch, CURLOPT_POSTFIELDS, $fields);
	$body = curl_exec($ch);
	if ($what) echo $what, "\t", curl_getinfo($ch, CURLINFO_HTTP_CODE), "\t", $body === false ? curl_error($ch) : $body, "\n";
	return json_decode($body, true);
}
$day = getenv('DAY');
call('GET, http_build_query', 'GET', 'stats/custom?' . http_build_query(['slice' => ['offer'], 'filter' => ['date_from' => $day, 'date_to' => $day,
	'offer' => [getenv('OFFER'), getenv('OTHER')], 'partner' => getenv('PID')]]));
call('POST, http_build_query', 'POST', 'admin/offer', http_build_query(['title' => 'PHP & "ünï"', 'advertiser' => getenv('ADV'), 'url' => 'http://php.example/?c={clickid}',
	'payments' => [['goal' => 1, 'total' => 10, 'revenue' => 4, 'currency' => 'USD', 'type' => 'fixed', 'countries' => ['US', 'GB']]], 'kpi' => ['en' => 'good'], 'is_top' => true]));
call('POST, array as multipart', 'POST', 'admin/offer/mass-update', ['offer_id[0]' => getenv('OFFER'), 'offer_id[1]' => getenv('OTHER'), 'privacy' => 'protected']);
$parts = '';
foreach (['email' => 'guzzle@affiliate.example', 'password' => 'secret', 'status' => 'on moderation', 'login' => 'Gußle'] as $name => $value)
	$parts .= "--f00\r\nContent-Disposition: form-data; name=\"$name\"\r\nContent-Length: " . strlen($value) . "\r\n\r\n$value\r\n";
call('POST, parts with a length', 'POST', 'admin/partner', "$parts--f00--\r\n", ['Content-Type: multipart/form-data; boundary="f00"']);
call('POST, JSON', 'POST', 'admin/user', json_encode(['email' => 'php@network.example', 'password' => 'secret', 'first_name' => 'P', 'last_name' => 'HP',
	'roles' => ['ROLE_SECTION_NEWS', 'ROLE_SECTION_STATS']]), ['Content-Type: application/json']);
$source = call('', 'POST', 'admin/offer/source/', ['title_lang[en]' => 'PHP', 'title_lang[ru]' => 'ПХП']);
call('DELETE', 'DELETE', 'admin/offer/source/' . $source['source']['id']);
call('an empty announced body', 'POST', 'admin/partner/password/' . getenv('PID'), '', ['Content-Type: application/json']);
$body = file_get_contents(getenv('BASE') . '/3.0/offers?status[]=active&limit=3000&sort[id]=asc&API-Key=' . getenv('KEY'));
echo "file_get_contents\t", explode(' ', $http_response_header[0])[1], "\t", $body, "\n";
PHP
my $php = $net->affise(GET => 'offers', 'status[]' => 'stopped')->{json}{offers}[0];
is_deeply [ @{ $php->{payments}[0] }{qw(countries total revenue)}, $php->{kpi}, $php->{is_top} ], [ [qw(US GB)], 10, 4, { en => 'good' }, 1 ], 'nested arrays of PHP come whole';
is_deeply [ map { $net->affise(GET => "offer/$_")->{json}{offer}{privacy} } @offer ], [qw(protected protected)], 'its list too';
is $srv->sql("SELECT CONCAT(username, ' ', status) FROM account WHERE email LIKE 'guzzle%'"), 'Gußle 4', 'and parts with a length';

# ---- Python: bare names repeated, a key in the query, everything in the query of a POST ----
answers_ok('python3', { 'bare names repeated' => $by_offer, 'brackets repeated' => $by_offer, 'a key in the query' => [ sub { scalar @{ $_[0]{offers} } }, 2 ],
		'POST, all in the query' => $title->('python €'), 'POST, form' => $message->("Request for offer $both[0], $both[1] is successfully"),
		'POST, JSON in chunks' => [ sub { $_[0]{category}{title} }, 'π' ], 'DELETE, key in the query' => [ sub { $_[0]{postback}{pid} }, "$anna" ] },
	run_script('python3', 'py', <<'PYTHON'));
import http.client, json, os, urllib.parse
e = os.environ
host, day = e['BASE'][7:], e['DAY']
form = {'Content-Type': 'application/x-www-form-urlencoded'}
def call(what, method, path, params=(), body=None, headers={}, auth=True, **more):
    c = http.client.HTTPConnection(host)
    q = urllib.parse.urlencode(params, doseq=True)
    c.request(method, '/3.0/' + path + ('?' + q if q else ''), body, {**({'api-key': e['KEY']} if auth else {}), **headers}, **more)
    r = c.getresponse()
    text = r.read().decode()
    if what:
        print(what, r.status, text, sep='\t')
    return json.loads(text)
dates = {'filter[date_from]': day, 'filter[date_to]': day}
call('bare names repeated', 'GET', 'stats/custom', {**dates, 'slice': ['day', 'offer'], 'filter[offer]': [e['OFFER'], e['OTHER']]})
call('brackets repeated', 'GET', 'stats/custom', {**dates, 'slice[]': ['day', 'offer'], 'filter[offer][]': [e['OFFER'], e['OTHER']], 'order[]': 'raw'}, headers={'Content-Type': 'application/json'})
call('a key in the query', 'GET', 'offers', {'API-Key': e['KEY'], 'ids': [e['OFFER'], e['OTHER']]}, auth=False)
call('POST, all in the query', 'POST', 'admin/offer', {'title': 'python \u20ac', 'advertiser': e['ADV'], 'url': 'http://py.example/', 'api-key': e['KEY']}, auth=False)
call('POST, form', 'POST', 'offer/enable-affiliate', body=urllib.parse.urlencode({'offer_id': [e['OFFER'], e['OTHER']], 'pid': e['PID'], 'notice': 0}, doseq=True), headers=form)
body = json.dumps({'title': '\u03c0'}).encode()
call('POST, JSON in chunks', 'POST', 'admin/category', body=iter([body[:5], body[5:]]), headers={'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked'}, encode_chunked=True)
hook = call('', 'POST', 'partner/postback', {'pid': e['PID'], 'url': 'http://x.example/?s={status}'})['postback']['id']
call('DELETE, key in the query', 'DELETE', f'partner/postback/{hook}/remove', {'API-KEY': e['KEY']}, auth=False)
PYTHON
cmp_ok $srv->sql('SELECT COUNT(*) FROM access_exception WHERE affiliate_id = ? AND allowed = 1', $anna), '>=', 2, 'both offers of a bare name are opened';

# ---- Node: fetch, FormData, agents that go through a proxy ----
answers_ok('node', { 'URLSearchParams' => $updated, 'FormData' => $updated, 'FormData with a typed part' => [ sub { $_[0]{advertiser}{title} }, 'nöde' ],
		'JSON' => [ sub { $_[0]{data}{ids} }, [ 'a' x 24, 'b' x 24 ] ], 'absolute form' => $by_offer },
	run_script('node', 'mjs', <<'NODE'));
import http from 'node:http';
const { BASE, KEY, OFFER, OTHER, DAY } = process.env;
const headers = { 'Api-Key': KEY };
const post = async (what, path, body, more = {}) => {
	const r = await fetch(`${BASE}/3.0/${path}`, { method: 'POST', headers: { ...headers, ...more }, body });
	console.log([what, r.status, await r.text()].join('\t'));
};
await post('URLSearchParams', 'admin/offer/mass-update', new URLSearchParams([['offer_id[]', OFFER], ['offer_id[]', OTHER], ['privacy', 'public']]));
const f = new FormData();
f.append('offer_id[]', OFFER);
f.append('offer_id[]', OTHER);
f.append('status', 'suspended');
await post('FormData', 'admin/offer/mass-update', f);
await post('FormData with a typed part', 'admin/advertiser', '--b\r\nContent-Disposition: form-data; name="title"\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nnöde\r\n--b--\r\n',
	{ 'Content-Type': 'multipart/form-data; boundary=b' });
await post('JSON', 'admin/conversion/edit', JSON.stringify({ ids: ['a'.repeat(24), 'b'.repeat(24)], payouts: 1.5 }), { 'Content-Type': 'application/json; charset=utf-8' });
const to = new URL(BASE);
await new Promise((done, fail) => http.get({ host: to.hostname, port: to.port, headers: { ...headers, Host: 'api.network.example' },
	path: `http://api.network.example/3.0/stats/custom?slice[]=offer&filter[date_from]=${DAY}&filter[date_to]=${DAY}` }, res => {
	let text = '';
	res.on('data', d => text += d).on('end', () => { console.log(['absolute form', res.statusCode, text].join('\t')); done(); });
}).on('error', fail));
NODE
is_deeply [ map { $net->affise(GET => "offer/$_")->{json}{offer}{status} } @offer ], [qw(suspended suspended)], 'what Node sends comes whole';

# ---- curl: the samples of the documentation ----
sub curl {
	my ($path, @args) = @_;
	open my $out, '-|', 'curl', '-s', '-g', '-w', "\t%{http_code}\t%{content_type}", '-H', "API-Key: $key", @args, "$base/3.0/$path" or die "curl: $!";
	my ($body, $status, $type) = (do { local $/; <$out> } // '') =~ /^(.*)\t(\d+)\t(.*)\z/s;
	like $type // '', qr{^application/json}, "curl $path: JSON";
	return { status => $status, json => eval { json_of($body) } // {} };
}
my $raw = "stats/custom?slice[]=day&slice[]=offer&filter[date_from]=$day&filter[date_to]=$day";
my $r = curl($raw);
is_deeply $by_offer->[0]->($r->{json}), $by_offer->[1], 'curl: raw brackets';
$r = curl("stats/custom", '-G', '-d', 'slice[0]=offer', '--data-urlencode', "filter[date_from]=$day", '--data-urlencode', "filter[date_to]=$day");
is_deeply $by_offer->[0]->($r->{json}), $by_offer->[1], 'curl: -G, numbered brackets';
$base = 'http://api.network.example';
$r = curl($raw, '-x', $srv->{url});
$base = $srv->{url};
is_deeply $by_offer->[0]->($r->{json}), $by_offer->[1], 'curl: through a proxy setting';
is curl('admin/offer/mass-update', '-F', "offer_id[]=$offer[0]", '-F', "offer_id[]=$offer[1]", '-F', 'status=active')->{json}{message}, 'status updated', 'curl: -F';
is curl('admin/advertiser-invoice', '-F', "supplier_id=$adv", '-F', 'currency=USD', '-F', "detail[1][offer_id]=$offer[0]", '-F', 'detail[1][amount]=12.5', '-F', 'detail[1][payout_type]=RPA')
    ->{json}{message}, 'Invoice created.', 'curl: -F of a structure';
is_deeply $net->affise(GET => 'admin/advertiser-invoice/1')->{json}{message}{detail}[0]{amount}, 12.5, 'which comes whole';
is curl('admin/offer/delete', '-X', 'POST', '-d', "offer_id[0]=$php->{id}", '-H', 'Expect: 100-continue')->{json}{message}, "Offer $php->{id} is removed successfully.", 'curl: -d';
is curl('offers', '--http1.0')->{json}{pagination}{total_count}, 2, 'curl: HTTP/1.0';
is curl('offers', '-X', 'PUT')->{status}, 405, 'curl: a method that is none';
undef $net;
undef $srv;
done_testing;
