# The columns in which goals are reported: profit and loss with one count and one amount each, what affiliates see and are
# told of them; and the report as a manager of affiliates sees it.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;
use Test::More;

my $sink = Affiliated::Sink->new;
my $srv = affiliated_start(workers => 2, config => { notify_private_addresses => 'true' });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $anna = $net->affiliate('anna');
my $bob = $net->affiliate('bob');
my $key = $net->key_of('anna');

# column => [ options, goals ]
my %column;
for my $c ([ Leads => [ '--notify', 'initial' ], 'lead', 'call' ], [ Secret => [ '--admin-only', '--hide-revenue' ], 'fraud' ],
	[ Rebills => [ '--notify', 'continuity' ], 'again' ]) {
	my ($name, $options, @goals) = @$c;
	chomp($column{$name} = $srv->ctl_ok('goal', 'column', 'add', $name, @$options));
	$srv->ctl_ok('goal', 'add', $_, "Goal $_", '--column', $name) for @goals;
}
$srv->ctl_ok('goal', 'add', 'loose', 'In no column');
my %goal = map { (split /\t/)[1, 0] } split /\n/, $srv->ctl_ok('goal', 'list');

my $offer = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cpa',
	flat_amount_per_conversion => 5);
my $other = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cpa',
	flat_amount_per_conversion => 5);
for my $o ($offer, $other) {
	my $i = 0;
	is $net->nats(PATCH => 'offer/set_offer_goals', offerid => $o, map({
		my %g = (goal_id => $goal{$_}, commission_type => 'flat', amount => 1, revenue_type => 'dynamic_conversion');
		my $at = $i++;
		map { ("goal_vars[$at][$_]" => $g{$_}) } sort keys %g;
	} sort keys %goal))->{json}{result}, 'Success', 'goals of an offer';
}
is $net->affise(POST => 'partner/postback', key => $key, url => $sink->url('/ok?o={transactionid}&t=%%trans_type%%'))->{status}, 200,
	'a postback of an affiliate';

my $n = 0;
sub click {
	my ($aff, $of) = @_;
	return $net->click($net->link_of($aff, $of), headers => { 'User-Agent' => browser_ua() . ' ' . ++$n, Referer => "http://site$aff.example/" });
}
sub report { return $net->nats(GET => 'report/profitloss', view => 'period', period => 7, @_)->{json} }
sub goals_of { my ($row) = @_; return { map { ($_ => $row->{$_}) } grep { /^goal_\d/ } keys %$row } }

my $of_anna = click($anna, $offer);
for my $e ([ lead => 4 ], [ call => 6.5 ], [ fraud => 3 ], [ again => 2 ], [ loose => 1 ]) {
	is $net->pixel(click_hash => $of_anna, goal => $e->[0], orderid => "a-$e->[0]", amount => $e->[1]), '*success*', "anna: $e->[0]";
}
is $net->pixel(click_hash => $of_anna, orderid => 'a-sale'), '*success*', 'and a conversion';
my $of_bob = click($bob, $other);
is $net->pixel(click_hash => $of_bob, goal => 'lead', orderid => 'b-lead', amount => 10), '*success*', 'bob: lead';

# Profit and loss
is_deeply goals_of(report()->{total}{row}), {}, 'enable_offer_goals is off: no columns';
$srv->ctl_ok('config', 'set', 'enable_offer_goals', 1);
my ($leads, $secret, $rebills) = map { "goal_$column{$_}" } qw(Leads Secret Rebills);
my $all = report();
is_deeply goals_of($all->{total}{row}), { $leads => 3, "${leads}_amount" => 2050, $secret => 1, $rebills => 1, "${rebills}_amount" => 200 },
	'a count and an amount each, the amount of one not displayed';
is_deeply [ @{ $all->{total}{row} }{qw(goal goal_amount)} ], [ 6, 2650 ], 'in one sum with the goal that is in no column';
is_deeply goals_of($all->{rows}[0]{stats}), goals_of($all->{total}{row}), 'the day has them';
for my $v ([ offer => $offer, $other ], [ login => $anna, $bob ]) {
	my ($view, $one, $two) = @$v;
	my $r = report(view => $view);
	my %row = map { $_->{break} => goals_of($_->{stats}) } @{ $r->{rows} };
	is_deeply \%row, { $one => { $leads => 2, "${leads}_amount" => 1050, $secret => 1, $rebills => 1, "${rebills}_amount" => 200 },
		$two => { $leads => 1, "${leads}_amount" => 1000 } }, "view $view";
	is_deeply goals_of($r->{total}{row}), goals_of($all->{total}{row}), 'with the same totals';
}
is_deeply { map { $_->{name} => goals_of($_->{stats})->{$leads} } @{ report(view => 'refurl')->{rows} } },
	{ "site$anna.example" => 2, "site$bob.example" => 1 }, 'view refurl: at the host of its click';
is_deeply goals_of(report(view => 'device_carrier')->{rows}[0]{stats}), goals_of($all->{total}{row}), 'view device_carrier: all by none';
is report(filter_offerid => $other)->{total}{row}{$leads}, 1, 'a filter counts for them, too';
$srv->ctl_ok('goal', 'setcolumn', 'Rebills', 'enabled', 0);
ok !exists report()->{total}{row}{$rebills}, 'a column that is not enabled is not there';
$srv->ctl_ok('goal', 'setcolumn', 'Rebills', 'enabled', 1);
$srv->ctl_ok('goal', 'setcolumn', 'Secret', 'display_revenue', 1);
is report()->{total}{row}{"${secret}_amount"}, 300, 'an amount that is displayed from now on';
is $srv->ctl_ok('goal', 'columns'), "$column{Leads}\tLeads\t1\t1\t0\tinitial\n$column{Secret}\tSecret\t1\t1\t1\tgoal\n"
	. "$column{Rebills}\tRebills\t1\t1\t0\tcontinuity\n", 'affiliatectl lists the columns';

# What happens to goals later
is $net->nats(PATCH => 'transaction/transaction_update_revenue_by_orderid', orderid => 'b-lead', amount => 1500)->{json}{result}, 'success',
	'a goal is worth more';
is_deeply [ @{ report()->{total}{row} }{ $leads, "${leads}_amount" } ], [ 3, 2550 ], 'no count more, the amount is (M5)';
is $net->nats(POST => 'transaction/process_void', orderid => 'a-call')->{json}{result}, 'success', 'a goal is voided';
is_deeply [ @{ report()->{total}{row} }{ $leads, "${leads}_amount", 'void', 'void_amount' } ], [ 3, 2550, 1, -650 ],
	'voids have a column of their own';
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', 1);
$srv->ctl_ok('config', 'set', 'global_void_ips', '127.0.0.1');
poll_until('a goal is omitted', sub {
	$srv->get('/signup/process_void.php?orderid=a-lead&type=omit')->{content} eq '*success*' });
is_deeply [ @{ report()->{total}{row} }{ $leads, "${leads}_amount" } ], [ 2, 2150 ], 'as if it had never been';

# What an affiliate sees, and is told
{
	my $day = $srv->sql('SELECT UTC_DATE()');
	my %when = (date_from => $day, date_to => $day);
	my $seen = sub { join ' ', sort map { $_->{goal_value} } @{ $net->affise(GET => 'stats/conversions', %when, @_)->{json}{conversions} } };
	is $seen->(), '1 again call fraud lead lead loose', 'the administrator sees every conversion';
	is $seen->(key => $key), '1 again call lead loose', 'the affiliate none of an admin-only column';
	my $count = sub {
		my $r = $net->affise(GET => 'stats/custom', 'slice[]' => 'goal', 'filter[date_from]' => $day, 'filter[date_to]' => $day, @_);
		my $sum = 0;
		$sum += $_->{actions}{total}{count} // die $r->{content} for @{ $r->{json}{stats} };
		return $sum;
	};
	is $count->(), 7, 'the statistics count as many';
	is $count->(key => $key), 5, 'and those that she sees';
	poll_until('she was told', sub { grep { /o=a-sale\b/ } @{ $sink->targets } });
	poll_until('all there is', sub { $srv->sql('SELECT COUNT(*) FROM notify_queue') == 0 });
	my %told;
	/o=([^&]+)&t=(\w+)/ and $told{$1} //= $2 for @{ $sink->targets };
	is_deeply \%told, { 'a-lead' => 'conversion', 'a-call' => 'conversion', 'a-again' => 'continuity', 'a-loose' => 'goal', 'a-sale' => 'conversion' },
		'goals under the notify types of their columns, the admin-only one not at all';
	$srv->ctl_ok('goal', 'setcolumn', 'Secret', 'admin_only', 0);
	is $seen->(key => $key), '1 again call fraud lead loose', 'until it is no longer for administrators alone';
}

# acct_rep: the report as a manager of affiliates sees it
{
	chomp(my $mary = $srv->ctl_ok('manager', 'add', 'mary', 'mary@network.example'));
	chomp(my $mike = $srv->ctl_ok('manager', 'add', 'mike', 'mike@network.example'));
	$srv->ctl_ok('manager', 'assign', @$_) for [ 'anna', 'mary' ], [ 'anna', 'mike' ], [ 'bob', 'mike' ];
	my $whole = report()->{total}{row};
	for my $view (qw(period offer login demographic)) {
		my %of = map { $_ => report(view => $view, acct_rep => $_)->{total}{row} } $mary, $mike;
		my $annas = report(view => $view, filter_loginid => $anna)->{total}{row};
		is_deeply $of{$mary}, $annas, "view $view: one manager has anna alone";
		is_deeply $of{$mike}, $whole, 'the other has both, her as the second of her managers';
	}
	is report(acct_rep => $anna)->{total}{row}{page_view}, 0, 'who manages nobody sees nothing';
	is report(acct_rep => $mike, filter_loginid => $bob)->{total}{row}{page_view}, 1, 'together with a filter';
}

for my $bad ([ [ 'setcolumn', 'None', 'enabled', 1 ], qr/no column None/ ], [ [ 'setcolumn', 'Leads', 'enabled', 'x' ], qr/must be 1 or 0/ ],
	[ [ 'setcolumn', 'Leads', 'colour', 1 ], qr/has no colour/ ], [ [ 'setcolumn', 'Leads', 'notify', 'x' ], qr/notify must be/ ]) {
	my ($rc, undef, $err) = $srv->ctl('goal', @{ $bad->[0] });
	is $rc, 1, "goal @{ $bad->[0] }: fails";
	like $err, $bad->[1], 'and says why';
}
my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $net;
undef $srv;
done_testing;
