# The URL of a payment: a click goes where the payment leads that a conversion would be paid by (decisions.md C1).
use strict;
use warnings;

use File::Temp qw(tempdir);
use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $dir = tempdir('aff-geo-XXXXXX', TMPDIR => 1, CLEANUP => 1);
plan skip_all => 'no MaxMind::DB::Writer' if system('perl', top_dir() . '/t/unit/geo-files', $dir) != 0;
# 203.0.113.x is Bonn in DE, 192.0.2.x Boston in US, 198.51.100.x FR and no more.
my ($bonn, $boston, $france) = qw(203.0.113.9 192.0.2.7 198.51.100.1);
my $srv = affiliated_start(workers => 2, config => { trusted_proxies => ['127.0.0.1'],
	geo_files => [ "$dir/nested.mmdb", "$dir/flat.mmdb" ] });
my $net = Affiliated::Network->new($srv);
my ($anna, $bob) = map { $net->affiliate($_) } qw(anna bob);
my $shop = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
$srv->ctl_ok('geo', 'learn');
my $bonn_id = $net->affise(GET => 'cities', country => 'DE')->{json}{cities}[0]{id};
my %agent = (
	desktop => browser_ua(),
	android => 'Mozilla/5.0 (Linux; Android 4.4.2; Nexus 4) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/34.0.1847.114 Mobile Safari/537.36',
	ios => 'Mozilla/5.0 (iPhone; CPU iPhone OS 9_3_2 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13F69 Safari/601.1',
);

# Payments as the API wants them, one hash each.
sub payments {
	my ($list, @p) = @_;
	my $i = 0;
	return map {
		my %p = (type => 'fixed', currency => 'USD', goal => 1, total => 10, revenue => 5, %$_);
		my $at = $i++;
		map { my $k = $_; map { ("${list}[$at]" . ($k =~ s/^(\w+)/[$1]/r), $_) } ref $p{$k} ? @{ $p{$k} } : $p{$k} } sort keys %p;
	} @p;
}
my %offer = (advertiser => $shop, url => 'http://shop.example/?c={clickid}', status => 'active', privacy => 'public');
my $r = $net->affise(POST => 'admin/offer', title => 'Shoes', %offer,
	payments('payments', {}, { 'countries[]' => 'US', url => 'http://us.shop.example/in?c={clickid}&a={pid}' },
		{ 'cities[]' => $bonn_id, url => 'http://bonn.shop.example/?c={clickid}' }, { 'os[]' => 'Android', url => 'http://app.shop.example/?c={clickid}' },
		{ 'devices[]' => 'mobile', 'countries[]' => 'FR' }, { goal => 'lead', 'countries[]' => 'FR', url => 'http://lead.shop.example/' }),
	payments('partner_payments', { 'partners[]' => $bob, url => 'https://bob.shop.example/?c={clickid}' }));
my $offer = $r->{json}{offer}{id} // die $r->{content};
is_deeply [ map { $_->{url} } @{ $net->affise(GET => "offer/$offer")->{json}{offer}{payments} } ],
	[ undef, 'http://us.shop.example/in?c={clickid}&a={pid}', 'http://bonn.shop.example/?c={clickid}', 'http://app.shop.example/?c={clickid}',
	undef, 'http://lead.shop.example/' ], 'an administrator sees the URLs';
my $key = $net->key_of('anna');
my ($seen) = grep { $_->{id} == $offer } @{ $net->affise(GET => 'partner/offers', key => $key)->{json}{offers} };
is_deeply [ grep { exists $_->{url} } @{ $seen->{payments} } ], [], 'an affiliate does not';

# Where a visitor goes, without what varies.
sub goes {
	my ($who, $ip, $agent, %p) = @_;
	my $l = $srv->get("/click?pid=$who&offer_id=" . ($p{offer} // $offer) . ($p{more} // ''),
		headers => { 'X-Forwarded-For' => $ip, 'User-Agent' => $agent{$agent} })->{headers}{location} // '';
	return $l =~ s/\bc=[0-9a-f]{24}\b/c=ID/r;
}
for my $case ([ 'no payment with a URL', $anna, $france, 'desktop', 'http://shop.example/?c=ID' ],
	[ 'by country, with macros', $anna, $boston, 'desktop', "http://us.shop.example/in?c=ID&a=$anna" ],
	[ 'by city', $anna, $bonn, 'desktop', 'http://bonn.shop.example/?c=ID' ],
	[ 'by device and country, before by system', $anna, $france, 'android', 'http://shop.example/?c=ID' ],
	[ 'the same without a payment by system', $anna, $france, 'ios', 'http://shop.example/?c=ID' ],
	[ 'as specific, the later one', $anna, $boston, 'android', 'http://app.shop.example/?c=ID' ],
	[ 'his own before all', $bob, $boston, 'desktop', 'https://bob.shop.example/?c=ID' ]) {
	my ($what, $who, $ip, $agent, $want) = @$case;
	is goes($who, $ip, $agent), $want, $what;
}
like goes($anna, $boston, 'desktop', more => '&path=%2Fdeep'), qr{^http://us\.shop\.example/}, 'with a path the host stays';
poll_until('its clicks are the offer\'s', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ? AND verdict = 0', $offer) == 8 });
is $srv->sql('SELECT COUNT(DISTINCT landing_page_id) FROM click WHERE offer_id = ?', $offer), 1, 'and of its one landing page';

# The click tells what the conversion is paid by.
{
	my $hash = $srv->sql('SELECT MAX(click_us) FROM click WHERE affiliate_id = ?', $bob);
	ok $hash, 'a click of his';
	my ($id) = ($srv->get("/click?pid=$bob&offer_id=$offer", headers => { 'X-Forwarded-For' => $boston, 'User-Agent' => $agent{desktop} })
		->{headers}{location}) =~ /c=([0-9a-f]{24})/;
	is $net->postback(clickid => $id, action_id => 'B1')->{status}, 1, 'a conversion of that click';
	is $srv->sql("SELECT r.url FROM conversion c JOIN payout_rule r ON r.id = c.rule_id WHERE c.orderid = 'B1'"),
		'https://bob.shop.example/?c={clickid}', 'is paid by the payment whose URL it went to';
}

# Changed, cleared, refused
$net->affise(POST => "admin/offer/$offer", payments('payments', { url => 'http://new.shop.example/?c={clickid}' }));
is goes($anna, $france, 'desktop'), 'http://new.shop.example/?c=ID', 'the general payment may have one, too, from the next click on';
$net->affise(POST => "admin/offer/$offer", payments('payments', { url => '' }));
is goes($anna, $france, 'desktop'), 'http://shop.example/?c=ID', 'and lose it';
is $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, flat_amount_per_conversion => 7)->{json}{result}, 'Success', 'another price by the other API';
is goes($bob, $boston, 'desktop'), 'https://bob.shop.example/?c=ID', 'loses no URL (C2)';
for my $bad ('ftp://x.example/', 'nonsense', 'http://{sub1}.example/', 'javascript:alert(1)') {
	my $r = $net->affise(POST => "admin/offer/$offer", payments('payments', { url => $bad }));
	is $r->{status}, 400, "$bad is refused";
	like $r->{json}{error}, qr/^payments\[0\]\[url\]: /, 'by its name';
}
my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $net;
undef $srv;
done_testing;
