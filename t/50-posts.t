#!/usr/bin/perl
# Reports of advertisers against a real server: the three scripts, their forms of answer, and that nothing but
# 503 says "not stored".  The money behind them is tested with the books.
use strict;
use warnings;

use Test::More;
use Affiliated::Test;

my $srv = affiliated_start(workers => 2);

sub change {
	my ($kind, $id, @sql) = @_;
	my $dbh = $srv->dbh;
	$dbh->begin_work;
	$dbh->do($_) for @sql;
	$dbh->do('UPDATE catalog_version SET version = version + 1 WHERE one = 1');
	$dbh->do('INSERT INTO catalog_change SELECT version, ?, ? FROM catalog_version', undef, $kind, $id);
	$dbh->commit;
	return;
}

change(2, 9, "INSERT INTO account (id, hex24, type, username, status, created_us, updated_us) VALUES
	(9, 'a', 140, 'shop', 0, 1, 1), (42, 'b', 100, 'bob', 0, 1, 1)");
change(2, 42);
my %type = (251 => 'post', 252 => 'image', 253 => 'iframe');
for my $id (sort keys %type) {
	change(3, $id,
		"INSERT INTO offer (id, hex24, name, advertiser_id, default_lp_id, created_us, updated_us)
		 VALUES ($id, 'h$id', 'Offer $id', 9, $id + 100, 1, 1)",
		"INSERT INTO landing_page (id, offer_id, name, url, conversion_type, created_us, updated_us)
		 VALUES ($id + 100, $id, 'Home', 'http://shop.example/?h=%%click_hash%%&c={clickid}', '$type{$id}', 1, 1)",
		"INSERT INTO commission (id, offer_id) VALUES ($id + 200, $id)",
		"INSERT INTO payout_rule (offer_id, change_id, valid_from_us, currency, commission_type, aff_conversion, adv_cost_type,
		 adv_flat) VALUES ($id, 0, 0, 'USD', 'cpa', 5000000, 'conversion', 25000000)");
}
poll_until('offers can be clicked', sub { $srv->get('/click?pid=42&offer_id=253')->{status} == 302 });

# A click; both spellings of its id, and the cookie.
sub click {
	my ($offer, %h) = @_;
	my $r = $srv->get("/click?pid=42&offer_id=$offer", headers => \%h);
	my ($hash, $hex) = ($r->{headers}{location} // '') =~ /\?h=([^&]+)&c=(.+)$/ or die "no redirect: $r->{status}";
	return ($hash, $hex);
}

sub pixel { my ($q, %h) = @_; return $srv->get("/signup/process_pixel.php?$q", headers => \%h) }
sub postback { my ($q) = @_; return $srv->get("/postback?$q") }
sub conversions { return $srv->sql('SELECT COUNT(*) FROM conversion WHERE status IN (1, 5)') }

# process_pixel.php for servers
my ($hash, $hex) = click(251);
my $r = pixel("click_hash=$hash&orderid=A1&gross=60&firstname=Bob&secure=x");
is_deeply [@$r{qw(status content)}, $r->{headers}{'content-type'}], [200, '*success*', 'text/plain; charset=utf-8'],
	'a conversion, answered once it is booked';
is conversions(), 1, 'which it is';
is $r->{headers}{'cache-control'}, 'no-store', 'nobody keeps the answer';
is pixel("click_hash=$hash&orderid=A1")->{content}, '*error* - Duplicate orderid.', 'the same order again';
is $srv->sql('SELECT COUNT(*) FROM event_log WHERE request LIKE ?', '%secure=x%'), 0, 'the secret is not in the log';
is $srv->sql('SELECT COUNT(*) FROM event_log WHERE request LIKE ?', "click_hash=$hash&orderid=A1&gross=60%"), 1, 'the rest is';
($hash, $hex) = click(251);
is $srv->post('/signup/process_pixel.php', { transaction_hash => $hex, orderid => 'A2' })->{content}, '*success*',
	'POST, with the other spelling';
($hash, $hex) = click(251);
is $srv->post("/signup/process_pixel.php?orderid=ignored&click_hash=$hash", { orderid => 'A3' })->{content}, '*success*',
	'the body wins over the query';
is $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'A3'"), 1, 'as the order id shows';
is pixel('orderid=A4')->{content}, '*error* - Missing click_hash.', 'no click';
is pixel('click_hash=nonsense&orderid=A4')->{content}, '*error* - Invalid click_hash.', 'none';
my $unknown = substr($hash, 0, 15) . '.00000000';
is pixel("click_hash=$unknown&orderid=A4")->{content}, '*error* - Invalid click_hash.', 'a click that never was';
is pixel("click_hash=$hash&orderid=" . 'x' x 191)->{content}, '*error* - Invalid orderid.', 'an order id that is too long';
is pixel("click_hash=$hash&orderid=%ff")->{content} =~ /^\*error\* - / ? 1 : 0, 1, 'one that is no text';
is pixel("click_hash=$hash&orderid=A4&amount=9,95")->{content}, '*error* - Invalid amount (amount).', 'an amount that is none';

# In the browser: by the landing page's type, and by what the browser says.
my $gif = qr/^GIF89a.{36,}\x3b$/s;
my ($h2) = click(252);
$r = pixel('offerid=252&orderid=B1', Cookie => "oc_252=$h2");
is $r->{headers}{'content-type'}, 'image/gif', 'an image pixel';
like $r->{content}, $gif, 'is a GIF';
is $r->{headers}{'set-cookie'} // '', 'oc_d_252=1; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax', 'and marks who converted';
is $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'B1' AND offer_id = 252"), 1, 'found by the cookie';
$r = pixel('offerid=252&orderid=B2');
like $r->{content}, $gif, 'a GIF always';
ok !exists $r->{headers}{'set-cookie'}, 'without a conversion there is no mark';
my ($h3) = click(253);
$r = pixel('offerid=253&orderid=C1', Cookie => "oc_253=$h3");
is $r->{headers}{'content-type'}, 'text/html; charset=utf-8', 'an iframe pixel';
like $r->{content}, qr/^<!DOCTYPE html>.*\*success\*/s, 'is a page';
is pixel('offerid=251', 'Sec-Fetch-Dest' => 'image')->{headers}{'content-type'}, 'image/gif', 'the browser says image';
is pixel('offerid=251', Accept => 'image/avif,image/webp,*/*')->{headers}{'content-type'}, 'image/gif', 'or accepts images';
is pixel('offerid=251', 'Sec-Fetch-Dest' => 'iframe')->{headers}{'content-type'}, 'text/html; charset=utf-8', 'or iframe';

# /postback
($hash, $hex) = click(251);
$r = postback("clickid=$hex&action_id=D1&sum=100&comment=" . 'x' x 2000);
is_deeply [@$r{qw(status content)}], [200, "{\n    \"status\": 1\n}"], 'a postback';
is $r->{json}{status}, 1, 'is JSON';
is postback("clickid=$hex&action_id=D1")->{content}, "{\n    \"status\": 2,\n    \"error\": \"Conversion exists\"\n}", 'a duplicate';
is $srv->post('/postback', { click_id => $hash, action_id => 'D2' })->{json}{status}, 1, 'by POST, with the other spelling';
is postback('action_id=D3')->{json}{error}, 'Missing mandatory parameter clickid/click_id or ref_id or aimp_id', 'no click';
is postback('clickid=zz')->{json}{error}, 'Broken clickid', 'none';
is postback("clickid=$hex&action_id=" . 'x' x 300)->{json}{error}, 'Bad parameter: action_id', 'an action id that is too long';
is $srv->request('POST', '/postback', content => "{\"clickid\":\"$hex\",\"action_id\":\"D4\",\"goal\":\"reg\"}",
	headers => { 'Content-Type' => 'application/json' })->{json}{status}, 1, 'a JSON body';
is $srv->request('POST', '/postback', content => '{', headers => { 'Content-Type' => 'application/json' })->{json}{status}, 2,
	'one that is none';

# process_void.php
is $srv->get('/signup/process_void.php?orderid=A1&type=void')->{content}, '*error* - Remote voids are switched off.', 'switched off';

# Other methods and scripts
is $srv->request($_, '/signup/process_pixel.php')->{status}, 405, "$_ is no report" for qw(HEAD PUT DELETE);
is $srv->get('/signup/other.php')->{status}, 404, 'another script';

# The books are gone for a while: accepted, since it is on disk; and booked later.
($hash, $hex) = click(251);
poll_until('the click is booked', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE click_us = ?',
	hex(substr $hex, 0, 8) * 1_000_000 + hex substr $hex, 8, 5) == 1 });
my $lock = $srv->dbh;
$lock->do('LOCK TABLES fold_position WRITE');
is pixel("click_hash=$hash&orderid=E1")->{content}, '*success*', 'accepted when it is on disk and nothing more is known';
$lock->do('UNLOCK TABLES');
poll_until('and booked later', sub { $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'E1'") == 1 });

undef $lock;
undef $srv; # stopped here, so that an unclean end fails the test
done_testing;
