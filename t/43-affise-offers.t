# /3.0/admin/offer, /3.0/offer/{ID}, /3.0/offers.  Reply, database, effect.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use JSON::PP;
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my ($true, $false) = (JSON::PP::true, JSON::PP::false);
my $time = qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\z/;
my $r;

sub offer_row { my ($id) = @_; return $srv->rows('SELECT * FROM offer WHERE id = ?', $id)->[0] }
sub rules { my ($id) = @_; return $srv->rows('SELECT * FROM payout_rule WHERE offer_id = ? AND valid_to_us IS NULL ORDER BY change_id', $id) }
sub versions { my ($id) = @_; return $srv->sql('SELECT COUNT(*) FROM payout_rule WHERE offer_id = ?', $id) }

sub is_error {
	my ($reply, $status, $text, $what) = @_;
	is $reply->{status}, $status, "$what: status";
	is $reply->{json}{status}, 2, "$what: an error";
	ref $text ? like($reply->{json}{error}, $text, "$what: named") : is($reply->{json}{error}, $text, "$what: the text");
	return;
}

sub edit {
	my ($id, @p) = @_;
	my $reply = $net->affise(POST => "admin/offer/$id", @p);
	is $reply->{status}, 200, 'edited: ' . ($p[0] // 'nothing') or diag($reply->{content});
	return $reply->{json}{offer};
}

my $adv = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
my $adv2 = $net->affise(POST => 'admin/advertiser', title => 'Other')->{json}{advertiser}{id};
my $adv_id = $srv->sql('SELECT id FROM account WHERE hex24 = ?', $adv);

# The smallest offer.
$r = $net->affise(POST => 'admin/offer', title => 'Small', advertiser => $adv, url => 'https://small.example/?c={clickid}');
is $r->{status}, 200, 'a small offer is made' or diag($r->{content});
is $r->{json}{status}, 1, 'status 1';
my $small = $r->{json}{id};
my %got = %{ $r->{json}{offer} };
is $got{id}, $small, 'the number stands beside it too';
like delete $got{$_}, $time, "$_ is a time" for qw(start_at created_at updated_at);
like delete $got{offer_id}, qr/^[0-9a-f]{24}\z/, 'offer_id is 24 hex digits';
my $shape = {
	id => $small, advertiser => $adv, external_offer_id => '', hide_payments => $false, title => 'Small', macro_url => undef,
	url => 'https://small.example/?c={clickid}', url_preview => '', preview_url => '', domain_url => '127.0.0.1',
	trafficback_url => '', use_https => $false, use_http => $true, description_lang => {}, sources => [], logo => '',
	logo_source => '', status => 'stopped', tags => [], privacy => 'public', is_top => 0, payments => [],
	partner_payments => [], landings => [], strictly_country => 0, strictly_os => [], strictly_brands => [],
	strictly_connection_type => '', strictly_isp => [], is_redirect_overcap => $false, notice_percent_overcap => undef,
	hold_period => 0, categories => [], full_categories => [], cr => 0, epc => 0, notes => undef, allowed_ip => '',
	disallowed_ip => '', hash_password => undef, allow_deeplink => 0, hide_referer => 0, redirect_type => 'http302',
	stop_at => undef, auto_offer_connect => undef, required_approval => $false, is_cpi => $false, kpi => {},
	sub_restrictions => [], sub_accounts => { map { $_ => { value => '', except => $false } } 1, 2 }, creatives => [],
	creatives_zip => undef, caps => [], caps_status => [qw(confirmed pending hold)], hide_caps => 0,
	smartlink_categories => [], click_session => '1y', search_empty_sub => undef, uniq_ip_only => $false, note_aff => '',
	note_sales => '',
};
is_deeply \%got, $shape, 'the whole shape';
for my $member (qw(is_top strictly_country hide_referer allow_deeplink hide_caps cr epc hold_period)) {
	like $r->{content}, qr/"$member":0[,}]/, "$member is a number";
}
like $r->{content}, qr/"$_":(?:true|false)/, "$_ is a boolean"
    for qw(hide_payments is_cpi is_redirect_overcap required_approval use_https use_http uniq_ip_only);
like $r->{content}, qr/"$_":\{\}/, "$_ is an object when empty" for qw(description_lang kpi);

# Everything this version takes.
my @all = (title => 'Größe "M"', advertiser => $adv, url => 'https://shop.example/?c={clickid}', status => 'active',
	privacy => 'public', start_at => '2020-01-02', stopDate => '2099-12-30', trafficback_url => 'https://back.example/?p={pid}',
	allowed_ip => "192.0.2.1\n192.0.2.8-192.0.2.9", hold_period => 30,
	'payments[0][goal]' => 1, 'payments[0][total]' => '5.5', 'payments[0][revenue]' => 4, 'payments[0][currency]' => 'usd',
	'payments[0][type]' => 'fixed', 'payments[0][title]' => 'Base',
	'payments[1][goal]' => 'Install', 'payments[1][total]' => 20, 'payments[1][revenue]' => '12.5',
	'payments[1][currency]' => 'USD', 'payments[1][type]' => 'percent', 'payments[1][countries][]' => [ 'us', 'GB' ],
	'payments[1][country_exclude]' => 1,
	'caps[0][period]' => 'day', 'caps[0][type]' => 'conversions', 'caps[0][value]' => 10, 'caps[0][goal_type]' => 'all',
	'caps[0][affiliate_type]' => 'all', 'caps[1][period]' => 'all', 'caps[1][value]' => 1000);
$r = $net->affise(POST => 'admin/offer', @all);
is $r->{status}, 200, 'an offer with everything' or diag($r->{content});
my $full = $r->{json}{id};
my $o = $r->{json}{offer};
is_deeply [ @$o{qw(title advertiser url status privacy start_at stop_at trafficback_url allowed_ip hold_period)} ],
    [ 'Größe "M"', $adv, 'https://shop.example/?c={clickid}', 'active', 'public', '2020-01-02 00:00:00',
	'2099-12-30 23:59:59', 'https://back.example/?p={pid}', "192.0.2.1\n192.0.2.8-192.0.2.9", 30 ], 'is shown';
my %pay = (cities => [], devices => [], os => [], url => undef, with_regions => $false, currency => 'usd');
my @payments = ({ %pay, countries => [], goal => '1', total => 5.5, revenue => 4, title => 'Base', type => 'fixed',
	country_exclude => $false },
	{ %pay, countries => [ 'US', 'GB' ], goal => 'Install', total => 20, revenue => 12.5, title => '', type => 'percent',
	country_exclude => $true });
is_deeply $o->{payments}, \@payments, 'with its payments';
like $r->{content}, qr/"total":5\.5,"revenue":4,/, 'whose amounts are numbers';
my %cap = (type => 'conversions', goal_type => 'all', goals => {}, affiliate_type => 'all', affiliates => []);
is_deeply $o->{caps}, [ { %cap, period => 'day', value => 10 }, { %cap, period => 'all', value => 1000 } ], 'and caps';
my $row = offer_row($full);
is_deeply [ @$row{qw(name advertiser_id status date_live date_expire trafficback_url hold_period)} ],
    [ 'Größe "M"', $adv_id, 1, 1577923200000000, 4102358400000000, 'https://back.example/?p={pid}', 30 ],
    'stored; the last day ends at its midnight';
my ($base, $goal) = @{ rules($full) };
is_deeply [ @$base{qw(change_id goal_id countries commission_type aff_conversion adv_cost_type adv_flat currency expressed_by)} ],
    [ 0, 0, '', 'cpa', 4000000, 'conversion', 5500000, 'USD', 3 ], 'the general payment is change 0';
is_deeply [ @$goal{qw(change_id countries country_exclude commission_type pct_conversion pct_base adv_cost_type adv_perc expressed_by)} ],
    [ 1, 'US,GB', 1, 'cps', 125000, 'gross', 'sale', 200000, 2 ], 'the other a rule of its own, of gross';
is $srv->sql('SELECT value FROM goal WHERE id = ?', $goal->{goal_id}), 'Install', 'its goal was made';
is_deeply $net->affise(GET => "offer/$full")->{json}{offer}, $o, 'GET shows the same';
is_deeply $net->affise(GET => "offer/$o->{offer_id}")->{json}{offer}, $o, 'by 24 hex digits too';

# Edits: what is not sent stays; what is sent empty is cleared.
my $same = edit($full);
is_deeply { %$same, updated_at => 0 }, { %$o, updated_at => 0 }, 'an edit of nothing changes nothing';
is edit($full, title => 'New')->{title}, 'New', 'a title';
is edit($full, advertiser => $adv2)->{advertiser}, $adv2, 'an advertiser';
is edit($full, url => 'https://shop.example/2')->{url}, 'https://shop.example/2', 'a URL';
is edit($full, trafficback_url => '')->{trafficback_url}, '', 'no trafficback URL';
is edit($full, allowed_ip => '')->{allowed_ip}, '', 'no senders';
is edit($full, hold_period => '')->{hold_period}, 0, 'no hold';
is edit($full, stopDate => '')->{stop_at}, undef, 'no last day';
is edit($full, start_at => '')->{start_at}, $o->{created_at}, 'no day of launch: since it was made';
is edit($full, stopDate => '2030-02-28')->{stop_at}, '2030-02-28 23:59:59', 'a last day';
is edit($full, stopDate => '2030-02-28 23:59:59')->{stop_at}, '2030-02-28 23:59:59', 'as it is shown';
is offer_row($full)->{date_expire}, 1898553600000000, 'it ends where the next day begins';
is edit($full, stop_at => '2030-02-28 12:30:00')->{stop_at}, '2030-02-28 12:30:00', 'a moment, by the other name';
is edit($full, start_at => '2030-01-01 08:00:00')->{start_at}, '2030-01-01 08:00:00', 'a launch with a time';

# States (C4).
is edit($full, status => 'suspended')->{status}, 'suspended', 'suspended';
is offer_row($full)->{date_expire}, 1898512200000000, 'keeps its last day';
is edit($full, status => 'stopped')->{status}, 'stopped', 'stopped';
is edit($full, status => 'active')->{status}, 'active', 'active';
is edit($full, stopDate => '2021-01-01')->{status}, 'suspended', 'a last day that is past suspends';
is edit($full, title => 'Old')->{status}, 'suspended', 'and stays so';
is edit($full, status => 'active')->{status}, 'active', 'active again';
is offer_row($full)->{date_expire}, undef, 'clears a last day that is past';
is edit($full, status => '')->{status}, 'active', 'an empty state changes nothing';

# Payments: sent arrays replace the old ones; what stays as it is makes no version.
my $before = versions($full);
$o = edit($full, map { $all[$_] => $all[ $_ + 1 ] } grep { $_ % 2 == 0 && $all[$_] =~ /^payments/ } 0 .. $#all);
is versions($full), $before, 'the same payments again: no new version';
is_deeply $o->{payments}, \@payments, 'and the same list';
$o = edit($full, _json => { payments => $o->{payments} });
is versions($full), $before, 'what was read, sent back as JSON: no new version';
sub pay { my ($i, %p) = @_; return map { ("payments[$i][$_]" => $p{$_}) } sort keys %p }
my %fixed = (goal => 1, total => 6, revenue => 5, currency => 'USD', type => 'fixed');
$o = edit($full, pay(0, %fixed));
is scalar @{ $o->{payments} }, 1, 'a payment that is not sent ends';
is_deeply [ map { [ @$_{qw(change_id aff_conversion adv_flat)} ] } @{ rules($full) } ], [ [ 0, 5000000, 6000000 ] ],
    'the one that is sent has the new price';
is versions($full), $before + 1, 'in a new version';
$o = edit($full, pay(0, %fixed), pay(1, %fixed, goal => 'install', revenue => 1), pay(2, %fixed, 'countries' => 'DE'));
is_deeply [ map { $_->{goal} . '/' . join ',', @{ $_->{countries} } } @{ $o->{payments} } ], [ '1/', 'Install/', '1/DE' ],
    'goals compare without case; a lone country is a list';
is $srv->sql('SELECT COUNT(*) FROM goal'), 1, 'no goal was made twice';
is_deeply [ map { $_->{change_id} } @{ rules($full) } ], [ 0, 2, 3 ], 'new rules take no old number';
$o = edit($full, payments => '');
is_deeply $o->{payments}, [], 'an empty string clears the list';
is_deeply rules($full), [], 'and the rules end';
$o = edit($full, pay(0, %fixed), pay(1, %fixed, revenue => 2));
is_deeply [ map { $_->{revenue} } @{ $o->{payments} } ], [ 5, 2 ], 'two general payments are two rules';
is_deeply [ map { $_->{change_id} } @{ rules($full) } ], [ 0, 4 ], 'of which one is change 0';

# Other currencies need a rate.
is_error($net->affise(POST => "admin/offer/$full", pay(0, %fixed, currency => 'EUR')), 400, qr/^payments\[0\]\[currency\]/,
	'a currency without a rate');
$srv->ctl_ok('rate', 'set', 'EUR', '0.92');
is edit($full, pay(0, %fixed, currency => 'eur'))->{payments}[0]{currency}, 'eur', 'with one it is taken';

# Caps: a cap of the same period keeps its number, and with it what is counted.
my $day = $srv->sql("SELECT id FROM cap WHERE offer_id = ? AND period = 1 AND NOT deleted", $full);
$o = edit($full, 'caps[0][period]' => 'day', 'caps[0][value]' => 20, 'caps[0][goals]' => '', 'caps[0][affiliates]' => '');
is_deeply $o->{caps}, [ { %cap, period => 'day', value => 20 } ], 'caps are replaced';
is $srv->sql("SELECT id FROM cap WHERE offer_id = ? AND NOT deleted", $full), $day, 'the one that stays keeps its number';
$srv->exec_sql("INSERT INTO cap (offer_id, period, value, on_full) VALUES (?, 1, 5, 'notify')", $full);
$o = edit($full, 'caps' => '');
is_deeply $o->{caps}, [], 'an empty string clears the list';
is $srv->sql('SELECT COUNT(*) FROM cap WHERE offer_id = ? AND NOT deleted', $full), 1,
    'but not a cap that this API cannot express';

# Refusals; nothing of them stays.
my $count = $srv->sql('SELECT COUNT(*) FROM offer');
my @new = (title => 'Bad', advertiser => $adv, url => 'https://a.example/');
for my $missing (qw(title advertiser url)) {
	my %p = @new;
	delete $p{$missing};
	is_error($net->affise(POST => 'admin/offer', %p), 400, qr/^$missing\b/, "no $missing");
	is_error($net->affise(POST => "admin/offer/$small", $missing => ''), 400, qr/^$missing\b/, "an empty $missing");
}
is_error($net->affise(POST => 'admin/offer/9999', title => 'x'), 404, 'Resource Not Found', 'an offer there is none');
is_error($net->affise(GET => 'offer/9999'), 404, 'Resource Not Found', 'to be shown');
is_error($net->affise(GET => 'offer/' . 'f' x 24), 404, 'Resource Not Found', 'by 24 hex digits');
my @one = pay(0, %fixed);
for my $bad ([ advertiser => 'f' x 24 ], [ advertiser => 'x' ], [ url => 'https://{sub1}.example/' ], [ url => 'x' ],
	[ status => 'paused' ], [ privacy => 'secret' ], [ start_at => 'soon' ], [ start_at => '2020-02-30' ],
	[ stopDate => '01-02-2020' ], [ stopDate => '2020-01-01 25:00:00' ], [ trafficback_url => '/x' ], [ allowed_ip => 'x' ],
	[ hold_period => 61 ], [ hold_period => '-1' ], [ hold_period => 'x' ], [ title => 'x' x 256 ], [ caps => 'x' ],
	[ payments => 'x' ],
	(map { [ "payments[0][$_->[0]]" => $_->[1] ] } [ type => 'flat' ], [ type => '' ], [ currency => '' ],
		[ currency => 'DOLLAR' ], [ currency => 'XXX' ], [ goal => '0' ], [ goal => 'a b' ], [ total => '1,5' ],
		[ total => '-1' ], [ revenue => 'x' ], [ 'countries][' => 'XX' ], [ country_exclude => 'x' ],
		[ title => 'x' x 256 ]),
	(map { [ "caps[0][$_->[0]]" => $_->[1] ] } [ period => 'week' ], [ period => '' ], [ value => '' ], [ value => '1.5' ],
		[ value => '-1' ], [ goal_type => 'x' ], [ 'affiliates][' => 1 ], [ 'goals][' => 1 ])) {
	my ($p, $v) = @$bad;
	my %extra = $p =~ /^payments\[/ ? @one : $p =~ /^caps\[/ ? ('caps[0][period]' => 'day', 'caps[0][value]' => 1) : ();
	(my $name = $p) =~ s/\[\]\z//;
	for my $call ([ 'admin/offer', @new ], [ "admin/offer/$small" ]) {
		my ($path, @rest) = @$call;
		is_error($net->affise(POST => $path, @rest, %extra, $p => $v), 400, qr/^\Q$name\E\b|^\Q$name\E/,
			"$path: $p = " . substr($v, 0, 12));
	}
}
for my $bad ([ privacy => 'open' ], [ strictly_connection_type => 'lan' ], [ search_empty_sub => 9 ]) {
	is_error($net->affise(POST => 'admin/offer', @new, @$bad), 400, qr/^$bad->[0]\b/, "@$bad is none");
}
for my $p (qw(url)) {
	is_error($net->affise(POST => 'admin/offer', @new, @one, "payments[0][$p]" => 'x'), 400, qr/^payments\[0\]\[$p\]/,
		"payments: $p comes later");
	is $net->affise(POST => "admin/offer/$small", @one, "payments[0][$p]" => '')->{status}, 200, "an empty $p says nothing";
}
for my $bad ([ type => 'clicks', 'type' ], [ goal_type => 'exact', 'goals' ], [ affiliate_type => 'exact', 'affiliates' ]) {
	is_error($net->affise(POST => 'admin/offer', @new, 'caps[0][period]' => 'day', 'caps[0][value]' => 1,
		"caps[0][$bad->[0]]" => $bad->[1]), 400, qr/^caps\[0\]\[$bad->[2]\]/, "caps: @$bad[0, 1]");
}
is $srv->sql('SELECT COUNT(*) FROM offer'), $count, 'no offer was made';
is offer_row($small)->{name}, 'Small', 'and none changed';

# Lists.
my %id = (Small => $small);
$srv->exec_sql('UPDATE offer SET deleted = 1 WHERE id = ?', $full);
for my $t (qw(Apple banana Cherry)) {
	$id{$t} = $net->affise(POST => 'admin/offer', title => $t, advertiser => $t eq 'Apple' ? $adv2 : $adv, status => 'active',
		url => 'https://l.example/', pay(0, %fixed, countries => $t eq 'Apple' ? 'DE' : 'US'))->{json}{id};
}
edit($id{Cherry}, status => 'suspended');
edit($id{Small}, payments => '');
sub titles { my (@p) = @_; my $j = $net->affise(GET => 'offers', @p); return join ',', map { $_->{title} } @{ $j->{json}{offers} // [ { title => $j->{content} } ] } }
my @any = ('status[]' => [qw(active stopped suspended)]);
is titles(), 'Apple,banana', 'active ones, when nothing is asked for';
is titles(status => 'stopped'), 'Small', 'stopped ones; a lone value';
is titles('status[0]' => 'suspended', 'status[1]' => 'stopped'), 'Small,Cherry', 'two states';
is titles(@any, q => 'AN'), 'banana', 'searched in the title';
is titles(@any, q => $id{Cherry}), 'Cherry', 'or by number';
is titles(@any, 'int_id[]' => [ $id{Small}, $id{Cherry} ]), 'Small,Cherry', 'by numbers';
is titles(@any, int_id => "$id{Small}", int_id => "$id{Apple}"), 'Small,Apple', 'a bare name that comes twice';
is titles(@any, 'ids[]' => [ offer_row($id{Apple})->{hex24}, $id{banana} ]), 'Apple,banana', 'by hex digits and numbers alike';
is titles(@any, 'ids[]' => 'f' x 24), '', 'by what there is none of';
is titles(@any, 'advertiser[]' => $adv2), 'Apple', 'of an advertiser';
is titles(@any, 'countries[]' => 'DE'), 'Apple', 'with a payment for a country';
is titles(@any, 'countries[]' => [ 'DE', 'US' ]), 'Apple,banana,Cherry', 'for one of two';
is titles(@any, 'privacy[]' => 0), 'Small,Apple,banana,Cherry', 'public ones';
is titles(@any, 'privacy[]' => [ 1, 2 ]), '', 'others';
is titles(@any, 'sort[id]' => 'desc'), 'Cherry,banana,Apple,Small', 'by number, downwards';
is titles(@any, 'sort[title]' => 'asc'), 'Apple,Cherry,Small,banana', 'by title';
is titles(@any, 'sort[title]' => 'desc', limit => 1, page => 2), 'Small', 'a page of one';
$r = $net->affise(GET => 'offers', @any, limit => 3);
is_deeply $r->{json}{pagination}, { per_page => 3, total_count => 4, page => 1, next_page => 2 }, 'the first page of two';
$r = $net->affise(GET => 'offers', @any, limit => 3, page => 2);
is_deeply $r->{json}{pagination}, { per_page => 3, total_count => 4, page => 2 }, 'the last has no next one';
$r = $net->affise(GET => 'offers', @any, limit => 3000);
is $r->{json}{pagination}{per_page}, 500, 'a page is cut at 500, and says so';
is titles(@any, "sort[$_]" => 'desc'), 'Cherry,banana,Apple,Small', "by $_, when none has any" for qw(cr epc);
is_error($net->affise(GET => 'offers', @$_), 400, qr/^$_->[0]\b/, "list: $_->[0]")
    for [ page => 0 ], [ limit => 'x' ], [ status => 'gone' ], [ privacy => 3 ], [ countries => 'USA' ], [ int_id => 'x' ], [ sort => 'id' ];
is_deeply $net->affise(GET => 'offers', categories => 'x')->{json}{offers}, [], 'list: none of a category that is not there';
is_error($net->affise(GET => 'offers', os => 'x'), 400, qr/\bos\b/, 'list: no such family');

# An affiliate's view.
my $aff = $net->affise(POST => 'admin/partner', email => 'p@example.com', password => 'pw')->{json}{partner};
my @as = (key => $aff->{api_key});
is titles(@as), 'Apple,banana', 'an affiliate sees active offers';
is titles(@as, @any), 'Apple,banana', 'whatever he asks for';
$net->nats(PATCH => 'offer/edit_offer', offerid => $id{banana}, hidden => 1);
is titles(@as), 'Apple', 'and no hidden ones';
is titles(@any), 'Small,Apple,banana,Cherry', 'which an administrator sees';
is $net->affise(GET => "offer/$id{banana}", @as)->{status}, 200, 'a hidden one is there by its number';
is_error($net->affise(GET => "offer/$id{Small}", @as), 404, 'Resource Not Found', 'a stopped one is not');
is_error($net->affise(GET => "offer/$id{Cherry}", @as), 404, 'Resource Not Found', 'nor a suspended one');
is_error($net->affise(GET => 'offers', @as, advertiser => $adv), 403, 'Auth Denied', 'a filter of administrators');
is_error($net->affise(GET => 'offers', @as, privacy => 0), 403, 'Auth Denied', 'another');
is_error($net->affise(POST => "admin/offer/$id{Apple}", @as, title => 'x'), 403, 'Auth Denied', 'he edits none');
edit($id{Apple}, 'caps[0][period]' => 'month', 'caps[0][value]' => 7, stopDate => '2099-01-01');
$o = $net->affise(GET => "offer/$id{Apple}", @as)->{json}{offer};
my $link = "$srv->{url}/click?pid=$aff->{id}&offer_id=$id{Apple}";
is_deeply $o, { id => $id{Apple}, offer_id => offer_row($id{Apple})->{hex24}, title => 'Apple', preview_url => '',
	description => '', cr => 0, epc => 0, logo => '', stop_at => '2099-01-01 23:59:59', sources => [], categories => [],
	full_categories => [], required_approval => $false, landings => [], is_cpi => $false, creatives => [],
	creatives_zip => undef, macro_url => undef, link => $link, use_https => $false, use_http => $true, hold_period => 0,
	links => [ { id => undef, title => undef, hash => undef, url => $link, postbacks => [], created => undef } ],
	payments => [ { countries => ['DE'], cities => [], devices => [], os => [], goal => '1', revenue => 5, currency => 'usd',
		title => '', type => 'fixed', country_exclude => $false } ],
	caps => [ { period => 'month', type => 'conversions', value => 7, goal_type => 'all', goals => {} } ] },
    'the whole shape of his view: no money of the advertiser';

done_testing;
