#!/usr/bin/perl
# A stats process that stands still: clicks fill their ring and are then refused, or redirected with the loss
# counted, as the setting says; a report that is not on disk is answered with 503 and nothing else is.
use strict;
use warnings;

use HTTP::Tiny;
use Test::More;
use Affiliated::Test;

sub network {
	my ($srv) = @_;
	my $dbh = $srv->dbh;
	$dbh->begin_work;
	$dbh->do($_) for
		"INSERT INTO account (id, hex24, type, username, status, created_us, updated_us) VALUES (42, 'b', 100, 'bob', 0, 1, 1)",
		"INSERT INTO offer (id, hex24, name, default_lp_id, created_us, updated_us) VALUES (251, 'a', 'Shoes', 310, 1, 1)",
		"INSERT INTO landing_page (id, offer_id, name, url, created_us, updated_us)
		 VALUES (310, 251, 'Home', 'http://shop.example/?c={clickid}', 1, 1)",
		'INSERT INTO commission (id, offer_id) VALUES (7, 251)',
		'UPDATE catalog_version SET version = 2', 'INSERT INTO catalog_change VALUES (2, 2, 42), (2, 3, 251)';
	$dbh->commit;
	return;
}

sub metric {
	my ($srv, $name) = @_;
	return $srv->get('/metrics')->{content} =~ /^affiliated_${name} (\d+)/m ? $1 : undef;
}

for my $setting ('refuse', 'redirect') {
	my $srv = affiliated_start(workers => 1, config => { ring_clicks_bytes => '64KiB', full_ring => $setting,
		postback_wait => '300ms' });
	my $http = HTTP::Tiny->new(max_redirect => 0, agent => browser_ua(), keep_alive => 1);
	my $url = "$srv->{url}/click?pid=42&offer_id=251";
	my ($redirected, $refused, $last) = (0, 0);

	network($srv);
	poll_until("$setting: clicks go through", sub { $last = $http->get($url); $redirected += $last->{status} == 302;
		($last->{headers}{location} // '') =~ /shop/ });
	# What was asked before the offer was there is a row as well.
	poll_until("$setting: and are booked", sub { $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0') == $redirected });
	my ($stats) = @{ $srv->children->{stats} };
	kill 'STOP', $stats;
	for (1 .. 400) {
		$last = $http->get($url);
		last if $last->{status} == 503 && ++$refused;
		$redirected++ if $last->{status} == 302;
	}
	if ($setting eq 'refuse') {
		is $refused, 1, 'a full ring refuses';
		ok $last->{headers}{'retry-after'}, 'and says when to come again';
		cmp_ok $redirected, '>', 50, 'having taken what it has room for';
		ok metric($srv, 'ring_full_clicks_total') > 0, 'which is counted';
	} else {
		is $redirected, 401, 'every click is redirected';
		like $last->{headers}{location}, qr/c=[0-9a-f]{24}$/, 'with an id';
		cmp_ok metric($srv, 'clicks_lost_total'), '>', 100, 'and those that are lost are counted';
	}
	my $r = $srv->get('/signup/process_pixel.php?click_hash=35b71a300115be9.16738986');
	is $r->{status}, 503, "$setting: a report that is on no disk is answered with 503";
	is $r->{content}, '*error* - Try again later.', 'in the words of its dialect';
	is $srv->get('/postback?clickid=5b71a300115be30036a453aa')->{status}, 503, 'so is a postback';
	kill 'CONT', $stats;
	my $rows = $redirected - ($setting eq 'redirect' ? metric($srv, 'clicks_lost_total') : 0);
	poll_until("$setting: every other one is a row", sub { $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0') == $rows });
	poll_until("$setting: and clicks go through again", sub { $http->get($url)->{status} == 302 });
}

done_testing;
