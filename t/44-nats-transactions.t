# /api/transaction: voids, reversals, approvals, click_detail; over HTTP, with what they do to the books.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my %price = (advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
	commission_type => 'cps', percentage_of_customer_conversion => 15);
my $offer = $net->offer(%price);
my $r;

# A converted click: its hash.
my $n = 0;
sub converted {
	my ($order, %o) = @_;
	my $hash = $net->click($net->link_of($aff, $o{offer} // $offer, subaff => 'mail', _ocid => 'zz' . ++$n));
	is $net->pixel(click_hash => $hash, orderid => $order), '*success*', "a conversion $order";
	return $hash;
}

sub called {
	my ($result, $message, $what, @call) = @_;
	my $reply = $net->nats(@call);
	is $reply->{status}, 200, "$what: status";
	is_deeply $reply->{json}, { result => $result, message => $message }, $what or diag($reply->{content});
	return;
}

# What stands in the books of a conversion: revenue, payout, and how many ledger rows.
sub books {
	my ($order) = @_;
	my $row = $srv->rows('SELECT SUM(t.revenue) AS revenue, COUNT(*) AS n, (SELECT COALESCE(SUM(p.amount), 0) FROM payout_row p '
		. 'JOIN txn x ON x.txn_us = p.txn_us AND x.node_id = p.node_id WHERE x.orderid = ? AND x.booked) AS payout '
		. 'FROM txn t WHERE t.orderid = ? AND t.booked', $order, $order)->[0];
	return join '/', map { $_ // 0 } @$row{qw(revenue payout n)};
}

# process_void by each of its selectors.
my $void = 'transaction/process_void';
my %hash = map { $_ => converted($_) } qw(V1 V2 V3 V4 V5);
is books('V1'), '25000000/3750000/1', 'the books before';
my %txn = map { $_->{orderid} => $_ } @{ $srv->rows('SELECT orderid, txn_us, node_id FROM txn') };
my $digits = sprintf '%016d%03d0', @{ $txn{V4} }{qw(txn_us node_id)};
my $hex = sprintf '%08x%05x%03x00000000', $txn{V5}{txn_us} / 1e6, $txn{V5}{txn_us} % 1e6, $txn{V5}{node_id};
my @by = ([ V1 => orderid => 'V1' ], [ V2 => transaction_hash => $hash{V2} ], [ V3 => click_hash => $hash{V3} ],
	[ V4 => transactionid => $digits ], [ V5 => transactionid => $hex ]);
for my $case (@by) {
	my ($order, @selector) = @$case;
	called('success', '*success*', "void by $selector[0]", POST => $void, @selector);
	is books($order), '0/0/2', 'nets to nothing, by a row of its own';
	called('error', '*error* - Void transaction exists.', "twice by $selector[0]", POST => $void, @selector);
	is books($order), '0/0/2', 'and nothing more';
}
called('error', '*error* - Invalid transaction.', 'an unknown order', POST => $void, orderid => 'nobody');
called('error', '*error* - Invalid transaction.', 'an unknown transaction', POST => $void, transactionid => '1' x 20);
called('error', '*error* - Invalid transaction.', 'no id at all', POST => $void, transactionid => 'abc');
called('error', '*error* - Invalid transaction.', 'no selector', POST => $void);
converted('V6');
called('success', '*success*', 'type and free values', POST => $void, orderid => 'V6', type => 'void', trans_custom1 => 'a&b',
	trans_custom5 => "ü");
like $srv->sql("SELECT trans_custom FROM txn WHERE orderid = 'V6' AND type = 4"), qr/a(?:%26|&)b/, 'are kept with the void';
is $net->nats(POST => $void, orderid => 'V6', trans_custom2 => '-1')->{status}, 404, 'the reserved value is refused';

# Free values are shown with the transaction that brought them; every selector of a chargeback.
{
	my $customs = sub { my ($order, $type) = @_;
		my ($t) = grep { $_->{trans_type} eq $type } values %{ $net->nats(GET => 'report/transaction', period => 7, filter_orderid => $order)->{json} };
		return { map { $_ => $t->{$_} } grep { /^trans_custom/ } keys %$t } };
	my %five = map { ("trans_custom$_" => "v $_ & ö") } 1 .. 5;
	is_deeply $customs->('V6', 'void'), { trans_custom1 => 'a&b', trans_custom5 => 'ü' }, 'report/transaction shows them';
	is_deeply $customs->('V6', 'advertiser_initial'), {}, 'of what they came with';
	my %click = map { $_ => converted($_) } qw(F1 F2 F3 F4);
	my $of = $srv->rows("SELECT txn_us, node_id FROM txn WHERE orderid = 'F4'")->[0];
	my @select = ([ F1 => orderid => 'F1' ], [ F2 => transaction_hash => $click{F2} ], [ F3 => click_hash => $click{F3} ],
		[ F4 => transactionid => sprintf '%016d%03d0', @$of{qw(txn_us node_id)} ]);
	for my $case (@select) {
		my ($order, @selector) = @$case;
		my %v = map { $_ => "$order $five{$_}" } keys %five;
		called('success', '*success*', "charged back by $selector[0]", POST => 'transaction/process_chargeback', type => 'chargeback', @selector, %v);
		is_deeply $customs->($order, 'chargeback'), \%v, 'with all five';
		%v = map { $_ => "back $v{$_}" } keys %v;
		called('success', '*success*', "reversed by $selector[0]", POST => 'transaction/process_reversal', reverse => 1, @selector, %v);
		is_deeply $customs->($order, 'chargeback_reversal'), \%v, 'with all five';
		%v = map { $_ => "void $v{$_}" } keys %v;
		called('success', '*success*', "voided by $selector[0]", POST => $void, @selector, %v);
		is_deeply $customs->($order, 'void'), \%v, 'with all five';
	}
}
is $net->nats(POST => $void, orderid => 'V6', type => 'omit')->{status}, 404, 'another type';
is $net->nats(GET => $void, orderid => 'V6')->{status}, 405, 'money is not moved by GET';

# An order id that two offers have.
my $second = $net->offer(%price, name => 'Second');
converted('BOTH');
converted('BOTH', offer => $second);
called('error', '*error* - Ambiguous orderid.', 'an order of two offers', POST => $void, orderid => 'BOTH');
called('success', '*success*', 'narrowed', POST => $void, orderid => 'BOTH', offerid => $second);
is $srv->sql("SELECT offer_id FROM txn WHERE orderid = 'BOTH' AND type = 4"), $second, 'hits that offer';
{
	my $rows = sub { return $srv->sql("SELECT GROUP_CONCAT(CONCAT(offer_id, ':', type) ORDER BY txn_us DESC LIMIT 1) FROM txn WHERE orderid = 'BOTH'") };
	my @narrow = (orderid => 'BOTH', offerid => $offer);
	is $net->nats(PATCH => 'transaction/transaction_update_revenue_by_orderid', @narrow, amount => 3000)->{json}{result}, 'success', 'another amount, narrowed';
	is $rows->(), "$offer:10", 'corrects that offer';
	called('success', '*success*', 'a chargeback, narrowed', POST => 'transaction/process_chargeback', type => 'chargeback', @narrow);
	is $rows->(), "$offer:5", 'hits that offer';
	called('success', '*success*', 'a reversal, narrowed', POST => 'transaction/process_reversal', reverse => 1, @narrow);
	is $rows->(), "$offer:7", 'hits that offer';
}

# process_reversal.
my $reversal = 'transaction/process_reversal';
called('error', 'Missing required flag (reverse).', 'without the flag', POST => $reversal, orderid => 'V1');
called('error', 'Missing required flag (reverse).', 'with a false one', POST => $reversal, orderid => 'V1', reverse => 0);
for my $case (@by) {
	my ($order, @selector) = @$case;
	called('success', '*success*', "reversal by $selector[0]", POST => $reversal, @selector, reverse => 1);
	is books($order), '25000000/3750000/3', 'restores what the void took';
	called('error', '*error* - Invalid transaction.', "twice by $selector[0]", POST => $reversal, @selector, reverse => 'true');
}
called('success', '*success*', 'and it may be voided anew', POST => $void, orderid => 'V1');
is books('V1'), '0/0/4', 'which nets to nothing';
called('error', '*error* - Invalid transaction.', 'no selector', POST => $reversal, reverse => 1);

# approve_pending_transaction.
my $approve = 'transaction/approve_pending_transaction';
my $slow = $net->offer(%price, name => 'Slow', pending_approval_lockout => 3600);
%hash = map { $_ => converted($_, offer => $slow) } qw(P1 P2 P3);
is books('P1'), '0/0/0', 'a pending conversion is not booked';
$digits = $srv->rows("SELECT CONCAT(LPAD(txn_us, 16, '0'), LPAD(node_id, 3, '0'), '0') AS id FROM txn WHERE orderid = 'P3'")->[0]{id};
for my $case ([ P1 => orderid => 'P1' ], [ P2 => transaction_hash => $hash{P2} ], [ P3 => transactionid => $digits ]) {
	my ($order, @selector) = @$case;
	called('success', 'Transaction approved successfully.', "approval by $selector[0]", POST => $approve, @selector);
	is books($order), '25000000/3750000/1', 'books it';
	called('error', 'Invalid transaction.', "twice by $selector[0]", POST => $approve, @selector);
}
my $slower = $net->offer(%price, name => 'Slower', pending_approval_lockout => 3600);
converted('P4', offer => $_) for $slow, $slower;
called('error', 'Ambiguous orderid.', 'an order of two offers', POST => $approve, orderid => 'P4');
called('success', 'Transaction approved successfully.', 'narrowed', POST => $approve, orderid => 'P4', offerid => $slower);
is $srv->sql("SELECT GROUP_CONCAT(status ORDER BY offer_id) FROM conversion WHERE orderid = 'P4'"), '2,1', 'approves that one';
called('error', 'Invalid transaction.', 'an unknown order', POST => $approve, orderid => 'nobody');
called('error', 'Invalid transaction.', 'what is not pending', POST => $approve, orderid => 'V2');
called('error', 'Invalid transaction.', 'no selector', POST => $approve);
called('success', '*success*', 'the approval of a pending one is voided', POST => $void, orderid => 'P1', approved => 1);
is books('P1'), '0/0/2', 'and nets to nothing';

# click_detail.
my $lp = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $offer);
my $hash = $net->click($net->link_of($aff, $offer, subaff => 'mail', (map { ("subaff$_" => "s$_") } 2 .. 5), _ocid => 'C-1'),
	headers => { Referer => 'http://from.example/' });
poll_until('the click is folded', sub { $srv->sql("SELECT COUNT(*) FROM click WHERE ocid = 'C-1'") == 1 });
my $code = (split m{/}, $net->link_of($aff, $offer, code_only => 1))[-1];
my %click = (transaction_hash => $hash, loginid => $aff, username => 'anna', offerid => $offer, offer_name => 'Offer',
	landing_pageid => $lp, campaignid => '0', adtoolid => '0', ocode => $code, subid1 => '0', subid2 => '0', subaff => 'mail',
	(map { ("subaff$_" => "s$_") } 2 .. 5), external_clickid => 'C-1', ip => '127.0.0.1', country => '',
	refurl => 'http://from.example/', user_agent => browser_ua(), device_type => '0', unique => '0', converted => '0',
	orderid => '', (map { $_ => { offerid => $offer, landing_pageid => $lp } } qw(requested_details current_details)), redirects => []);

sub detail {
	my (@p) = @_;
	my $reply = $net->nats(@p > 2 && $p[0] eq 'call' ? @p[ 1 .. $#p ] : (GET => 'transaction/click_detail', @p));
	my $data = $reply->{json}{data} // return $reply->{content};
	like delete $data->{time}, qr/^\d{10}\z/, 'its time is Unix seconds, as a text';
	return $data;
}
$r = $net->nats(GET => 'transaction/click_detail', transaction_hash => $hash);
is_deeply [ @{ $r->{json} }{qw(result message)} ], [ 'success', 'Click found.' ], 'the envelope';
my $got = detail(transaction_hash => $hash);
$click{device_type} = $got->{device_type};    # without user agent patterns it is unknown
is_deeply $got, \%click, 'the whole click';
is_deeply detail(call => GET => 'transaction/click_details', transaction_hash => $hash), \%click, 'the alias';
is_deeply detail(click_hash => $hash), \%click, 'by the other name';
is_deeply detail(_in => 'form', transaction_hash => $hash), \%click, 'in the body of a GET';
my ($prefix, $sec, $us, $d1, $d8) = $hash =~ /^(.)(.{8})(.{5})(.)\.(.{8})\z/;
is_deeply detail(transaction_hash => sprintf '%s%s%s%010x', $sec, $us, $prefix, "$d1$d8"), \%click, 'in the other spelling';
is $net->pixel(click_hash => $hash, orderid => 'C1', subscription_id => 'S1'), '*success*', 'it converts';
my $converted = { %click, converted => '1', orderid => 'C1' };
is_deeply detail(transaction_hash => $hash), $converted, 'and says so';
is_deeply detail(orderid => 'C1'), $converted, 'by order id';
is_deeply detail(subscription_id => 'S1'), $converted, 'by customer';
is_deeply detail(transaction_hash => $hash, subscription_id => 'x', orderid => 'y'), $converted, 'the hash counts first';
called('success', '*success*', 'it is voided', POST => $void, orderid => 'C1');
my $void_hash = $srv->sql("SELECT hash FROM txn WHERE orderid = 'C1' AND type = 4");
is_deeply detail(transaction_hash => $void_hash), $converted, 'by the hash of a further transaction' if $void_hash ne $hash;
$srv->exec_sql('DELETE FROM click');
is_deeply detail(transaction_hash => $hash), $converted, 'raw clicks gone, a converted one is kept';
called('error', 'Invalid transaction.', 'an unknown click', GET => 'transaction/click_detail',
	transaction_hash => '35b71a300115be9.16738986');
called('error', 'Invalid transaction.', 'no selector', GET => 'transaction/click_detail');
called('error', 'Invalid transaction.', 'an unknown order', GET => 'transaction/click_detail', orderid => 'nobody');

# The books are right after all of this, but for the clicks that the test removed.
my ($rc, $out) = $srv->ctl('verify');
is join('', grep { !/^rollup_booked\t.*\t(?:page_view|unique_\w+)\t/ } split /(?<=\n)/, $out), '', 'the sums agree with the ledger';

done_testing;
