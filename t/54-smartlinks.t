# SmartLinks: categories by REST, and the offer that each click gets: of those that would take it, by what they earn.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $bob = $net->affiliate('bob');
sub offer {
	my ($name, %p) = @_;
	return $net->offer(name => $name, url => "http://$name.example/?c={clickid}", advertiserid => $adv,
		advertiser_cost_type => 'conversion', advertiser_cost_flat => 10, commission_type => 'cpa', flat_amount_per_conversion => 4, %p);
}
my %id = map { $_ => offer($_) } qw(one two three);

# ---- categories ----
my $r = $net->affise(POST => 'admin/smartlink/category', name => 'Shoes', description => 'all of them');
is $r->{status}, 200, 'a category' or diag($r->{content});
my $cat = $r->{json}{data}{_id};
like $cat, qr/^[0-9a-f]{24}$/, 'has an id';
is $net->affise(POST => 'admin/smartlink/category')->{status}, 400, 'and a name';
is $net->affise(POST => 'admin/smartlink/category', name => 'X', domain_id => 9)->{status}, 400, 'and a domain that is there';
$r = $net->affise(POST => "admin/smartlink/category/$cat", name => 'Boots');
is_deeply [ @{ $r->{json}{data} }{qw(_id name description domain_id domain)} ], [ $cat, 'Boots', 'all of them', undef, '' ], 'edited';
is $net->affise(POST => 'admin/smartlink/category/' . 'a' x 24, name => 'Y')->{status}, 404, 'no such category';
my $other = $net->affise(POST => 'admin/smartlink/category', name => 'Other')->{json}{data}{_id};
is_deeply [ map { $_->{name} } @{ $net->affise(GET => 'admin/smartlink/categories')->{json}{data} } ], [ 'Boots', 'Other' ], 'listed';
is scalar @{ $net->affise(GET => 'admin/smartlink/categories', 'id[]' => $other)->{json}{data} }, 1, 'by id';
is $net->affise(GET => 'admin/smartlink/categories', key => $net->key_of($bob))->{status}, 403, 'not for affiliates';
for my $o (sort keys %id) {
	$r = $net->affise(POST => "admin/offer/$id{$o}", 'smartlink_categories[]' => $cat);
	is_deeply $r->{json}{offer}{smartlink_categories}, [ $cat ], "offer $o is in it" or diag($r->{content});
}
is $net->affise(POST => "admin/offer/$id{one}", 'smartlink_categories[]' => 'b' x 24)->{status}, 400, 'in none that is not there';

# ---- clicks ----
my $n = 0;
sub picks {
	my ($times, $query) = @_;
	my %got;
	for (1 .. $times) {
		my $l = $srv->get("/sl?id=$cat&pid=$bob" . ($query // ''))->{headers}{location} // 'none';
		$got{ $l =~ m{^http://(\w+)\.example/\?c=[0-9a-f]{24}$} ? $1 : $l }++;
	}
	$n += $times;
	return \%got;
}
# Nobody has earned anything: evenly.  That one of three is missed by 60 fair draws has odds of 1 in 10 000 million.
is_deeply [ sort keys %{ picks(60) } ], [ sort keys %id ], 'all offers of the category, while none has earned more';
is $srv->get("/sl?id=$other&pid=$bob")->{status}, 404, 'a category without offers';
is $srv->get('/sl?id=' . 'a' x 24 . "&pid=$bob")->{status}, 404, 'no such category';
is $srv->get("/sl?id=$cat&pid=999")->{status}, 404, 'no such affiliate';
is $srv->get("/sl?id=$cat")->{status}, 404, 'none named';
poll_until('refused ones have their reason', sub {
	join(',', map { $_->{verdict} } @{ $srv->rows('SELECT verdict FROM click WHERE verdict >= 16 ORDER BY click_us') }) eq '46,45,20,18' });
$net->nats(PATCH => 'offer/edit_offer', offerid => $id{two}, date_expire => '-1 hour');
$net->nats(PATCH => 'offer/edit_offer', offerid => $id{three}, authorized => 'US');
is_deeply picks(10), { one => 10 }, 'an offer that would refuse the click is not chosen';
$net->nats(PATCH => 'offer/edit_offer', offerid => $id{two}, date_expire => '');
$net->nats(PATCH => 'offer/edit_offer', offerid => $id{three}, authorized => '');

# Offer two earns; a change of the configuration is a moment when earnings are read.
for (1 .. 3) {
	my ($c) = $srv->get("/click?pid=$bob&offer_id=$id{two}")->{headers}{location} =~ /c=([0-9a-f]{24})/;
	is $net->postback(clickid => $c)->{status}, 1, 'a sale';
}
poll_until('it is booked', sub { $srv->sql('SELECT COUNT(*) FROM conversion') == 3 });
$net->affise(POST => "admin/smartlink/category/$cat", name => 'Earning');
# Two in ten go evenly to three offers: two gets 0.8 + 0.2 / 3 = 0.87.  Of 200, fewer than 140 or more than 197 is 7 or 5 sigma.
my $got = picks(200);
ok $got->{two} > 140, "most go to the one that earns: $got->{two} of 200";
ok $got->{two} < 198, 'but not all';

# ---- reports ----
my $clicks = sub { $srv->sql('SELECT COUNT(*) FROM click WHERE smart_id = 1 AND verdict = 0') };
poll_until("$n clicks with their category", sub { $clicks->() == $n });
my ($c) = $srv->get("/sl?id=$cat&pid=$bob&sub1=smart")->{headers}{location} =~ /c=([0-9a-f]{24})/;
$n++;
is $net->postback(clickid => $c, action_id => 'S1')->{status}, 1, 'a sale by a SmartLink';
my @days = ('filter[date_from]' => '2020-01-01', 'filter[date_to]' => '2099-01-01');
poll_until('in the report', sub {
	my $rows = $net->affise(GET => 'stats/custom', 'slice[]' => 'smart_id', @days)->{json}{stats};
	my %by = map { $_->{slice}{smart_id} => $_ } @$rows;
	return $by{$cat} && $by{$cat}{traffic}{raw} == $n && $by{$cat}{actions}{total}{count} == 1 && $by{''}{traffic}{raw} == 3
	    && $by{''}{actions}{total}{count} == 3;
});
my $only = $net->affise(GET => 'stats/custom', 'slice[]' => 'smart_id', 'filter[smart_id][]' => $cat, @days)->{json}{stats};
is_deeply [ map { $_->{slice}{smart_id} } @$only ], [ $cat ], 'filtered';
is $net->affise(GET => 'stats/custom', 'slice[]' => 'offer', 'filter[smart_id][]' => $cat, @days)->{status}, 400, 'only with the slice';
my ($click) = grep { $_->{sub1} eq 'smart' } @{ $net->affise(GET => 'stats/clicks', date_from => '2020-01-01', date_to => '2099-01-01')->{json}{clicks} };
is $click->{smart_id}, $cat, 'in the list of clicks';

# ---- how well offers do: cr and epc ----
sub rounded { my ($x, $decimals) = @_; return 0 + sprintf "%.${decimals}f", $x }
sub worth { my ($o, @key) = @_; return $net->affise(GET => "offer/$id{$o}", @key)->{json}{offer} }
sub order { my (@p) = @_; return join ' ', map { $_->{title} } @{ $net->affise(GET => @p)->{json}{offers} } }
my $sales = sub { $srv->sql('SELECT COUNT(*) FROM conversion WHERE offer_id = ?', $id{ $_[0] }) };
for my $o (sort keys %id) {
	my $raw = $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ? AND verdict = 0', $id{$o});
	my $uniq = $srv->sql('SELECT SUM(unique_visitor) FROM rollup_booked WHERE offer_id = ?', $id{$o});
	my $want = [ rounded(100 * $sales->($o) / $uniq, 4), rounded(4 * $sales->($o) / $raw, 6) ];
	is_deeply [ map { 0 + $_ } @{ worth($o) }{qw(cr epc)} ], $want, "offer $o: @$want by its $raw clicks";
	is_deeply [ map { 0 + $_ } @{ worth($o, key => $net->key_of($bob)) }{qw(cr epc)} ], $want, 'to an affiliate, too';
}
for my $by (qw(cr epc)) {
	my @up = map { $_->[1] } sort { $a->[0] <=> $b->[0] || $a->[2] <=> $b->[2] } map { [ worth($_)->{$by}, $_, $id{$_} ] } keys %id;
	is order('offers', "sort[$by]" => 'asc'), "@up", "sorted by $by";
	is order('offers', "sort[$by]" => 'desc', limit => 2, page => 1), join(' ', (reverse @up)[ 0, 1 ]), 'downwards, a page of two';
	is order('offers', "sort[$by]" => 'desc', limit => 2, page => 2), $up[0], 'and the rest';
	is order('partner/live-offers', "sort[$by]" => 'desc', key => $net->key_of($bob)), join(' ', reverse @up), 'by an affiliate';
}

is_deeply $net->affise(POST => "admin/smartlink/category/$cat/remove")->{json}{data}{name}, 'Earning', 'removed, and what it was';
is $net->affise(POST => "admin/smartlink/category/$cat/remove")->{status}, 404, 'once';
is $srv->get("/sl?id=$cat&pid=$bob")->{status}, 404, 'its links lead nowhere';
is_deeply $net->affise(GET => "offer/$id{one}")->{json}{offer}{smartlink_categories}, [], 'its offers have lost it';
my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);

# Days that are over are read as days; older ones than seven are not.
my ($raw, $uniq) = @{ $srv->dbh->selectrow_arrayref('SELECT SUM(page_view), SUM(unique_visitor) FROM rollup_booked WHERE offer_id = ?', undef, $id{three}) };
my $today = int(time / 86400);
$srv->exec_sql("REPLACE INTO rollup_day_built (node_id, zone, day, bucket, claimed) SELECT node_id, 'UTC', ?, ?, ? FROM rollup_booked LIMIT 1", $today, ($today * 96) x 2);
for ([ 7, 10_000 ], [ 8, 50_000 ]) {
	my ($ago, $views) = @$_;
	my %c = map { $_->{Field} => 0 } @{ $srv->rows('SHOW COLUMNS FROM rollup_day') };
	%c = (%c, dim => 1, day => $today - $ago, id => $id{three}, page_view => $views, unique_visitor => 5000, advertiser_initial => 500,
		affiliate_payout_b => 2_000_000_000, node_id => $srv->sql('SELECT node_id FROM rollup_day_built'));
	$srv->exec_sql('REPLACE INTO rollup_day (' . join(',', sort keys %c) . ') VALUES (' . join(',', ('?') x keys %c) . ')', @c{ sort keys %c });
}
is_deeply [ map { 0 + $_ } @{ worth('three') }{qw(cr epc)} ], [ rounded(100 * (500 + $sales->('three')) / (5000 + $uniq), 4),
	rounded((2000 + 4 * $sales->('three')) / (10_000 + $raw), 6) ],
    'seven days and today';
undef $srv;
done_testing;
