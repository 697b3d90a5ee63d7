# Caps of clicks and the filter of bots run again later: a click that turns out to be a bot's gives its place back, one
# that was none takes its own, whether the cap was there before or is made afterwards.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use File::Temp qw(tempdir);
use Test::More;

my $dir = tempdir('aff-bots-XXXXXX', TMPDIR => 1, CLEANUP => 1);

sub bots {
	open my $f, '>', "$dir/bots.txt" or die;
	print $f map { "$_\n" } @_;
	close $f;
	return;
}

bots('friendly');
my $srv = affiliated_start(workers => 1, config => { bot_patterns => "$dir/bots.txt" });
my $net = Affiliated::Network->new($srv);
my ($anna, $bert) = map { $net->affiliate($_) } qw(anna bert);
my $offer = $net->offer(url => 'http://shop.example/?c=%%click_hash%%');
$net->affise(POST => "admin/offer/$offer", trafficback_url => 'http://back.example/');

sub visit {
	my ($ua, $who) = @_;
	my $l = $srv->get("/click?pid=$who&offer_id=$offer", headers => { 'User-Agent' => $ua })->{headers}{location} // 'none';
	return $l =~ m{^http://(\w+)\.} ? $1 : $l;
}
sub cap { my (@p) = @_; chomp(my $id = $srv->ctl_ok('cap', 'add', '--offer' => $offer, @p)); return $id }
sub filter { return $srv->ctl_ok('refilter', '--from', 'yesterday', '--to', 'tomorrow') }
sub verified { my ($rc, @said) = $srv->ctl('verify'); return is($rc, 0, "verify: $_[0]") || diag(@said) }

# What a cap counts, by affiliate; it has its row for each node once it has begun.
sub count {
	my ($what, $cap, %want) = @_;
	my %n;
	poll_until($what, sub {
		%n = map { $_->{affiliate_id} => $_->{n} } @{ $srv->rows('SELECT affiliate_id, CAST(SUM(n) AS SIGNED) AS n FROM cap_click WHERE cap_id = ?'
			. ' GROUP BY affiliate_id HAVING n <> 0', $cap) };
		return join(',', map { "$_=$n{$_}" } sort keys %n) eq join(',', map { "$_=$want{$_}" } sort keys %want);
	}, 20) or diag explain \%n;
	return;
}

my %early = (all => cap('--type', 'clicks', '--period', 'all', '--value', 8, '--on-full', 'trafficback'),
	each => cap('--type', 'clicks', '--period', 'day', '--affiliates', 'each', '--value', 100, '--on-full', 'trafficback'),
	uniques => cap('--type', 'unique-clicks', '--period', 'year', '--value', 100, '--on-full', 'notify'));
poll_until('the caps are in force', sub { $srv->sql('SELECT COUNT(*) FROM cap_click') >= 3 });
is visit('Mozilla/5.0 SneakyClicker/1.0', $anna), 'shop', 'sneaky' for 1 .. 5;
is visit('FriendlyBrowser/2', $bert), 'shop', 'friendly' for 1 .. 2;
is visit(browser_ua(), $bert), 'shop', 'somebody' for 1 .. 3;
is visit(browser_ua(), $bert), 'back', 'eight have counted: the ninth is turned away';
poll_until('all are booked', sub { $srv->sql('SELECT COUNT(*) FROM click') == 11 });
count('clicks of all', $early{all}, 0 => 8);
count('of each', $early{each}, $anna => 5, $bert => 3);
count('unique ones', $early{uniques}, 0 => 2);
verified('as they came');

sub restart { $srv->stop; bots(@_); return $srv->launch }
restart('sneaky');
is filter(), "filtered 5\nrestored 2\n", 'another list';
count('five have given their places back, two have taken one', $early{all}, 0 => 5);
count('each his own', $early{each}, $bert => 5);
count('unique ones', $early{uniques}, 0 => 2);
verified('after the correction');
my %late = (all => cap('--type', 'clicks', '--period', 'month', '--value', 100, '--on-full', 'trafficback'),
	each => cap('--type', 'clicks', '--period', 'hour', '--affiliates', 'each', '--value', 100, '--on-full', 'trafficback'),
	uniques => cap('--type', 'unique-clicks', '--period', 'week', '--affiliates', $bert, '--value', 100, '--on-full', 'trafficback'));
count('a cap that is made now begins with the same', $late{all}, 0 => 5);
count('uniques of one', $late{uniques}, 0 => 2);
verified('caps of before and after');
poll_until('the full cap is none any more', sub { visit(browser_ua(), $bert) eq 'shop' });
poll_until('this one counts as well', sub { $srv->sql('SELECT CAST(SUM(n) AS SIGNED) FROM cap_click WHERE cap_id = ?', $early{all}) == 6 });
count('in the later ones, too', $late{all}, 0 => 6);
verified('with a click more');

restart('friendly');
is filter(), "filtered 2\nrestored 5\n", 'the first list again';
count('all have back what was theirs', $early{all}, 0 => 9);
count('each', $early{each}, $anna => 5, $bert => 4);
count('and the later', $late{all}, 0 => 9);
poll_until('full again', sub { visit(browser_ua(), $anna) eq 'back' });
verified('forth and back');

# A click that was none of a bot is worth what it would have been: by commission changes for its affiliate and its sub,
# and not by payments, which price no clicks.
{
	my $paid = $net->offer(name => 'Paid', url => 'http://shop.example/?c=%%click_hash%%', commission_type => 'click', flat_amount_per_click => '0.10');
	my $change = sub { my (@p) = @_; return is $net->nats(POST => 'offer/add_commission_change', offerid => $paid, type => 'standard', @p)->{json}{result},
		'Success', "a change: @p" };
	$change->(loginid => $bert, flat_amount_per_click => '0.30');
	$change->(loginid => $bert, subaff => 'gold', flat_amount_per_click => '0.50');
	is $net->affise(POST => "admin/offer/$paid", 'partner_payments[0][total]' => 3, 'partner_payments[0][revenue]' => 2, 'partner_payments[0][currency]' => 'USD',
		'partner_payments[0][type]' => 'fixed', 'partner_payments[0][partners][]' => $bert)->{status}, 200, 'and a personal payment';
	for my $c ([ $anna, '' ], [ $bert, '' ], [ $bert, '&sub1=gold' ], [ $bert, '&sub1=lead' ]) {
		$srv->get("/click?pid=$c->[0]&offer_id=$paid$c->[1]", headers => { 'User-Agent' => $_ }) for browser_ua(), 'FriendlyBrowser/2';
	}
	my $sums = sub { return join ' ', map { $_->{p} / 1e6 } @{ $srv->rows('SELECT SUM(click_payout) AS p FROM rollup_booked WHERE offer_id = ?'
		. ' GROUP BY affiliate_id ORDER BY affiliate_id = ?', $paid, $bert) } };
	poll_until('all are booked', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ?', $paid) == 8 });
	is $sums->(), '0.1 1.1', 'those of people';
	restart('sneaky');
	like filter(), qr/^restored 6$/m, 'their browsers were none of bots';
	is $sums->(), '0.2 2.2', 'and are worth the same';
	verified('priced again');
}
undef $net;
undef $srv;
done_testing;
