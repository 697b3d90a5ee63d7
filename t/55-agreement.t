# One surfer after the other, through the real server: clicks, conversions of all kinds, voids, reversals and
# approvals; and then the two dialects, the dumps and the recount say the same (decisions.md §3).
use strict;
use warnings;

use Affiliated::Test;
use Test::More;

my $srv = Affiliated::Test->new(workers => 2);
$srv->ctl_ok(qw(admin add root root@example.com));
chomp(my $key = $srv->ctl_ok(qw(key create root)));
$srv->ctl_ok(qw(config set ADMIN_API_ALLOWED_IPS 127.0.0.1));
$srv->ctl_ok(qw(config set time_zone Asia/Kolkata));
$srv->ctl_ok(qw(rate set EUR 0.8));
{
	my $dbh = $srv->dbh;
	$dbh->do($_) for
	    "INSERT INTO account (id, hex24, type, username, status, title, created_us, updated_us) VALUES (50, 'aa', 140, 'shop', 0,
		'Shop', 1, 1), (51, 'bb', 100, 'bob', 0, 'Bob', 1, 1), (52, 'cc', 100, 'eve', 0, 'Eve', 1, 1)",
	    # 61: percentages and click prices; 62: on hold, in euro; 63: no advertiser, pending by hand
	    "INSERT INTO offer (id, hex24, name, advertiser_id, default_lp_id, hold_period, conversion_default, created_us, updated_us)
		VALUES (61, 'a1', 'Percent', 50, 71, 0, NULL, 1, 1), (62, 'a2', 'Held', 50, 72, 5, NULL, 1, 1),
		(63, 'a3', 'Own', NULL, 73, 0, 10000000, 1, 1)",
	    "INSERT INTO landing_page (id, offer_id, name, url, created_us, updated_us) VALUES
		(71, 61, 'l', 'http://shop.example/?c={clickid}', 1, 1), (72, 62, 'l', 'http://shop.example/?c={clickid}', 1, 1),
		(73, 63, 'l', 'http://shop.example/?c={clickid}', 1, 1)",
	    'INSERT INTO commission (id, offer_id) VALUES (81, 61), (82, 62), (83, 63)',
	    "INSERT INTO payout_rule (offer_id, change_id, valid_from_us, currency, commission_type, aff_click, aff_visitor,
		aff_conversion, aff_continuity, pct_conversion, pct_continuity, adv_cost_type, adv_flat) VALUES
		(61, 0, 0, 'USD', 'hybrid', 12345, 100001, 1000000, 500000, 150000, 50000, 'dynamic_conversion', NULL),
		(62, 0, 0, 'EUR', 'hybrid', 7777, 0, 3330000, 1000000, 0, 0, 'click', 50000),
		(63, 0, 0, 'USD', 'cps', NULL, NULL, NULL, NULL, 333333, 100000, '', NULL)";
}
$srv->launch;
my $auth = { 'api-key' => $key, 'api-username' => 'root' };

my $n = 0;
sub click {
	my ($offer, $pid) = @_;
	$n++;
	my $r = $srv->get("/click?pid=$pid&offer_id=$offer&sub1=s$n", headers => { 'Cookie' => "x=$n" });
	my ($id) = ($r->{headers}{location} // '') =~ /\?c=([0-9a-f]{24})/ or die "no redirect: $r->{status}";
	return $id;
}
sub postback { my ($id, %p) = @_; return $srv->get('/postback?' . form(clickid => $id, %p))->{json}{status} }
sub pixel { my ($id, %p) = @_; return $srv->get('/signup/process_pixel.php?' . form(click_hash => $id, %p))->{content} }
sub nats_post { my ($path, %p) = @_; return $srv->post("/api/transaction/$path", \%p, headers => $auth)->{json}{result} }

my (@id, $orders);
for my $offer (61, 62, 63) {
	for my $k (0 .. 9) {
		my $id = click($offer, 51 + $k % 2);
		my $o = "$offer-$k";
		push @id, $id;
		my $said = $k % 2 ? postback($id, action_id => $o, sum => "10$k.25", $k == 3 ? (goal => 'lead') : (), $k == 5 ? (status => 2) : (),
			$k == 7 ? (status => 3) : ()) : pixel($id, orderid => $o, amount => "20.0$k", gross => "40.0$k");
		ok $said eq '1' || $said eq '*success*', "$o is taken" or diag $said;
		$orders++;
	}
	is pixel($id[-2], orderid => "$offer-again", amount => '9.99'), '*success*', 'a continuity';
}
is $srv->sql('SELECT COUNT(*) FROM conversion'), $orders + 3, 'every one is a conversion';

# Voids, two of them reversed; of a continuity as well.  Pending ones: approved, and left.
is nats_post('process_void', orderid => $_), 'success', "$_ is voided" for qw(61-0 61-2 62-0 63-4 61-again 62-1 63-9);
is nats_post('process_reversal', orderid => $_, reverse => 1), 'success', "$_ comes back" for qw(61-2 62-1 63-9);
is nats_post('approve_pending_transaction', orderid => '61-5'), 'success', 'a pending one is approved';

sub nats { my (@p) = @_; return $srv->get('/api/report/profitloss?' . form(period => 7, @p), headers => $auth)->{json} }
sub custom {
	my (@p) = @_;
	return $srv->get('/3.0/stats/custom?' . form('filter[date_from]' => '2020-01-01', 'filter[date_to]' => '2099-01-01', limit => 500,
		@p), headers => { 'API-Key' => $key })->{json}{stats};
}
# Micro-units, without a detour through floating point on the way.
sub micro { my ($x) = @_; return sprintf '%.0f', $x * 1_000_000 }
sub sum { my ($rows, $what, @status) = @_; my $s = 0; for my $r (@$rows) { $s += micro($r->{actions}{$_}{$what}) for @status } return $s }
my @net = qw(conversion_amount_b initial_amount_b continuity_amount_b goal_amount_b income_amount_b void_amount_b
	chargeback_amount_b void_rev_amount_b chargeback_rev_amount_b);

poll_until('all clicks are in the reports', sub { nats()->{total}{row}{page_view} == $n });
for my $filter ([], [ 61 ], [ 62 ], [ 63 ]) {
	my $where = @$filter ? "WHERE offer_id = $filter->[0]" : '';
	my $year = custom('slice[]' => 'year', @$filter ? ('filter[offer]' => $filter->[0]) : ());
	my $name = @$filter ? "offer $filter->[0]" : 'all offers';
	my $net = $srv->sql('SELECT SUM(' . join(' + ', @net) . ") FROM rollup_booked $where");
	my $paid = $srv->sql("SELECT SUM(affiliate_payout_b + correction_payout_b) FROM rollup_booked $where");
	my $count = $srv->sql("SELECT SUM(conversion + advertiser_initial + continuity + goal) FROM rollup_booked $where")
	    - $srv->sql("SELECT SUM(deducted) FROM txn " . ($where || 'WHERE TRUE') . ' AND type IN (4, 5)')
	    + $srv->sql("SELECT COUNT(*) FROM txn r JOIN txn v ON v.txn_us = r.ref_us AND v.node_id = r.ref_node " .
		($where =~ s/offer_id/r.offer_id/r || 'WHERE TRUE') . ' AND r.type IN (6, 7) AND v.deducted');
	is sum($year, 'charge', qw(confirmed hold)), $net, "$name: charge of confirmed and hold is the net revenue";
	is sum($year, 'revenue', qw(confirmed hold)), $paid, "$name: their payouts are the affiliates'";
	is $year->[0]{actions}{confirmed}{count} + $year->[0]{actions}{hold}{count}, $count, "$name: and so is the count";
	cmp_ok $net, '>', 0, "$name: which is not nothing";
}

# Each pair of reports, by currency: by day, the conversions and the clicks one by one, and profit and loss.
my @all_days = (date_from => '2020-01-01', date_to => '2099-01-01', limit => 500);
sub affise { my ($path, @p) = @_; return $srv->get("/3.0/stats/$path?" . form(@p), headers => { 'API-Key' => $key })->{json} }
my %number = (USD => 13_992, EUR => 3242);
for my $code (undef, qw(USD EUR)) {
	my @one = defined $code ? ('filter[currency]' => $code) : ();
	my ($days, $sum) = (affise('getbydate', map({ ("filter[$_]" => { @all_days }->{$_}) } qw(date_from date_to)), limit => 500, @one)->{stats}, custom('slice[]' => 'year', @one));
	my $list = affise('conversions', @all_days, defined $code ? (currency => $number{$code}) : ())->{conversions};
	my $own = defined $code ? '' : '_b';
	my $where = defined $code ? "currency = '$code'" : 'TRUE';
	# Money of clicks is in confirmed, with count 0, and on no conversion.
	my %clicks = (revenue => $srv->sql("SELECT SUM(click_payout$own) FROM rollup_booked WHERE $where"),
		charge => $srv->sql("SELECT SUM(income_amount$own) FROM rollup_booked WHERE $where"), count => 0);
	my %rate = (USD => 1, EUR => 0.8);
	for my $st (qw(confirmed pending declined not_found hold)) {
		my @rows = grep { $_->{status} eq $st } @$list;
		my %listed = (count => 1_000_000 * @rows, revenue => 0, charge => 0);
		for my $c (@rows) {
			my $r = defined $code ? 1 : $rate{ $c->{currency} };
			$listed{revenue} += micro($c->{payouts} / $r);
			$listed{charge} += micro($c->{revenue} / $r);
		}
		for my $what (qw(count revenue charge)) {
			my $name = join ' ', $code // 'everything', $st, $what;
			is sum($days, $what, $st), sum($sum, $what, $st), "$name: by day as by year";
			is sum($sum, $what, $st), $listed{$what} + ($st eq 'confirmed' ? $clicks{$what} : 0), "$name: as the list";
		}
	}
	my $raw = 0;
	$raw += $_->{traffic}{raw} for @$days;
	is affise('clicks', @all_days)->{pagination}{total_count}, $raw, 'the list of clicks is the traffic' if !defined $code;
	is $raw, nats()->{total}{row}{page_view}, '... and the page views' if !defined $code;
}

# Whatever the slice or view: one sum.
my $year = custom('slice[]' => 'year');
for my $slice (qw(hour day month quarter offer country affiliate advertiser goal device os browser)) {
	my $rows = custom('slice[]' => $slice);
	is sum($rows, 'charge', 'total'), sum($year, 'charge', 'total'), "by $slice: the same charge";
	is sum($rows, 'count', 'total'), sum($year, 'count', 'total'), "by $slice: the same count";
}
my $first = nats()->{total}{row};
is_deeply nats(view => $_)->{total}{row}, $first, "view $_: the same totals"
    for qw(month year offer landing_page login demographic);
is $first->{conversion} + $first->{advertiser_initial} + $first->{continuity} + $first->{goal},
    $srv->sql('SELECT SUM(booked AND type <= 3) FROM txn'), 'counts of the ledger';

# The list of transactions, the dumps and the recount.
my $list = $srv->get('/api/report/transaction?period=all&trans_count=1000', headers => $auth)->{json};
is scalar(keys %$list), $srv->sql('SELECT COUNT(*) FROM txn'), 'every ledger row is listed';
my ($amount, $payout) = (0, 0);
for my $t (values %$list) {
	$amount += micro($t->{amount}) if $t->{trans_type} !~ /^(pending|rejected)$/;
	$payout += micro($t->{total_payout});
}
is $amount, $srv->sql('SELECT SUM(' . join(' + ', @net) . ' - income_amount_b) FROM rollup_booked'), 'amounts are profit and loss';
is $payout, $srv->sql('SELECT SUM(affiliate_payout_b - click_payout_b + referral_payout_b + manager_payout_b + partner_payout_b +'
	. ' correction_payout_b) FROM rollup_booked'), 'and so are the payouts';
for my $what (qw(profitloss transactions clicks conversions)) {
	$srv->ctl_ok('dump', $what, qw(--from 2020-01-01 --to tomorrow --output), "$srv->{dir}/out");
	open my $f, '<', "$srv->{dir}/out.sum" or die;
	my $side = json_of(join '', <$f>);
	is micro($side->{sums}{affiliate_payout}), $srv->sql('SELECT SUM(affiliate_payout_b) FROM rollup_booked'), 'dump of profit and loss'
	    if $what eq 'profitloss';
	is micro($side->{sums}{amount}), $srv->sql('SELECT SUM(revenue_b) FROM txn'), 'dump of transactions' if $what eq 'transactions';
	is $side->{sums}{counted}, $n, 'dump of clicks' if $what eq 'clicks';
	is micro($side->{sums}{payout}), sum($year, 'revenue', 'total') - $srv->sql('SELECT SUM(click_payout_b) FROM rollup_booked'),
	    'dump of conversions' if $what eq 'conversions';
}
my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'the recount finds nothing' or diag $out, $err;

# The cube is held against the rollup too: the clicks' bucket is closed by hand, counted, and then spoilt.
{
	my $closed = $srv->sql('SELECT MAX(click_us) DIV 900000000 + 1 FROM click');
	$srv->stop;
	$srv->exec_sql('INSERT INTO cube_built VALUES (1, ?) ON DUPLICATE KEY UPDATE bucket = VALUES(bucket)', $closed);
	($rc, $out, $err) = $srv->ctl('verify');
	is $rc, 1, 'clicks that are not in the cube, but should be';
	like $out . $err, qr/cube_click/, 'are found';
}

undef $srv;
done_testing;
