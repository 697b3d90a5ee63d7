# The books through the real server: the worked example of nats-behaviour.md §2.12 and the worked day of §4.2 to
# the cent, parallel duplicates, and a pixel that brings nothing but its browser.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my %price = (advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cps',
	percentage_of_customer_conversion => 15, percentage_of_customer_continuity => 5);
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', '1');
$srv->ctl_ok('config', 'set', 'global_void_ips', '127.0.0.1');
poll_until('voids may be posted', sub {
	$srv->get('/signup/process_void.php?orderid=none&type=void')->{content} eq '*error* - Invalid transaction.' });

sub void { return $srv->get('/signup/process_void.php?' . form(@_))->{content} }

# The newest transaction of an order, as the report shows it.
sub newest {
	my ($order) = @_;
	my $r = $net->nats(GET => 'report/transaction', period => 7, filter_orderid => $order);
	my $list = $r->{json}{message} // $r->{json};
	$list = $list->{transactions} // $list if ref $list eq 'HASH';
	my $t = ref $list eq 'ARRAY' ? $list->[0] : (map { $list->{$_} } sort { $b cmp $a } keys %$list)[0];
	return sprintf '%s %.2f %.2f', $t->{type} // $t->{trans_type}, $t->{amount}, $t->{total_payout};
}

sub profit_and_loss {
	my ($offer) = @_;
	my $r = $net->nats(GET => 'report/profitloss', view => 'period', period => 7, filter_offerid => $offer);
	return $r->{json}{total}{row};
}

# §2.12, one surfer, end to end.
{
	my $offer = $net->offer(%price);
	my $hash = $net->click($net->link_of($aff, $offer, subaff => 'mail', _ocid => 'zz9'));
	like $hash, qr/^[0-9a-f]{15}\.[0-9]{8}$/, 'step 1: a click';
	is $net->pixel(click_hash => $hash, subscription_id => 'C7', orderid => 'A1', gross => 60), '*success*', 'step 2';
	is newest('A1'), 'advertiser_initial 25.00 3.75', 'step 2: initial, revenue 25.00, payout 3.75';
	is $srv->sql("SELECT gross FROM conversion WHERE orderid = 'A1'"), 60_000_000, 'step 2: gross 60.00';
	is $net->pixel(click_hash => $hash, subscription_id => 'C7', orderid => 'A1', gross => 60), '*error* - Duplicate orderid.',
		'step 3: the same once more';
	is $net->pixel(subscription_id => 'C7', offerid => $offer, orderid => 'A2', amount => 10), '*success*', 'step 4';
	is newest('A2'), 'continuity 10.00 0.50', 'step 4: continuity, revenue 10.00, payout 0.50';
	is void(orderid => 'A1', type => 'void'), '*success*', 'step 5';
	is newest('A1'), 'void -25.00 -3.75', 'step 5: void, revenue -25.00, payout -3.75';
	is void(orderid => 'A1', type => 'void'), '*error* - Void transaction exists.', 'step 6: the same once more';
	is void(orderid => 'A1', type => 'void', reverse => 1), '*success*', 'step 7';
	is newest('A1'), 'void_reversal 25.00 3.75', 'step 7: reversal, +25.00, +3.75';
	my $pl = profit_and_loss($offer);
	is $pl->{$_->[0]}, $_->[1], "profit and loss: $_->[0]" for [ page_view => 1 ], [ unique_visitor => 1 ],
		[ advertiser_initial => 1 ], [ advertiser_initial_amount => 2500 ], [ continuity => 1 ], [ continuity_amount => 1000 ],
		[ void => 1 ], [ void_amount => -2500 ], [ void_reversal => 1 ], [ void_reversal_amount => 2500 ],
		[ affiliate_payout => 425 ];
}

# §4.2, the worked day, with a tenth of its clicks.
{
	my $offer = $net->offer(%price);
	my $link = $net->link_of($aff, $offer);
	my @hash = map { $net->click($link, headers => { 'User-Agent' => browser_ua() . " $_" }) } 1 .. 100;
	is $net->pixel(click_hash => $hash[$_], orderid => "D$_", subscription_id => "s$_"), '*success*', "the day: initial $_" for 1 .. 10;
	is $net->pixel(offerid => $offer, orderid => "R$_", subscription_id => "s$_", amount => 10), '*success*', "the day: continuity $_"
		for 1 .. 4;
	is void(orderid => 'D10', type => 'void'), '*success*', 'the day: a void of an initial';
	is void(orderid => 'R4', type => 'chargeback', cost => 15), '*success*', 'the day: a chargeback of a continuity';
	poll_until('the day: every click is folded', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ?', $offer) == 100 });
	my $pl = profit_and_loss($offer);
	is $pl->{page_view}, 100, 'the day: raw';
	is $pl->{unique_visitor}, 100, 'the day: unique';
	is $pl->{advertiser_initial_amount} + $pl->{continuity_amount}, 29000, 'the day: income 290.00';
	is $pl->{void_amount} + $pl->{chargeback_amount}, -3500, 'the day: loss 35.00';
	is $pl->{affiliate_payout}, 2025, 'the day: payout 20.25';
	is $srv->sql('SELECT SUM(cost_b) FROM rollup_booked WHERE offer_id = ?', $offer), 15_000_000, 'the day: fees 15.00';
}

# E3 under fire: twenty parallel requests with one order id, on clicks of their own.
{
	my $offer = $net->offer(%price);
	my $link = $net->link_of($aff, $offer);
	my @hash = map { $net->click($link) } 1 .. 20;
	my @pid;
	pipe my $out, my $in or die;
	for my $h (@hash) {
		my $pid = fork // die;
		if ($pid == 0) {
			my $text = HTTP::Tiny->new(timeout => 30)->get("$srv->{url}/signup/process_pixel.php?click_hash=$h&orderid=ONE")->{content};
			syswrite $in, "$text\n";
			require POSIX;
			POSIX::_exit(0);
		}
		push @pid, $pid;
	}
	waitpid $_, 0 for @pid;
	close $in;
	my %said;
	$said{$_}++ for map { chomp; $_ } <$out>;
	is_deeply \%said, { '*success*' => 1, '*error* - Duplicate orderid.' => 19 }, 'E3: one of twenty parallel reports is booked';
	is $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'ONE'"), 1, 'and one it is';
}

# E7: an image pixel without hash and cookie.
{
	my $offer = $net->offer(%price);
	my %ua = ('User-Agent' => browser_ua() . ' visitor');
	$net->click($net->link_of($aff, $offer), headers => \%ua);
	my $r = $srv->get("/signup/process_pixel.php?offerid=$offer&orderid=IMG", headers => { %ua, 'Sec-Fetch-Dest' => 'image' });
	is $r->{headers}{'content-type'}, 'image/gif', 'a pixel of an image';
	poll_until('E7: its visitor is found by address and browser', sub {
		($srv->sql("SELECT affiliate_id FROM conversion WHERE orderid = 'IMG'") // 0) == $aff });
	is $srv->get("/signup/process_pixel.php?offerid=$offer&orderid=S2S", headers => \%ua)->{content}, '*error* - Missing click_hash.',
		'a server that names no click is told';
}

# One absurd amount must not fill a sum that honest ones still have to be added to.
{
	my $offer = $net->offer(%price, advertiser_cost_type => 'dynamic_conversion');
	my $click = $net->click($net->link_of($aff, $offer));
	is $net->pixel(click_hash => $click, orderid => 'HUGE', amount => '9200000000000'), '*error* - Invalid amount (amount).',
		'an amount above a thousand million is refused';
	is $net->pixel(click_hash => $click, orderid => 'MOST', amount => '1000000000'), '*success*', 'and that is the most';
	my $r = $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, advertiser_cost_flat => '1000000001');
	like $r->{json}{message}, qr/advertiser_cost_flat/, 'a rate above it is refused by name';
}

{
	my ($today) = $srv->sql('SELECT UTC_DATE()');
	for my $days ([], ['--from', $today], ['--to', $today], ['--from', $today, '--to', $today]) {
		my ($rc, undef, $err) = $srv->ctl('verify', @$days);
		like $err, qr/\b(?!0 clicks)\d+ clicks/, "verify @$days counts today";
	}
	is +($srv->ctl('verify', '--from', '2026-12-02', '--to', '2026-12-01'))[0], 1, 'days the wrong way round are refused';
}
my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $srv;
done_testing;
