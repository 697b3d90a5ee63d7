# Prices with restrictions, as each API sets them, and what a conversion then is worth: commission changes and goals
# of one dialect, payments for countries, devices, systems and persons of the other.  The choice itself has its case
# table in t/unit/choice_test.c.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use File::Temp qw(tempdir);
use Test::More;

my $dir = tempdir('aff-geo-XXXXXX', TMPDIR => 1, CLEANUP => 1);
system('perl', top_dir() . '/t/unit/geo-files', $dir, 'clicks') == 0 or die 'no geo files';
my $srv = affiliated_start(workers => 1, config => { trusted_proxies => ['127.0.0.1'], geo_files => ["$dir/nested.mmdb"] });
my @german = ('X-Forwarded-For' => '192.0.2.7');
my @swiss = ('X-Forwarded-For' => '198.51.100.9');
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my ($anna, $bob) = map { $net->affiliate($_) } qw(anna bob);
my $phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';
my $n = 0;

sub change { my (@p) = @_; return $net->nats(POST => 'offer/add_commission_change', @p)->{json} }
sub changes { my ($offer) = @_; return $net->nats(GET => 'offer/get_commission_changes', offerid => $offer)->{json}{message}{changes} }
sub click { my ($pid, $offer, $more, @h) = @_; return $net->click("/click?pid=$pid&offer_id=$offer" . ($more // ''), headers => {@h}) }

# A conversion of a click; "revenue payout" as money.
sub worth {
	my ($click, @p) = @_;
	$n++;
	my $said = $net->pixel(click_hash => $click, orderid => "W$n", @p);
	return $said if $said ne '*success*';
	my $w;
	poll_until("W$n is booked", sub { $w = $srv->sql("SELECT CONCAT(TRUNCATE(revenue / 1000000, 2), ' ', TRUNCATE(payout / 1000000, 2))
		FROM conversion WHERE orderid = 'W$n'") });
	return $w;
}

# NATS: commission changes
{
	my $offer = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cpa',
		flat_amount_per_conversion => 5, flat_amount_per_continuity => 1, flat_amount_per_click => '0.10');
	is worth(click($anna, $offer)), '25.00 5.00', 'the default';
	my $r = change(offerid => $offer, type => 'standard', username => 'anna', flat_amount_per_conversion => 7);
	is $r->{result}, 'Success', 'a change for one affiliate' or diag explain $r;
	my $of_anna = $r->{message}{changeid};
	is worth(click($anna, $offer)), '25.00 7.00', 'pays her';
	is worth(click($bob, $offer)), '25.00 5.00', 'and nobody else';
	my $of_sub = change(offerid => $offer, type => 'standard', subaff => 'gold', flat_amount_per_conversion => 6)->{message}{changeid};
	is worth(click($bob, $offer, '&sub1=gold')), '25.00 6.00', 'a change for a subaff';
	is worth(click($bob, $offer, '&sub1=silver')), '25.00 5.00', 'of that value alone';
	my $soon = change(offerid => $offer, type => 'temporary', loginid => $bob, start_time => '2020-01-01', end_time => '2020-02-01',
		flat_amount_per_conversion => 9)->{message}{changeid};
	is worth(click($bob, $offer)), '25.00 5.00', 'a temporary one that is over';
	change(offerid => $offer, type => 'temporary', loginid => $bob, start_time => '2020-01-01', flat_amount_per_conversion => 9);
	is worth(click($bob, $offer)), '25.00 9.00', 'one that is not';
	is $net->nats(PATCH => 'offer/set_commission_change_payouts', offerid => $offer, changeid => $of_anna,
		flat_amount_per_conversion => '7.50')->{json}{result}, 'Success', 'its amounts are set';
	is worth(click($anna, $offer)), '25.00 7.50', 'and paid from now on';
	$net->nats(PATCH => 'offer/set_commission_change_payouts', offerid => $offer, changeid => 0, flat_amount_per_conversion => 4);
	is worth(click($net->affiliate('carl'), $offer)), '25.00 4.00', 'change 0 is the default';
	change(offerid => $offer, type => 'disable', loginid => $bob);
	is worth(click($bob, $offer)), '25.00 0.00', 'disable: nothing is paid, the advertiser pays';

	my $list = changes($offer);
	is_deeply [ map { $_->{'Change Id'} } @$list ], [ 5, 4, 3, 2, 1, 0 ], 'newest first, the default last';
	my %by = map { $_->{'Change Id'} => $_ } @$list;
	is_deeply $by{$of_anna}, { 'Change Id' => $of_anna, 'Start Time' => 'Never', 'End Time' => 'Never', Countries => ['All'],
		Affiliates => { $anna => 'anna' }, 'Flat Conversion Payout' => 7.5 }, 'only keys with a value';
	is_deeply $by{$of_sub}{'Sub Affiliates'}, { Subaff => 'gold' }, 'subaffs';
	is_deeply [ @{ $by{$soon} }{ 'Type', 'Start Time', 'End Time' } ], [ 'temporary', '2020-01-01 00:00:00', '2020-02-01 00:00:00' ],
		'times of a temporary one';
	my $where = change(offerid => $offer, type => 'standard', 'countries[]' => [ 'AX', 'dz' ], percentage_of_customer_conversion => 10);
	is_deeply changes($offer)->[0]{Countries}, { 248 => 'AX', '012' => 'DZ' }, 'countries by number';
	my $dora = $net->affiliate('dora');
	change(offerid => $offer, type => 'standard', countries => 'DE', flat_amount_per_conversion => 8);
	is worth(click($dora, $offer, '', @german)), '25.00 8.00', 'a change for a country';
	is worth(click($dora, $offer, '', @swiss)), '25.00 4.00', 'and for no other';
	is worth(click($dora, $offer)), '25.00 4.00', 'nor for who comes from nowhere';
	for my $bad ([ [ offerid => 999, type => 'standard' ], qr/^Invalid offerid\.$/ ], [ [ offerid => $offer, type => 'x' ], qr/type/ ],
		[ [ offerid => $offer, type => 'standard', username => 'nobody' ], qr/^Invalid username\.$/ ],
		[ [ offerid => $offer, type => 'standard', loginid => 998 ], qr/^Invalid loginid\.$/ ],
		[ [ offerid => $offer, type => 'standard', goalid => 77 ], qr/^Invalid goalid\.$/ ],
		[ [ offerid => $offer, type => 'standard', countries => 'QQ' ], qr/countries/ ],
		[ [ offerid => $offer, type => 'temporary' ], qr/start_time/ ],
		[ [ offerid => $offer, type => 'temporary', start_time => '2020-01-02', end_time => '2020-01-01' ], qr/end_time/ ],
		[ [ offerid => $offer, type => 'standard', flat_amount_per_conversion => '9,95' ], qr/flat_amount_per_conversion/ ],
		[ [ offerid => $offer, type => 'standard', flat_amount_per_conversion => -1 ], qr/flat_amount_per_conversion/ ]) {
		like change(@{ $bad->[0] })->{message}, $bad->[1], "add_commission_change @{ $bad->[0] }";
	}
	is $net->nats(PATCH => 'offer/set_commission_change_payouts', offerid => $offer, changeid => 99)->{json}{message},
		'Invalid changeid.', 'no such change';
	is scalar @{ changes($offer) }, 8, 'none of these made one';
}

# Hours of the week: a change that affiliatectl makes recurring, for conversions and for clicks.
{
	my $offer = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'hybrid',
		flat_amount_per_conversion => 5, flat_amount_per_click => '0.10');
	my $id = change(offerid => $offer, type => 'standard', flat_amount_per_conversion => 8, flat_amount_per_click => '0.40')->{message}{changeid};
	change(offerid => $offer, type => 'standard', countries => 'ZZ', flat_amount_per_conversion => 6);
	my $pays = sub { my $c = click($anna, $offer); my $w = worth($c);
		return "$w " . $srv->sql('SELECT payout / 1000000 FROM click WHERE offer_id = ? ORDER BY click_us DESC LIMIT 1', $offer) };
	is $pays->(), '25.00 8.00 0.4000', 'a standard change';
	# The day of the week is the server's, so that a case does not depend on it: today, or all others.
	my @week = qw(sun mon tue wed thu fri sat);
	my $today = (gmtime)[6];
	my $rest = join ',', map { $week[$_] } grep { $_ != $today && $_ != ($today + 1) % 7 && $_ != ($today + 6) % 7 } 0 .. 6;
	$srv->ctl_ok('rule', 'recur', $offer, $id, $rest);
	poll_until('on other days', sub { $pays->() eq '25.00 5.00 0.1000' });
	my ($shown) = grep { $_->{'Change Id'} == $id } @{ changes($offer) };
	is_deeply [ $shown->{Type}, $shown->{restrictions} ], [ 'recurring', { weekly => $rest } ], 'get_commission_changes shows when';
	$srv->ctl_ok('rule', 'recur', $offer, $id, "$week[ ($today + 6) % 7 ],$week[$today],$week[ ($today + 1) % 7 ] 00:00-24:00");
	poll_until('on this one', sub { $pays->() eq '25.00 8.00 0.4000' });
	is $net->nats(PATCH => 'offer/set_commission_change_payouts', offerid => $offer, changeid => $id, flat_amount_per_conversion => 9)->{json}{result},
		'Success', 'its amounts are set';
	is worth(click($anna, $offer)), '25.00 9.00', 'and it stays what it is';
	is +(grep { $_->{'Change Id'} == $id } @{ changes($offer) })[0]{Type}, 'recurring', 'by its type, too';
	$srv->ctl_ok('rule', 'recur', $offer, $id, '');
	is +(grep { $_->{'Change Id'} == $id } @{ changes($offer) })[0]{Type}, undef, 'standard again';
	my $off = change(offerid => $offer, type => 'disable', loginid => $bob)->{message}{changeid};
	is +($srv->ctl('rule', 'recur', @$_))[0], 1, "refused: rule recur @$_" for [ $offer, $id, 'friday' ], [ $offer, 0, 'fri' ], [ $offer, 99, 'fri' ],
		[ $offer, $off, 'fri' ], [ 999, 1, 'fri' ], [ 'x', 1, 'fri' ];
}

# NATS: goals
{
	my $offer = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cpa',
		flat_amount_per_conversion => 5);
	$srv->ctl_ok('goal', 'column', 'add', 'Leads', '--notify', 'initial');
	chomp(my $goal = $srv->ctl_ok('goal', 'add', 'lead', 'A lead', '--column', 'Leads'));
	like $srv->ctl_ok('goal', 'list'), qr/^$goal\tlead\tA lead\tLeads$/m, 'affiliatectl shows the goal with its column';
	my @vars = map { ("goal_vars[0][$_->[0]]", $_->[1]) } [ goal_id => $goal ], [ commission_type => 'flat' ], [ amount => '2.50' ],
		[ revenue_type => 'conversion' ], [ revenue_amount => 4 ], [ aff_referral_payout => 0 ];
	is $net->nats(PATCH => 'offer/set_offer_goals', offerid => $offer, @vars)->{content}, '{"result":"Success"}', 'a goal of the offer';
	my $click = click($anna, $offer);
	is worth($click, goal => 'lead'), '4.00 2.50', 'is worth what was set';
	is worth($click), '25.00 5.00', 'and the conversion its own';
	my ($g) = grep { $_->{offer_goal_id} } @{ changes($offer) };
	is_deeply [ @{$g}{ 'Change Id', 'Pay Affiliate Managers', 'Pay Referring Affiliates', 'Flat Conversion Payout' } ],
		[ 0, JSON::PP::true, JSON::PP::false, 2.5 ], 'get_commission_changes shows it as its goal\'s change 0';
	my $og = $g->{offer_goal_id};
	change(offerid => $offer, type => 'standard', username => 'anna', goalid => $og, flat_amount_per_conversion => 3);
	is worth(click($anna, $offer), goal => 'lead'), '4.00 3.00', 'a change of the goal';
	is worth(click($bob, $offer), goal => 'lead'), '4.00 2.50', 'for one affiliate';
	$net->nats(PATCH => 'offer/set_commission_change_payouts', offerid => $offer, changeid => 0, goalid => $og, flat_amount_per_conversion => 2);
	is worth(click($bob, $offer), goal => 'lead'), '4.00 2.00', 'change 0 of the goal';
	$net->nats(PATCH => 'offer/set_offer_goals', offerid => $offer, 'goal_vars[0][offer_goal_id]' => $og,
		'goal_vars[0][commission_type]' => 'percentage', 'goal_vars[0][amount]' => 50, 'goal_vars[0][revenue_type]' => 'sale',
		'goal_vars[0][revenue_amount]' => 20);
	is worth(click($bob, $offer), goal => 'lead', amount => 30), '6.00 3.00', 'a share of the posted amount, and half of that';
	$net->nats(PATCH => 'offer/set_offer_goals', offerid => $offer, 'goal_vars[0][offer_goal_id]' => $og,
		'goal_vars[0][revenue_type]' => 'dynamic_conversion');
	is worth(click($bob, $offer), goal => 'lead', amount => 30), '30.00 15.00', 'the posted amount';
	for my $bad ([ [], qr/goal_vars/ ], [ [ 'goal_vars[0][amount]' => 1 ], qr/goal_id/ ], [ [ 'goal_vars[0][goal_id]' => 99 ], qr/^Invalid goal_id\.$/ ],
		[ [ 'goal_vars[0][offer_goal_id]' => 99 ], qr/^Invalid offer_goal_id\.$/ ],
		[ [ 'goal_vars[0][goal_id]' => $goal, 'goal_vars[0][amount]' => '9,95' ], qr/amount/ ],
		[ [ 'goal_vars[0][goal_id]' => $goal, 'goal_vars[0][commission_type]' => 'x' ], qr/commission_type/ ],
		[ [ 'goal_vars[0][goal_id]' => $goal, 'goal_vars[0][revenue_type]' => 'click' ], qr/revenue_type/ ]) {
		my $r = $net->nats(PATCH => 'offer/set_offer_goals', offerid => $offer, @{ $bad->[0] })->{json};
		like $r->{message}, $bad->[1], "set_offer_goals @{ $bad->[0] }";
	}
	# The referrer gets nothing for this goal.
	$srv->exec_sql('UPDATE account SET ref_account_id = ? WHERE id = ?', $bob, $anna);
	$srv->exec_sql('UPDATE account SET ref_percent = 100000 WHERE id = ?', $bob);
	$srv->exec_sql('UPDATE catalog_version SET version = version + 1');
	$click = click($anna, $offer);
	worth($click, goal => 'lead', amount => 10);
	is $srv->sql("SELECT COUNT(*) FROM payout_row p JOIN txn t USING (txn_us, node_id) WHERE p.role = 2 AND t.orderid = 'W$n'"), 0,
		'aff_referral_payout 0: no referral payout for the goal';
	worth($click);
	is $srv->sql("SELECT amount FROM payout_row p JOIN txn t USING (txn_us, node_id) WHERE p.role = 2 AND t.orderid = 'W$n'"), 500_000,
		'but for the conversion';
}

# Affise: payments with restrictions, and personal ones
{
	my $adv_hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv);
	my @one = sub { my ($list, $i, %p) = @_; map { ("${list}[$i][$_]", $p{$_}) } sort keys %p };
	my $p = $one[0];
	my $r = $net->affise(POST => 'admin/offer', title => 'Paid', advertiser => $adv_hex, status => 'active',
		url => 'http://shop.example/?c=%%click_hash%%',
		$p->('payments', 0, total => 10, revenue => 5, currency => 'USD', type => 'fixed'),
		$p->('payments', 1, total => 10, revenue => 6, currency => 'USD', type => 'fixed', 'devices][' => [ 'mobile', 'tablet' ]),
		$p->('payments', 2, total => 10, revenue => 7, currency => 'USD', type => 'fixed', 'os][' => ['iOS 17']),
		$p->('payments', 3, total => 3, revenue => 1, currency => 'USD', type => 'fixed', goal => 'reg'),
		$p->('payments', 4, total => 20, revenue => 8, currency => 'USD', type => 'fixed', 'countries][' => ['CH']),
		$p->('partner_payments', 0, total => 12, revenue => 9, currency => 'USD', type => 'fixed', 'partners][' => [ $anna ]));
	my $o = $r->{json}{offer} or diag $r->{content};
	is_deeply [ map { [ @$_{qw(revenue devices os)} ] } @{ $o->{payments} } ],
		[ [ 5, [], [] ], [ 6, [ 'mobile', 'tablet' ], [] ], [ 7, [], ['iOS 17'] ], [ 1, [], [] ], [ 8, [], [] ] ], 'payments are shown with whom they are for';
	is_deeply [ map { [ @$_{qw(revenue partners)} ] } @{ $o->{partner_payments} } ], [ [ 9, [ 0 + $anna ] ] ], 'personal ones apart';
	is worth(click($bob, $o->{id})), '10.00 5.00', 'a desktop';
	is worth(click($bob, $o->{id}, '', @swiss)), '20.00 8.00', 'one in Switzerland';
	is worth(click($bob, $o->{id}, '', @german)), '10.00 5.00', 'one in Germany';
	is worth(click($bob, $o->{id}, '', 'User-Agent' => $phone)), '10.00 7.00', 'a phone with iOS 17: as specific, and the later one';
	is worth(click($anna, $o->{id}, '', 'User-Agent' => $phone)), '12.00 9.00', 'who is named has his own';
	my $click = click($anna, $o->{id});
	is $net->postback(clickid => $click, action_id => 'G1', goal => 'reg')->{status}, 1, 'a goal that the personal payments leave out';
	is $srv->sql("SELECT payout FROM conversion WHERE orderid = 'G1'"), 1_000_000, 'falls back to the general one';
	is $net->postback(clickid => $click, action_id => 'G2', goal => 'other')->{status}, 1, 'a goal nobody pays for';
	is $srv->sql("SELECT CONCAT(status, ' ', comment, ' ', payout) FROM conversion WHERE orderid = 'G2'"), '3 Payments not found 0',
		'is declined';
	my $key = $net->key_of('bob');
	is_deeply [ map { $_->{revenue} } @{ $net->affise(GET => "offer/$o->{id}", key => $key)->{json}{offer}{payments} } ], [ 5, 6, 7, 1, 8 ],
		'an affiliate sees no other\'s payment';
	my $keya = $net->key_of('anna');
	is scalar @{ $net->affise(GET => "offer/$o->{id}", key => $keya)->{json}{offer}{payments} }, 6, 'but his own';
	my $changes = changes($o->{id});
	my ($phones) = grep { $_->{restrictions} && $_->{restrictions}{devices} } @$changes;
	is $phones->{restrictions}{devices}, 'mobile,tablet', 'NATS shows what it cannot express under restrictions';
	# C2: one list does not touch the other, nor the changes of NATS.
	change(offerid => $o->{id}, type => 'standard', subaff => 'x', flat_amount_per_conversion => 8);
	$r = $net->affise(POST => "admin/offer/$o->{id}", $p->('payments', 0, total => 11, revenue => 5, currency => 'USD', type => 'fixed'));
	is_deeply [ scalar @{ $r->{json}{offer}{payments} }, scalar @{ $r->{json}{offer}{partner_payments} } ], [ 1, 1 ],
		'payments sent replace the general ones';
	is worth(click($bob, $o->{id}, '&sub1=x')), '11.00 8.00', 'the other dialect\'s change stands';
	$r = $net->affise(POST => "admin/offer/$o->{id}", partner_payments => '');
	is_deeply [ scalar @{ $r->{json}{offer}{payments} }, scalar @{ $r->{json}{offer}{partner_payments} } ], [ 1, 0 ], 'and empty clears the personal';
	is worth(click($anna, $o->{id})), '11.00 5.00', 'who is paid like all';
	for my $bad ([ 'payments[0][devices][]' => 'fridge' ], [ 'payments[0][cities][]' => 'Rome' ]) {
		my $b = $net->affise(POST => "admin/offer/$o->{id}", $p->('payments', 0, total => 1, revenue => 1, currency => 'USD', type => 'fixed'), @$bad);
		is $b->{status}, 400, "$bad->[0] = $bad->[1]";
	}
	my $b = $net->affise(POST => "admin/offer/$o->{id}", $p->('partner_payments', 0, total => 1, revenue => 1, currency => 'USD', type => 'fixed'));
	like $b->{content}, qr/partner_payments\[0\]\[partners\]/, 'a personal payment of nobody';
	$b = $net->affise(POST => "admin/offer/$o->{id}", $p->('partner_payments', 0, total => 1, revenue => 1, currency => 'USD', type => 'fixed',
		'partners][' => [999]));
	like $b->{content}, qr/partner_payments\[0\]\[partners\]/, 'or of an affiliate there is not';
}

my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $net;
undef $srv;
done_testing;
