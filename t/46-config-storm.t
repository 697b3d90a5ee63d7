# Many administrators at once: nothing is made twice, no edit is lost, versions follow each other.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');

# Runs the code in n processes at once; their exit statuses, in order.
sub at_once {
	my ($n, $code) = @_;
	my @pid;
	for my $i (0 .. $n - 1) {
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			my $status = eval { $code->($i) } // 99;
			warn $@ if $@;
			POSIX::_exit($status);
		}
		push @pid, $pid;
	}
	return map { waitpid $_, 0; $? >> 8 } @pid;
}

# The same account, eight times.
my @made = at_once(8, sub {
	my $r = $net->nats(POST => 'affiliate/add_affiliate', username => 'same', password => 'pw', payvia => 1, email => 'same@example.com');
	return ref $r->{json} eq 'ARRAY' ? 1 : $r->{json}{message} =~ /already exists\.\z/ ? 2 : 3;
});
is scalar(grep { $_ == 1 } @made), 1, 'one of eight makes the account';
is scalar(grep { $_ == 2 } @made), 7, 'the others are told that it exists';
is $srv->sql("SELECT COUNT(*) FROM account WHERE username = 'same'"), 1, 'there is one';
is $srv->sql('SELECT COUNT(*) FROM account_person p LEFT JOIN account a ON a.id = p.account_id WHERE a.id IS NULL'), 0,
    'the failures left nothing behind';

# The same new goal, from eight offers.
my $hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv);
my @pay = ('payments[0][goal]' => 'fresh', 'payments[0][total]' => 2, 'payments[0][revenue]' => 1,
	'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed');
is_deeply [ at_once(8, sub {
	my ($i) = @_;
	return $net->affise(POST => 'admin/offer', title => "Storm $i", advertiser => $hex, url => 'http://s.example/', @pay)->{status} == 200 ? 0 : 1;
}) ], [ (0) x 8 ], 'eight offers name a new goal at once';
is $srv->sql('SELECT COUNT(*) FROM goal'), 1, 'which is made once';
is $srv->sql('SELECT COUNT(DISTINCT goal_id) FROM payout_rule WHERE goal_id > 0'), 1, 'and all rules have it';

# Edits of one offer, each of another field, by both APIs: all of them stay.
my $offer = $net->offer(advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 1);
my @edits = ([ nats => offer_description => 'text' ], [ nats => deduct_window => 9 ], [ nats => cookie_duration => 8 ],
	[ nats => continuity_default => 7 ], [ affise => trafficback_url => 'http://b.example/' ], [ affise => hold_period => 6 ],
	[ affise => start_at => '2020-01-01' ], [ affise => allowed_ip => '192.0.2.1' ]);
for my $round (1 .. 5) {
	$net->nats(PATCH => 'offer/edit_offer', offerid => $offer, offer_description => '', deduct_window => '', cookie_duration => '',
		continuity_default => '', date_live => '');
	$net->affise(POST => "admin/offer/$offer", trafficback_url => '', hold_period => '', allowed_ip => '');
	is_deeply [ at_once(scalar @edits, sub {
		my ($api, $k, $v) = @{ $edits[ $_[0] ] };
		my $r = $api eq 'nats' ? $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, $k => $v)
		    : $net->affise(POST => "admin/offer/$offer", $k => $v);
		return $r->{status} == 200 ? 0 : 1;
	}) ], [ (0) x @edits ], "round $round: eight edits at once are taken";
	my $row = $srv->rows('SELECT * FROM offer WHERE id = ?', $offer)->[0];
	is_deeply [ @$row{qw(description deduct_window cookie_duration continuity_default trafficback_url hold_period date_live
		allowed_ip)} ], [ 'text', 9, 8, 7000000, 'http://b.example/', 6, 1577836800000000, '192.0.2.1' ], 'and none is lost';
}

# Prices of one offer, changed all the time: versions follow each other without gap or overlap.
is_deeply [ at_once(4, sub {
	my ($i) = @_;
	for my $n (1 .. 15) {
		my $r = $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, flat_amount_per_conversion => "$n.0$i", commission_type => 'cpa');
		return 1 if $r->{status} != 200;
	}
	return 0;
}) ], [ 0, 0, 0, 0 ], 'sixty prices, four at a time';
my $v = $srv->rows('SELECT valid_from_us AS a, valid_to_us AS b FROM payout_rule WHERE offer_id = ? AND change_id = 0 ORDER BY id', $offer);
is scalar @$v, 61, 'are sixty versions more';
is scalar(grep { $v->[$_]{b} != $v->[ $_ + 1 ]{a} } 0 .. $#$v - 1), 0, 'each ends where the next begins';
is scalar(grep { defined $_->{b} } @$v), 60, 'one is in force';
is scalar(grep { defined $_->{b} && $_->{b} <= $_->{a} } @$v), 0, 'and none is empty';

# Versions of the catalog: each once, none missing.
my $version = $srv->sql('SELECT version FROM catalog_version');
is $srv->sql('SELECT MAX(version) FROM catalog_change'), $version, 'the last change has the version';
is $srv->sql('SELECT COUNT(DISTINCT version) FROM catalog_change'), $version - 1, 'and each version its change';

done_testing;
