# One domain, two dialects: an offer added by one API is shown, edited, clicked and reported through the other,
# both ways; and what one of them cannot express, it does not lose.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use POSIX qw(strftime);
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $r;

sub details { my ($id) = @_; return $net->nats(GET => 'offer/get_details', offerid => $id)->{json}{data}{$id} }
sub shown { my ($id) = @_; return $net->affise(GET => "offer/$id")->{json}{offer} }

sub nats_edit {
	my ($id, @p) = @_;
	my $reply = $net->nats(PATCH => 'offer/edit_offer', offerid => $id, @p);
	is $reply->{json}{result}, 'Success', "NATS edits: $p[0]" or diag($reply->{content});
	return details($id);
}

sub affise_edit {
	my ($id, @p) = @_;
	my $reply = $net->affise(POST => "admin/offer/$id", @p);
	is $reply->{json}{status}, 1, "Affise edits: $p[0]" or diag($reply->{content});
	return $reply->{json}{offer};
}

sub pay { my ($i, %p) = @_; return map { ("payments[$i][$_]" => $p{$_}) } sort keys %p }

# Both reports of an offer.  NATS in cents; Affise in units.
sub nats_report {
	my ($id) = @_;
	my $reply = $net->nats(GET => 'report/profitloss', view => 'offer', period => 'today', filter_offerid => $id);
	return $reply->{json}{total}{row} // diag($reply->{content});
}

sub affise_report {
	my ($id) = @_;
	my $day = strftime('%Y-%m-%d', gmtime);
	my $reply = $net->affise(GET => 'stats/custom', 'slice[]' => 'offer', 'filter[date_from]' => $day,
		'filter[date_to]' => $day, 'filter[offer]' => $id);
	return $reply->{json}{stats}[0] // { traffic => {}, actions => {} };
}

sub reports_are {
	my ($id, %want) = @_;
	my ($n, $a);
	my $sum = sub {
		$n = nats_report($id);
		$a = affise_report($id);
		my $c = $a->{actions}{confirmed} // {};
		return "$n->{page_view}/$n->{advertiser_initial}/" . ($n->{advertiser_initial_amount} + $n->{goal_amount}) . "/$n->{affiliate_payout}"
		    . " " . join '/', $a->{traffic}{raw} // 0, $c->{count} // 0, map { ($c->{$_} // 0) * 100 } qw(charge revenue);
	};
	my $goals = $want{goals} // 0;
	my $want = "$want{clicks}/$want{initials}/$want{charge}/$want{payout} "
	    . join '/', $want{clicks}, $want{initials} + $goals, $want{charge}, $want{payout};
	poll_until("offer $id: both reports say the same ($want)", sub { $sum->() eq $want }, 20)
	    or diag("got: " . $sum->());
	return;
}

# ---- accounts: whichever made them ----
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my $partner = $net->affise(POST => 'admin/partner', email => 'p@example.com', password => 'pw', login => 'Paul')->{json}{partner};
my $adv_hex = $net->affise(POST => 'admin/advertiser', title => 'Laden')->{json}{advertiser}{id};
my $adv_id = $srv->sql('SELECT id FROM account WHERE hex24 = ?', $adv_hex);

# ---- added by NATS ----
my $one = $net->offer(name => 'From NATS', url => 'http://nats.example/?c=%%click_hash%%', advertiserid => $adv,
	offer_description => 'A text', advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
	commission_type => 'cpa', flat_amount_per_conversion => '3.75', date_expire => '2099-01-01');
my $o = shown($one);
is_deeply [ @$o{qw(id title url status privacy stop_at)} ], [ $one, 'From NATS', 'http://nats.example/?c=%%click_hash%%',
	'active', 'public', '2098-12-31 23:59:59' ], 'Affise shows it';
is $o->{advertiser}, $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv), 'with its advertiser';
is_deeply $o->{description_lang}, { en => 'A text' }, 'and its text';
is_deeply [ map { [ @$_{qw(goal total revenue type currency)} ] } @{ $o->{payments} } ], [ [ '1', 25, 3.75, 'fixed', 'usd' ] ],
    'and its commission as the general payment';
is scalar(grep { $_->{id} == $one } @{ $net->affise(GET => 'offers', key => $partner->{api_key})->{json}{offers} }), 1,
    'an affiliate of the other API finds it';

my $lp = $net->nats(POST => 'offer/add_landing_page', offerid => $one, name => 'Two', url => 'http://two.example/')
    ->{json}{message}{landing_pageid};
is_deeply shown($one)->{landings}, [ { id => $lp, title => 'Two', url => 'http://two.example/', url_preview => '', type => 'landing' } ],
    'a further landing page is a landing there';

# Clicked through both doors, reported by both scripts, by affiliates of both APIs.
my $hash = $net->click($net->link_of($aff, $one));
like $hash, qr/^[0-9a-f]{15}\.\d{8}\z/, 'a click through /track has a click hash';
is $net->pixel(click_hash => $hash, orderid => 'N1'), '*success*', 'which converts by the pixel script';
my $link = $net->affise(GET => "offer/$one", key => $partner->{api_key})->{json}{offer}{link};
my $id = $net->click("$link&sub1=x");
ok defined $id, 'a click through the link of the other API';
my $hex = $id =~ /\./ ? sub { my ($p, $s, $u, $d, $e) = $id =~ /^(.)(.{8})(.{5})(.)\.(.{8})/; sprintf '%s%s%s%010x', $s, $u, $p, "$d$e" }->() : $id;
is_deeply $net->postback(clickid => $hex, action_id => 'A1'), { status => 1 }, 'converts by the postback';
is_deeply $net->postback(clickid => $hex, action_id => 'A1'), { status => 2, error => 'Conversion exists' }, 'once';
like $net->pixel(click_hash => $hash, orderid => 'N1'), qr/^\*error\* - Duplicate orderid/, 'as the other one does';
reports_are($one, clicks => 2, initials => 2, charge => 5000, payout => 750);

# Edited by Affise; NATS shows it, and the books go by the new price from now on.
affise_edit($one, title => 'Edited', advertiser => $adv_hex, url => 'http://affise.example/?c={clickid}', stopDate => '2090-05-05',
	pay(0, goal => 1, total => 40, revenue => 10, currency => 'USD', type => 'fixed'));
my $d = details($one);
is_deeply [ @$d{qw(name advertiserid advertiser_username date_expire cost_type cost_flat commission_type flat_amount_per_conversion)} ],
    [ 'Edited', $adv_id, 'Laden', '3797712000', 'conversion', '40', 'cpa', '10' ], 'NATS shows what Affise edited';
is $d->{landing_pages}{ (grep { $d->{landing_pages}{$_}{default} } keys %{ $d->{landing_pages} })[0] }{url},
    'http://affise.example/?c={clickid}', 'with the URL of the default landing page';
is $d->{offer_description}, 'A text', 'and what Affise did not send';
$id = $net->click($net->link_of($partner->{id}, $one));
like $id, qr/^[0-9a-f]{24}\z/, 'the new URL is in force when the call returns; its macro fills in the other spelling';
is $net->pixel(click_hash => $id, orderid => 'N2'), '*success*', 'which the pixel script takes too';
reports_are($one, clicks => 3, initials => 3, charge => 9000, payout => 1750);

# ---- added by Affise ----
my $two = $net->affise(POST => 'admin/offer', title => 'From Affise', advertiser => $adv_hex, status => 'active',
	url => 'http://a.example/?c={clickid}', hold_period => 0, 'caps[0][period]' => 'all', 'caps[0][value]' => 1000,
	pay(0, goal => 1, total => 20, revenue => 10, currency => 'USD', type => 'percent'),
	pay(1, goal => 'Install', total => 5, revenue => 2, currency => 'USD', type => 'fixed'))->{json}{id};
$d = details($two);
is_deeply [ @$d{qw(name active advertiserid cost_type cost_perc commission_type percentage_of_customer_conversion
	percentage_commission_source)} ], [ 'From Affise', '1', $adv_id, 'sale', '20', 'cps', '10', '1' ],
    'NATS shows it, the percent payment as a share of gross';
is_deeply [ map { $_->{url} } values %{ $d->{landing_pages} } ], ['http://a.example/?c={clickid}'], 'with its landing page';

$hash = $net->click($net->link_of($aff, $two, subaff => 'm'));
is $net->pixel(click_hash => $hash, orderid => 'B1', gross => 60), '*success*', 'clicked and converted in the NATS way';
is_deeply $net->postback(clickid => $net->click("/click?pid=$aff&offer_id=$two"), action_id => 'B2', sum => 100), { status => 1 },
    'and in the Affise way';
is_deeply $net->postback(clickid => $net->click("/click?pid=$partner->{id}&offer_id=$two"), goal => 'install'), { status => 1 },
    'and its goal';
reports_are($two, clicks => 3, initials => 2, goals => 1, charge => 1200 + 2000 + 500, payout => 600 + 1000 + 200);

nats_edit($two, name => 'Edited by NATS', advertiser_cost_perc => 30, percentage_of_customer_conversion => 15,
	authorized => 'US,DE', deduct_window => 9);
$o = shown($two);
is $o->{title}, 'Edited by NATS', 'Affise shows what NATS edited';
is_deeply [ map { join '/', @$_{qw(goal total revenue type)} } @{ $o->{payments} } ], [ '1/30/15/percent', 'Install/5/2/fixed' ],
    'with the new price; the goal of the other API is not lost';
is_deeply [ map { $_->{value} } @{ $o->{caps} } ], [1000], 'nor is its cap';
nats_edit($two, authorized => '');
is $net->pixel(click_hash => $net->click($net->link_of($aff, $two)), orderid => 'B3', gross => 10), '*success*', 'a sale at the new price';
reports_are($two, clicks => 4, initials => 3, goals => 1, charge => 3700 + 300, payout => 1800 + 150);

# ---- what a dialect cannot express, it does not lose (C2) ----
my $rich = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
	commission_type => 'hybrid', flat_amount_per_click => '0.01', flat_amount_per_visitor => '0.02',
	flat_amount_per_conversion => 3, flat_amount_per_continuity => 1, percentage_of_customer_continuity => 5,
	offer_description => 'keep', hidden => 1, authorized => 'US', cookie_duration => 3, deduct_window => 4, conversion_default => 7);
my $before = details($rich);
affise_edit($rich, title => 'x');
is_deeply { %{ details($rich) }, name => 'Offer', offer => 'Offer' }, $before, 'a title of Affise leaves all else of NATS';
affise_edit($rich, pay(0, goal => 1, total => 30, revenue => 4, currency => 'USD', type => 'fixed'));
is_deeply details($rich), { %$before, name => 'x', offer => 'x', cost_flat => '30', flat_amount_per_conversion => '4', conversion => '4', affiliate_payout => '4' },
    'a payment of Affise changes the price of a conversion alone';
affise_edit($rich, pay(0, goal => 1, total => 10, revenue => 20, currency => 'USD', type => 'percent'));
is_deeply details($rich), { %$before, name => 'x', offer => 'x', cost_type => 'sale', cost_flat => '', cost_perc => '10',
	flat_amount_per_conversion => '', percentage_of_customer_conversion => '20', percentage_commission_source => '1', conversion => '', affiliate_payout => '' },
    'a percent payment too';
affise_edit($rich, payments => '');
$d = details($rich);
is_deeply [ @$d{qw(flat_amount_per_click flat_amount_per_visitor flat_amount_per_conversion flat_amount_per_continuity cost_type)} ],
    [ '0.01', '0.02', '', '1', '' ], 'no payment: clicks and continuities go on paying';

# What is shown for a rule that no payment can say exactly, and sent back as it is, changes nothing.
my @exact = ([ 25, 3.75, 'fixed', commission_type => 'cps', percentage_of_customer_conversion => 15 ],
	[ 25, 5.75, 'fixed', commission_type => 'hybrid', percentage_of_customer_conversion => 15, flat_amount_per_conversion => 2 ],
	[ 0, 0, 'fixed', advertiser_cost_type => 'click', advertiser_cost_flat => '0.5', commission_type => 'click', flat_amount_per_click => '0.1' ],
	[ 100, 15, 'percent', advertiser_cost_type => 'dynamic_conversion', commission_type => 'cps', percentage_of_customer_conversion => 15 ],
	[ 0, 15, 'percent', advertiser_cost_type => '', commission_type => 'cps', percentage_of_customer_conversion => 15 ]);
for my $case (@exact) {
	my ($total, $revenue, $type, @price) = @$case;
	my $offer = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, @price);
	my $was = details($offer);
	my $p = shown($offer)->{payments};
	is_deeply [ map { "$_->{total}/$_->{revenue}/$_->{type}" } @$p ], ["$total/$revenue/$type"], "shown as $total, $revenue, $type";
	affise_edit($offer, _json => { payments => $p });
	is_deeply details($offer), $was, 'sent back as it is, nothing changes';
	is $srv->sql('SELECT COUNT(*) FROM payout_rule WHERE offer_id = ?', $offer), 1, 'and no version is made';
}

# ---- states (C4) ----
my $state = $net->offer(name => 'State', date_expire => '2099-01-01');
affise_edit($state, status => 'suspended');
$d = details($state);
is $d->{active}, '1', 'suspended there is not inactive here';
cmp_ok $d->{date_expire}, '<=', time, 'but expired';
is $srv->get($net->link_of($aff, $state))->{status}, 404, 'no new clicks';
nats_edit($state, date_expire => '2099-01-01');
is shown($state)->{status}, 'active', 'a later date here is active there';
is shown($state)->{stop_at}, '2098-12-31 23:59:59', 'until that date';
nats_edit($state, date_expire => '2020-01-01');
is shown($state)->{status}, 'suspended', 'expired here is suspended there';
affise_edit($state, status => 'active');
is details($state)->{date_expire}, '', 'active there clears the date that is past';
is $srv->get($net->link_of($aff, $state))->{status}, 302, 'and clicks are taken';
affise_edit($state, status => 'stopped');
is details($state)->{active}, '0', 'stopped there is inactive here';

# The books are right after all of this.
my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are right' or diag("$out$err");

done_testing;
