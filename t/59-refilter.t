# The filter of bots, run again over past clicks: corrections beside them, never over them.
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

bots('googlebot', 'friendly');
my $srv = affiliated_start(workers => 1, config => { bot_patterns => "$dir/bots.txt" });
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $offer = $net->offer(url => 'http://shop.example/?h=%%click_hash%%', commission_type => 'hybrid', flat_amount_per_click => '0.10',
	flat_amount_per_visitor => '1', flat_amount_per_conversion => '2', advertiserid => $net->advertiser('shop'),
	advertiser_cost_type => 'click', advertiser_cost_flat => '0.50');
my $code = $net->link_of($aff, $offer, code_only => 1);
my $cat = $net->affise(POST => 'admin/smartlink/category', name => 'All')->{json}{data}{_id};
is $net->affise(POST => "admin/offer/$offer", 'smartlink_categories[]' => $cat)->{status}, 200, 'in a category';

sub visit {
	my ($ua, $n, $link) = @_;
	for (1 .. $n) {
		my $r = $srv->get($link // "/track/$code", headers => { 'User-Agent' => $ua });
		is $r->{status}, 302, 'redirected' if $r->{status} != 302;
	}
	return;
}

sub totals {
	my $r = $srv->rows('SELECT SUM(page_view) AS views, SUM(unique_visitor) AS uniq, SUM(bot) AS bots, SUM(refused) AS refused,'
		. ' SUM(affiliate_payout_b) AS payout, SUM(income_amount_b) AS income FROM rollup_booked')->[0];
	return "$r->{views} views, $r->{uniq} unique, $r->{bots} bots, $r->{refused} refused, $r->{payout} paid, $r->{income} income";
}

sub custom {
	my ($slice, @p) = @_;
	my $r = $net->affise(GET => 'stats/custom', 'slice[]' => $slice, 'filter[date_from]' => '2020-01-01',
		'filter[date_to]' => '2099-01-01', @p);
	my @s = @{ $r->{json}{stats} // [] };
	my ($raw, $uniq, $money) = (0, 0, 0);
	for my $s (@s) {
		$raw += $s->{traffic}{raw};
		$uniq += $s->{traffic}{uniq};
		$money += $s->{actions}{confirmed}{revenue};
	}
	return sprintf '%d raw, %d uniq, %.2f', $raw, $uniq, $money;
}

sub verified {
	my ($rc, $out, $err) = $srv->ctl('verify');
	return is($rc, 0, "the books balance") || diag($out, $err);
}

my $person = Affiliated::Test::browser_ua();
visit($person, 3);
visit('Mozilla/5.0 SneakyClicker/1.0', 5, "/sl?id=$cat&pid=$aff");
visit('FriendlyBrowser/2', 4);
visit('Googlebot/2.1', 2);
$srv->get('/track/nonsense');
poll_until('all clicks are booked', sub { $srv->sql('SELECT COUNT(*) FROM click') == 15 });
my $before = '8 views, 2 unique, 6 bots, 1 refused, 2800000 paid, 4000000 income';
is totals(), $before, 'as they came';
my $clicks = $srv->rows('SELECT * FROM click ORDER BY click_us, click_lo');
my @days = ('--from', 'yesterday', '--to', 'tomorrow');

is $srv->ctl_ok('refilter', @days), "filtered 0\nrestored 0\n", 'with the same list nothing changes';
is totals(), $before, 'so the sums stay';

# A list is read when a server starts.
$srv->stop;
bots('googlebot', 'sneaky');
$srv->launch;
is $srv->ctl_ok('refilter', @days), "filtered 5\nrestored 4\n", 'another list';
# Five sneaky ones lose 5 x 0.10 and one unique of 1.00, the friendly ones get 4 x 0.10 and one unique.
is totals(), '7 views, 2 unique, 7 bots, 1 refused, 2700000 paid, 3500000 income', 'books what it makes of them';
is_deeply $srv->rows('SELECT * FROM click ORDER BY click_us, click_lo'), $clicks, 'the clicks are as they were';
verified();
is custom('offer'), '7 raw, 2 uniq, 2.70', 'statistics follow';
is custom('device'), '7 raw, 2 uniq, 2.70', 'by device, from raw rows and corrections';
is custom('smart_id'), '7 raw, 2 uniq, 2.70', 'by SmartLink';
is custom('smart_id', 'filter[smart_id][]' => $cat), '0 raw, 0 uniq, 0.00', 'of which none is left';
my $list = $net->affise(GET => 'stats/clicks', date_from => '2020-01-01', date_to => '2099-01-01')->{json};
is scalar @{ $list->{clicks} }, 7, 'the list of clicks shows the seven';
ok !grep({ $_->{ua} =~ /Sneaky/ } @{ $list->{clicks} }), 'none of a bot';
is $list->{pagination}{total_count}, 7, '... and counts them';
is_deeply [ map { @{ $net->affise(GET => 'stats/clicks', date_from => '2020-01-01', date_to => '2099-01-01', limit => 3, page => $_)->{json}{clicks} } }
	1 .. 4 ], $list->{clicks}, '... on every page';

is $srv->ctl_ok('refilter', @days), "filtered 0\nrestored 0\n", 'once more changes nothing';
$srv->ctl_ok('dump', 'traffic', @days, '--output', "$dir/traffic");
{
	open my $f, '<', "$dir/traffic" or die;
	my ($head, @rows) = <$f>;
	is $head, "day,offerid,loginid,gross,bots,refused,net,unique,filtered_later\n", 'the traffic dump';
	my %row = map { my @c = split /,/; ("$c[1] $c[2]" => join ',', @c[3 .. 8]) } map { s/\s+\z//r } @rows;
	is $row{"$offer $aff"}, '14,7,0,7,2,1', 'gross, filtered, net, and what was found later';
	is $row{'0 0'}, '1,0,1,0,0,0', 'a link that means nothing';
}

$srv->stop;
bots('googlebot', 'friendly');
$srv->launch;
is $srv->ctl_ok('refilter', @days), "filtered 4\nrestored 5\n", 'the first list again';
is totals(), $before, 'gives back to the unit what was taken, and takes what was given';
is $srv->sql('SELECT COUNT(*) FROM click_correction'), 18, 'two corrections for each of the nine';
verified();

# The cube is built of closed buckets: a quarter of an hour later it says the same.
is custom('device'), '8 raw, 2 uniq, 2.80', 'by device';
$srv->exec_sql('UPDATE click_correction SET booked_us = booked_us - 3600000000');
$srv->exec_sql('UPDATE click SET click_us = click_us - 3600000000');
$srv->exec_sql('DELETE FROM cube_built');
$srv->exec_sql('UPDATE rollup_booked SET bucket = bucket - 4');
$srv->exec_sql('UPDATE rollup_refused SET bucket = bucket - 4');
poll_until('the cube has them', sub { ($srv->sql('SELECT SUM(page_view) FROM cube_click') // 0) == 8 }, 30)
    or diag explain $srv->rows('SELECT * FROM cube_click');
is custom('device'), '8 raw, 2 uniq, 2.80', 'from the cube as well';
verified();

my ($rc, $out, $err) = $srv->ctl('refilter', '--from', 'yesterday');
is $rc, 2, 'a day is missing';
($rc, $out, $err) = $srv->ctl('refilter', '--from', 'tomorrow', '--to', 'yesterday');
is $rc, 1, 'the wrong way round';
like $err, qr/--to is before --from/, 'says so';
like $srv->ctl_ok('refilter', @days, '--no-wait'), qr/^\d+\n\z/, 'the number of a run';
poll_until('it is done', sub { $srv->sql('SELECT COUNT(*) FROM refilter WHERE done_us IS NULL') == 0 });
done_testing;
