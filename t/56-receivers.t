# Who is paid beside the affiliate (nats-behaviour.md §3.5, decisions.md M8, M11): those who referred him, his managers, the
# offer's partners.  Their rows are counted once, shown everywhere, and reversed exactly.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');

# carl brought bob, bob brought anna
my $carl = $net->affiliate('carl');
my $offer = $net->offer(advertiserid => $adv, advertiser_cost_type => 'dynamic_conversion', commission_type => 'cps',
	percentage_of_customer_conversion => 40);
sub code_of { return ($net->link_of($_[0], $offer) =~ m{/track/([^/?]+)})[0] // die }
sub recruit {
	my ($name, $by) = @_;
	my $r = $net->nats(POST => 'affiliate/add_affiliate', username => $name, password => 'secret', payvia => 1,
		email => "$name\@affiliate.example", ref => code_of($by));
	return $r->{json}[0]{loginid} // die $r->{content};
}
my $bob = recruit(bob => $carl);
my $anna = recruit(anna => $bob);

chomp(my $mary = $srv->ctl_ok('manager', 'add', 'mary', 'mary@network.example'));
chomp(my $mike = $srv->ctl_ok('manager', 'add', 'mike', 'mike@network.example'));
chomp(my $paul = $srv->ctl_ok('partner', 'add', 'paul', 'paul@partner.example'));
sub add_manager { return $net->nats(PATCH => 'affiliate/edit_affiliate', loginid => $_[0], affiliate_manager_loginid => $_[1]) }

# A referrer's own percentage; the API that edits partners has its own tests.
my $bumps = 60;
sub own_percent {
	$srv->exec_sql('UPDATE account SET ref_percent = ? WHERE id = ?', $_[1] * 10000, $_[0]);
	$srv->ctl_ok('config', 'set', 'retry_window', ++$bumps);
	return;
}

my $n = 0;
# A conversion of an affiliate; its order id.
sub convert {
	my ($aff, %p) = @_;
	my $of = delete $p{offer} // $offer;
	my $order = 'O' . ++$n;
	my $hash = $net->click($net->link_of($aff, $of), headers => { 'User-Agent' => browser_ua() . " $n" });
	my $got = $net->pixel(click_hash => $hash, orderid => $order, amount => 25, %p);
	$got eq '*success*' or die "$order: $got";
	return $order;
}

# The receivers of an order's transactions of one type, as the report lists them: "role:name:amount ...".
sub payouts {
	my ($order, $type) = @_;
	my $r = $net->nats(GET => 'report/transaction', period => 7, filter_orderid => $order);
	my @t = grep { !defined $type || $_->{trans_type} eq $type } map { $r->{json}{$_} } sort keys %{ $r->{json} };
	return join ' ', sort map { sprintf '%s:%s:%g', @$_{qw(type username amount)} } map { @{ $_->{payouts} } } @t;
}
# What an order has paid each after all that happened to it.
sub net_of {
	my ($order) = @_;
	my %sum;
	my $rows = $srv->sql("SELECT GROUP_CONCAT(CONCAT(u.name, '=', u.amount / 1000000) ORDER BY u.name SEPARATOR ' ') FROM "
		. '(SELECT a.username AS name, SUM(p.amount) AS amount FROM payout_row p JOIN account a ON a.id = p.account_id JOIN txn t '
		. 'ON t.txn_us = p.txn_us AND t.node_id = p.node_id WHERE t.orderid = ? GROUP BY a.username) u', $order);
	return join ' ', map { s/\.?0+\z//r } split / /, $rows // '';
}

# Nothing is set: his own percentage alone made a referrer earn, and there is none.
is payouts(convert($anna)), 'affiliate:anna:10', 'nobody beside her';

# Tiers, and a chain that is met from its middle afterwards.
$srv->ctl_ok('config', 'set', 'referral_tiers', '10, 5.5');
is $srv->ctl_ok('config', 'get', 'referral_tiers'), "10,5.5\n", 'the tiers';
poll_until('are in force', sub { payouts(convert($anna)) eq 'affiliate:anna:10 referral:bob:1 referral:carl:0.55' });
is payouts(convert($bob)), 'affiliate:bob:10 referral:carl:1', 'the second in the chain has his own referrer';
is payouts(convert($carl)), 'affiliate:carl:10', 'who has none';
own_percent($bob, 20);
poll_until('the nearest may have a percentage of his own (M11)',
	sub { payouts(convert($anna)) eq 'affiliate:anna:10 referral:bob:2 referral:carl:0.55' });
is $net->nats(PATCH => 'affiliate/edit_affiliate', loginid => $bob, status => 1)->{status}, 200, 'one who is not active';
is payouts(convert($anna)), 'affiliate:anna:10 referral:carl:0.55', 'gets nothing, and nobody takes his place';
$net->nats(PATCH => 'affiliate/edit_affiliate', loginid => $bob, status => 0);
$net->nats(PATCH => 'affiliate/edit_affiliate', loginid => $carl, ref => code_of($anna));
$srv->ctl_ok('config', 'set', 'referral_tiers', '10,5.5,3,2');
is payouts(convert($anna)), 'affiliate:anna:10 referral:bob:2 referral:carl:0.55', 'a circle ends where it closes';
$net->nats(PATCH => 'affiliate/edit_affiliate', loginid => $carl, ref => '');
my ($rc, undef, $err) = $srv->ctl('config', 'set', 'referral_tiers', '10,x');
is $rc, 1, 'no percentages';
like $err, qr/no percentage from 0 to 100/, 'are refused';

# Managers, several, of the payout and of the margin; partners, of the revenue.
is add_manager($anna, $mary)->{json}[0]{result}, 'Success', 'a manager';
is $srv->sql('SELECT manager_id FROM account WHERE id = ?', $anna), $mary, 'is the first';
is add_manager($anna, $_->[0])->{json}[0]{result}, 'Success', $_->[1] for [ $mike, 'another' ], [ $mike, 'once more' ];
is add_manager($anna, $carl)->{json}{message}, 'Invalid affiliate_manager_loginid.', 'an affiliate manages nobody';
$srv->ctl_ok('manager', 'set', 'mary', '4');
$srv->ctl_ok('manager', 'set', 'mike', '20', '--of', 'margin');
$srv->ctl_ok('partner', 'set', $offer, 'paul', '8');
is $srv->ctl_ok('manager', 'list'), "$mary\tmary\t4\tpayout\t1\n$mike\tmike\t20\tmargin\t1\n", 'manager list';
is $srv->ctl_ok('partner', 'list'), "$offer\t$paul\tpaul\t8\n", 'partner list';
my $all = 'affiliate:anna:10 affiliate_manager:mary:0.4 affiliate_manager:mike:3 partner:paul:2 referral:bob:2 referral:carl:0.55';
poll_until('all of them', sub { payouts(convert($anna)) eq $all });
is payouts(convert($bob)), 'affiliate:bob:10 partner:paul:2 referral:carl:1', 'an affiliate without a manager';

# The report's columns.
my $report = sub { $net->nats(GET => 'report/profitloss', view => 'login', period => 7, @_)->{json}{total}{row} };
{
	my $before = $report->(filter_loginid => $anna);
	my $order = convert($anna);
	my $pl = $report->(filter_loginid => $anna);
	is $pl->{$_->[0]} - $before->{$_->[0]}, $_->[1], "profit and loss: $_->[0]" for [ affiliate_payout => 1000 ],
		[ referral_payout => 255 ], [ affiliate_manager_payout => 340 ], [ partner_payout => 200 ], [ correction_payout => 0 ];
	my $r = $net->nats(GET => 'report/transaction', period => 7, filter_orderid => $order);
	my ($t) = values %{ $r->{json} };
	is $t->{total_payout}, 17.95, 'transactions: the total';
	is scalar(keys %{ { map { $_->{id} => 1 } @{ $t->{payouts} } } }), 6, 'each row has an id of its own';

	# A void takes all of it, a reversal gives exactly that back, and again.
	my $whole = 'anna=10 bob=2 carl=0.55 mary=0.4 mike=3 paul=2';
	is net_of($order), $whole, 'what one conversion pays';
	for my $round (1, 2) {
		is $net->nats(POST => 'transaction/process_void', orderid => $order)->{json}{result}, 'success', "void $round";
		is net_of($order), 'anna=0 bob=0 carl=0 mary=0 mike=0 paul=0', 'takes everything back';
		is $net->nats(POST => 'transaction/process_reversal', orderid => $order, reverse => 1)->{json}{result}, 'success', "reversal $round";
		is net_of($order), $whole, 'restores exactly that';
	}
}

# M8: a void that leaves the payout leaves the shares of it, and takes those of revenue and margin.
{
	$net->nats(PATCH => 'offer/edit_offer', offerid => $offer, deduct_voids => 0);
	my $order = convert($anna);
	is $net->nats(POST => 'transaction/process_void', orderid => $order)->{json}{result}, 'success', 'a void that deducts nothing';
	is net_of($order), 'anna=10 bob=2 carl=0.55 mary=0.4 mike=0 paul=0', 'takes the shares of margin and revenue alone';
	is $net->nats(POST => 'transaction/process_reversal', orderid => $order, reverse => 1)->{json}{result}, 'success', 'and back';
	is net_of($order), 'anna=10 bob=2 carl=0.55 mary=0.4 mike=3 paul=2', 'to what it was';
	$net->nats(PATCH => 'offer/edit_offer', offerid => $offer, deduct_voids => 1);
}

# A chargeback's fee is the affiliate's alone.
{
	my $order = convert($anna);
	is $net->nats(POST => 'transaction/process_chargeback', type => 'chargeback', orderid => $order, cost => 7)->{json}{result},
		'success', 'a chargeback with a fee';
	is net_of($order), 'anna=-7 bob=0 carl=0 mary=0 mike=0 paul=0', 'nobody else pays it';
}

# M4: corrections go by the rates that were booked.
{
	my $order = convert($anna);
	my $nothing = convert($anna, amount => 0);
	is net_of($nothing), '', 'one that is worth nothing yet has no rows';
	$srv->ctl_ok('manager', 'set', 'mary', '50');
	$srv->ctl_ok('partner', 'set', $offer, 'paul', '1');
	own_percent($bob, 90);
	my $set = sub { $net->nats(PATCH => 'transaction/transaction_update_revenue_by_orderid', orderid => $_[0], amount => $_[1]) };
	is $set->($order, 5000)->{json}{result}, 'success', 'worth twice as much';
	is net_of($order), 'anna=20 bob=4 carl=1.1 mary=0.8 mike=6 paul=4', 'each has twice his share, at the old rates';
	is $set->($nothing, 2500)->{json}{result}, 'success', 'and the other something';
	is net_of($nothing), 'anna=10 bob=9 carl=0.55 mary=5 mike=3 paul=0.25', 'at those of today, since it has no others';
	is $set->($order, 100)->{json}{result}, 'success', 'next to nothing';
	is net_of($order), 'anna=0.4 bob=0.08 carl=0.022 mary=0.016 mike=0.12 paul=0.08', 'in the same way';
	is $net->nats(POST => 'transaction/process_void', orderid => $_)->{json}{result}, 'success', "void of $_" for $order, $nothing;
	is net_of($_), 'anna=0 bob=0 carl=0 mary=0 mike=0 paul=0', 'takes back the sum of all rows' for $order, $nothing;
	$srv->ctl_ok('manager', 'set', 'mary', '4');
	$srv->ctl_ok('partner', 'set', $offer, 'paul', '8');
	own_percent($bob, 20);
}

# A margin below nothing costs the manager nothing.
{
	my $loss = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 3, commission_type => 'cpa',
		flat_amount_per_conversion => 10);
	is payouts(convert($anna, offer => $loss)), 'affiliate:anna:10 affiliate_manager:mary:0.4 referral:bob:2 referral:carl:0.55',
		'an offer that loses money';
}

# Goals say whether managers, referrers and partners are paid.
{
	chomp(my $goal = $srv->ctl_ok('goal', 'add', 'signup', 'Sign up'));
	$net->nats(PATCH => 'offer/set_offer_goals', offerid => $offer, 'goal_vars[0][goal_id]' => $goal,
		'goal_vars[0][commission_type]' => 'flat', 'goal_vars[0][amount]' => 5, 'goal_vars[0][revenue_type]' => 'conversion',
		'goal_vars[0][revenue_amount]' => 10, 'goal_vars[0][aff_manager_payout]' => 0, 'goal_vars[0][aff_referral_payout]' => 1,
		'goal_vars[0][offer_partner_payout]' => 0);
	my $order = convert($anna, goal => 'signup');
	is payouts($order, 'goal'), 'affiliate:anna:5 referral:bob:1 referral:carl:0.275', 'a goal that pays referrers alone';
	my $set = $net->nats(PATCH => 'transaction/transaction_update_revenue_by_orderid', orderid => $order, amount => 2000);
	is $set->{json}{result}, 'success', 'its revenue is another';
	is net_of($order), 'anna=5 bob=1 carl=0.275', 'for nobody';
}

# Owed in the rule's currency.
{
	$srv->ctl_ok('rate', 'set', 'EUR', '0.5');
	my $r = $net->affise(POST => 'admin/offer', title => 'Euro', status => 'active', privacy => 'public', advertiser => $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv),
		url => 'http://shop.example/?c={clickid}', 'payments[0][total]' => 20, 'payments[0][revenue]' => 10, 'payments[0][currency]' => 'EUR',
		'payments[0][type]' => 'fixed', 'payments[0][goal]' => 1);
	my $euro = $r->{json}{offer}{id} // $r->{json}{id} // die $r->{content};
	convert($anna, offer => $euro, amount => '');
	my %owed = map { my ($c, @v) = split /\t/; ($c => $v[0]) } split /\n/, $srv->ctl_ok('balance', 'mary');
	is $owed{EUR}, '0.40', 'a manager is owed euros for euros';
	cmp_ok $owed{USD}, '>', 0, 'beside dollars';
}

# Taken away, and who gets a new affiliate.
{
	$srv->ctl_ok('manager', 'unassign', 'anna', 'mary');
	is $srv->sql('SELECT manager_id FROM account WHERE id = ?', $anna), $mike, 'the next is the first now';
	is payouts(convert($anna)), 'affiliate:anna:10 affiliate_manager:mike:3 partner:paul:2 referral:bob:2 referral:carl:0.55', 'he is paid, she is not';
	is +($srv->ctl('manager', 'unassign', 'anna', 'mary'))[0], 1, 'she is none of hers';
	is +($srv->ctl('partner', 'set', $offer, 'mary', 3))[0], 1, 'a manager is no partner';
	is +($srv->ctl('manager', 'set', 'mary', '101'))[0], 1, 'nobody gets more than all';
	$srv->ctl_ok('config', 'set', 'manager_assignment', 'rotation');
	my $dora = $net->affiliate('dora');
	is $srv->sql('SELECT manager_id FROM account WHERE id = ?', $dora), $mary, 'rotation: who has the fewest';
	$srv->ctl_ok('config', 'set', 'manager_assignment', 'referrer');
	my $fred = $net->affiliate('fred');
	is $srv->sql('SELECT COALESCE(manager_id, 0) FROM account WHERE id = ?', $fred), 0, 'referrer: nobody brought him';
}

my ($code, $out, $said) = $srv->ctl('verify');
is $code, 0, 'and the books are true' or diag $out, $said;

undef $net;
undef $srv;
done_testing;
