# /api/offer: add_offer, edit_offer, get_details, add_landing_page.  Reply, database, effect.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $r;

sub offer_row { my ($id) = @_; return $srv->rows('SELECT * FROM offer WHERE id = ?', $id)->[0] }
sub rules { my ($id) = @_; return $srv->rows('SELECT * FROM payout_rule WHERE offer_id = ? ORDER BY id', $id) }

sub details {
	my ($id, @p) = @_;
	my $reply = $net->nats(GET => 'offer/get_details', offerid => $id, @p);
	return $reply->{json}{data}{$id} // diag("no details: $reply->{content}");
}

sub edit {
	my ($id, @p) = @_;
	my $reply = $net->nats(PATCH => 'offer/edit_offer', offerid => $id, @p);
	is $reply->{content}, '{"result":"Success","message":"offer_saved"}', "edited: $p[0]" . (@p > 2 ? ' ...' : '');
	return;
}

# The smallest offer.
$r = $net->nats(POST => 'offer/add_offer', name => 'Small', url => 'http://small.example/?c=%%click_hash%%');
is $r->{status}, 200, 'a small offer is made';
like $r->{content}, qr/^\{"result":"Success","message":\{"offerid":"\d+","landing_pageid":"\d+"\}\}\z/,
    'the reply, to the byte';
my ($small, $lp) = @{ $r->{json}{message} }{qw(offerid landing_pageid)};
my $d = details($small);
my $defaults = { name => 'Small', offer_description => '', active => '1', hidden => '0', deleted => '0', offerid => $small,
	advertiserid => '', advertiser_username => '', categories => {}, groups => {}, marketing_types => {},
	authorized_countries => {}, authorized_countries_iso => [], unauthorized_countries => {},
	unauthorized_countries_iso => [], cost_type => '', cost_flat => '', cost_perc => '', commission_type => '',
	(map { $_ => '' } qw(flat_amount_per_click flat_amount_per_visitor flat_amount_per_conversion
		flat_amount_per_continuity percentage_of_customer_conversion percentage_of_customer_continuity
		conversion_default continuity_default min_deduct_date date_live date_expire expire_url
		expire_landing_pageid)),
	percentage_commission_source => '0', conversion_default_type => '1', continuity_default_type => '1',
	cookie_duration => '30', pending_approval_lockout => '0', deduct_voids => '1', deduct_chargebacks => '1',
	deduct_window => '0', hide_deductions => '0', hide_continuities => '0', hide_conversions => '0' };
my %got = %$d;
my ($commission, $added, $pages) = delete @got{qw(commission date_added landing_pages)};
is_deeply { map { $_ => $got{$_} } keys %$defaults }, $defaults, 'its details have the documented defaults';
is $commission, $srv->sql('SELECT id FROM commission WHERE offer_id = ?', $small), 'its commission has a number';
cmp_ok abs($added - time), '<', 60, 'it was added now';
is_deeply $pages, { $lp => { landing_pageid => $lp, name => 'Small', private => '0', requestable => '0', url => 'http://small.example/?c=%%click_hash%%',
	preview_url => '', description => '', internal_desc => '', conversion_type => 'post', postback_ips => '',
	void_ips => '', hostnpost_ips => '', thumb_url => '', force_url => '', language => '', tracking_domain => '', disable_url_sanitization => '0', disable_deep_linking => '0', redirect_hash => '', shortname => '',
	default => '1' } }, 'and one landing page';
is scalar @{ rules($small) }, 1, 'its empty commission is a rule, so that its conversions are booked';

# Every parameter of this version.
my %all = (
	name => 'Große Schuhe', offer_description => "Red <shoes> & \"more\"", hidden => 1,
	date_live => '2020-01-02 03:04:05', date_expire => '2099-12-31', expire_url => 'https://expired.example/x',
	expire_landing_pageid => $lp, authorized => 'us, GB', 'unauthorized[]' => [ 'de', 'FR' ], advertiserid => $adv,
	advertiser_cost_type => 'conversion', advertiser_cost_flat => '25', advertiser_cost_perc => '12.5',
	pending_approval_lockout => 60, conversion_default => '9.95', conversion_default_type => 2,
	continuity_default => '1.5', continuity_default_type => 2, percentage_commission_source => 1,
	commission_type => 'hybrid', flat_amount_per_click => '0.0123', flat_amount_per_visitor => '0.05',
	flat_amount_per_conversion => '3', flat_amount_per_continuity => '1', percentage_of_customer_conversion => '15',
	percentage_of_customer_continuity => '5.25', cookie_duration => 7, deduct_voids => 0, deduct_chargebacks => 'no',
	min_deduct_date => '2019-05-06', deduct_window => 45, hide_deductions => 1, hide_continuities => 1, hide_conversions => 1,
);
$r = $net->nats(POST => 'offer/add_offer', %all, url => 'https://shop.example/?h=%%click_hash%%');
is $r->{json}{result}, 'Success', 'an offer with everything' or diag($r->{content});
my $full = $r->{json}{message}{offerid};
my $row = offer_row($full);
my %want = (name => 'Große Schuhe', description => "Red <shoes> & \"more\"", hidden => 1, status => 1, deleted => 0,
	privacy => 'public', advertiser_id => $adv, date_live => 1577934245000000, date_expire => 4102358400000000,
	expire_url => 'https://expired.example/x', expire_lp_id => $lp, authorized => 'US,GB', unauthorized => 'DE,FR',
	cookie_duration => 7, pending_approval_lockout => 60, conversion_default => 9950000, conversion_default_type => 2,
	continuity_default => 1500000, continuity_default_type => 2, deduct_voids => 0, deduct_chargebacks => 0,
	min_deduct_date => 1557100800000000, deduct_window => 45, hide_deductions => 1, hide_continuities => 1,
	hide_conversions => 1);
is_deeply { map { $_ => $row->{$_} } keys %want }, \%want, 'is stored as it was sent';
my ($rule) = @{ rules($full) };
my %price = (change_id => 0, kind => 'standard', goal_id => 0, countries => '', currency => 'USD', valid_to_us => undef,
	commission_type => 'hybrid', aff_click => 12300, aff_visitor => 50000, aff_conversion => 3000000,
	aff_continuity => 1000000, pct_conversion => 150000, pct_continuity => 52500, pct_base => 'gross',
	adv_cost_type => 'conversion', adv_flat => 25000000, adv_perc => 125000, expressed_by => 3);
is_deeply { map { $_ => $rule->{$_} } keys %price }, \%price, 'and its price is change 0';
$d = details($full);
my %shown = (%all, date_live => '1577934245', date_expire => '4102358400', min_deduct_date => '1557100800',
	deduct_chargebacks => '0', cost_type => 'conversion', cost_flat => '25', cost_perc => '12.5',
	authorized_countries_iso => [ 'US', 'GB' ], authorized_countries => { US => 'United States', GB => 'Britain (UK)' },
	unauthorized_countries_iso => [ 'DE', 'FR' ], advertiser_username => 'shop', active => '1');
delete @shown{qw(authorized unauthorized[] advertiser_cost_type advertiser_cost_flat advertiser_cost_perc)};
is_deeply { map { $_ => $d->{$_} } keys %shown }, \%shown, 'and shown in the names it was sent by';

# What is read can be sent: the same again changes nothing.
my @same = map { ($_ => $d->{$_}) } grep { exists $all{$_} } keys %$d;
edit($full, @same);
is_deeply { %{ details($full) } }, $d, 'what was read, sent back, changes nothing';
is scalar @{ rules($full) }, 1, 'and makes no new version of the price';

# The rates say the type when it is not sent.
for my $case ([ 'cpa', flat_amount_per_conversion => 1 ], [ 'cps', percentage_of_customer_continuity => 1 ],
	[ 'click', flat_amount_per_visitor => 1 ], [ 'hybrid', flat_amount_per_click => 1, flat_amount_per_continuity => 1 ]) {
	my ($type, @rates) = @$case;
	my $id = $net->offer(@rates);
	is details($id)->{commission_type}, $type, "a rate of $type";
}

# Edits: only what is sent; empty clears.
edit($small, name => 'Smaller');
is offer_row($small)->{name}, 'Smaller', 'the name is changed';
is_deeply { %{ details($small) }, name => 'Small', offer => 'Small' }, { %got, commission => $commission, date_added => $added,
	landing_pages => $pages }, 'and nothing else';
edit($small, url => 'https://small.example/new');
is details($small)->{landing_pages}{$lp}{url}, 'https://small.example/new', 'the default landing page moves';
my %cleared = (offer_description => [ description => '' ], expire_url => [ expire_url => '' ],
	expire_landing_pageid => [ expire_lp_id => undef ], authorized => [ authorized => '' ],
	unauthorized => [ unauthorized => '' ], advertiserid => [ advertiser_id => undef ],
	date_live => [ date_live => undef ], date_expire => [ date_expire => undef ],
	conversion_default => [ conversion_default => undef ], conversion_default_type => [ conversion_default_type => 1 ],
	min_deduct_date => [ min_deduct_date => undef ], deduct_window => [ deduct_window => 0 ],
	cookie_duration => [ cookie_duration => 30 ], pending_approval_lockout => [ pending_approval_lockout => 0 ],
	hidden => [ hidden => 0 ]);
for my $p (sort keys %cleared) {
	edit($full, $p => '');
	is offer_row($full)->{ $cleared{$p}[0] }, $cleared{$p}[1], "$p sent empty is cleared";
}
edit($full, 'authorized[]' => [ 'AT' ], expiration_landing_page_id => $lp, description => 'old name');
$row = offer_row($full);
is_deeply [ @$row{qw(authorized expire_lp_id description)} ], [ 'AT', $lp, 'old name' ], 'the older names work';
is $net->nats(PUT => 'offer/edit_offer', offerid => $full, hidden => 1)->{json}{result}, 'Success', 'PUT is PATCH';
is $net->nats(PATCH => 'offer/edit_offer', _in => 'query', offerid => $full, hidden => 0)->{json}{result}, 'Success',
    'parameters in the query';
is $net->nats(PATCH => 'offer/edit_offer', _json => { offerid => $full + 0, hidden => JSON::PP::true, authorized => [ 'US' ] })
    ->{json}{result}, 'Success', 'and in JSON';
is_deeply [ @{ offer_row($full) }{qw(hidden authorized)} ], [ 1, 'US' ], 'are taken';

# Prices are effective-dated.
edit($full, flat_amount_per_conversion => '4.5');
my @v = @{ rules($full) };
is scalar @v, 2, 'another price is a new version';
is $v[0]{aff_conversion}, 3000000, 'the old one stays as it was';
is $v[0]{valid_to_us}, $v[1]{valid_from_us}, 'and ends where the new one begins';
is_deeply [ @{ $v[1] }{qw(aff_conversion pct_conversion adv_flat valid_to_us)} ], [ 4500000, 150000, 25000000, undef ],
    'which has the rest of the old one';
edit($full, flat_amount_per_conversion => '', commission_type => 'cps', percentage_commission_source => 0);
is_deeply [ @{ rules($full)->[-1] }{qw(aff_conversion commission_type pct_base)} ], [ undef, 'cps', 'revenue' ],
    'a rate is cleared';

# A change is in force when the call returns: the catalog has its version.
my $version = $srv->sql('SELECT version FROM catalog_version');
edit($full, hidden => 1);
cmp_ok $srv->sql('SELECT version FROM catalog_version'), '>', $version, 'an edit raises the version';
is $srv->sql('SELECT COUNT(*) FROM catalog_change WHERE kind = 3 AND object_id = ? AND version > ?', $full, $version), 1,
    'and says which offer';

# Selectors of get_details.
my $third = $net->offer(name => 'Third 50%', advertiserid => $adv);
edit($full, name => 'Second', advertiserid => $adv);
sub listed { my (@p) = @_; my $j = $net->nats(GET => 'offer/get_details', @p)->{json}; return join ',', sort { $a <=> $b } keys %{ $j->{data} } }
is listed(offerid => "$small, $third,"), "$small,$third", 'several ids';
is listed('offerid[]' => [ $small, $third ]), "$small,$third", 'as an array';
is listed(name => 'Second'), $full, 'the exact name';
is listed(name => 'second'), '', 'which is exact';
is listed(name_like => '50%'), $third, 'a part of the name, no wildcards';
is listed(name_like => 'SMALL'), $small, 'in any case';
is listed(advertiserid => $adv), "$full,$third", 'of an advertiser';
is listed(advertiser_username => 'shop'), "$full,$third", 'by his user name';
is listed(advertiser_username => 'nobody'), '', 'of an unknown one';
is listed(offerid => $small, name => 'Second'), $small, 'the first selector counts';
is listed(advertiserid => $adv, start => 1), $third, 'from the second on';
is listed(advertiserid => $adv, count => 1), $full, 'at most one';
is listed(offerid => "$small,$third", start => 1, count => 5), $third, 'of ids too';
is $net->nats(GET => 'offer/get_details')->{content}, '{"result":"success","data":{}}', 'without a selector, nothing';
is $net->nats(GET => 'offer/get_details', offerid => 9999)->{content}, '{"result":"success","data":{}}', 'no match';
is_deeply details($small, return_columns => 'name, active'), { offerid => $small, name => 'Smaller', active => '1' },
    'chosen columns';
$r = $net->nats(GET => 'offer/get_details', offerid => $small, return_columns => 'name,no_column');
is_deeply [ $r->{status}, $r->{json}{message} ], [ 200, 'return_columns: this version has no column no_column' ],
    'a column nobody knows';

# Landing pages.
my %page = (name => 'Page Two', url => 'http://two.example/{clickid}', preview_url => 'http://two.example/',
	description => 'For all', internal_desc => 'For us', conversion_type => 'iframe', postback_ips => '192.0.2.1, 10.0.0.0/8',
	void_ips => '192.0.2.2', hostnpost_ips => '192.0.2.3', redirect_hash => 'two', disable_url_sanitization => 1, disable_deep_linking => 1,
	private => 1, requestable => 1);
$r = $net->nats(POST => 'offer/add_landing_page', offerid => $small, %page);
like $r->{content}, qr/^\{"result":"Success","message":\{"landing_pageid":"\d+"\}\}\z/, 'a landing page: the reply';
my $two = $r->{json}{message}{landing_pageid};
is_deeply details($small)->{landing_pages}{$two}, { %page, landing_pageid => $two, tracking_domain => '', shortname => '', default => '0',
    thumb_url => '', force_url => '', language => '' }, 'is stored and shown';
is $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $small), $lp, 'the default one stays';

# What is refused, and named.
sub refused {
	my ($status, $message, $what, @call) = @_;
	my $reply = $net->nats(@call);
	is $reply->{status}, $status, "$what: status";
	is $reply->{json}{result}, 'error', "$what: an error";
	ref $message ? like($reply->{json}{message}, $message, "$what: named")
	    : is($reply->{json}{message}, $message, "$what: the sentence");
	return;
}
my $offers = $srv->sql('SELECT COUNT(*) FROM offer');
my @add = (POST => 'offer/add_offer', name => 'Bad', url => 'http://a.example/');
my @edit = (PATCH => 'offer/edit_offer', offerid => $small);
my @page = (POST => 'offer/add_landing_page', offerid => $small, name => 'Bad', url => 'http://a.example/');
refused(200, 'Missing required field (name).', 'no name', POST => 'offer/add_offer', url => 'http://a.example/');
refused(200, 'Missing required field (url).', 'no url', POST => 'offer/add_offer', name => 'Bad');
refused(200, 'Invalid offerid.', 'an offer there is none', PATCH => 'offer/edit_offer', offerid => 9999, hidden => 1);
refused(200, 'Missing required field (offerid).', 'no offer', PATCH => 'offer/edit_offer', hidden => 1);
refused(200, 'Missing required field (name).', 'a name is not cleared', @edit, name => '');
refused(200, 'Missing required field (url).', 'nor a URL', @edit, url => '');
refused(200, 'Invalid offerid.', 'a page of no offer', POST => 'offer/add_landing_page', offerid => 9999, name => 'x', url => 'http://a.example/');
refused(200, 'Missing required field (url).', 'a page without a URL', POST => 'offer/add_landing_page', offerid => $small, name => 'x');
refused(200, 'Invalid advertiserid.', 'an advertiser there is none', @add, advertiserid => 9999);
refused(200, 'Invalid expire_landing_pageid.', 'a landing page there is none', @add, expire_landing_pageid => 9999);
for my $bad ([ url => 'ftp://a.example/' ], [ url => 'http://%%sub%%.example/' ], [ url => 'http://a@b.example/' ],
	[ hidden => 'maybe' ], [ date_live => 'when it suits' ], [ date_expire => '2020-13-01' ], [ min_deduct_date => 'x' ],
	[ expire_url => 'x' ], [ authorized => 'USA' ], [ authorized => 'XX' ], [ unauthorized => 'U1' ],
	[ advertiserid => 'me' ], [ advertiser_cost_type => 'sales' ], [ advertiser_cost_flat => '9,95' ],
	[ advertiser_cost_flat => '-1' ], [ advertiser_cost_perc => '1001' ], [ pending_approval_lockout => '-1' ],
	[ conversion_default => 'ten' ], [ conversion_default_type => 3 ], [ continuity_default => '1e3' ],
	[ continuity_default_type => 0 ], [ percentage_commission_source => 2 ], [ commission_type => 'cpx' ],
	[ flat_amount_per_click => '-0.01' ], [ flat_amount_per_visitor => 'x' ], [ flat_amount_per_conversion => '1,0' ],
	[ flat_amount_per_continuity => '99999999999999999999' ], [ percentage_of_customer_conversion => '-5' ],
	[ percentage_of_customer_continuity => 'all' ], [ cookie_duration => '36501' ], [ deduct_voids => '2' ],
	[ deduct_chargebacks => 'x' ], [ deduct_window => '1.5' ], [ name => 'x' x 256 ]) {
	my ($p, $v) = @$bad;
	refused(404, qr/^\Q$p\E: /, "add: $p = " . substr($v, 0, 12), @add, $p => $v) if $p ne 'name' && $p ne 'url';
	refused(404, qr/^\Q$p\E: /, "edit: $p = " . substr($v, 0, 12), @edit, $p => $v);
}
refused(404, qr/^offerid: /, 'a letter in a number', PATCH => 'offer/edit_offer', offerid => 'x');
for my $bad ([ conversion_type => 'fax' ], [ postback_ips => 'here' ], [ void_ips => '1.2.3.4/33' ],
	[ preview_url => 'x' ], [ disable_deep_linking => 'x' ]) {
	refused(404, qr/^$bad->[0]: /, "page: $bad->[0]", @page, @$bad);
}
is $srv->sql('SELECT COUNT(*) FROM offer'), $offers, 'none of these made an offer';
is $srv->sql("SELECT COUNT(*) FROM landing_page WHERE name = 'Bad'"), 0, 'or a landing page';
is offer_row($small)->{name}, 'Smaller', 'or changed one';

# Dates are read in the network's zone.
$srv->ctl_ok('config', 'set', 'time_zone', 'America/New_York');
edit($small, date_live => '2020-07-01');
is offer_row($small)->{date_live}, 1593576000000000, 'a day begins at midnight of the network';
edit($small, date_live => '@1593576000');
is offer_row($small)->{date_live}, 1593576000000000, 'Unix seconds';

# The network's base currency is that of new prices.
$srv->ctl_ok('config', 'set', 'base_currency', 'EUR');
is rules($net->offer(flat_amount_per_conversion => 1))->[0]{currency}, 'EUR', 'a price in the base currency';
is_deeply [ map { $_->{currency} } @{ rules($full) } ], [ ('USD') x @{ rules($full) } ], 'those there are stay';

done_testing;
