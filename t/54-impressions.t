#!/usr/bin/perl
# Impressions: what /imp/ answers, what it counts and pays, that each counts exactly once whatever dies, and where the
# reports show it.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use MIME::Base64 qw(encode_base64);
use POSIX ();
use Test::More;

my $srv = affiliated_start(workers => 2, config => { ring_clicks_bytes => '64KiB' });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my ($bob, $eve) = map { $net->affiliate($_) } qw(bob eve);
my $shoes = $net->offer(name => 'Shoes', advertiserid => $adv, commission_type => 'cpa', flat_amount_per_conversion => 10,
	unauthorized => 'FR');
my ($lp, $comm) = @{ $srv->rows('SELECT l.id lp, c.id comm FROM landing_page l JOIN commission c ON c.offer_id = l.offer_id WHERE
	l.offer_id = ?', $shoes)->[0] }{qw(lp comm)};
my %browser = (headers => { 'User-Agent' => browser_ua() });
my $gif = qr/^GIF89a.{30,}\x3b$/s;

sub code { my (%c) = @_; return encode_base64(join('.', $c{login} // $bob, $comm, $shoes, $lp, $c{campaign} // 0, $c{adtool} // 0, (0) x 6), '') =~ s/=+$//r }
sub imp { my ($code, %h) = @_; return $srv->get("/imp/$code", %browser, %h) }
sub rows { return $srv->sql('SELECT COUNT(*) FROM impression') }
sub last_verdict { return $srv->sql('SELECT verdict FROM impression ORDER BY click_us DESC LIMIT 1') }
my $shown = 0;
like $net->nats(POST => 'creative/add_creative', creative_type_id => 1, creative_data => qq({"name":"http://127.0.0.1:$srv->{port}/x.gif"}))->{json}{message},
    qr/the address is a private one/, 'no picture is fetched from a private address, unless the node allows it';
# Waits until so many more rows are there.
sub more { my ($n, $what) = @_; $shown += $n; return poll_until($what, sub { rows() == $shown }, 15) }
sub counted { return $srv->sql('SELECT COALESCE(SUM(impression), 0) FROM rollup_booked') }
sub clean { my ($what) = @_; my ($status, $out) = $srv->ctl('verify'); return is($status, 0, "verify: $what") || diag $out }

# ---- the answer ----
my $r = imp(code());
is $r->{status}, 200, 'a code without a creative';
like $r->{content}, $gif, 'shows a transparent picture';
is $r->{headers}{'content-type'}, 'image/gif', 'of that type';
is $r->{headers}{'cache-control'}, 'no-store', 'never to be stored';
ok !exists $r->{headers}{'set-cookie'}, 'no cookie';
more(1, 'it has a row');
is last_verdict(), 0, 'that counts';
is counted(), 1, 'in the sums as well';
is $srv->sql('SELECT COUNT(*) FROM click'), 0, 'it is no click';
for my $bad ('', '!!!', 'MS45OS45OS45OS4wLjAuMC4wLjAuMC4w', code(login => 99999)) {
	$r = imp($bad);
	like $r->{content}, $gif, "a picture for a code that says nothing: '$bad'";
}
more(4, 'each with its row');
is counted(), 1, 'and none counted';
is $srv->sql('SELECT COUNT(*) FROM impression WHERE verdict = 16 AND offer_id = 0'), 4, 'as unknown codes';
is $srv->request('POST', '/imp/' . code())->{status}, 405, 'a POST is none';
is rows(), $shown, 'and leaves no row';

# ---- who does not count ----
like imp(code(), headers => { 'User-Agent' => 'Googlebot/2.1 (+http://www.google.com/bot.html)' })->{content}, $gif, 'a bot sees it';
more(1, 'and has its row');
is last_verdict(), 1, 'as a bot';
imp(code(), headers => { 'User-Agent' => browser_ua(), 'Sec-Purpose' => 'prefetch' });
more(1, 'a prefetch');
is last_verdict(), 2, 'is one';
is $srv->request('HEAD', '/imp/' . code(), %browser)->{status}, 200, 'a HEAD is answered';
more(1, 'and recorded');
is last_verdict(), 2, 'as no visitor';
$net->nats(PATCH => 'offer/pause_offer', offerid => $shoes);
imp(code());
more(1, 'an offer that is paused');
is last_verdict(), 25, 'counts none';
$net->nats(PATCH => 'offer/activate_offer', offerid => $shoes);
$net->nats(PATCH => 'offer/set_enabled_affiliates', action => 'disable', loginids => $eve, offerids => $shoes);
imp(code(login => $eve));
more(1, 'an affiliate who may not run it');
is last_verdict(), 26, 'neither';
is counted(), 1, 'still one';
is $srv->sql('SELECT COALESCE(SUM(bot + refused), 0) FROM rollup_booked'), 0, 'bots and refused clicks are other things';
is $srv->sql('SELECT COUNT(*) FROM rollup_refused'), 0, 'reasons of clicks too';
clean('so far');

# ---- CPM ----
is $srv->ctl_ok('offer', 'get', $shoes, 'aff_cpm'), "\n", 'no rate at first';
is +($srv->ctl('offer', 'set', $shoes, 'aff_cpm', $_))[0], 1, "no rate: $_" for '-1', '1,5', 'x';
$srv->ctl_ok('offer', 'set', $shoes, 'aff_cpm', '1.50');
$srv->ctl_ok('offer', 'set', $shoes, 'adv_cpm', '4');
is $srv->ctl_ok('offer', 'get', $shoes, 'aff_cpm'), "1.50\n", 'a rate';
my $changes = $net->nats(GET => 'offer/get_commission_changes', offerid => $shoes)->{json}{message}{changes};
is $changes->[-1]{'CPM Payout'}, 1.5, 'which the other dialect shows';
is $changes->[-1]{'Flat Conversion Payout'}, 10, 'beside the old ones';
is $net->nats(GET => 'offer/get_details', offerid => $shoes, return_columns => 'adv_cpm_click')->{json}{data}{$shoes}{adv_cpm_click}, '4',
    'and what the advertiser pays';
$net->nats(PATCH => 'offer/edit_offer', offerid => $shoes, flat_amount_per_conversion => 11);
is $srv->ctl_ok('offer', 'get', $shoes, 'aff_cpm'), "1.50\n", 'an edit of the price leaves it';
imp(code()) for 1 .. 10;
imp(code(), headers => { 'User-Agent' => 'Googlebot/2.1' });
more(11, 'ten and a bot');
is_deeply $srv->rows('SELECT SUM(impression) n, SUM(income_amount_b) i, SUM(affiliate_payout_b) p, SUM(click_payout_b) c FROM rollup_booked')->[0],
    { n => 11, i => 40_000, p => 15_000, c => 15_000 }, 'a thousandth each, the bot nothing';
imp(code());
more(1, 'one more');

# ---- reports ----
# 11 × 0.004 and 11 × 0.0015, in whole cents
my $pl = $net->nats(GET => 'report/profitloss', period => 'all', view => 'offer')->{json};
is $pl->{total}{row}{impression}, 12, 'profit and loss counts them';
is $pl->{total}{row}{advertiser_income_amount}, 4, 'their income';
is $pl->{total}{row}{affiliate_payout}, 2, 'and their payout';
is $pl->{total}{row}{page_view}, 0, 'as no page views';
is_deeply [ map { [ $_->{break}, $_->{stats}{impression} ] } @{ $pl->{rows} } ], [ [ $shoes, 12 ] ], 'by offer';
my $st = $net->affise(GET => 'stats/custom', 'slice[]' => 'offer', 'filter[date_from]' => '2020-01-01', 'filter[date_to]' => '2099-12-31')->{json};
is $st->{stats}[0]{actions}{confirmed}{charge}, 0.044, 'Affise: confirmed money';
is $st->{stats}[0]{actions}{confirmed}{revenue}, 0.0165, 'and the affiliate\'s';
is $st->{stats}[0]{actions}{confirmed}{count}, 0, 'with count 0';
is $st->{stats}[0]{views}, 12, 'and views';
for my $by (qw(device affiliate sub1 country)) {
	my $s = $net->affise(GET => 'stats/custom', 'slice[]' => $by, 'filter[date_from]' => '2020-01-01', 'filter[date_to]' => '2099-12-31')->{json}{stats};
	my %sum;
	for my $row (@$s) {
		$sum{views} += $row->{views};
		$sum{$_} += $row->{actions}{confirmed}{$_} for qw(charge revenue);
		$sum{raw} += $row->{traffic}{raw};
	}
	is_deeply { map { $_ => 0 + $sum{$_} } keys %sum }, { views => 12, charge => 0.044, revenue => 0.0165, raw => 0 }, "the same by $by";
}
my $wide = $net->nats(GET => 'report/profitloss', period => 'all', view => 'offer', filter_subid1 => 0)->{json};
is $wide->{total}{row}{impression}, 12, 'profit and loss by the rows themselves';
is_deeply $srv->rows('SELECT offer_id, affiliate_id, adtool_id, SUM(n) n FROM rollup_impression GROUP BY 1, 2, 3'),
    [ { offer_id => $shoes, affiliate_id => $bob, adtool_id => 0, n => 12 } ], 'by creative';
like $srv->get('/metrics')->{content}, qr/^affiliated_impressions_counted_total 12$/m, 'the metrics';
clean('with money');

# ---- exactly once ----
my $before = $shown;
my $lost = 0;
for my $round (1 .. 6) {
	my @kids = map {
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			my $good = 0;
			$good += ((eval { imp(code(campaign => 7)) } // {})->{status} // 0) == 200 ? 1 : 0 for 1 .. 40;
			POSIX::_exit($good);
		}
		$pid;
	} 1 .. 2;
	my $role = $round % 2 ? 'stats' : 'worker 0';
	poll_until("round $round: $role is there", sub { $srv->children->{$role} }, 20);
	kill 'KILL', $srv->children->{$role}[0];
	waitpid($_, 0), $shown += $? >> 8, $lost += 40 - ($? >> 8) for @kids;
}
cmp_ok $shown - $before, '>', 100, 'impressions while processes are killed';
poll_until('each that was answered has its row', sub { rows() >= $shown });
poll_until('and nothing waits', sub { my $n = rows(); select undef, undef, undef, 0.3; rows() == $n });
cmp_ok rows(), '<=', $shown + $lost, 'none has two';
is $srv->sql('SELECT COUNT(*) FROM impression WHERE campaign_id = 7'), $srv->sql('SELECT SUM(n) FROM rollup_impression WHERE campaign_id = 7'),
    'the sums agree';
is counted(), $srv->sql('SELECT COUNT(*) FROM impression WHERE verdict = 0'), 'all of them';
clean('after the kills');

# ---- retention: rows of a day go with its clicks, sums and seals stay ----
$srv->exec_sql('UPDATE rollup_booked SET impression = impression + 1 LIMIT 1');
my ($status, $out) = $srv->ctl('verify');
is $status, 1, 'a wrong sum is found';
like $out, qr/\timpression\tstored/, 'and named';
$srv->exec_sql('UPDATE rollup_booked SET impression = impression - 1 ORDER BY bucket LIMIT 1');
$srv->exec_sql('UPDATE rollup_impression SET n = n + 1 LIMIT 1');
is +($srv->ctl('verify'))[0], 1, 'in the other sum too';
$srv->exec_sql('UPDATE rollup_impression SET n = n - 1 LIMIT 1');
clean('put right');
is $srv->stop, 0, 'a clean end';
undef $srv;
done_testing;
