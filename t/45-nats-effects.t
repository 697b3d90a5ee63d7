# What the parameters of /api/offer do, each on its own and by both calls that take it: rates and restrictions of
# commission changes, who else is paid for a goal, what an offer and a landing page are made with and changed to.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 1, config => { trusted_proxies => ['127.0.0.1'] });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my ($bob, $anna) = map { $net->affiliate($_) } qw(bob anna);
my ($n, $ip) = (0, 0);
my $url = 'http://shop.example/?c=%%click_hash%%';

sub fine { my ($r, $what) = @_; return ok(lc(ref $r->{json} eq 'HASH' ? $r->{json}{result} // '' : '') eq 'success', $what) || diag($r->{content}) }
sub patch { my ($call, @p) = @_; return fine($net->nats(PATCH => "offer/$call", @p), "$call $p[2] = " . ($p[3] // '')) }
sub details { my ($o) = @_; return $net->nats(GET => 'offer/get_details', offerid => $o)->{json}{data}{$o} }
sub from { return (headers => { 'X-Forwarded-For' => $_[0] // '198.51.100.' . ++$ip, 'User-Agent' => $_[1] // browser_ua() }) }
sub click { my ($o, %p) = @_; my @h = from(delete @p{qw(ip ua)}); return $net->click("/click?pid=" . (delete $p{pid} // $anna) . "&offer_id=$o&" . form(%p), @h) }
sub payout_of { return ($srv->sql('SELECT payout FROM conversion WHERE orderid = ?', @_) // die "no @_") / 1e6 }
# An offer of these parameters, by the call that takes them all at once or by the one that changes them.
sub made {
	my ($how, %p) = @_;
	return $net->offer(%p) if $how eq 'add_offer';
	my $o = $net->offer(map { exists $p{$_} ? ($_ => $p{$_}) : () } qw(advertiserid commission_type flat_amount_per_conversion));
	fine($net->nats(PATCH => 'offer/edit_offer', offerid => $o, %p), 'edit_offer ' . join ' ', sort keys %p);
	return $o;
}

# ---- commission changes: each rate alone, for somebody who is told from others by each restriction ----
{
	my @rates = qw(flat_amount_per_click flat_amount_per_visitor flat_amount_per_conversion flat_amount_per_continuity
		percentage_of_customer_conversion percentage_of_customer_continuity);
	my %base;
	@base{@rates} = ('0.01', '0.02', 3, 1, 10, 5);
	my @for = ([ subaff => 'sub1' ], (map { [ "subaff$_" => "sub$_" ] } 2 .. 5), [ username => undef ]);
	# What a new visitor's click, his conversion and his continuity of 100 each pay.
	my $pays = sub {
		my ($o, @sub) = @_;
		my $hash = click($o, @sub);
		$n++;
		$net->pixel(click_hash => $hash, orderid => "R$n", subscription_id => "S$n", amount => 100);
		$net->pixel(offerid => $o, orderid => "R$n-2", subscription_id => "S$n", amount => 100);
		my $click;
		poll_until('the click is there', sub { $click = $srv->sql('SELECT payout FROM click WHERE offer_id = ? ORDER BY click_us DESC LIMIT 1', $o);
			$srv->sql('SELECT COUNT(*) FROM click k JOIN conversion v ON v.click_us = k.click_us WHERE v.orderid = ?', "R$n") });
		return join ' ', $click / 1e6, payout_of("R$n"), payout_of("R$n-2");
	};
	my $expect = sub { my (%r) = @_; return join ' ', map { 0 + sprintf '%.6f', $_ } $r{ $rates[0] } + $r{ $rates[1] }, $r{ $rates[2] } + $r{ $rates[4] },
		$r{ $rates[3] } + $r{ $rates[5] } };
	for my $i (0 .. $#rates) {
		my $o = $net->offer(advertiserid => $adv, advertiser_cost_type => 'dynamic_conversion', commission_type => 'hybrid', %base);
		my ($who, $sub) = @{ $for[$i] };
		my $r = $net->nats(POST => 'offer/add_commission_change', offerid => $o, type => 'standard', $who => $who eq 'username' ? 'anna' : 'gold', $rates[$i] => 7);
		my $change = $r->{json}{message}{changeid} // diag $r->{content};
		my @she = $sub ? ($sub => 'gold') : ();
		is $pays->($o, @she), $expect->(%base, $rates[$i] => 7), "a change of $rates[$i] for $who";
		is $pays->($o, $sub ? ($sub => 'silver') : (pid => $bob)), $expect->(%base), 'and for nobody else';
		patch('set_commission_change_payouts', offerid => $o, changeid => $change, $rates[$i] => '8.5');
		is $pays->($o, @she), $expect->(%base, $rates[$i] => 8.5), 'set to another amount';
		patch('set_commission_change_payouts', offerid => $o, changeid => $change, $rates[$i] => '');
		is $pays->($o, @she), $expect->(%base), 'empty: that of the default';
	}
}

# ---- goals: who is paid beside the affiliate ----
{
	my $o = $net->offer(advertiserid => $adv, advertiser_cost_type => 'dynamic_conversion', commission_type => 'cps', percentage_of_customer_conversion => 40);
	chomp(my $goal = $srv->ctl_ok('goal', 'add', 'lead', 'A lead'));
	$srv->ctl_ok('config', 'set', 'referral_tiers', '10');
	$srv->ctl_ok('manager', 'add', 'mary', 'mary@network.example');
	$srv->ctl_ok('partner', 'add', 'paul', 'paul@partner.example');
	$srv->ctl_ok('manager', 'set', 'mary', '4');
	$srv->ctl_ok('partner', 'set', $o, 'paul', '8');
	$net->nats(PATCH => 'affiliate/edit_affiliate', loginid => $anna, ref => $net->link_of($bob, $o, code_only => 1),
		affiliate_manager_loginid => $srv->sql("SELECT id FROM account WHERE username = 'mary'"));
	my $receivers = sub {
		my $order = 'G' . ++$n;
		$net->pixel(click_hash => click($o), orderid => $order, amount => 25, goal => 'lead');
		my ($t) = values %{ $net->nats(GET => 'report/transaction', period => 7, filter_orderid => $order)->{json} };
		return join ' ', sort map { $_->{type} } @{ $t->{payouts} };
	};
	my %role = (aff_manager_payout => 'affiliate_manager', aff_referral_payout => 'referral', offer_partner_payout => 'partner');
	my $without = sub { my %no = map { $_ => 1 } @_; return join ' ', 'affiliate', grep { !$no{$_} } qw(affiliate_manager partner referral) };
	my $set = sub { return patch('set_offer_goals', offerid => $o, map { ("goal_vars[0][$_->[0]]" => $_->[1]) } @_) };
	$set->([ goal_id => $goal ], [ commission_type => 'percentage' ], [ amount => 50 ], map { [ $_ => 1 ] } sort keys %role);
	my ($entry) = grep { $_->{offer_goal_id} } @{ $net->nats(GET => 'offer/get_commission_changes', offerid => $o)->{json}{message}{changes} };
	my $og = $entry->{offer_goal_id};
	poll_until('all are paid for the goal', sub { $receivers->() eq $without->() });
	for my $switch (sort keys %role) {
		$set->([ offer_goal_id => $og ], [ $switch => 0 ]);
		is $receivers->(), $without->($role{$switch}), "set_offer_goals: $switch 0";
		patch('set_commission_change_payouts', offerid => $o, changeid => 0, goalid => $og, $switch => 1);
		is $receivers->(), $without->(), 'change 0 of the goal pays again';
	}
	for my $switch (sort keys %role) {
		my $change = $net->nats(POST => 'offer/add_commission_change', offerid => $o, type => 'standard', loginid => $anna, goalid => $og,
			flat_amount_per_conversion => 9, $switch => 0)->{json}{message}{changeid};
		is $receivers->(), $without->($role{$switch}), "a change of the goal: $switch 0";
		patch('set_commission_change_payouts', offerid => $o, changeid => $change, goalid => $og, $switch => 1);
		is $receivers->(), $without->(), 'and set again';
	}
}

# ---- what offers are made with, and changed to ----
my %price = (advertiserid => $adv, commission_type => 'cpa', flat_amount_per_conversion => 5);
$srv->ctl_ok('config', 'set', 'display_offer_email_fields', '1');
chomp(my $mail = $srv->ctl_ok('marketing', 'add', 'E-mail'));
for my $how (qw(add_offer edit_offer)) {
	chomp(my $group = $srv->ctl_ok('group', 'add', "Group of $how"));
	my $o = made($how, %price, ip_conversion_limit_flag => 2, ip_conversion_limit => 1);
	my $order = sub { return $how . ++$n };
	is $net->pixel(click_hash => click($o, ip => '203.0.113.1'), orderid => $order->()), '*success*', "$how: the first of an address";
	like $net->pixel(click_hash => click($o, ip => '203.0.113.1'), orderid => $order->()), qr/limit/, 'ip_conversion_limit: the second is one too many';

	my ($one, $two) = map { made($how, %price, offer_groups => $group, ip_conversion_group => $group, ip_conversion_limit_flag => 2, ip_conversion_limit => 1) } 1, 2;
	is $net->pixel(click_hash => click($one, ip => '203.0.113.2'), orderid => $order->()), '*success*', 'one offer of a group';
	like $net->pixel(click_hash => click($two, ip => '203.0.113.2'), orderid => $order->()), qr/limit/, 'ip_conversion_group: the other one counts it';

	$o = made($how, %price, prevent_cookie_dupes => 1);
	my $browser = sub { my ($more) = @_; my $id = $order->();
		$srv->get("/signup/process_pixel.php?offerid=$o&orderid=$id", headers => { Cookie => "oc_$o=" . click($o) . $more });
		return $srv->sql('SELECT CONCAT(status, " ", comment) FROM conversion WHERE orderid = ?', $id) };
	is $browser->(''), '1 ', 'a browser without a mark';
	is $browser->("; oc_d_$o=1"), '3 cookie duplicate', 'prevent_cookie_dupes: one that has converted';

	$o = made($how, %price, ip_lookup => 1);
	click($o, ip => '203.0.113.9', ua => browser_ua());
	my $id = $order->();
	poll_until('ip_lookup: another browser of the address is enough', sub {
		$srv->get("/signup/process_pixel.php?offerid=$o&orderid=$id", headers => { 'X-Forwarded-For' => '203.0.113.9', 'User-Agent' => browser_ua() . ' x',
			'Sec-Fetch-Dest' => 'image' });
		$srv->sql('SELECT COUNT(*) FROM conversion WHERE orderid = ? AND affiliate_id = ?', $id, $anna) });

	for my $case ([ 1, 2 ], [ 0, 9 ]) {
		my ($retro, $paid) = @$case;
		$o = made($how, %price, flat_amount_per_continuity => 2, retro_payout => $retro);
		my $who = $order->();
		$net->pixel(click_hash => click($o), orderid => "$who-1", subscription_id => $who, amount => 1);
		patch('edit_offer', offerid => $o, flat_amount_per_continuity => 9);
		$net->pixel(offerid => $o, orderid => "$who-2", subscription_id => $who, amount => 1);
		is payout_of("$who-2"), $paid, "retro_payout $retro: a customer of earlier rates";
	}

	$o = made($how, %price, no_personal_member_info => 1);
	my $who = $order->();
	$net->pixel(click_hash => click($o), orderid => $who, subscription_id => $who, firstname => 'Ada', city => 'London', email => 'ada@example.org');
	is_deeply [ @{ $net->nats(GET => 'customer/export', subscription_id => $who)->{json}{details} }{qw(firstname city email)} ], [ '', '', 'ada@example.org' ],
	    'no_personal_member_info: neither name nor address';

	$o = made($how, %price, 'device_types[]' => [ 1, 2 ]);
	is click($o), undef, 'device_types: no desktops';
	ok click($o, ua => 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1'),
	    'but phones';

	for my $case ([ [ advertiser_cost_type => 'conversion', advertiser_cost_flat => 25 ], 25 ], [ [ advertiser_cost_type => 'sale', advertiser_cost_perc => 20 ], 12 ]) {
		$o = made($how, %price, @{ $case->[0] });
		$id = $order->();
		$net->pixel(click_hash => click($o), orderid => $id, amount => 7, gross => 60);
		is $srv->sql('SELECT revenue FROM conversion WHERE orderid = ?', $id) / 1e6, $case->[1], "advertiser_cost_type $case->[0][1]";
	}

	# What is for reading.
	$o = made($how, %price, featured => 1, hide_payout_string => 1, commission_description => 'A crown', subject_lines => 'Read this', from_addresses => 'us@shop.example',
		marketing_types => $mail, force_url => 'http://shop.example/front', thumb_url => 'http://shop.example/t.png');
	my $d = details($o);
	my ($page) = values %{ $d->{landing_pages} };
	is_deeply [ @$d{qw(featured subject_lines from_addresses)}, values %{ $d->{marketing_types} }, @$page{qw(force_url thumb_url)} ],
	    [ '1', 'Read this', 'us@shop.example', 'E-mail', 'http://shop.example/front', 'http://shop.example/t.png' ], 'get_details shows what is for reading';
	is $net->affise(GET => "offer/$o")->{json}{offer}{is_top}, 1, 'featured: the other dialect puts it on top';
	is $net->nats(GET => 'affiliate/get_links', loginid => $anna, offerid => $o, get_commission => 1)->{json}{message}[0]{Commission}, 'A crown',
	    'hide_payout_string: commission_description in place of the rates';
}

# ---- ip_uniqueness_seconds: when a visitor is new again, for redirects ----
{
	my %o = map { $_ => made($_, %price, ip_uniqueness_seconds => 1) } qw(add_offer edit_offer);
	$o{long} = $net->offer(%price, ip_uniqueness_seconds => 3600);
	$srv->ctl_ok('redirect', 'add', $_, 'http://again.example/?c=%%click_hash%%', '--visitor', 'returning') for values %o;
	my $to = sub { my ($o, $n) = @_;
		return $srv->get("/click?pid=$anna&offer_id=$o{$o}", from("203.0.113.$n"))->{headers}{location} =~ /again/ ? 'again' : 'new' };
	poll_until("$_: a visitor who returns at once", sub { $to->($_, 1); $to->($_, 1) eq 'again' }) for sort keys %o;
	# Each visit begins the time anew, so each try is another visitor's second.
	for my $o (qw(add_offer edit_offer)) {
		my @who = 2 .. 250;
		$to->($o, $_) for @who;
		poll_until("$o: is new after ip_uniqueness_seconds", sub { @who && $to->($o, shift @who) eq 'new' });
	}
	is $to->('long', 1), 'again', 'and not before';
}

# ---- landing pages ----
{
	my $o = $net->offer(%price);
	my $lp = (values %{ details($o)->{landing_pages} })[0]{landing_pageid};
	my $edit = sub { return patch('edit_landing_page', landing_pageid => $lp, @_) };
	my $shown = sub { return details($o)->{landing_pages}{$lp}{ $_[0] } };
	$edit->($_->[0] => $_->[1]), is $shown->($_->[0]), $_->[1], 'is shown' for [ description => 'For all' ], [ internal_desc => 'For us' ];
	$edit->(preview_url => 'http://look.example/');
	is $net->affise(GET => "offer/$o")->{json}{offer}{preview_url}, 'http://look.example/', 'to affiliates, too';
	$edit->(private => 1, requestable => 0);
	is $net->affise(GET => "offer/$o")->{json}{offer}{privacy}, 'private', 'a private page';
	$edit->(requestable => 1);
	is $net->affise(GET => "offer/$o")->{json}{offer}{privacy}, 'protected', 'that may be asked for';
	$edit->(private => 0);
	my $hash = click($o);
	$edit->(postback_ips => '192.0.2.1');
	is $net->pixel(click_hash => $hash, orderid => 'LP'), '*error* - IP not allowed.', 'postback_ips without us';
	$edit->(postback_ips => '192.0.2.1,127.0.0.1');
	is $net->pixel(click_hash => $hash, orderid => 'LP', amount => 5), '*success*', 'with us';
	$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', 1);
	my $void = sub { return $srv->get('/signup/process_void.php?orderid=LP&type=void')->{content} };
	poll_until('void_ips: nobody by default', sub { $void->() eq '*error* - IP not allowed.' });
	$edit->(void_ips => '127.0.0.0/8');
	is $void->(), '*success*', 'void_ips with us';
	my $carried = sub { return $srv->get($net->link_of($anna, $o) . '?x=a%3Cb%3E%22', from())->{headers}{location} =~ s/.*[?&]x=//r };
	is $carried->(), 'ab', 'what a link brings is cleaned';
	$edit->(disable_url_sanitization => 1);
	is $carried->(), 'a%3Cb%3E%22', 'disable_url_sanitization: it is not';
}

# ---- caps and groups ----
{
	my ($o, $other) = map { $net->offer(%price) } 1, 2;
	my %cap;
	for my $days (qw(any weekdays weekends saturday sunday monday tuesday wednesday thursday friday)) {
		chomp($cap{$days} = $srv->ctl_ok('cap', 'add', '--offer' => $o, '--value' => 5, '--days' => $days));
	}
	my $list = sub { return join ' ', map { $_->{cap_redirect_id} } @{ $net->nats(GET => 'offer/get_conversion_caps', offerid => $o, @_)->{json}{data} } };
	is $list->(timeframe_restriction => $_ eq 'any' ? 'None' : ucfirst), $cap{$_}, "timeframe_restriction $_" for sort keys %cap;
	$srv->ctl_ok('cap', 'edit', $cap{friday}, '--enabled' => 0);
	is $list->(enabled => 0), $cap{friday}, 'enabled 0: the others';
	is $list->(enabled => 1, timeframe_restriction => 'Friday'), '', 'enabled 1: not that';
	my ($g1, $g2) = map { chomp(my $g = $srv->ctl_ok('group', 'add', "Set $_")); $g } 1, 2;
	my $groups = sub { return join ' ', sort { $a <=> $b } keys %{ details($o)->{groups} } };
	patch('set_offer_groups', offerid => $o, offer_groups => $g1, append => 1);
	patch('set_offer_groups', offerid => $o, offer_groups => $g2, append => 1);
	like $groups->(), qr/\b$g1 $g2$/, 'append adds a group';
	patch('set_offer_groups', offerid => $o, offer_groups => $g2);
	is $groups->(), $g2, 'without it the others go';
}

my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'verify' or diag "$out$err";
undef $net;
undef $srv;
done_testing;
