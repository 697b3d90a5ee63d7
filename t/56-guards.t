# What speaks against a conversion, through both doors and as both APIs set it: limits of addresses, a browser that
# has converted, the age of a click, and what the pixel of a landing page answers.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2, config => { trusted_proxies => ['127.0.0.1'] });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my %price = (advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cpa',
	flat_amount_per_conversion => 5);

# A click and a pixel's answer, from an address.
sub click_from { my ($ip, $offer) = @_; return $net->click("/click?pid=$aff&offer_id=$offer", headers => { 'X-Forwarded-For' => $ip }) }
sub report { my (@p) = @_; return $net->pixel(@p) }
sub comment_of { return $srv->sql('SELECT CONCAT(status, " ", comment) FROM conversion WHERE orderid = ? ORDER BY conv_us DESC LIMIT 1', @_) }
sub details { my ($offer) = @_; return $net->nats(GET => 'offer/get_details', offerid => $offer)->{json}{data}{$offer} }

# NATS: ip_conversion_limit
{
	my $offer = $net->offer(%price, ip_conversion_limit_flag => 2, ip_conversion_limit => 2);
	my $d = details($offer);
	is_deeply [ @$d{qw(ip_conversion_limit_flag ip_conversion_limit ip_conversion_group prevent_cookie_dupes ip_lookup)} ],
		[ 2, 2, 0, 0, 0 ], 'get_details shows what add_offer took';
	is report(click_hash => click_from('198.51.100.1', $offer), orderid => "L$_"), '*success*', "conversion $_ of the address" for 1, 2;
	is report(click_hash => click_from('198.51.100.1', $offer), orderid => 'L3'), '*error* - Conversion limit of this IP reached.',
		'the third is refused';
	is comment_of('L3'), '3 IP duplicate', 'and kept, with its reason';
	is $srv->sql("SELECT outcome FROM event_log WHERE request LIKE '%orderid=L3'"), 35, 'in the log of posts as well';
	is report(click_hash => click_from('198.51.100.1', $offer), orderid => 'L5'), '*error* - Conversion limit of this IP reached.', 'nor the fourth';
	my $confirm = sub {
		my ($first) = @{ $srv->rows('SELECT conv_us, node_id FROM conversion WHERE orderid = ? ORDER BY conv_us LIMIT 1', @_) };
		return $net->affise(POST => 'admin/conversion/edit', status => 'confirmed', ids =>
			sprintf '%08x%05x%03x00000000', $first->{conv_us} / 1_000_000, $first->{conv_us} % 1_000_000, $first->{node_id})->{status};
	};
	is $confirm->('L5'), 200, 'a manager takes it nevertheless';
	is $srv->sql("SELECT status FROM conversion WHERE orderid = 'L5'"), 1, '... and it is booked';
	is report(click_hash => click_from('198.51.100.2', $offer), orderid => 'L4'), '*success*', 'another address is another matter';
	my $r = $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, ip_conversion_limit_flag => 1);
	is $r->{json}{result}, 'Success', 'the limit is switched off';
	is report(click_hash => click_from('198.51.100.1', $offer), orderid => 'L3'), '*success*', 'and the same order is taken';
	is report(click_hash => click_from('198.51.100.1', $offer), orderid => 'L5'), '*error* - Duplicate orderid.', 'but not what a manager took';
	is $confirm->('L3'), 200, 'a manager takes the try of an order';
	is $srv->sql("SELECT GROUP_CONCAT(status ORDER BY conv_us) FROM conversion WHERE orderid = 'L3'"), '3,1', '... that has been booked: no second one';
	is $srv->sql('SELECT outcome FROM bulk_row ORDER BY event_us DESC LIMIT 1'), 10, '... and the reason is kept';
	like $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, ip_conversion_limit_flag => 3)->{content}, qr/ip_conversion_limit_flag/,
		'a flag there is not';
	is $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, ip_conversion_group => 99)->{json}{message},
		'Invalid ip_conversion_group.', 'a group there is not';
}

# The network's limit, for offers that say nothing.
{
	my $offer = $net->offer(%price);
	$srv->ctl_ok(qw(config set ip_conversion_limit 1));
	report(click_hash => click_from('198.51.100.9', $offer), orderid => 'N1');
	poll_until('the network\'s limit is in force', sub {
		report(click_hash => click_from('198.51.100.9', $offer), orderid => "N2-$$") =~ /limit/ });
	$srv->ctl_ok(qw(config set ip_conversion_limit 0));
}

# Affise: uniqIpOnly and click_session
{
	my $adv_hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv);
	my $r = $net->affise(POST => 'admin/offer', title => 'One each', advertiser => $adv_hex, status => 'active',
		url => 'http://shop.example/?c=%%click_hash%%', uniqIpOnly => 1, 'payments[0][total]' => 4, 'payments[0][revenue]' => 3,
		'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed');
	my $o = $r->{json}{offer} or diag $r->{content};
	is_deeply [ $o->{uniq_ip_only}, $o->{click_session} ], [ JSON::PP::true, '1y' ], 'what Affise shows of it; a click lives a year';
	is $net->postback(clickid => click_from('203.0.113.1', $o->{id}), action_id => 'U1')->{status}, 1, 'the first of an address';
	is $net->postback(clickid => click_from('203.0.113.1', $o->{id}), action_id => 'U2')->{status}, 1, 'the second is answered alike';
	is comment_of('U2'), '3 IP duplicate', 'and declined';
	my ($row) = grep { $_->{action_id} eq 'U2' }
		@{ $net->affise(GET => 'stats/conversions', date_from => today(), date_to => today())->{json}{conversions} };
	is_deeply [ @$row{qw(status comment)}, 0 + $row->{payouts} ], [ 'declined', 'IP duplicate', 3 ], 'the report shows it, money and all';
	is $net->affise(POST => "admin/offer/$o->{id}", uniq_ip_only => 0)->{json}{offer}{uniq_ip_only}, JSON::PP::false,
		'the other spelling, on an edit';
	is $net->affise(POST => "admin/offer/$o->{id}", click_session => '1m2y')->{status}, 400, 'a click session that is none';
	is $net->affise(POST => "admin/offer/$o->{id}", click_session => '2h30i')->{json}{offer}{click_session}, '2h30i', 'one that is';
	my $old = click_from('203.0.113.2', $o->{id});
	$old = aged($old, 3 * 3600);
	is $net->postback(clickid => $old, action_id => 'S1')->{status}, 1, 'a click of three hours ago';
	# Its kept copy is the conversion's; the raw row was in no sum.
	$srv->exec_sql('DELETE FROM click WHERE click_us < (SELECT UNIX_TIMESTAMP() - 3600) * 1000000');
	is comment_of('S1'), '3 Click session lifespan is expired', 'is too old for 2h30i';
	$net->affise(POST => "admin/offer/$o->{id}", click_session => '');
	my $r2 = $net->affise(GET => "offer/$o->{id}");
	is $r2->{json}{offer}{click_session}, '', 'cleared: for ever';
}

# A browser that has converted
{
	my $offer = $net->offer(%price, prevent_cookie_dupes => 1, conversion_type => 'image', cookie_duration => 7);
	my $d = details($offer);
	is_deeply [ @$d{qw(prevent_cookie_dupes conversion_type)} ], [ 1, 'image' ], 'shown by get_details';
	is +(values %{ $d->{landing_pages} })[0]{conversion_type}, 'image', 'of the default landing page';
	my $r = browser_pixel($offer, click_from('192.0.2.1', $offer), 'P1');
	is $r->{headers}{'content-type'}, 'image/gif', 'an image pixel answers a GIF';
	like $r->{headers}{'set-cookie'}, qr/^oc_d_$offer=1; Max-Age=604800;/, 'and marks the browser for cookie_duration';
	$r = browser_pixel($offer, click_from('192.0.2.2', $offer), 'P2', "oc_d_$offer=1");
	like $r->{content}, qr/^GIF89a/, 'the second of a marked browser: a GIF all the same';
	is comment_of('P2'), '3 cookie duplicate', 'but refused';
	$r = browser_pixel($offer, click_from('192.0.2.3', $offer), 'P3', 'oc_d_' . ($offer + 1) . '=1');
	is comment_of('P3'), '1 ', 'a mark of another offer does not matter';
	my $page = $net->offer(%price, conversion_type => 'iframe');
	is browser_pixel($page, click_from('192.0.2.4', $page), 'P4')->{headers}{'content-type'}, 'text/html; charset=utf-8', 'an iframe pixel';
	my $post = $net->offer(%price, conversion_type => 'post');
	is browser_pixel($post, click_from('192.0.2.5', $post), 'P5')->{content}, '*success*', 'a post';
	is $net->nats(POST => 'offer/add_offer', name => 'x', url => 'http://shop.example/', conversion_type => 'smoke')->{status}, 404,
		'a conversion type there is not';
}

sub browser_pixel {
	my ($offer, $click, $order, $marks) = @_;
	return $srv->get("/signup/process_pixel.php?offerid=$offer&orderid=$order",
		headers => { Cookie => "oc_$offer=$click" . ($marks ? "; $marks" : '') });
}

sub today { return scalar $srv->sql('SELECT UTC_DATE()') }

# The same click as if it had come that many seconds earlier; its hash then.
sub aged {
	my ($hash, $seconds) = @_;
	my ($us) = map { hex(substr $_, 1, 8) * 1_000_000 + hex substr $_, 9, 5 } $hash;
	poll_until('the click is there', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE click_us = ?', $us) });
	my $cols = join ', ', map { $_->[0] } grep { $_->[0] ne 'click_us' } @{ $srv->dbh->selectall_arrayref('SHOW COLUMNS FROM click') };
	$srv->exec_sql("INSERT INTO click (click_us, $cols) SELECT click_us - ? * 1000000, $cols FROM click WHERE click_us = ?", $seconds, $us);
	$us -= $seconds * 1_000_000;
	return sprintf '%s%08x%05x%s', substr($hash, 0, 1), int($us / 1_000_000), $us % 1_000_000, substr $hash, 14;
}

my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $net;
undef $srv;
done_testing;
