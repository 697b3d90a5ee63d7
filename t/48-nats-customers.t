# Customers by REST: locks, data access, forgetting, edits; what each leaves and what it does not.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my @offer = map { $net->offer(name => $_, url => 'http://shop.example/?h=%%click_hash%%', commission_type => 'cpa',
	flat_amount_per_conversion => '2', conversion_default => '25', continuity_default => '10') } 'Shoes', 'Hats';

sub click {
	my ($offer) = @_;
	my $code = $net->link_of($aff, $offer, code_only => 1);
	return ($srv->get("/track/$code")->{headers}{location} =~ /h=([0-9a-f.]+)/)[0];
}
sub customer { my ($method, $call, @p) = @_; return $net->nats($method => "customer/$call", @p) }

$net->affise(POST => 'partner/postback', pid => $aff, url => 'http://127.0.0.1:1/p?m=%%cust_email%%');
my %person = (custom1 => 'Countess Ada', firstname => 'Ada', lastname => 'Lovelace', email => 'ada@example.org', city => 'London', zip => 'W1', country => 'GB',
	phone => '+44 1', custom5 => 'of the year');
is $net->pixel(click_hash => click($offer[0]), subscription_id => 's1', orderid => 'O1', ip => '192.0.2.77', trans_custom2 => 'red', %person), '*success*', 'a sale';
is $net->pixel(subscription_id => 's1', offerid => $offer[0], orderid => 'O2'), '*success*', 'and another one of the same customer';
is $net->pixel(click_hash => click($offer[1]), subscription_id => 's1', orderid => 'O3', firstname => 'Bob'), '*success*',
    'a customer of another offer with that id';
my $id = $srv->sql('SELECT id FROM customer WHERE offer_id = ?', $offer[0]);
my $books = $srv->rows('SELECT revenue, payout, orderid FROM conversion ORDER BY conv_us');

# Later posts of the advertiser change what they name, of a locked customer as well; refused ones nothing.
{
	my $of = sub { my $d = customer(GET => 'export', subscription_id => $_[0])->{json}{details}; join '|', map { $d->{$_} } qw(firstname lastname email city) };
	my $hash = click($offer[0]);
	my $post = sub { my ($order, @p) = @_; return $net->pixel(offerid => $offer[0], subscription_id => 'eve', orderid => $order, @p) };
	is $net->pixel(click_hash => $hash, subscription_id => 'eve', orderid => 'E0'), '*success*', 'a customer without details';
	is $of->('eve'), '|||', 'has none';
	is $post->('E1', firstname => 'Eve', email => 'eve@example.org'), '*success*', 'a later post names some';
	is $of->('eve'), 'Eve||eve@example.org|', 'which are kept';
	is $post->('E2', firstname => '', lastname => "O'Neil", email => 'new@example.org'), '*success*', 'another one, with an empty value';
	is $of->('eve'), "Eve|O'Neil|new\@example.org|", 'replaces what it names';
	is $post->('E2', firstname => 'Dup'), '*error* - Duplicate orderid.', 'a duplicate';
	is $of->('eve'), "Eve|O'Neil|new\@example.org|", 'changes nothing';
	customer(PATCH => 'lock', subscription_id => 'eve');
	is customer(PATCH => 'set_customer_details', subscription_id => 'eve', city => 'Rome')->{json}{message}, 'Customer is locked.', 'locked: not by REST';
	is $post->('E3', city => 'Paris'), '*success*', 'but by a post of the advertiser';
	is $of->('eve'), "Eve|O'Neil|new\@example.org|Paris", 'so it changes';
	is $post->('E4', goal => 'survey', city => 'Oslo'), '*success*', 'by a goal as well';
	like $of->('eve'), qr/Oslo$/, 'of his';
	$net->nats(PATCH => 'offer/edit_offer', offerid => $offer[0], no_personal_member_info => 1);
	is $post->('E5', firstname => 'Secret', city => 'Nowhere', email => 'last@example.org'), '*success*', 'no_personal_member_info';
	is $of->('eve'), "Eve|O'Neil|last\@example.org|Oslo", 'only the address of his mail';
	$net->nats(PATCH => 'offer/edit_offer', offerid => $offer[0], no_personal_member_info => 0);
	customer(PATCH => 'unlock', subscription_id => 'eve');
	customer(PATCH => 'forget', subscription_id => 'eve');
	is $post->('E6', firstname => 'Eve', email => 'eve@example.org'), '*success*', 'who is forgotten';
	is $of->('eve'), '|||', 'stays so';
	is scalar @{ $srv->rows("SELECT 1 FROM customer_person WHERE CONCAT(firstname, email) LIKE '%eve%'") }, 0, 'in the table, too';
}
$books = $srv->rows('SELECT revenue, payout, orderid FROM conversion ORDER BY conv_us');

# Data access, by each selector.
my $all = customer(GET => 'export', customer_id => $id)->{json};
is $all->{subscription_id}, 's1', 'the advertiser\'s id';
is $all->{locked}, '0', 'not locked';
is_deeply { map { $_ => $all->{details}{$_} } keys %person }, \%person, 'the person';
is_deeply [ map { "$_->{orderid} $_->{trans_type} $_->{amount}" } @{ $all->{transactions} } ],
    [ 'O1 conversion 25.00', 'O2 continuity 10.00' ], 'what was bought';
is_deeply { map { $_ => $all->{transactions}[0]{$_} } grep { /^ip|custom/ } keys %{ $all->{transactions}[0] } }, { ip => '192.0.2.77', trans_custom2 => 'red' },
    'and what came with it';
is_deeply [ @{$all}{qw(member_note member_auth)} ], [ [], [] ], 'nothing else is kept';
is customer(GET => 'export', orderid => 'O2')->{json}{customer_id}, $id, 'by an order';
is customer(GET => 'export', subscription_id => 's1', offerid => $offer[0])->{json}{customer_id}, $id, 'by subscription and offer';
for my $call ([ GET => 'export' ], map { [ PATCH => $_ ] } qw(lock unlock forget)) {
	is customer(@$call)->{json}{message}, 'Customer not found.', "$call->[1]: nobody named";
	is customer(@$call, orderid => 'nosuch')->{json}{message}, 'Customer not found.', "$call->[1]: nobody there";
	like customer(@$call, subscription_id => 's1')->{json}{message}, qr/Several customers/, "$call->[1]: two of them";
}

# A lock holds against edits, and not against the advertiser.
is customer(PATCH => 'set_customer_details', customer_id => $id, email => 'ada@new.example', custom3 => 'vip', city => 'REMOVE',
	username => 'ada', password => 'secret')->{content}, 'true', 'an edit';
$all = customer(GET => 'export', customer_id => $id)->{json}{details};
is_deeply [ @{$all}{qw(email custom3 city username password lastname)} ], [ 'ada@new.example', 'vip', '', 'ada', '***', 'Lovelace' ],
    'changes what it names';
unlike $srv->sql('SELECT password_hash FROM customer_person WHERE customer_id = ?', $id), qr/secret/, 'passwords are hashed';
is customer(PATCH => 'set_customer_details', customer_id => $id)->{json}{result}, 'error', 'nothing to change';
is customer(PATCH => 'lock', customer_id => $id)->{content}, 'true', 'locked';
is customer(GET => 'export', customer_id => $id)->{json}{locked}, '1', 'it says so';
is customer(PATCH => 'set_customer_details', customer_id => $id, email => 'x@example.org')->{json}{message}, 'Customer is locked.',
    'edits are refused';
is $net->pixel(subscription_id => 's1', offerid => $offer[0], orderid => 'O4'), '*success*', 'posts are not';
is customer(PATCH => 'unlock', orderid => 'O4')->{content}, 'true', 'unlocked';
is customer(PATCH => 'set_customer_details', customer_id => $id, email => 'ada@example.org')->{content}, 'true', 'edits go on';
like customer(PATCH => 'set_customer_details', customer_id => $id, email => 'x' x 256)->{content}, qr/email/, 'too long';

# Every selector of a lock: each shuts, and each opens.
for my $by ([ customer_id => $id ], [ orderid => 'O2' ], [ subscription_id => 's1', offerid => $offer[0] ]) {
	for my $call (qw(lock unlock)) {
		is customer(PATCH => $call, @$by)->{content}, 'true', "$call by $by->[0]";
		is customer(GET => 'export', customer_id => $id)->{json}{locked}, $call eq 'lock' ? '1' : '0', 'it is so';
	}
}

# Every field of an edit, and its other selectors.
{
	my @to = (subscription_id => 's1', offerid => $offer[1]);
	my %new = map { $_ => "new $_" } qw(firstname lastname email username address1 address2 city state country zip), map { "custom$_" } 1 .. 5;
	my $details = sub { my %d = %{ customer(GET => 'export', @to)->{json}{details} }; return { map { $_ => $d{$_} } keys %new } };
	my %now = %{ $details->() };
	for my $f (sort keys %new) {
		is customer(PATCH => 'set_customer_details', @to, $f => $new{$f})->{content}, 'true', "set_customer_details: $f";
		is_deeply $details->(), { %now, $f => $new{$f} }, 'is shown, and nothing else has changed';
		$now{$f} = $new{$f};
	}
	customer(PATCH => 'set_customer_details', @to, map { $_ => 'REMOVE' } grep { $_ ne 'firstname' } keys %new);
	customer(PATCH => 'set_customer_details', @to, firstname => 'Bob');
	is join('', values %{ $details->() }), 'Bob', 'REMOVE clears each';
}
{
	is $net->pixel(click_hash => click($offer[$_]), subscription_id => "t$_", orderid => 'TWICE', firstname => "Tom $_"), '*success*', "an order of offer $_" for 0, 1;
	like customer(PATCH => 'forget', orderid => 'TWICE')->{json}{message}, qr/Several customers/, 'forget: an order of two offers';
	is customer(PATCH => 'forget', orderid => 'TWICE', offerid => $offer[0])->{content}, 'true', 'narrowed';
	is join('|', map { customer(GET => 'export', subscription_id => "t$_")->{json}{details}{firstname} } 0, 1), '|Tom 1', 'by an order of his, and his alone';
}
$books = $srv->rows('SELECT revenue, payout, orderid FROM conversion ORDER BY conv_us');

# Forgetting.
poll_until('the affiliate was told of the customer', sub { $srv->sql("SELECT COUNT(*) FROM notify_log WHERE url LIKE '%ada%'") });
sub sent_along { return $srv->rows("SELECT extra AS x FROM conversion WHERE orderid = 'O1' UNION ALL SELECT trans_custom FROM txn WHERE orderid = 'O1'") }
my $came = sent_along();
is customer(PATCH => 'forget', customer_id => $id, keep => 'nosuch')->{json}{result}, 'error', 'no such field';
is customer(PATCH => 'forget', customer_id => $id, keep => 'country,member_note')->{content}, 'true', 'forgotten but for the country';
$all = customer(GET => 'export', customer_id => $id)->{json};
is_deeply { map { $_ => $all->{details}{$_} } grep { length $all->{details}{$_} } keys %{ $all->{details} } }, { country => 'GB' },
    'the country is left';
is scalar @{ $all->{transactions} }, 3, 'the money stays';
my $dump = join "\n", map { join '|', map { $_ // '' } values %$_ }
    map { @{ $srv->rows("SELECT * FROM $_") } } qw(event_log conversion customer_person click_kept customer txn notify_log);
unlike $dump, qr/Lovelace|Ada\b|ada@|192\.0\.2\.77|London/, 'no row has a trace';
like join(' ', map { $_->{x} } @$came), qr/custom1=.*&custom5=/, 'what came along had free values of his';
$_->{x} =~ s/(^|&)(custom[1-5])=[^&]*/$1$2=/g for @$came;
is_deeply sent_along(), $came, 'they alone are emptied';
like $dump, qr/Bob/, 'the other customer is as he was';
is $srv->sql('SELECT COUNT(*) FROM conversion WHERE customer_id = ? AND ip <> REPEAT(CHAR(0), 16)', $id), 0, 'addresses are gone';
is_deeply $srv->rows('SELECT revenue, payout, orderid FROM conversion ORDER BY conv_us'), $books, 'amounts are as they were';
is $net->pixel(subscription_id => 's1', offerid => $offer[0], orderid => 'O5'), '*success*', 'the advertiser still posts for the customer';
is customer(PATCH => 'set_customer_details', customer_id => $id, email => 'x@example.org')->{json}{message}, 'Customer is forgotten.',
    'there is no way back';
is customer(PATCH => 'forget', customer_id => $id)->{content}, 'true', 'once more, entirely';
is $srv->sql('SELECT COUNT(*) FROM customer_person WHERE customer_id = ?', $id), 0, 'nothing is left';
is(($srv->ctl('verify'))[0], 0, 'the books balance');
done_testing;
