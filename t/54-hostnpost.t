# Host and post: a server asks for a click of its visitor, and posts the conversion with the hash it got.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2, config => { trusted_proxies => ['127.0.0.1'] });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $bob = $net->affiliate('bob');
my $offer = $net->offer(name => 'Form', advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 10,
	commission_type => 'cpa', flat_amount_per_conversion => 4, hostnpost_ips => '192.0.2.10');
my $page = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $offer);
is $net->nats(GET => 'offer/get_details', offerid => $offer)->{json}{data}{$offer}{landing_pages}{$page}{hostnpost_ips}, '192.0.2.10',
	'the list is shown';
my $link = $net->link_of($bob, $offer);

sub ask {
	my ($from, %p) = @_;
	return $srv->get("$link?" . form(hostnpost => 1, %p), headers => { 'X-Forwarded-For' => $from, 'User-Agent' => 'curl/8' });
}

my $ua = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36';
my $r = ask('192.0.2.10', ip => '203.0.113.9', ua => $ua, subaff => 'form');
is $r->{status}, 200, 'no redirect';
is $r->{json}{message}, '*success*', 'a listed server' or diag($r->{content});
my $hash = $r->{json}{click_hash} // '';
like $hash, qr/^[0-9a-f]{15}\.[0-9]{8}$/, 'gets the click hash';
my %want = (loginid => $bob, offerid => $offer, landing_pageid => $page, campaignid => 0, adtoolid => 0, subid1 => 0, subid2 => 0);
is_deeply $r->{json}{current_details}, { map { $_ => 0 + $want{$_} } keys %want }, 'what it was for';
is_deeply $r->{json}{requested_details}, $r->{json}{current_details}, 'and that is what was asked for';
ok !exists $r->{headers}{'set-cookie'}, 'cookies are for visitors';
poll_until('the click is the visitor\'s, and counts', sub {
	my $c = $srv->rows('SELECT HEX(ip) ip, verdict, flags & 3 u, sub1, extra FROM click')->[0];
	$c && $c->{ip} =~ /CB007109$/ && $c->{verdict} == 0 && $c->{u} == 3 && $c->{sub1} eq 'form' && $c->{extra} eq '' });
is ask('192.0.2.10', ip => '203.0.113.9', ua => $ua)->{json}{message}, '*success*', 'the same visitor again';
poll_until('is not unique', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE flags & 3 = 0') == 1 });
is ask('192.0.2.10')->{json}{message}, '*success*', 'without ip and ua: the server itself, which is no bot';
is $net->pixel(click_hash => $hash, orderid => 'H1'), '*success*', 'and the conversion is posted with the hash';

$r = ask('192.0.2.11', ip => '203.0.113.9', ua => $ua);
is $r->{json}{message}, '*error* - hostnpost-denied', 'another server';
ok !exists $r->{json}{click_hash}, 'gets no hash';
poll_until('its row says why', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 47') == 1 });
$srv->ctl_ok('config', 'set', 'global_hostnpost_ips', '192.0.2.0/28');
poll_until('the network\'s list counts as well', sub { ask('192.0.2.11', ip => '203.0.113.8')->{json}{message} eq '*success*' });
is ask('192.0.2.99')->{json}{message}, '*error* - hostnpost-denied', 'who is in neither';
$srv->ctl_ok('config', 'set', 'global_hostnpost_ips', '');
$net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $page, hostnpost_ips => '');
poll_until('two empty lists: no restriction', sub { ask('192.0.2.99')->{json}{message} eq '*success*' });

my $other = $net->offer(name => 'Next', advertiserid => $adv);
$net->nats(PATCH => 'offer/edit_offer', offerid => $offer, date_expire => '-1 hour',
	expire_landing_pageid => $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $other));
$r = ask('192.0.2.10', ip => '203.0.113.9', ua => $ua);
is $r->{json}{requested_details}{offerid}, $offer, 'sent on: what was asked for';
is $r->{json}{current_details}{offerid}, $other, 'and what it became';
my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $srv;
done_testing;
