# Caps of both dialects against a real server, and against two nodes at once.  Every combination of what a cap can be,
# and its window's edges, are in unit/caps_test.c and unit/capbook_test.c.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2, config => { node_id => 1 });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $anna = $net->affiliate('anna');
my $bert = $net->affiliate('bert');
my $order = 0;

sub new_offer {
	my (@p) = @_;
	my $r = $net->affise(POST => 'admin/offer', title => 'Offer', advertiser => $adv, status => 'active',
		url => 'http://shop.example/?c={clickid}', trafficback_url => 'http://back.example/?p={pid}',
		'payments[0][type]' => 'fixed', 'payments[0][total]' => 5, 'payments[0][revenue]' => 3,
		'payments[0][currency]' => 'usd', @p);
	return $r->{json}{id} // die "no offer: $r->{content}";
}

sub edit {
	my ($offer, @p) = @_;
	my $r = $net->affise(POST => "admin/offer/$offer", @p);
	is $r->{status}, 200, "edited: $p[0]" or diag($r->{content});
	return $r->{json}{offer};
}

# A change from the shell, in force: the next call waits for this version or a later one.
sub cap {
	my (@p) = @_;
	chomp(my $id = $srv->ctl_ok('cap', @p));
	edit(new_offer(), title => 'Waited for');
	return $id;
}

sub target { my ($offer, $pid, $on) = @_; return ($on // $srv)->get("/click?pid=$pid&offer_id=$offer")->{headers}{location} // 'none' }
sub click { my ($offer, $pid, $on) = @_; my ($id) = target($offer, $pid, $on) =~ /[?&]c=([0-9a-f]{24})/; return $id }

# Reports a conversion on a click of its own; its status and comment.
sub convert {
	my ($offer, $pid, @p) = @_;
	my $id = click($offer, $pid) // return 'no click';
	$order++;
	$net->postback(clickid => $id, action_id => "A$order", @p);
	my $row = $srv->rows('SELECT status, comment FROM conversion WHERE orderid = ?', "A$order")->[0];
	return $row ? "$row->{status} $row->{comment}" : 'none';
}

sub fill {
	my ($offer, @p) = @_;
	my $r = $net->affise(GET => 'stats/caps', 'offer_id[]' => $offer, 'fields[]' => 'stats', 'fields[]' => 'stats_merged',
		'fields[]' => 'descr', @p);
	is $r->{status}, 200, 'stats/caps' or diag($r->{content});
	return $r->{json}{stats}[0];
}

# ---- what Affise says is what it shows ----
my %day = ('caps[0][period]' => 'day', 'caps[0][type]' => 'conversions', 'caps[0][value]' => 2);
my $offer = new_offer(%day);
my $o = edit($offer, %day, 'caps[1][period]' => 'month', 'caps[1][type]' => 'budget', 'caps[1][value]' => '100.5',
	'caps[1][affiliate_type]' => 'exact', 'caps[1][affiliates][]' => $anna, 'caps[1][goal_type]' => 'each',
	'caps[2][period]' => 'all', 'caps[2][value]' => 50, 'caps[2][affiliate_type]' => 'each', 'caps[2][goal_type]' => 'exact',
	'caps[2][goals][]' => 'lead', 'caps_status[]' => 'confirmed', notice_percent_overcap => 50, hide_caps => 0);
is_deeply $o->{caps}, [
	{ period => 'day', type => 'conversions', value => 2, goal_type => 'all', goals => {}, affiliate_type => 'all', affiliates => [] },
	{ period => 'month', type => 'budget', value => 100.5, goal_type => 'each', goals => {}, affiliate_type => 'exact',
		affiliates => [ $anna + 0 ] },
	{ period => 'all', type => 'conversions', value => 50, goal_type => 'exact', goals => { lead => 'lead' },
		affiliate_type => 'each', affiliates => [] } ], 'all keys of caps';
is_deeply [ @$o{qw(caps_status notice_percent_overcap hide_caps)} ], [ ['confirmed'], 50, 0 ], 'and what they go by';
ok !$o->{is_redirect_overcap}, 'no overcap redirect';
is $srv->sql('SELECT COUNT(*) FROM cap WHERE offer_id = ? AND statuses = 2 AND notice_percent = 50 AND NOT deleted', $offer), 3,
	'which stands with each cap';
is scalar @{ $net->affise(GET => "offer/$offer", key => $net->key_of('bert'))->{json}{offer}{caps} }, 2,
	'an affiliate sees those that hold for him';
edit($offer, hide_caps => 1);
is_deeply $net->affise(GET => "offer/$offer", key => $net->key_of('anna'))->{json}{offer}{caps}, [], 'hidden caps';
$o = edit($offer, hide_caps => '', caps_status => '', notice_percent_overcap => '', %day);
is_deeply [ @$o{qw(caps_status notice_percent_overcap hide_caps)} ], [ [qw(confirmed pending hold)], undef, 0 ], 'cleared';
is scalar @{ $o->{caps} }, 1, 'and the list replaced';
is $net->affise(POST => "admin/offer/$offer", 'caps[0][period]' => 'day', 'caps[0][value]' => 1,
	'caps[0][affiliate_type]' => 'exact', 'caps[0][affiliates][]' => 99999)->{status}, 400, 'an affiliate there is none';

# ---- a full one declines ----
is convert($offer, $anna), '1 ', 'below the cap';
is convert($offer, $bert), '1 ', 'up to it';
is convert($offer, $anna), '3 Cap is reached', 'over it';
my $s = fill($offer);
is_deeply [ map { [ @$_{qw(timeframe type value current_value affiliate_id)} ] } @{ $s->{stats} } ],
	[ [ 'day', 'conversions', 2, 2, 0 ] ], 'how full it is';
my ($cap) = map { $_->{id} } @{ $s->{stats} };
is_deeply [ $s->{stats_merged}{$cap}, $s->{descr}{$cap} ], [ { min => 2, avg => 2, max => 2 }, 'daily_conversions' ],
	'merged, and what it is called';
edit($offer, 'caps_status[]' => 'pending');
is convert($offer, $anna), '1 ', 'confirmed ones are not counted any more';
is convert($offer, $anna, status => 2), '2 sent as pending', 'a pending one is';
is convert($offer, $anna, status => 2), '2 sent as pending', 'the second';
is convert($offer, $anna, status => 2), '3 Cap is reached', 'the third';

# ---- a full one redirects ----
$o = edit($offer, is_redirect_overcap => 1, caps_status => '');
ok $o->{is_redirect_overcap}, 'overcap redirect';
poll_until('clicks go to trafficback', sub { target($offer, $anna) eq "http://back.example/?p=$anna" });
is $srv->sql("SELECT COUNT(*) > 0 FROM cap WHERE offer_id = ? AND on_full = 'trafficback'", $offer), 1, 'as the cap says';
poll_until('each refusal with its reason', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ? AND verdict = 28', $offer) });
my $each = new_offer('caps[0][period]' => 'all', 'caps[0][type]' => 'budget', 'caps[0][value]' => 3, 'caps[0][affiliate_type]' => 'each',
	is_redirect_overcap => 1);
my $late = click($each, $anna);
is convert($each, $anna), '1 ', 'a budget of three, spent by one';
poll_until('his clicks are turned away', sub { target($each, $anna) =~ /back/ });
like target($each, $bert), qr/shop/, 'nobody else\'s are';
is $net->postback(clickid => $late, action_id => 'late')->{status}, 1, 'an earlier click still converts';
is $srv->sql("SELECT status FROM conversion WHERE orderid = 'late'"), 1, 'and is paid';
is convert($each, $bert), '1 ', 'the other spends his';
is_deeply [ map { [ @$_{qw(affiliate_id current_value is_remaining)} ] } @{ fill($each)->{stats} } ],
	[ [ $anna, 6, JSON::PP::false() ], [ $bert, 3, JSON::PP::false() ] ], 'a row each';
is_deeply [ map { $_->{affiliate_id} } @{ fill($each, 'affiliate_id[]' => $bert)->{stats} } ], [$bert], 'of one affiliate';
is_deeply [ map { $_->{affiliate_id} } @{ fill($each, key => $net->key_of('anna'))->{stats} } ], [$anna], 'under his own key';

# ---- what only the shell can make ----
my $there = $net->offer(name => 'There', url => 'http://there.example/?c=%%click_hash%%');
my $clicked = new_offer();
my $moved = cap('add', '--offer' => $clicked, '--type' => 'clicks', '--period' => 'year', '--value' => 3, '--on-full' => 'landing_page',
	'--target' => "offer:$there", '--track' => 0);
like target($clicked, $anna), qr/shop/, "click $_ of three" for 1 .. 3;
like target($clicked, $anna), qr/there/, 'the fourth is sent on at once: the worker counted';
is target($clicked, $anna, $srv) =~ /there/, 1, 'and so is the next';
poll_until('with track 0 they stay with the offer', sub {
	$srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ? AND verdict = 0', $clicked) == 5 });
is $srv->sql('SELECT COUNT(*) FROM click WHERE via = 3 AND via_id = ? AND asked_offer_id = ?', $moved, $clicked), 2, 'with what sent them on';
cap('edit', $moved, '--track' => 1, '--enabled' => 1);
like target($clicked, $anna), qr/there/, 'with track 1';
poll_until('they are the other offer\'s', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ? AND verdict = 0', $there) == 1 });
my $uniques = new_offer();
cap('add', '--offer' => $uniques, '--type' => 'unique-clicks', '--affiliates' => $bert, '--value' => 1, '--on-full' => 'trafficback');
like target($uniques, $bert), qr/shop/, 'the first visitor of one affiliate';
like target($uniques, $bert), qr/back/, 'no second';
like target($uniques, $anna), qr/shop/, 'others have no cap';
my $wide = cap('add', '--advertiser' => $adv, '--value' => 0, '--on-full' => 'trafficback');
like target(new_offer(), $anna), qr/back/, 'a cap of an advertiser holds for each of his offers';
cap('edit', $wide, '--days' => 'weekdays', '--days' => 'any', '--start' => '+1 day');
like target(new_offer(), $anna), qr/shop/, 'not before its start';
cap('remove', $wide);
like $srv->ctl_ok('cap', 'list', $clicked), qr/^$moved\t$clicked\tany\tall\tall\tclicks\tyear\tany\t3\t\d+\tlanding_page\toffer:$there\tenabled$/m,
	'listed';
for my $bad ([ '--type' => 'x' ], [ '--value' => -1 ], [ '--offer' => 99999 ], [ '--type' => 'clicks' ], [ '--affiliates' => 'x' ],
	[ '--end' => '-1 day', '--start' => 'tomorrow' ], [ '--notice-percent' => 101 ], [ '--goals' => '0' ]) {
	my ($status) = $srv->ctl('cap', 'add', '--offer' => $offer, '--value' => 1, @$bad);
	isnt $status, 0, "refused: @$bad";
}

# ---- the other dialect shows all of them ----
my $r = $net->nats(GET => 'offer/get_conversion_caps', offerid => $clicked)->{json};
is_deeply [ @$r{qw(result message)} ], [ 'success', 'Caps found.' ], 'get_conversion_caps';
my $shown = $r->{data}[0];
is_deeply { map { $_ => $shown->{$_} } qw(cap_redirect_id offerid loginid advertiserid type type_nice duration duration_nice value
	redirect_action on_full new_offerid track enabled deleted timeframe_restriction timeframe_restriction_nice end end_nice) },
	{ cap_redirect_id => $moved, offerid => $clicked, loginid => 'all', advertiserid => 'all', type => 4, type_nice => 'Clicks',
	duration => 3, duration_nice => 'Year', value => 3, redirect_action => 'landing_page', on_full => 'landing_page',
	new_offerid => $there, track => 1, enabled => 1, deleted => 0, timeframe_restriction => 0, timeframe_restriction_nice => 'None',
	end => 0, end_nice => 'Never' }, 'a cap of clicks';
cmp_ok $shown->{current}, '>=', 5, 'with its live count';
is_deeply [ map { [ @$_{qw(loginid type_nice redirect_action on_full)} ] } @{ $net->nats(GET => 'offer/get_conversion_caps',
	type => 'Dollars', loginid => 'each')->{json}{data} } ], [ [ 'each', 'Dollars', 'none', 'trafficback' ] ], 'by type and login';
is_deeply $net->nats(GET => 'offer/get_conversion_caps', offerid => $there)->{json},
	{ result => 'success', message => 'No caps found.', data => [] }, 'none';
is scalar @{ $net->nats(GET => 'offer/get_conversion_caps', deleted => 1, duration => 'Day')->{json}{data} } > 0, 1, 'deleted ones';

# ---- notices ----
my $told = new_offer();
cap('add', '--offer' => $told, '--value' => 2, '--on-full' => 'notify', '--notice-percent' => 50);
is convert($told, $anna), '1 ', 'half of a cap';
poll_until('somebody is told of its share', sub { $srv->sql("SELECT COUNT(*) FROM notice WHERE kind = 'cap' AND body LIKE '%1 of 2, 50%'") == 1 });
is convert($told, $anna), '1 ', 'all of it';
is convert($told, $anna), '1 ', 'a full one that only tells lets all through';
poll_until('and that it is full', sub { $srv->sql("SELECT COUNT(*) FROM notice WHERE kind = 'cap' AND subject LIKE '%is reached'") >= 1 });
is $srv->sql("SELECT COUNT(*) FROM cap_notice n JOIN cap c ON c.id = n.cap_id WHERE c.offer_id = ?", $told), 2, 'once each';

# ---- two nodes, one database ----
my $other = Affiliated::Test->new(workers => 1, no_migrate => 1, config => { database_name => $srv->{conf}{database_name}, node_id => 2 });
$other->launch;
my $both = new_offer('caps[0][period]' => 'all', 'caps[0][value]' => 10);
my @ids = map { click($both, $_ % 2 ? $anna : $bert) } 1 .. 40;
poll_until('its clicks are booked', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ?', $both) == 40 });
my @children;
for my $n (0 .. 3) {
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		my $node = $n % 2 ? $other : $srv;
		$node->get('/postback?' . form(clickid => $ids[$_], action_id => "P$_")) for grep { $_ % 4 == $n } 0 .. $#ids;
		require POSIX;
		POSIX::_exit(0);
	}
	push @children, $pid;
}
waitpid $_, 0 for @children;
poll_until('all are decided', sub { $srv->sql('SELECT COUNT(*) FROM conversion WHERE offer_id = ?', $both) == 40 });
is $srv->sql('SELECT COUNT(*) FROM conversion WHERE offer_id = ? AND status = 1', $both), 10, 'not one above the cap';
is $srv->sql("SELECT COUNT(*) FROM conversion WHERE offer_id = ? AND status = 3 AND comment = 'Cap is reached'", $both), 30, 'the rest declined';
is $srv->sql('SELECT COUNT(DISTINCT node_id) FROM conversion WHERE offer_id = ?', $both), 2, 'by both nodes';
is $srv->sql('SELECT n FROM cap_count x JOIN cap c ON c.id = x.cap_id WHERE c.offer_id = ?', $both), 10, 'the counter says so';
my $shared = new_offer();
cap('add', '--offer' => $shared, '--type' => 'clicks', '--period' => 'all', '--value' => 4, '--on-full' => 'trafficback');
poll_until('the other node knows it', sub { target($shared, $anna, $other) =~ /shop/ });
target($shared, $anna) for 1 .. 3;
poll_until('clicks of one node fill a cap on the other', sub { target($shared, $anna, $other) =~ /back/ });
undef $other;

my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books are clean' or diag($out);
undef $net;
undef $srv;
done_testing;
