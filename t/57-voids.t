# What a void takes back when the offer says that all of a customer's commission goes.  The case table, to the cent, is
# in t/unit/fullcustomer_test.c; here the way in, the posting script and what the reports of both dialects show.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my $offer = $net->offer(name => 'share', advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
	commission_type => 'cps', percentage_of_customer_conversion => 15, percentage_of_customer_continuity => 5);
sub shown { return $net->nats(GET => 'offer/get_details', offerid => $offer)->{json}{data}{$offer}{deduct_full_customer_commission} }

is shown(), 0, 'off by default';
$srv->ctl_ok('offer', 'set', $offer, 'deduct_full_customer_commission', 1);
is shown(), 1, 'affiliatectl sets it, get_details shows it';
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', 1);
$srv->ctl_ok('config', 'set', 'global_void_ips', '127.0.0.1');

my $hash = $net->click($net->link_of($aff, $offer));
is $net->pixel(click_hash => $hash, subscription_id => 'C7', orderid => 'A', gross => 60), '*success*', 'an initial';
is $net->pixel(offerid => $offer, subscription_id => 'C7', orderid => 'B', amount => 10), '*success*', 'a continuity';
is $net->pixel(offerid => $offer, subscription_id => 'C7', orderid => 'C', amount => 20), '*success*', 'and another';

sub paid {
	return join ' ', map { sprintf '%.2f', $srv->sql('SELECT COALESCE(SUM(p.amount_b), 0) FROM payout_row p JOIN txn t USING (txn_us, node_id)'
		. ' WHERE t.orderid = ?', $_) / 1e6 } qw(A B C);
}
sub earned { return $srv->sql('SELECT CAST(SUM(affiliate_payout_b) AS SIGNED) FROM rollup_booked') / 1e4 }
sub void { return $srv->get('/signup/process_void.php?' . form(@_))->{content} }

is paid(), '3.75 0.50 1.00', 'three are paid';
is void(orderid => 'B', type => 'void'), '*success*', 'the second is voided';
is paid(), '0.00 0.00 0.00', 'what was paid for the customer is taken back';
is earned(), 0, 'in the books as well';
my $day = $srv->sql('SELECT UTC_DATE()');
my %affise = map { $_->{action_id} => [ @$_{qw(status payouts)} ] }
	@{ $net->affise(GET => 'stats/conversions', date_from => $day, date_to => $day)->{json}{conversions} };
is_deeply [ map { $affise{$_}[0] } qw(A B C) ], [ 'confirmed', 'declined', 'confirmed' ], 'Affise: the others stay confirmed';
is_deeply [ map { 0 + $affise{$_}[1] } qw(A C) ], [ 0, 0 ], 'and pay nothing';
is void(orderid => 'B', type => 'void'), '*error* - Void transaction exists.', 'once';
is void(orderid => 'B', type => 'void', reverse => 1), '*success*', 'the reversal';
is paid(), '3.75 0.50 1.00', 'restores exactly what was taken';
is earned(), 525, 'in the books as well';

# One of the others waits for somebody when the customer's void is reversed: it is paid by its approval, and once.
sub edit {
	my ($order, @p) = @_;
	my $x = $srv->rows('SELECT conv_us, node_id FROM conversion WHERE orderid = ?', $order)->[0];
	return $net->affise(POST => 'admin/conversion/edit', @p, ids =>
		sprintf '%08x%05x%03x00000000', $x->{conv_us} / 1_000_000, $x->{conv_us} % 1_000_000, $x->{node_id})->{status};
}
is void(orderid => 'B', type => 'void'), '*success*', 'voided again';
is edit('A', status => 'pending'), 200, 'the first is made pending';
is paid(), '0.00 0.00 0.00', 'nobody is paid';
is void(orderid => 'B', type => 'void', reverse => 1), '*success*', 'the reversal';
is paid(), '0.00 0.50 1.00', 'pays those that are booked';
is edit('A', status => 'confirmed'), 200, 'the first is approved';
is paid(), '3.75 0.50 1.00', '... and paid what it was worth';
is void(orderid => 'B', type => 'void'), '*success*', 'and once more';
is paid(), '0.00 0.00 0.00', '... taken back';
is void(orderid => 'B', type => 'void', reverse => 1), '*success*', '... and given back';
is paid(), '3.75 0.50 1.00', '... exactly';
is earned(), 525, 'in the books as well';
my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $srv;
done_testing;
