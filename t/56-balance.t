# What an account is owed: by currency, with what is on hold apart (decisions.md M3, M7).
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');

# What `balance` prints, as { currency => [ balance, hold, available ] }.
sub balance {
	return { map { my ($c, @v) = split /\t/; ($c => \@v) } split /\n/, $srv->ctl_ok('balance', @_) };
}
my @none = ('0.00', '0.00', '0.00');

is_deeply balance($aff), { USD => \@none }, 'nothing yet: the base currency alone';
$srv->ctl_ok('rate', 'set', 'EUR', '0.5');
is_deeply balance('anna'), { USD => \@none, EUR => \@none }, 'a currency with a rate shows, by user name too';

my %cpa = (advertiserid => $adv, advertiser_cost_type => 'dynamic_conversion', commission_type => 'hybrid',
	flat_amount_per_click => '0.25', percentage_of_customer_conversion => 50);
my $now = $net->offer(%cpa);
my $later = $net->offer(%cpa);
is $net->affise(POST => "admin/offer/$later", hold_period => 3)->{status}, 200, 'an offer with a hold period';
poll_until('which is known', sub { ($net->affise(GET => "offer/$later")->{json}{offer}{hold_period} // 0) == 3 });

my $a = $net->click($net->link_of($aff, $now));
my $b = $net->click($net->link_of($aff, $later));
poll_until('two clicks are earned money', sub { balance($aff)->{USD}[0] eq '0.50' });
is $net->pixel(click_hash => $a, orderid => 'A', amount => 10), '*success*', 'a conversion';
is_deeply balance($aff)->{USD}, [ '5.50', '0.00', '5.50' ], 'is available at once';
is $net->pixel(click_hash => $b, orderid => 'B', amount => 40), '*success*', 'one that is held';
is_deeply balance($aff)->{USD}, [ '25.50', '20.00', '5.50' ], 'is on hold';
is $net->nats(PATCH => 'transaction/transaction_update_revenue_by_orderid', orderid => 'B', amount => 3000)->{json}{result},
	'success', 'which is worth less later';
is_deeply balance($aff)->{USD}, [ '20.50', '15.00', '5.50' ], 'takes it from the hold';
is $net->nats(POST => 'transaction/process_void', orderid => 'B')->{json}{result}, 'success', 'a void';
is_deeply balance($aff)->{USD}, [ '5.50', '0.00', '5.50' ], 'takes away what was held, and only that';
is $net->nats(POST => 'transaction/process_chargeback', type => 'chargeback', orderid => 'A', cost => 9)->{json}{result}, 'success',
	'a chargeback with a fee';
is_deeply balance($aff)->{USD}, [ '-8.50', '0.00', '-8.50' ], 'may take more than there is';

is +($srv->ctl('balance', 'nobody'))[0], 1, 'nobody has no balance';
my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $net;
undef $srv;
done_testing;
