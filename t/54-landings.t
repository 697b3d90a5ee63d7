#!/usr/bin/perl
# Landings of an Affise offer, chosen by a link; and where a visitor is from, in payments and reports.
use strict;
use warnings;

use File::Temp qw(tempdir);
use POSIX qw(strftime);
use Test::More;
use Affiliated::Network;
use Affiliated::Test;

my $dir = tempdir('aff-geo-XXXXXX', TMPDIR => 1, CLEANUP => 1);
plan skip_all => 'no MaxMind::DB::Writer' if system('perl', top_dir() . '/t/unit/geo-files', $dir) != 0;
# 203.0.113.x is Bonn, NW, DE, Rhein Net; 192.0.2.x is Boston, US; 198.51.100.x is FR and no more.
my ($bonn, $boston, $france) = qw(203.0.113.9 192.0.2.7 198.51.100.1);
my $srv = affiliated_start(workers => 2, config => { trusted_proxies => ['127.0.0.1'],
	geo_files => [ "$dir/nested.mmdb", "$dir/flat.mmdb" ] });
my $net = Affiliated::Network->new($srv);
my $bob = $net->affiliate('bob');
my $key = $net->key_of($bob);
my $shop = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};

# ---- made with the offer ----
sub landing {
	my ($i, $title, $url, $preview, %more) = @_;
	my %p = (title => $title, url => $url, url_preview => $preview, %more);
	return map { ("landings[$i][$_]" => $p{$_}) } sort keys %p;
}
my @offer = (title => 'Shoes', advertiser => $shop, url => 'http://shop.example/?c={clickid}', status => 'active');
my $o = $net->affise(POST => 'admin/offer', @offer,
	landing(0, 'Sale', 'http://sale.example/{pid}/?c={clickid}&s={sub1}&h=%%click_hash%%', 'http://look.example/sale'),
	landing(1, 'Story', 'http://story.example/?c={clickid}', 'http://look.example/story', type => 'transit'))->{json}{offer};
my ($sale, $story) = map { $_->{id} } @{ $o->{landings} };
is_deeply $o->{landings}, [
	{ id => $sale, title => 'Sale', url => 'http://sale.example/{pid}/?c={clickid}&s={sub1}&h=%%click_hash%%', url_preview => 'http://look.example/sale',
		type => 'landing' },
	{ id => $story, title => 'Story', url => 'http://story.example/?c={clickid}', url_preview => 'http://look.example/story', type => 'transit' },
], 'landings of a new offer, in their order';
my $id = $o->{id};
is_deeply $net->affise(GET => "offer/$id")->{json}{offer}{landings}, $o->{landings}, 'and of the getter';
is_deeply $net->affise(GET => "offer/$id", key => $key)->{json}{offer}{landings}, $o->{landings}, "and of an affiliate's";
is_deeply [ map { [ $_->{id}, $_->{title} ] } @{ $net->affise(GET => "offer/$id", key => $key)->{json}{offer}{links} } ],
	[ [ undef, undef ], [ $sale, 'Sale' ], [ $story, 'Story' ] ], 'each has a link';
my $pages = $net->nats(GET => 'offer/get_details', offerid => $id)->{json}{data}{$id}{landing_pages};
is $pages->{$sale}{url}, $o->{landings}[0]{url}, 'the other dialect has them, too';
is $net->affise(POST => 'admin/offer', @offer)->{json}{offer}{landings}[0], undef, 'none unless sent';

# ---- chosen by a link ----
my $n = 0;
sub go {
	my ($path, $ip) = @_;
	$n++;
	return $srv->get($path, headers => { 'X-Forwarded-For' => $ip // $bonn })->{headers}{location} // '';
}
my ($link, $sale_link, $story_link) = map { $_->{url} =~ s{^https?://[^/]+}{}r } @{ $net->affise(GET => "offer/$id", key => $key)->{json}{offer}{links} };
like go($link), qr{^http://shop\.example/\?c=[0-9a-f]{24}$}, "the offer's own link";
like go("$sale_link&sub1=a%20b"), qr{^http://sale\.example/$bob/\?c=[0-9a-f]{24}&s=a%20b&h=[0-9a-f]{15}\.[0-9]{8}$}, "a landing's, with macros of both dialects";
like go($story_link), qr{^http://story\.example/}, "and a transit's";
like go("/click?pid=$bob&offer_id=$id&landing_id=$sale"), qr{^http://sale\.example/}, 'landing_id';
like go("/click?pid=$bob&offer_id=$id&prelanding_id=$story&landing_id=$sale"), qr{^http://story\.example/}, 'prelanding_id comes first';
like go("/click?pid=$bob&offer_id=$id&landing_id=$_"), qr{^http://shop\.example/}, "no landing of this offer: $_" for 999, 'x', '', -1;

# ---- edited ----
sub edit { my (@p) = @_; return $net->affise(POST => "admin/offer/$id", @p) }
for ([ 'landings[0][title]', landing(0, '', 'http://a.example/', 'http://p.example/') ], [ 'landings[0][url]', landing(0, 'A', '', 'http://p.example/') ],
	[ 'landings[0][url_preview]', landing(0, 'A', 'http://a.example/', '') ], [ 'landings[0][type]', landing(0, 'A', 'http://a.example/', 'http://p.example/', type => 'x') ],
	[ 'landings[0][url]', landing(0, 'A', 'ftp://a.example/', 'http://p.example/') ], [ 'landings[0][url]', landing(0, 'A', 'http://{sub1}.example/', 'http://p.example/') ],
	[ 'landings[0][url_preview]', landing(0, 'A', 'http://a.example/', 'no URL') ], [ 'landings[0][id]', landing(0, 'A', 'http://a.example/', 'http://p.example/', id => 999) ],
	[ 'landings[1][url]', landing(0, 'A', 'http://a.example/', 'http://p.example/'), landing(1, 'B', 'x', 'http://p.example/') ]) {
	my ($name, @p) = @$_;
	my $r = edit(@p);
	is $r->{status}, 400, "refused: @p";
	like $r->{json}{error}, qr/\Q$name\E/, "names $name";
}
is_deeply edit(title => 'Boots')->{json}{offer}{landings}, $o->{landings}, 'an edit that does not speak of them leaves them';
my $e = edit(landing(0, 'Winter', 'http://winter.example/', 'http://look.example/w'), landing(1, 'Sale', 'http://sale2.example/', 'http://look.example/s'))
	->{json}{offer}{landings};
is_deeply [ map { $_->{title} } @$e ], [qw(Sale Winter)], 'a list that is sent replaces them';
is $e->[0]{id}, $sale, 'one of the same title stays the same';
my $winter = $e->[1]{id};
is_deeply [ map { [ @$_{qw(id title type)} ] } @{ edit(landing(0, 'Cold', 'http://winter.example/', 'http://look.example/w', id => $winter, type => 'transit'))->{json}{offer}{landings} } ],
	[ [ $winter, 'Cold', 'transit' ] ], 'and one with its number, whatever it is called';
like go("/click?pid=$bob&offer_id=$id&landing_id=$sale"), qr{^http://shop\.example/}, 'what is gone is no choice any more';
like go("/click?pid=$bob&offer_id=$id&prelanding_id=$winter"), qr{^http://winter\.example/}, 'what is there is';
is_deeply edit(landings => '')->{json}{offer}{landings}, [], 'empty: none';
$e = edit(landing(0, 'Sale', 'http://sale.example/?c={clickid}', 'http://look.example/s'), landing(1, 'Story', 'http://story.example/?c={clickid}', 'http://look.example/s', type => 'transit'))
	->{json}{offer}{landings};
($sale, $story) = map { $_->{id} } @$e;

# ---- closed to some ----
{
	my $eve = $net->affiliate('eve');
	my $seen = sub {
		my $x = $net->affise(GET => "offer/$id", key => $_[0])->{json}{offer};
		return join ' ', (map { $_->{title} } @{ $x->{landings} }), '|', map { $_->{title} // '-' } @{ $x->{links} };
	};
	my $evekey = $net->key_of('eve');
	is $seen->($evekey), 'Sale Story | - Sale Story', 'everybody sees open ones';
	$net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $sale, private => 1);
	is $seen->($evekey), 'Story | - Story', 'nobody a private one';
	$net->nats(PATCH => 'offer/set_enabled_affiliates', action => 'enable', loginids => $bob, landing_pageids => $sale);
	is $seen->($key), 'Sale Story | - Sale Story', 'but who is let in';
	is $seen->($evekey), 'Story | - Story', 'and nobody else';
	is scalar @{ $net->affise(GET => "offer/$id")->{json}{offer}{landings} }, 2, 'an administrator sees all';
	$net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $sale, private => 0);
}

# ---- payments by city ----
$srv->ctl_ok('geo', 'learn');
my $bonn_id = $net->affise(GET => 'cities', country => 'DE')->{json}{cities}[0]{id};
my @price = (total => 20, currency => 'USD', type => 'fixed', goal => 1);
sub payment { my ($i, %p) = @_; return map { my $k = $_; ("payments[$i][$k]" => $p{$k}) } sort keys %p }
my $pay = edit(payment(0, @price, revenue => 3), payment(1, @price, revenue => 5, 'countries][' => 'DE'), payment(2, @price, revenue => 9, 'cities][' => $bonn_id))->{json}{offer}{payments};
is_deeply [ map { [ $_->{revenue}, $_->{cities} ] } grep { @{ $_->{cities} } } @$pay ],
	[ [ 9, [ { id => $bonn_id, name => 'Bonn', country_code => 'DE', region_code => 'NW' } ] ] ], 'a payment of a city, by its name';
my %id;
for ([ bonn => $bonn, "&landing_id=$sale" ], [ boston => $boston, "&prelanding_id=$story" ], [ france => $france, '' ]) {
	my ($who, $ip, $more) = @$_;
	($id{$who}) = go("/click?pid=$bob&offer_id=$id&sub1=$who$more", $ip) =~ /c=([0-9a-f]{24})/;
	is $net->postback(clickid => $id{$who}, action_id => $who)->{status}, 1, "a sale of $who";
}
my %conv;
poll_until('three conversions', sub { %conv = map { $_->{action_id} => $_ } @{ $net->affise(GET => 'stats/conversions')->{json}{conversions} }; keys %conv == 3 });
is_deeply { map { $_ => $conv{$_}{payouts} } keys %conv }, { bonn => 9, boston => 3, france => 3 }, 'each is paid by its city';
is_deeply [ @{ $conv{bonn} }{qw(country district city city_id isp_code landing_id prelanding_id)} ], [ 'DE', 'NW', 'Bonn', $bonn_id, 'Rhein Net', $sale, 0 ],
	'the list says city, provider and landing';
is_deeply [ @{ $conv{boston} }{qw(country city isp_code landing_id prelanding_id)} ], [ 'US', 'Boston', 'Bay Net', 0, $story ], 'or prelanding';
is_deeply [ @{ $conv{france} }{qw(country district city city_id isp_code landing_id prelanding_id)} ], [ 'FR', undef, '', 0, '', 0, 0 ], 'or nothing where nothing is known';
my @days = (date_from => strftime('%Y-%m-%d', gmtime time - 86400), date_to => strftime('%Y-%m-%d', gmtime time + 86400));
my %click = map { $_->{sub1} => $_ } @{ $net->affise(GET => 'stats/clicks', @days)->{json}{clicks} };
is $click{bonn}{landing}{title}, 'Sale', 'so does the list of clicks';
is_deeply [ $click{boston}{landing}{id}, $click{boston}{prelanding}{title} ], [ 0, 'Story' ], 'a transit is a prelanding';

my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $srv;
done_testing;
