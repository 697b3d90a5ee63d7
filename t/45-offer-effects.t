# What each parameter of an offer, a landing page and the network does to clicks and conversions.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
sub log_says { my ($re) = @_; open my $f, '<', $srv->log_file or return; return scalar grep { $_ =~ $re } <$f> }
my $how = qr/affiliatectl config set ADMIN_API_ALLOWED_IPS/;
poll_until('a start that lets nobody administer says how to change that', sub { log_says($how) == 1 });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my $order = 0;

sub target { my ($offer, @p) = @_; my $r = $srv->get($net->link_of($aff, $offer, @p)); return $r->{status} == 302 ? $r->{headers}{location} : $r->{status} }

sub edit {
	my ($offer, @p) = @_;
	my $r = $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, @p);
	is $r->{json}{result}, 'Success', "edited: $p[0]" or diag($r->{content});
	return;
}

sub affise_edit {
	my ($offer, @p) = @_;
	my $r = $net->affise(POST => "admin/offer/$offer", @p);
	is $r->{status}, 200, "edited: $p[0]" or diag($r->{content});
	return;
}

# Clicks and converts; answers the order id.
sub convert {
	my ($offer, @p) = @_;
	my $hash = $net->click($net->link_of($aff, $offer));
	is $net->pixel(click_hash => $hash, orderid => 'O' . ++$order, @p), '*success*', "order O$order";
	return "O$order";
}

# Revenue and payout of a conversion, and its status number.
sub conversion {
	my ($o) = @_;
	my $row = $srv->rows('SELECT revenue, payout, status FROM conversion WHERE orderid = ?', $o)->[0];
	return $row ? join '/', $row->{revenue} / 1e6, $row->{payout} / 1e6, $row->{status} : 'none';
}

# ---- when and where ----
my $offer = $net->offer;
my $page = $net->nats(POST => 'offer/add_landing_page', offerid => $net->offer(name => 'Elsewhere'), name => 'E',
	url => 'http://elsewhere.example/')->{json}{message}{landing_pageid};
like target($offer), qr{^http://shop\.example/\?c=[0-9a-f.]+\z}, 'a live offer';
edit($offer, date_live => '+1 hour');
is target($offer), 404, 'date_live ahead: no place to go';
edit($offer, date_live => '', date_expire => '-1 hour');
is target($offer), 404, 'expired: no place to go';
edit($offer, expire_url => 'http://expired.example/x');
is target($offer), 'http://expired.example/x', 'expired: expire_url';
edit($offer, expire_landing_pageid => $page);
is target($offer), 'http://elsewhere.example/', 'expired: expire_landing_pageid counts first';
edit($offer, date_expire => '');
like target($offer), qr{^http://shop\.example/}, 'live again';
edit($offer, authorized => 'US');
is target($offer), 404, 'authorized: an unknown country is not listed';
edit($offer, authorized => '', unauthorized => 'US');
like target($offer), qr{^http://shop\.example/}, 'unauthorized: an unknown country is not listed either';
edit($offer, url => 'http://moved.example/?c=%%click_hash%%');
like target($offer), qr{^http://moved\.example/}, 'url: the landing page has moved';

# ---- cookie_duration ----
for my $days (30, 7) {
	edit($offer, cookie_duration => $days) if $days != 30;
	my $r = $srv->get($net->link_of($aff, $offer));
	my @cookies = ref $r->{headers}{'set-cookie'} ? @{ $r->{headers}{'set-cookie'} } : $r->{headers}{'set-cookie'};
	ok scalar(grep { /^oc_$offer=.*Max-Age=@{[ $days * 86400 ]}\b/ } @cookies), "a cookie of $days days";
}

# ---- prices: what the advertiser pays, what the affiliate gets ----
my @prices = (
	[ 'nothing set: the amount sent', '10/0/1', [ amount => 10 ] ],
	[ 'conversion: flat, whatever was sent', '25/0/1', [ amount => 10 ], advertiser_cost_type => 'conversion', advertiser_cost_flat => 25 ],
	[ 'dynamic_conversion: the amount sent', '10/0/1', [ amount => 10 ], advertiser_cost_type => 'dynamic_conversion' ],
	[ 'sale: a share of gross', '12/0/1', [ amount => 10, gross => 60 ], advertiser_cost_type => 'sale', advertiser_cost_perc => 20 ],
	[ 'click: nothing for conversions', '0/0/1', [ amount => 10 ], advertiser_cost_type => 'click', advertiser_cost_flat => 1 ],
	[ 'cpa', '10/3/1', [ amount => 10 ], commission_type => 'cpa', flat_amount_per_conversion => 3 ],
	[ 'cps of revenue', '10/1.5/1', [ amount => 10, gross => 60 ], commission_type => 'cps', percentage_of_customer_conversion => 15 ],
	[ 'cps of gross', '10/9/1', [ amount => 10, gross => 60 ], commission_type => 'cps', percentage_of_customer_conversion => 15,
		percentage_commission_source => 1 ],
	[ 'cps of gross without gross: pending', '10/0/2', [ amount => 10 ], commission_type => 'cps',
		percentage_of_customer_conversion => 15, percentage_commission_source => 1 ],
	[ 'cps counts no flat rate', '10/1.5/1', [ amount => 10 ], commission_type => 'cps', percentage_of_customer_conversion => 15,
		flat_amount_per_conversion => 3 ],
	[ 'hybrid counts all', '10/4.5/1', [ amount => 10 ], commission_type => 'hybrid', percentage_of_customer_conversion => 15,
		flat_amount_per_conversion => 3 ],
	[ 'conversion_default', '7/0/1', [], conversion_default => 7 ],
	[ 'conversion_default of gross', '1.4/0/1', [], conversion_default => 7, conversion_default_type => 2,
		advertiser_cost_type => 'sale', advertiser_cost_perc => 20 ],
);
for my $case (@prices) {
	my ($what, $want, $sent, @set) = @$case;
	is conversion(convert($net->offer(advertiserid => $adv, @set), @$sent)), $want, $what;
}
{
	my $o = $net->offer(advertiserid => $adv, advertiser_cost_type => 'unique', advertiser_cost_flat => '0.5',
		commission_type => 'click', flat_amount_per_click => '0.01', flat_amount_per_visitor => '0.02');
	$srv->get($net->link_of($aff, $o)) for 1 .. 2;
	poll_until('click and visitor rates are paid, unique clicks charged', sub {
		join('/', map { $_ // 0 } values %{ $srv->rows('SELECT SUM(payout) AS a FROM click WHERE offer_id = ?', $o)->[0] },
			values %{ $srv->rows('SELECT SUM(revenue) AS a FROM click WHERE offer_id = ?', $o)->[0] }) eq '40000/500000';
	});
	$o = $net->offer(continuity_default => 4, commission_type => 'cps', percentage_of_customer_continuity => 50);
	my $hash = $net->click($net->link_of($aff, $o));
	$net->pixel(click_hash => $hash, orderid => 'I1', subscription_id => 'S1', amount => 20);
	is $net->pixel(offerid => $o, orderid => 'I2', subscription_id => 'S1'), '*success*', 'a continuity';
	is conversion('I2'), '4/2/1', 'continuity_default and its percentage';
}

# ---- voids and what they take back ----
my %paid = (commission_type => 'cpa', flat_amount_per_conversion => 3);
sub left {
	my ($o) = @_;
	return $srv->sql('SELECT SUM(p.amount) FROM payout_row p JOIN txn t ON t.txn_us = p.txn_us AND t.node_id = p.node_id WHERE t.orderid = ?', $o) / 1e6;
}
for my $case ([ 0, 'by default a void takes the payout back' ], [ 3, 'deduct_voids 0: it stays', deduct_voids => 0 ],
	[ 3, 'min_deduct_date ahead: it stays', min_deduct_date => '+1 day' ],
	[ 0, 'min_deduct_date past: it goes', min_deduct_date => '-1 day' ],
	[ 0, 'deduct_window not over: it goes', deduct_window => 1 ]) {
	my ($want, $what, @set) = @$case;
	my $o = convert($net->offer(%paid, @set), amount => 9);
	$net->nats(POST => 'transaction/process_void', orderid => $o);
	is left($o), $want, $what;
}

# ---- landing pages ----
{
	my $o = $net->offer;
	my $lp = sub { return $net->nats(POST => 'offer/add_landing_page', offerid => $o, name => 'P', url => 'http://p.example/?c=%%click_hash%%', @_)->{json}{message}{landing_pageid} };
	my $deaf = $lp->(postback_ips => '192.0.2.1');
	my $hash = $net->click($net->link_of($aff, $o, landing_pageid => $deaf));
	is $net->pixel(click_hash => $hash, orderid => 'IP'), '*error* - IP not allowed.', 'postback_ips without us';
	my $ours = $lp->(postback_ips => '192.0.2.1, 127.0.0.0/8');
	is $net->pixel(click_hash => $net->click($net->link_of($aff, $o, landing_pageid => $ours)), orderid => 'IP2'), '*success*',
	    'postback_ips with us';
	my ($deep, $flat) = ($lp->(), $lp->(disable_deep_linking => 1));
	my %got = map { $_ => $srv->get($net->link_of($aff, $o, landing_pageid => $_) . '/more?x=1')->{headers}{location} } $deep, $flat;
	like $got{$deep}, qr{^http://p\.example/more\?}, 'deep links go along';
	like $got{$flat}, qr{^http://p\.example/\?c=[0-9a-f.]+\z}, 'disable_deep_linking: they do not';
	my $voids = $lp->(void_ips => '127.0.0.1');
	$hash = $net->click($net->link_of($aff, $o, landing_pageid => $voids));
	$net->pixel(click_hash => $hash, orderid => 'RV', amount => 5);
	is $srv->get('/signup/process_void.php?orderid=RV&type=void')->{content}, '*error* - Remote voids are switched off.',
	    'remote voids are off by default';
	$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', 1);
	poll_until('a second later they are on; void_ips with us', sub {
		$srv->get('/signup/process_void.php?orderid=RV&type=void')->{content} eq '*success*' }, 5);
	is $srv->get('/signup/process_void.php?orderid=IP2&type=void')->{content}, '*error* - IP not allowed.',
	    'no list of senders: nobody may void';
}

# ---- parameters of the other API ----
my $hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv);
my @fixed = ('payments[0][goal]' => 1, 'payments[0][total]' => 5, 'payments[0][revenue]' => 2, 'payments[0][currency]' => 'USD',
	'payments[0][type]' => 'fixed');
my $two = $net->affise(POST => 'admin/offer', title => 'Two', advertiser => $hex, status => 'active',
	url => 'http://two.example/?c={clickid}', @fixed)->{json}{id};
my $go = "/click?pid=$aff&offer_id=$two";
sub door { my $r = $srv->get($go); return $r->{headers}{location} // $r->{status} }

sub posted {
	my (@p) = @_;
	my $id = $net->click($go) // die 'no click';
	$net->postback(clickid => $id, action_id => 'P' . ++$order, @p);
	my $row = $srv->rows('SELECT status, comment, revenue, payout FROM conversion WHERE orderid = ?', "P$order")->[0];
	return $row ? join '/', @$row{qw(status comment)}, $row->{revenue} / 1e6, $row->{payout} / 1e6 : 'none';
}
is posted(), '1//5/2', 'a payment: confirmed, with its total and revenue';
affise_edit($two, hold_period => 3);
is posted(), '5//5/2', 'hold_period: held';
affise_edit($two, hold_period => 0, allowed_ip => '192.0.2.1');
my $id = $net->click($go);
is_deeply $net->postback(clickid => $id, action_id => 'X1'), { status => 2, error => 'Current IP-address is denied' }, 'allowed_ip without us';
affise_edit($two, allowed_ip => "192.0.2.1\n127.0.0.1-127.0.0.9");
is_deeply $net->postback(clickid => $id, action_id => 'X1'), { status => 1 }, 'allowed_ip with us';
affise_edit($two, allowed_ip => '', @fixed, 'payments[0][countries][]' => 'US');
is posted(), '3/Payments not found/0/0', 'a payment for another country: declined';
affise_edit($two, @fixed, 'payments[0][countries][]' => 'US', 'payments[0][country_exclude]' => 1);
is posted(), '1//5/2', 'for all countries but that';
affise_edit($two, @fixed, 'payments[0][goal]' => 'lead');
is posted(), '3/Payments not found/0/0', 'a payment for another goal: declined';
is posted(goal => 'LEAD'), '1//5/2', 'for this one, in any case';
affise_edit($two, @fixed);
is posted(goal => 'unpaid'), '3/Payments not found/0/0', 'a goal that no payment names';
my $used = $srv->sql('SELECT COUNT(*) FROM conversion WHERE offer_id = ? AND status IN (1, 2, 5)', $two);
affise_edit($two, 'caps[0][period]' => 'day', 'caps[0][value]' => $used + 1);
is posted(), '1//5/2', 'a cap with room for one';
is posted(), '3/Cap is reached/5/2', 'and then none';
affise_edit($two, 'caps[0][period]' => 'day', 'caps[0][value]' => $used + 2);
is posted(), '1//5/2', 'a raised cap goes on counting';
is posted(), '3/Cap is reached/5/2', 'from where it was';
affise_edit($two, caps => '');
is posted(), '1//5/2', 'no cap';
affise_edit($two, start_at => '2099-01-01');
like door(), qr/^\d+\z/, 'start_at ahead: a plain page, no redirect';
affise_edit($two, start_at => '', trafficback_url => 'http://back.example/?p={pid}');
like door(), qr/^http:\/\/two\.example\//, 'live';
$id = $net->click($go);
affise_edit($two, status => 'suspended');
is door(), "http://back.example/?p=$aff", 'suspended: clicks go to trafficback_url';
is_deeply $net->postback(clickid => $id, action_id => 'S1'), { status => 1 }, 'postbacks of earlier clicks are taken';
affise_edit($two, status => 'stopped');
is door(), "http://back.example/?p=$aff", 'stopped: clicks go there too';
is_deeply $net->postback(clickid => $id, action_id => 'S2'), { status => 2, error => 'Offer disabled' }, 'and postbacks are refused';

# ---- accounts ----
affise_edit($two, status => 'active');
my %to = ('not active' => 1, 'banned' => 1, 'on moderation' => 1, 'active' => 0);
for my $status (sort keys %to) {
	(my $mail = "$status\@p.example") =~ tr/ /-/;
	my $p = $net->affise(POST => 'admin/partner', email => $mail, password => 'x', status => $status)->{json}{id};
	my $r = $srv->get("/click?pid=$p&offer_id=$two");
	like $r->{headers}{location}, $to{$status} ? qr/back\.example/ : qr/two\.example/, "an affiliate who is $status";
}

# ---- the network's settings: in force within a second ----
sub set { $srv->ctl_ok('config', 'set', @_); return }
my $dead = $net->offer(name => 'Dead', date_expire => '-1 day');
set('fallback_url', 'http://fallback.example/');
poll_until('fallback_url', sub { target($dead) eq 'http://fallback.example/' }, 5);
affise_edit($two, trafficback_url => '', status => 'stopped');
set('trafficback_url', 'http://global.example/?p={pid}');
poll_until('trafficback_url', sub { door() eq "http://global.example/?p=$aff" }, 5);
affise_edit($two, trafficback_url => 'http://back.example/');
is door(), 'http://back.example/', "the offer's own counts first";
set('trafficback_use_for_disabled', 1);
poll_until('trafficback_use_for_disabled', sub { door() eq "http://global.example/?p=$aff" }, 5);
set('default_authorized', 'US');
poll_until('default_authorized', sub { target($offer) !~ /moved\.example/ }, 5);
set('default_authorized', '');
poll_until('and back', sub { target($offer) =~ /moved\.example/ }, 5);
my $open = $net->offer(name => 'Open');
set('unauthenticated_posts', 'refuse');
poll_until('unauthenticated_posts refuse', sub {
	$net->pixel(click_hash => $net->click($net->link_of($aff, $open)), orderid => 'U' . ++$order) =~ /^\*error\*/ }, 5);
set('unauthenticated_posts', 'pending');
poll_until('unauthenticated_posts pending', sub {
	$net->pixel(click_hash => $net->click($net->link_of($aff, $open)), orderid => 'U' . ++$order) eq '*success*'
	    && conversion("U$order") =~ m{/2\z} }, 5);
set('unauthenticated_posts', 'accept');
set('global_post_ips', '192.0.2.1');
poll_until('global_post_ips', sub {
	$net->pixel(click_hash => $net->click($net->link_of($aff, $open)), orderid => 'U' . ++$order) eq '*error* - IP not allowed.' }, 5);
set('global_post_ips', '');
is $net->nats(GET => 'service/ping')->{content}, '1', 'an administrator at home';
set('ADMIN_API_ALLOWED_IPS', '192.0.2.1');
poll_until('ADMIN_API_ALLOWED_IPS without us', sub { $net->nats(GET => 'service/ping')->{status} == 403 }, 5);

# ---- keys ----
set('ADMIN_API_ALLOWED_IPS', '127.0.0.1');
poll_until('with us again', sub { $net->nats(GET => 'service/ping')->{status} == 200 }, 5);
my $old = $net->{key};
chomp(my $new = $srv->ctl_ok('key', 'rotate', 'admin'));
is $net->nats(GET => 'service/ping')->{status}, 200, 'a rotated key goes on working';
$net->{key} = $new;
is $net->nats(GET => 'service/ping')->{status}, 200, 'and so does the new one';
chomp($net->{key} = $srv->ctl_ok('key', 'rotate', 'admin', '--now'));
is $net->nats(GET => 'service/ping')->{status}, 200, 'a key rotated at once';
for my $dead_key ($old, $new) {
	local $net->{key} = $dead_key;
	is $net->nats(GET => 'service/ping')->{status}, 401, 'ends the others at once';
}
$srv->ctl_ok('key', 'revoke', 'admin');
is $net->affise(GET => 'offers')->{status}, 401, 'a revoked key opens nothing';

my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are right' or diag("$out$err");
is $srv->stop, 0, 'a clean end';
$srv->launch;
is log_says($how), 1, 'a start with an address is silent about it';

done_testing;
