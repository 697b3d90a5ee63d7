# Currencies: rates that only grow, the call that sets them, and amounts of a post in another currency at the rate
# of its time (M3).
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');

sub rates { my (@p) = @_; return $net->nats(GET => 'service/set_currency_exchange_rates', @p)->{json} }

is_deeply rates()->{data}, { base => 'USD', rates => {}, updated => '0' }, 'no rates yet';
my $r = rates(currency => 'EUR', rate => '0.80');
is_deeply [ @$r{qw(result message)} ], [ 'success', 'Exchange rates updated.' ], 'a rate';
is_deeply [ @{ $r->{data} }{qw(base rates)} ], [ 'USD', { EUR => '0.8' } ], 'is shown';
cmp_ok abs($r->{data}{updated} - time), '<', 60, 'with its time';
$r = rates('rates[gbp]' => '0.5', 'rates[CHF]' => 2);
is_deeply $r->{data}{rates}, { EUR => '0.8', GBP => '0.5', CHF => '2' }, 'several at once';
is_deeply rates(rates => '{"SEK":"10.5"}')->{data}{rates}{SEK}, '10.5', 'as a JSON object';
is $net->nats(POST => 'service/set_currency_exchange_rates', currency => 'NOK', rate => 11)->{json}{data}{rates}{NOK}, '11', 'POST';
is $net->nats(PATCH => 'service/set_currency_exchange_rates', currency => 'DKK', rate => 7)->{json}{data}{rates}{DKK}, '7', 'PATCH';
is rates(base => 'EUR', currency => 'CZK', rate => 25)->{data}{rates}{CZK}, '20', 'for another base: 25 to the euro are 20 to the dollar';
is rates(base => 'CAD', currency => 'USD', rate => '0.8')->{data}{rates}{CAD}, '1.25', 'or the other way round';
for my $bad ([ [ currency => 'E', rate => 1 ], 'Invalid currency.' ], [ [ currency => 'EUR', rate => 0 ], 'Invalid rate.' ],
	[ [ currency => 'EUR', rate => '-1' ], 'Invalid rate.' ], [ [ currency => 'EUR', rate => '0,9' ], 'Invalid rate.' ],
	[ [ currency => 'USD', rate => 1 ], 'Invalid currency.' ], [ [ base => 'XAU', currency => 'JPY', rate => 1 ], 'Invalid base.' ],
	[ [ 'rates[EUR]' => 'x' ], 'Invalid rate.' ]) {
	my $e = rates(@{ $bad->[0] });
	is_deeply [ @$e{qw(result message)} ], [ 'error', $bad->[1] ], "@{ $bad->[0] }";
}
like rates(currency => 'EUR')->{message}, qr/rate/, 'a currency without a rate';
is $srv->sql("SELECT COUNT(*) FROM currency_rate WHERE currency = 'EUR'"), 1, 'what was refused stored nothing';

# Amounts of a post
my $offer = $net->offer(advertiserid => $adv, advertiser_cost_type => 'dynamic_conversion', commission_type => 'cps',
	percentage_of_customer_conversion => 50);
my $n = 0;
sub booked {
	my (@p) = @_;
	$n++;
	my $said = $net->pixel(click_hash => $net->click("/click?pid=$aff&offer_id=$offer"), orderid => "C$n", @p);
	return $said eq '*success*' ? $srv->sql("SELECT CONCAT(revenue / 1000000, ' ', payout / 1000000) FROM conversion WHERE orderid = 'C$n'") : $said;
}
is booked(amount => 10), '10.0000 5.0000', 'no currency: base';
is booked(amount => 8, currency => 'eur'), '10.0000 5.0000', 'eight euro are ten dollars';
rates(currency => 'EUR', rate => '0.5');
is booked(amount => 8, currency => 'EUR'), '16.0000 8.0000', 'at the new rate sixteen';
is $srv->sql("SELECT revenue FROM conversion WHERE orderid = 'C2'"), 10_000_000, 'and what is booked stays as it was';
is $srv->sql("SELECT COUNT(*) FROM currency_rate WHERE currency = 'EUR'"), 2, 'the old rate stands beside the new one';
is booked(amount => 8, currency => 'XYZ'), '*error* - Invalid currency.', 'a currency without a rate';
is booked(amount => 8, currency => 'USD'), '8.0000 4.0000', 'the base currency by name';

my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $net;
undef $srv;
done_testing;
