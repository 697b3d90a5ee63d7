# Invoices of advertisers: written by hand and made from what was booked; money to the cent, no revenue on two.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use POSIX qw(strftime);
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $adv = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
my $other = $net->affise(POST => 'admin/advertiser', title => 'Other')->{json}{advertiser}{id};
my $pid = $net->affise(POST => 'admin/partner', email => 'anna@affiliate.example', password => 'secret', login => 'anna')->{json}{id};
my $bob = $net->affise(POST => 'admin/partner', email => 'bob@affiliate.example', password => 'secret', login => 'bob')->{json}{id};
my ($today, $yesterday, $before) = map { strftime '%Y-%m-%d', gmtime time - $_ * 86400 } 0, 1, 2;
my $r;

sub is_error {
	my ($reply, $status, $text, $what) = @_;
	is $reply->{status}, $status, "$what: status" or diag($reply->{content});
	is $reply->{json}{error}, $reply->{json}{message}, "$what: the text twice";
	ref $text ? like($reply->{json}{error}, $text, "$what: named") : is($reply->{json}{error}, $text, "$what: the text");
	return;
}

sub offer {
	my ($title, $total) = @_;
	return $net->affise(POST => 'admin/offer', title => $title, advertiser => $adv, url => 'http://shop.example/?c={clickid}', status => 'active',
		'payments[0][goal]' => 1, 'payments[0][total]' => $total, 'payments[0][revenue]' => 1, 'payments[0][currency]' => 'USD',
		'payments[0][type]' => 'fixed')->{json}{id};
}

# ---- by hand ----
my ($one, $two) = (offer('One', '10.333333'), offer('Two', '2.5'));
is_deeply $net->affise(GET => 'admin/advertiser-invoices')->{json}, { status => 1, message => [], pagination => { per_page => 100, total_count => 0, page => 1 } },
    'no invoices: an empty list in message';
my $body = join "\r\n", map { ('--b', qq(Content-Disposition: form-data; name="$_->[0]"), '', $_->[1]) } [ supplier_id => $adv ], [ currency => 'usd' ],
    [ start_date => '2026-01-01' ], [ end_date => '2026-01-31' ], [ 'detail[1][offer_id]' => $one ], [ 'detail[1][payout_type]' => 'RPA' ],
    [ 'detail[1][actions]' => 3 ], [ 'detail[1][amount]' => '31' ], [ 'detail[1][comment]' => 'three' ], [ 'detail[7][offer_id]' => $two ],
    [ 'detail[7][payout_type]' => 'RPA + RPS' ], [ 'detail[7][actions]' => 1 ], [ 'detail[7][amount]' => '0.125' ];
$r = $srv->request(POST => '/3.0/admin/advertiser-invoice', headers => { 'API-Key' => $net->{key}, 'Content-Type' => 'multipart/form-data; boundary=b' },
	content => "$body\r\n--b--\r\n");
is_deeply $r->{json}, { status => 1, message => 'Invoice created.' }, 'as multipart, as the sample has it' or diag($r->{content});
$r = $net->affise(GET => 'admin/advertiser-invoice/1');
is_deeply $r->{json}{message}, { number => 1, supplier_id => $adv, created_at => $today, updated_at => $today, start_date => '2026-01-01', end_date => '2026-01-31',
	status => 'unpaid', currency => 'USD', comment => undef, detail => [
	{ offer_id => $one, payout_type => 'RPA', actions => 3, amount => 31, comment => 'three' },
	{ offer_id => $two, payout_type => 'RPA + RPS', actions => 1, amount => 0.13, comment => undef } ] }, 'the whole shape; half a cent is rounded away from zero';
like $r->{content}, qr/"amount":31,/, 'a whole amount is an integer';
$r = $net->affise(POST => 'admin/advertiser-invoice', _json => { supplier_id => $other, currency => 'USD', status => 'paid', comment => 'für Mai', start_date => '2026-05-01',
	end_date => '2026-05-31', detail => [ { offer_id => $one, payout_type => 'RPS', actions => 0, amount => -5.5 } ] });
is $r->{json}{message}, 'Invoice created.', 'as JSON' or diag($r->{content});
is_deeply [ map { $_->{number} } @{ $net->affise(GET => 'admin/advertiser-invoices')->{json}{message} } ], [ 1, 2 ], 'numbers count up';
is_deeply [ map { $_->{number} } @{ $net->affise(GET => 'admin/advertiser-invoices', status => 'paid')->{json}{message} } ], [2], 'by state';
is_deeply [ map { $_->{number} } @{ $net->affise(GET => 'admin/advertiser-invoices', start_date => '2026-02-01')->{json}{message} } ], [2], 'by period from';
is_deeply [ map { $_->{number} } @{ $net->affise(GET => 'admin/advertiser-invoices', end_date => '2026-02-01')->{json}{message} } ], [1], 'and to';
is_deeply $net->affise(GET => 'admin/advertiser-invoices', limit => 1)->{json}{pagination}, { per_page => 1, total_count => 2, page => 1, next_page => 2 }, 'with pages';
is_deeply $net->affise(POST => 'admin/advertiser-invoice/1', status => 'paid')->{json}, { status => 1, message => 'Invoice updated' }, 'an edit of the state alone';
$r = $net->affise(GET => 'admin/advertiser-invoice/1')->{json}{message};
is_deeply [ $r->{status}, scalar @{ $r->{detail} } ], [ 'paid', 2 ], 'leaves the rest';
$net->affise(POST => 'admin/advertiser-invoice/1', 'detail[][offer_id]' => $two, 'detail[][amount]' => '7', comment => 'x');
$net->affise(POST => 'admin/advertiser-invoice/1', _json => { detail => [ { offer_id => $two, payout_type => 'RPA', amount => 7 } ], comment => 'x' });
$r = $net->affise(GET => 'admin/advertiser-invoice/1')->{json}{message};
is_deeply [ $r->{comment}, map { "$_->{offer_id} $_->{amount}" } @{ $r->{detail} } ], [ 'x', "$two 7" ], 'lines that are sent replace the old ones';

is_error($net->affise(POST => 'admin/advertiser-invoice/1', $_ => ''), 400, qr/^$_/, "an empty $_") for qw(supplier_id start_date end_date status);
$net->affise(POST => 'admin/advertiser-invoice/1', comment => '');
is $net->affise(GET => 'admin/advertiser-invoice/1')->{json}{message}{comment}, undef, 'an empty comment clears it';
my @new = (supplier_id => $adv, currency => 'USD', 'detail[0][amount]' => 1);
is_error($net->affise(POST => 'admin/advertiser-invoice', @new[ 2 .. 5 ]), 400, qr/^supplier_id/, 'no advertiser');
is_error($net->affise(POST => 'admin/advertiser-invoice', @new[ 0, 1, 4, 5 ]), 400, qr/^currency/, 'no currency');
is_error($net->affise(POST => 'admin/advertiser-invoice', @new, supplier_id => 'f' x 24), 400, qr/^supplier_id/, 'an unknown advertiser');
is_error($net->affise(POST => 'admin/advertiser-invoice', @new, currency => 'EUR'), 400, qr/^currency/, 'a currency that is none here');
$srv->ctl_ok(currency => 'add', 'EUR', '0.9');
is $net->affise(POST => 'admin/advertiser-invoice', @new, currency => 'EUR')->{status}, 200, 'one that is';
$srv->ctl_ok(currency => 'remove', 'EUR');
is_error($net->affise(POST => 'admin/advertiser-invoice', @new, currency => 'EUR'), 400, qr/^currency/, 'one that was ended');
for my $bad ([ 'detail[0][amount]' => '9,95' ], [ 'detail[0][offer_id]' => 999 ], [ 'detail[0][offer_id]' => 'x' ], [ 'detail[0][actions]' => '-1' ],
	[ 'detail[0][payout_type]' => 'CPA' ], [ detail => 'x' ]) {
	is_error($net->affise(POST => 'admin/advertiser-invoice', @new[ 0 .. 3 ], @$bad), 400, qr/^detail/, "$bad->[0] = $bad->[1]");
}
is_error($net->affise(POST => 'admin/advertiser-invoice', @new, start_date => '2026-02-01', end_date => '2026-01-01'), 400, qr/^end_date/, 'a period that ends first');
is_error($net->affise(POST => 'admin/advertiser-invoice', @new, start_date => '01.02.2026'), 400, qr/^start_date/, 'a day that is none');
is_error($net->affise($_->[0] => 'admin/advertiser-invoice/99', @{ $_->[1] }), 404, 'Resource Not Found', "$_->[0] of an unknown number")
    for [ GET => [] ], [ POST => [ status => 'paid' ] ];
is $srv->sql('SELECT COUNT(*) FROM invoice'), 3, 'none of these was made';

# ---- made from what was booked ----
my @offers = ($one, $one, $one, $two);
for my $i (0 .. $#offers) {
	poll_until("sale $i", sub { $net->postback(clickid => $net->click("/click?pid=$pid&offer_id=$offers[$i]"), action_id => "a$i", status => $i == 1 ? 5 : 1)->{status} == 1 });
}
my @made = (supplier_id => $adv, currency => 'USD');
is_error($net->affise(POST => 'admin/advertiser-invoice', @made, end_date => $today), 400, qr/^end_date/, 'a day that is not over');
# All of it two days earlier, as if it had been booked then.
$srv->exec_sql('UPDATE rollup_booked SET bucket = bucket - 192');
$srv->exec_sql('UPDATE node SET folded_through_us = 1');
is_error($net->affise(POST => 'admin/advertiser-invoice', @made, end_date => $before), 403, qr/^Node \d+ has not/, 'a node that is behind is named');
poll_until('it has caught up', sub { $srv->sql('SELECT MIN(folded_through_us) FROM node') > 1 || do { $net->click("/click?pid=$pid&offer_id=9999"); 0 } });
is_deeply $net->at_once(8, 'admin/advertiser-invoice', @made, end_date => $before), { 200 => 1, 409 => 7 }, 'made of what was booked, once, by however many at the same moment';
$r = $net->affise(GET => 'admin/advertiser-invoices')->{json}{message}[-1];
is_deeply $r->{detail}, [ { offer_id => $one, payout_type => 'RPA', actions => 3, amount => 31, comment => undef },
	{ offer_id => $two, payout_type => 'RPA', actions => 1, amount => 2.5, comment => undef } ], 'a line an offer, hold included, rounded once to the cent';
is_deeply [ @$r{qw(supplier_id end_date status)} ], [ $adv, $before, 'unpaid' ], 'up to its day';
is_error($net->affise(POST => 'admin/advertiser-invoice', @made, end_date => $before), 409, qr/^end_date/, 'no revenue is billed twice');
is $net->affise(POST => 'admin/advertiser-invoice', supplier_id => $other, currency => 'USD')->{status}, 200, 'another advertiser has nothing to pay';
is_deeply $net->affise(GET => 'admin/advertiser-invoices')->{json}{message}[-1]{detail}, [], 'which is an invoice without lines';
is_error($net->affise(POST => "admin/advertiser-invoice/$r->{number}", supplier_id => $other), 403, qr/supplier_id/, 'a generated one stays with its advertiser');
is $net->affise(POST => "admin/advertiser-invoice/$r->{number}", status => 'paid')->{status}, 200, 'and is paid';
# What becomes known later of days that are billed: an event is dated by when it was acknowledged.
poll_until("a late sale of $_", sub { $net->postback(clickid => $net->click("/click?pid=$bob&offer_id=$_"), action_id => "late$_", status => 1)->{status} == 1 })
    for $one, $two;
$srv->exec_sql('UPDATE rollup_booked SET bucket = bucket - 200 WHERE affiliate_id = ?', $bob);
$net->affise(POST => "admin/advertiser-invoice/$r->{number}", _json => { detail => [] });
is_deeply $net->at_once(8, 'admin/advertiser-invoice', @made), { 200 => 1, 409 => 7 }, 'the next one, up to yesterday, likewise';
$r = $net->affise(GET => 'admin/advertiser-invoices')->{json}{message}[-1];
is_deeply [ map { "$_->{offer_id} $_->{actions} $_->{amount}" } @{ $r->{detail} } ], [ "$one 1 10.33", "$two 1 2.5" ],
    'has what was booked late, and no more, however the last one was edited';
is $r->{end_date}, $yesterday, 'yesterday is its last day';
$srv->exec_sql('UPDATE rollup_booked SET bucket = bucket + IF(affiliate_id = ?, 200, 192) WHERE bucket < ?', $bob, int(time / 900) - 48);
my ($rc, $out) = $srv->ctl('verify');
is $rc, 0, 'the books balance' or diag($out);

# ---- whose ----
my $sm = $net->affise(POST => 'admin/user', email => 'sm@network.example', password => 'secret', first_name => 'S', last_name => 'M', roles => 'ROLE_MANAGER_SALES')->{json}{user};
is_deeply $net->affise(GET => 'admin/advertiser-invoices', key => $sm->{api_key})->{json}{message}, [], 'a manager of others sees none';
is_error($net->affise(GET => 'admin/advertiser-invoice/1', key => $sm->{api_key}), 404, 'Resource Not Found', 'nor one by its number');
is_error($net->affise(POST => 'admin/advertiser-invoice', @new, key => $sm->{api_key}), 404, 'Resource Not Found', 'nor makes one');
$net->affise(POST => "admin/advertiser/$adv", manager => $sm->{id});
is scalar @{ $net->affise(GET => 'admin/advertiser-invoices', key => $sm->{api_key})->{json}{message} }, 4, 'his own he sees';

done_testing;
