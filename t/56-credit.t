# Whose conversion it is when no hash says so: the visitor's address, a tracking code, the house; set by the API or,
# what no call can set, by affiliatectl.  The case table of the whole order is in t/unit/credit_test.c.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use MIME::Base64;
use Test::More;

my $srv = affiliated_start(workers => 2, config => { trusted_proxies => ['127.0.0.1'] });
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $house = $net->affiliate('house');
my $adv = $net->advertiser('shop');
my %price = (advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cpa',
	flat_amount_per_conversion => 5);

sub owner { return $srv->sql('SELECT affiliate_id FROM conversion WHERE orderid = ?', @_) // 0 }
sub offer_set { return $srv->ctl('offer', 'set', @_) }

# ocode + offerid
{
	my $offer = $net->offer(%price);
	my ($code) = $net->link_of($aff, $offer) =~ m{/track/([^/?]+)} or die;
	is $net->pixel(offerid => $offer, ocode => $code, orderid => 'C1'), '*success*', 'a report with a tracking code and no click';
	is owner('C1'), $aff, 'is the code\'s affiliate\'s';
	is $net->pixel(offerid => $offer, ocode => $code, orderid => 'C1'), '*error* - Duplicate orderid.', 'once';
	is $net->pixel(offerid => $offer, ocode => 'bm9uc2Vuc2U', orderid => 'C2'), '*error* - Missing click_hash.', 'a code that is none';
	my $gone = encode_base64("999.0.$offer.0.0.0.0.0.0.0.0.0", '');
	is $net->pixel(offerid => $offer, ocode => $gone, orderid => 'C2'), '*error* - Missing click_hash.', 'an affiliate who is none';
	my $day = $srv->sql('SELECT UTC_DATE()');
	my ($row) = grep { $_->{action_id} eq 'C1' }
		@{ $net->affise(GET => 'stats/conversions', date_from => $day, date_to => $day)->{json}{conversions} };
	is_deeply [ @$row{qw(status clickid partner_id)} ], [ 'confirmed', '', $aff ], 'Affise shows it without a click';
	is $net->nats(GET => 'report/transaction', period => 7, filter_orderid => 'C1')->{status}, 200, 'and the transaction report';
	is $srv->sql('SELECT COUNT(*) FROM click'), 0, 'no click was made up';
}

# allow_s2s_ip and ip_lookup
{
	my $offer = $net->offer(%price, ip_lookup => 1);
	is $net->nats(GET => 'offer/get_details', offerid => $offer)->{json}{data}{$offer}{ip_lookup}, 1, 'ip_lookup is shown';
	$net->click("/click?pid=$aff&offer_id=$offer", headers => { 'X-Forwarded-For' => '198.51.100.7', 'User-Agent' => browser_ua() });
	$srv->get("/signup/process_pixel.php?offerid=$offer&orderid=A1",
		headers => { 'X-Forwarded-For' => '198.51.100.7', 'User-Agent' => browser_ua() . ' other', 'Sec-Fetch-Dest' => 'image' });
	poll_until('ip_lookup: another browser of the same address', sub { owner('A1') == $aff });
	my $s2s = $net->offer(%price);
	is $net->pixel(offerid => $s2s, orderid => 'A2', ip => '198.51.100.8'), '*error* - Missing click_hash.', 'not allowed by default';
	is +(offer_set($s2s, 'allow_s2s_ip', 1))[0], 0, 'affiliatectl allows it';
	$net->click("/click?pid=$aff&offer_id=$s2s", headers => { 'X-Forwarded-For' => '198.51.100.8' });
	poll_until('a server names the visitor by his address', sub {
		$net->pixel(offerid => $s2s, orderid => 'A2', ip => '198.51.100.8'); owner('A2') == $aff });
	is $net->nats(GET => 'offer/get_details', offerid => $s2s)->{json}{data}{$s2s}{allow_s2s_ip}, 1, 'get_details shows it';
}

# The house
{
	my $offer = $net->offer(%price);
	is $net->pixel(offerid => $offer, orderid => 'H1'), '*error* - Missing click_hash.', 'off by default';
	$srv->ctl_ok('config', 'set', 'house_account', $house);
	offer_set($offer, 'book_unattributed', 1);
	poll_until('booked on the house', sub { $net->pixel(offerid => $offer, orderid => 'H1') eq '*success*' });
	is owner('H1'), $house, 'account';
	is $srv->ctl_ok('offer', 'get', $offer, 'book_unattributed'), "1\n", 'affiliatectl shows it';
	offer_set($offer, 'book_unattributed', 0);
	poll_until('and off again', sub { $net->pixel(offerid => $offer, orderid => "H-$$-" . rand) =~ /Missing/ });
}

# A visitor without cookies is known by address, user agent and languages (E7).
{
	my $offer = $net->offer(%price);
	my %from = ('X-Forwarded-For' => '198.51.100.77', 'Sec-Fetch-Dest' => 'image');
	my @de = (headers => { %from, 'Accept-Language' => 'de-DE,de;q=0.9' });
	ok $net->click($net->link_of($aff, $offer), @de), 'a click of a browser that reads German';
	my $pixel = sub { my ($order, @h) = @_; return $srv->get('/signup/process_pixel.php?' . form(offerid => $offer, orderid => $order), @h)->{status} };
	poll_until('it is folded', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ? AND browser_hash <> 0', $offer) == 1 });
	$pixel->('fr', headers => { %from, 'Accept-Language' => 'fr' });
	$pixel->('none', headers => \%from);
	$pixel->('de', @de);
	poll_until('the pixel of the same browser is a sale', sub { owner('de') == $aff });
	is $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid IN ('fr', 'none')"), 0, 'those of other browsers behind the address are none';
}

# affiliatectl offer, what goes wrong
for my $case ([ [ 1, 'colour', 1 ], qr/nothing that is set here/ ], [ [ 99, 'allow_s2s_ip', 1 ], qr/no such offer/ ],
	[ [ 1, 'allow_s2s_ip', 'x' ], qr/must be 1 or 0/ ], [ [ 1, 'minimal_click_session', 'soon' ], qr/minimal_click_session/ ],
	[ [ 'x', 'allow_s2s_ip', 1 ], qr/no number/ ]) {
	my ($rc, undef, $err) = offer_set(@{ $case->[0] });
	is $rc, 1, "offer set @{ $case->[0] }: fails";
	like $err, $case->[1], 'and says why';
}
is +(offer_set(1, 'minimal_click_session', '5i'))[0], 0, 'a least age';
is $srv->ctl_ok('offer', 'get', 1, 'minimal_click_session'), "5i\n", 'is kept';

# The customer's person is in one place, not in the log.
{
	my $offer = $net->offer(%price);
	my $click = $net->click("/click?pid=$aff&offer_id=$offer");
	is $net->pixel(click_hash => $click, orderid => 'P1', subscription_id => 'S', email => 'bob@x.example', firstname => 'Bob'),
		'*success*', 'a customer';
	is $srv->sql("SELECT COUNT(*) FROM event_log WHERE request LIKE '%bob%' OR request LIKE '%Bob%'"), 0, 'who is not in the log';
	is $srv->sql("SELECT CONCAT(firstname, ' ', email) FROM customer_person"), 'Bob bob@x.example', 'but in his own row';
}

# What stands with an affiliate: conversions that wait, and links that leave others' cookies alone.
{
	my $offer = $net->offer(%price);
	my $eve = $net->affiliate('eve');
	my $sells = sub { my ($n) = @_;
		$net->pixel(click_hash => $net->click("/click?pid=$eve&offer_id=$offer"), orderid => "E$n");
		my $status;
		poll_until("E$n is booked", sub { $status = $srv->sql('SELECT status FROM conversion WHERE orderid = ?', "E$n") });
		return $status };
	is $sells->(1), 1, 'is approved';
	$srv->ctl_ok('affiliate', 'set', $eve, 'auto_pending', 1);
	is $sells->(2), 2, 'waits, and nobody is paid yet';
	$srv->ctl_ok('affiliate', 'set', $eve, 'auto_pending', 0);
	is $sells->(3), 1, 'and again not';
	my $cookie = sub {
		my ($pid, $had) = @_;
		my $c = $srv->get("/click?pid=$pid&offer_id=$offer", headers => $had ? { Cookie => $had } : {})->{headers}{'set-cookie'} // [];
		return (map { /^(oc_${offer}=[^;]+)/ } ref $c ? @$c : $c)[0] // 'none' };
	my $mine = $cookie->($aff);
	like $cookie->($eve, $mine), qr/^oc_$offer=[0-9a-f.]+\z/, 'the last link wins';
	$srv->ctl_ok('affiliate', 'set', 'eve', 'inhouse', 1);
	poll_until('but not one of the house', sub { $cookie->($eve, $mine) eq 'none' });
	my $ours = $cookie->($eve);
	like $ours, qr/^oc_$offer=[0-9a-f.]+~\z/, 'whose own cookie is marked';
	isnt $cookie->($eve, $ours), 'none', 'and may be replaced';
}

my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $net;
undef $srv;
done_testing;
