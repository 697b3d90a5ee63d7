# Another amount, a chargeback, a preview, a known order id: REST calls about the money of a transaction.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my %offer = (
	share => $net->offer(name => 'share', advertiserid => $adv,
		advertiser_cost_type => 'dynamic_conversion', commission_type => 'cps', percentage_of_customer_conversion => 15,
		percentage_of_customer_continuity => 5),
	flat => $net->offer(name => 'flat', advertiserid => $adv,
		advertiser_cost_type => 'dynamic_conversion', commission_type => 'cpa', flat_amount_per_conversion => '3.5'),
	gross => $net->offer(name => 'gross', advertiserid => $adv,
		advertiser_cost_type => 'dynamic_conversion', commission_type => 'hybrid', flat_amount_per_conversion => '1',
		percentage_of_customer_conversion => 10, percentage_commission_source => 1),
	held => $net->offer(name => 'held', advertiserid => $adv,
		advertiser_cost_type => 'dynamic_conversion', commission_type => 'cps', percentage_of_customer_conversion => 15,
		pending_approval_lockout => 86400),
);
my %link = map { $_ => $net->link_of($aff, $offer{$_}) } keys %offer;

sub transaction { my ($method, $call, @p) = @_; return $net->nats($method => "transaction/$call", @p)->{json} }

sub sale {
	my ($offer, $order, @p) = @_;
	my $hash = $net->click($link{$offer});
	is $net->pixel(click_hash => $hash, orderid => $order, @p), '*success*', "a sale $order";
	return $hash;
}

# By the ledger, and by the conversion as Affise shows it.
sub books {
	my ($order) = @_;
	my $t = $srv->rows('SELECT COALESCE(SUM(revenue_b), 0) AS r, COUNT(*) AS n FROM txn WHERE orderid = ? AND booked', $order)->[0];
	my $p = $srv->sql('SELECT COALESCE(SUM(p.amount_b), 0) FROM payout_row p JOIN txn t ON t.txn_us = p.txn_us AND t.node_id = p.node_id'
		. ' WHERE t.orderid = ?', $order);
	my $c = $srv->rows('SELECT revenue_b AS r, payout_b AS p FROM conversion WHERE orderid = ?', $order)->[0];
	return sprintf '%.2f/%.2f in %d rows, shown %.2f/%.2f', $t->{r} / 1e6, $p / 1e6, $t->{n}, $c->{r} / 1e6, $c->{p} / 1e6;
}


# --- another amount ---
my $hash = sale('share', 'A1', amount => '40');
is books('A1'), '40.00/6.00 in 1 rows, shown 40.00/6.00', 'booked';
my $by_order = 'transaction_update_revenue_by_orderid';
is_deeply transaction(PATCH => $by_order, orderid => 'A1', amount => 2500), { result => 'success' }, 'cents by order id';
is books('A1'), '25.00/3.75 in 2 rows, shown 25.00/3.75', 'the difference is a row, and the share follows';
my $row = $srv->rows('SELECT * FROM txn WHERE orderid = ? AND type = 10', 'A1')->[0];
is $row->{revenue_b}, -15_000_000, 'a correction';
is_deeply [ map { "$_->{role} $_->{amount_b}" } @{ $srv->rows('SELECT role, amount_b FROM payout_row WHERE txn_us = ?', $row->{txn_us}) } ],
    ['5 -2250000'], 'his difference is a correction as well';
is_deeply transaction(PATCH => 'transaction_update_revenue_by_transaction_hash', transaction_hash => $hash, amount => 10000),
    { result => 'success' }, 'by the hash';
is books('A1'), '100.00/15.00 in 3 rows, shown 100.00/15.00', 'up again';
is_deeply transaction(POST => $by_order, orderid => 'A1', amount => 10000), { result => 'success' }, 'POST does too';
is_deeply transaction(POST => 'transaction_update_revenue_by_transaction_hash', transaction_hash => $hash, amount => 10000),
    { result => 'success' }, 'and so it does by the hash';
is books('A1'), '100.00/15.00 in 3 rows, shown 100.00/15.00', 'the same amount changes nothing';
sale('flat', 'A2', amount => '40');
transaction(PATCH => $by_order, orderid => 'A2', amount => 0);
is books('A2'), '0.00/3.50 in 2 rows, shown 0.00/3.50', 'a flat commission stays';
sale('gross', 'A3', amount => '40', gross => '200');
is books('A3'), '40.00/21.00 in 1 rows, shown 40.00/21.00', 'of the gross';
transaction(PATCH => $by_order, orderid => 'A3', amount => 3000);
is books('A3'), '30.00/21.00 in 2 rows, shown 30.00/21.00', 'a share of the gross stays';

# A void takes all of it, corrections included; what is voided is not corrected (M4).
transaction(POST => 'process_void', orderid => 'A1');
is books('A1'), '0.00/0.00 in 4 rows, shown 100.00/15.00', 'nets to nothing';
is_deeply transaction(PATCH => $by_order, orderid => 'A1', amount => 1), { result => 'error', message => 'Invalid transaction.' }, 'refused';
transaction(POST => 'process_reversal', orderid => 'A1', reverse => 1);
is books('A1'), '100.00/15.00 in 5 rows, shown 100.00/15.00', 'and back';

# What is pending changes before it is booked (M6).
sale('held', 'A4', amount => '40');
transaction(PATCH => $by_order, orderid => 'A4', amount => 8000);
is books('A4'), '0.00/0.00 in 0 rows, shown 80.00/12.00', 'pending';
transaction(POST => 'approve_pending_transaction', orderid => 'A4');
is books('A4'), '80.00/12.00 in 1 rows, shown 80.00/12.00', 'approved as it was changed to';
for my $case ([ 'no such order', orderid => 'nosuch', amount => 1 ], [ 'negative', orderid => 'A2', amount => -1 ],
	[ 'decimal', orderid => 'A2', amount => '1.5' ], [ 'a comma', orderid => 'A2', amount => '9,95' ], [ 'none', orderid => 'A2' ],
	[ 'no order', amount => 1 ], [ 'beyond all', orderid => 'A2', amount => '99999999999999' ]) {
	my ($what, @p) = @$case;
	is transaction(PATCH => $by_order, @p)->{result}, 'error', $what;
}
is books('A2'), '0.00/3.50 in 2 rows, shown 0.00/3.50', 'none of these changed anything';

# --- chargeback ---
sale('share', 'C1', amount => '100');
my $charge = 'process_chargeback';
is_deeply transaction(POST => $charge, orderid => 'C1'),
    { result => 'error', message => 'Missing required field for chargeback (type).' }, 'without its type';
is_deeply transaction(POST => $charge, orderid => 'C1', type => 'chargeback', cost => '25.00'),
    { result => 'success', message => '*success*' }, 'charged back';
is $srv->sql('SELECT cost_b FROM txn WHERE orderid = ? AND type = 5', 'C1'), 25_000_000, 'with its fee';
is books('C1'), '0.00/-25.00 in 2 rows, shown 100.00/15.00', 'which the affiliate pays';
is transaction(POST => $charge, orderid => 'C1', type => 'chargeback')->{message}, '*error* - Chargeback transaction exists.', 'once';
is transaction(POST => 'process_reversal', orderid => 'C1', reverse => 1)->{result}, 'success', 'reversed';
is books('C1'), '100.00/15.00 in 3 rows, shown 100.00/15.00', 'exactly';
is transaction(POST => $charge, orderid => 'nosuch', type => 'chargeback')->{message}, '*error* - Invalid transaction.', 'no such order';

# --- preview: what books also answers ---
for my $case ([ share => '50.25' ], [ flat => '50.25' ], [ gross => '19.99' ], [ share => undef ], [ share => '0' ], [ share => '0.333333' ]) {
	my ($offer, $amount) = @$case;
	my $click = $net->click($link{$offer});
	my $want;
	poll_until('the click is there', sub {
		$want = transaction(GET => 'transaction_payout_preview', transaction_hash => $click, defined $amount ? (amount => $amount) : ());
		return $want->{result} eq 'success';
	});
	my $rows = $srv->sql('SELECT COUNT(*) FROM txn');
	$amount //= 100;
	is $net->pixel(click_hash => $click, orderid => "P$click", amount => $amount, gross => $amount), '*success*', "booked $offer $amount";
	my $got = $srv->sql('SELECT payout_b FROM conversion WHERE orderid = ?', "P$click");
	is $want->{data}{payout} * 1e6, $got, "$offer $amount pays what was foretold";
	is $srv->sql('SELECT COUNT(*) FROM txn'), $rows + 1, 'and foretelling booked nothing';
	is_deeply [ @{ $want->{data} }{qw(offerid loginid transaction_type)} ], [ $offer{$offer}, $aff, 'initial' ], 'of the click';
}
is transaction(GET => 'transaction_payout_preview', transaction_hash => $hash, amount => 100, transaction_type => 'continuity')->{message},
    '5.00', 'a continuity';
is transaction(GET => 'transaction_payout_preview', transaction_hash => $_)->{result}, 'error', "no click $_"
    for 'nosuch', '35b71a300115be9.16738986';

# --- known order ids ---
my $known = sub { $net->nats(GET => "offer/check_orderid_exists", orderid => $_[0])->{json} };
is_deeply $known->('A1'), { result => 'success', message => 'TRUE' }, 'known';
is_deeply $known->('A9'), { result => 'success', message => 'FALSE' }, 'not known';
is $net->nats(GET => 'offer/check_orderid_exsits', orderid => 'A4')->{json}{message}, 'TRUE', 'in its other spelling';

my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'the books balance' or diag "$out$err";
done_testing;
