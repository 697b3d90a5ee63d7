# Reports over HTTP, both dialects, on the rows of t/unit/report_fixture.sql: every parameter, bad values in
# the dialect's error form, narrowing under an affiliate's key, and recounts of the raw rows by SQL.
use strict;
use warnings;

use Affiliated::Test;
use JSON::PP;
use POSIX ();
use Test::More;

my $srv = Affiliated::Test->new(workers => 1);
$srv->ctl_ok(qw(admin add root root@example.com));
chomp(my $key = $srv->ctl_ok(qw(key create root)));
$srv->ctl_ok(qw(config set ADMIN_API_ALLOWED_IPS 127.0.0.1));
$srv->ctl_ok(qw(config set time_zone America/New_York));
# All of it before the server starts, which would build its sums from what is there so far, and end the holds, which are over.
{
	open my $f, '<', top_dir() . '/t/unit/report_fixture.sql' or die $!;
	my $text = join '', grep { !/^--/ } <$f>;
	my $dbh = $srv->dbh;
	$dbh->do("REPLACE INTO lease (name, node_id, until_us) VALUES ('sweep', 99, 9000000000000000)");
	$dbh->do($_) for grep { /\S/ } split /;\n/, $text;
	$dbh->do('DELETE FROM node WHERE node_id = 1'); # the server registers itself
}
$srv->launch;
chomp(my $anna = $srv->ctl_ok(qw(key create anna)));

sub nats {
	my ($path, @p) = @_;
	return $srv->get($path . (@p ? '?' . form(@p) : ''), headers => { 'api-key' => $key, 'api-username' => 'root' });
}

sub affise {
	my ($path, $k, @p) = @_;
	return $srv->get("/3.0/stats/$path" . (@p ? '?' . form(@p) : ''), headers => { 'API-Key' => $k });
}

# ---- profit and loss ----

my @all = (period => 'all');
my $pl = '/api/report/profitloss';
my $whole = nats($pl, @all);
is $whole->{status}, 200, 'profit and loss';
is $whole->{json}{total}{breakdown}, 'period', 'by day unless said otherwise';
is $whole->{json}{total}{row}{page_view}, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0'), 'page views';
is $whole->{json}{total}{row}{void_amount},
    $srv->sql('SELECT ROUND(SUM(revenue_b) / 10000) FROM txn WHERE type = 4'), 'cents';
for my $path (qw(/api/service/profitloss /api/profitlossreport /api/report/profitlossreport /api/v1/report/profitloss
	/api//report/profitloss /api/report/profitloss/)) {
	is nats($path, @all)->{content}, $whole->{content}, "$path is the same";
}
is nats($pl, 'params[period]' => 7)->{content}, $whole->{content}, 'params[]';
is nats($pl, 'params[period]' => 2, period => 7)->{content}, $whole->{content}, 'the top level counts before it';
is $srv->request('GET', $pl, content => 'period=7', headers =>
	{ 'api-key' => $key, 'api-username' => 'root', 'Content-Type' => 'application/x-www-form-urlencoded' })->{content},
    $whole->{content}, 'a body on GET';
is nats($pl, @all, nonsense => 1)->{content}, $whole->{content}, 'what is unknown is ignored';

$srv->ctl_ok('affiliate', 'set', 11, 'mediabuy', 1);
my @filters = ([ filter_loginid => 11 ], [ filter_offerid => 2 ], [ filter_landingpageid => 4 ],
	[ filter_landing_pageid => 4 ], [ filter_programid => 3 ], [ filter_countryid => 840 ],
	[ filter_countryid => 0 ], [ limit_inhouse => 1 ], [ limit_inhouse => 2 ], [ limit_inhouse => 0 ],
	[ limit_mediabuy => 0 ], [ limit_mediabuy => 1 ], [ limit_mediabuy => 2 ], [ limit_mediabuy => 2, limit_inhouse => 2 ], [ filter_loginid => '' ], [ filter_loginid => 10, filter_offerid => 1 ]);
my %where = (filter_loginid => 'affiliate_id', filter_offerid => 'offer_id', filter_landingpageid => 'landing_page_id',
	filter_landing_pageid => 'landing_page_id', filter_programid => 'commission_id');
for my $f (@filters) {
	my %f = @$f;
	my ($first, @cond);
	for my $view (qw(period month year offer landing_page login demographic)) {
		my $r = nats($pl, @all, view => $view, @$f)->{json};
		$first //= $r->{total}{row};
		is_deeply $r->{total}{row}, $first, "@$f: view $view has the same totals";
		my $sum = 0;
		$sum += $_->{stats}{page_view} // 0 for @{ $r->{rows} };
		is $sum, $first->{page_view}, '... which its rows add up to';
	}
	push @cond, map { "$where{$_} = $f{$_}" } grep { $where{$_} && $f{$_} ne '' } keys %f;
	push @cond, 'country = ' . ($f{filter_countryid} ? 21843 : 0) if defined $f{filter_countryid};
	push @cond, 'affiliate_id = 12' if ($f{limit_inhouse} // 0) == 1;
	push @cond, 'affiliate_id != 12' if ($f{limit_inhouse} // 0) == 2;
	push @cond, 'affiliate_id = 11' if ($f{limit_mediabuy} // 0) == 1;
	push @cond, 'affiliate_id != 11' if ($f{limit_mediabuy} // 0) == 2;
	is $first->{page_view}, $srv->sql('SELECT COUNT(*) FROM click WHERE ' . join ' AND ', 'verdict = 0', @cond),
	    "@$f: as many as the raw rows say";
}
is_deeply [ map { $_->{break} } @{ nats($pl, @all, view => 'demographic')->{json}{rows} } ], [ 0, 276, 840 ],
    'countries by ISO number';
is nats($pl, start => '2026-03-08', end => 'March 8, 2026')->{json}{rows}[0]{break}, 1772946000,
    'a day of start and end begins at its midnight';
is_deeply nats($pl, period => 'free', start => '2025-11-02', end => '2025-11-02', view => 'offer')->{json}{total}{row},
    nats($pl, period => 8, start => '11/02/2025', end => '@1762100000')->{json}{total}{row}, 'dates in other forms';
is_deeply nats($pl, period => 8, start => '2030-01-01', end => '2030-01-02')->{json}{rows}, [], 'an empty period';

for ([ 404, qr/^view: /, view => 'moon' ],
	[ 404, qr/^period: /, period => 9 ], [ 404, qr/^period: /, period => 'fortnight' ],
	[ 200, qr/\(start\)/, period => 8 ], [ 200, qr/\(end\)/, start => "today" ],
	[ 404, qr/^start: /, start => '2026-02-30', end => 'today' ],
	[ 404, qr/^end: /, start => 'today', end => 'yesterday' ], [ 404, qr/^filter_loginid: /, filter_loginid => 'anna' ],
	[ 404, qr/^filter_offerid: /, filter_offerid => -1 ], [ 404, qr/^filter_offerid: /, filter_offerid => 4294967296 ],
	[ 404, qr/^filter_landingpageid: /, filter_landing_pageid => 'x' ],
	[ 404, qr/^filter_programid: /, filter_programid => '1.5' ],
	[ 404, qr/^filter_countryid: /, filter_countryid => 999 ], [ 404, qr/^filter_countryid: /, filter_countryid => 'US' ],
	[ 404, qr/^limit_inhouse: /, limit_inhouse => 3 ], [ 404, qr/^limit_mediabuy: /, limit_mediabuy => 3 ],
	[ 404, qr/^filter_campaignid: only together/, filter_campaignid => 1 ],
	map { [ 404, qr/^\Q$_\E: /, $_ => 'Apple' ] } qw(filter_device_brand_id
		filter_device_model_id filter_device_os_id filter_device_browser_id))
{
	my ($status, $like, @p) = @$_;
	my $r = nats($pl, (@all) x !grep({ /^(period|start|end)$/ } @p), @p);
	is $r->{status}, $status, "@p: status $status";
	is $r->{json}{result}, 'error', '... result';
	like $r->{json}{message}, $like, '... names it';
}
is $srv->get($pl)->{status}, 401, 'no key, no report';
is $srv->get($pl, headers => { 'api-key' => $anna, 'api-username' => 'anna' })->{json}{result}, 'error',
    'an affiliate has no place here';

# ---- transactions ----

my $tx = '/api/report/transaction';
sub txns { my $r = nats($tx, @all, trans_count => 10000, @_); return $r->{json} }
sub count { return $srv->sql("SELECT COUNT(*) FROM txn WHERE $_[0]") }

is scalar(keys %{ txns() }), count('TRUE'), 'all transactions';
is nats('/api/report/transactions', @all)->{content}, nats($tx, @all)->{content}, 'under its other name';
is scalar(keys %{ nats($tx, @all)->{json} }), 100, 'a hundred unless said otherwise';
for ([ 'affiliate_id = 11', filter_loginid => 11 ], [ 'affiliate_id = 11', filter_affiliate => 'ben' ],
	[ 'offer_id = 3', filter_offerid => 3 ], [ 'landing_page_id = 4', filter_landingpageid => 4 ],
	[ 'landing_page_id = 4', filter_landing_pageid => 4 ], [ 'commission_id = 2', filter_programid => 2 ],
	[ 'country = 17477', filter_countryid => 276 ], [ 'affiliate_id != 12', no_inhouse => 1 ],
	[ 'TRUE', no_inhouse => 0 ], [ 'type = 4', trans_type => 'void' ], [ 'type = 1', trans_type => 'initial' ],
	[ 'type = 1 AND advertiser_id = 0', trans_type => 'conversion' ],
	[ 'type = 1 AND advertiser_id != 0', trans_type => 'advertiser_initial' ], [ 'FALSE', trans_type => 'phone_call' ],
	[ "ocid = 'oc140'", filter_external_clickid => 'oc140' ], [ "orderid = 'order-35'", filter_orderid => 'order-35' ],
	[ 'TRUE', trans_type => '' ], [ 'FALSE', filter_transaction_hash => 'abc' ])
{
	my ($where, @p) = @$_;
	is scalar(keys %{ txns(@p) }), count($where), "@p";
}
my $hash = $srv->sql("SELECT hash FROM txn WHERE type = 1 AND orderid = 'order-140'");
my ($one) = values %{ txns(filter_transaction_hash => $hash) };
is $one->{orderid}, 'order-140', 'by its hash';
my %seen;
for my $start (0 .. 7) {
	$seen{$_}++ for keys %{ nats($tx, @all, trans_start => $start * 100, trans_count => 100)->{json} };
}
is scalar(keys %seen), count('TRUE'), 'trans_start and trans_count turn pages';
ok !grep({ !/^\d{20}\z/ || $seen{$_} > 1 } keys %seen), 'each id has 20 digits and comes once';
is nats($tx, start => '2030-01-01', end => '2030-01-01')->{content}, '{}', 'nothing is an empty object';
for ([ 404, qr/^trans_type: /, trans_type => 'sale' ], [ 404, qr/^trans_start: /, trans_start => -1 ],
	[ 404, qr/^trans_count: /, trans_count => 0 ], [ 404, qr/^trans_count: /, trans_count => 10001 ],
	[ 404, qr/^no_inhouse: /, no_inhouse => 2 ], [ 404, qr/^filter_countryid: /, filter_countryid => 998 ],
	[ 404, qr/^filter_orderid: /, filter_orderid => 'x' x 191 ], [ 404, qr/^filter_campaignid: /, filter_campaignid => 1 ],
	[ 404, qr/^filter_adtoolid: /, filter_adtoolid => "x" ], [ 404, qr/^period: /, period => 'x' ])
{
	my ($status, $like, @p) = @$_;
	my $r = nats($tx, @p);
	is $r->{status}, $status, "$p[0]: status $status";
	like $r->{json}{message}, $like, '... names it';
}

# ---- custom ----

my @dates = ('filter[date_from]' => '2025-10-01', 'filter[date_to]' => '2026-12-31');
sub custom { my ($k, @p) = @_; return affise('custom', $k, @dates, @p) }
sub total { my ($r, $what, $status) = @_; my $n = 0; $n += $_->{actions}{$status // 'total'}{$what} for @{ $r->{json}{stats} }; return $n }

my $year = custom($key, 'slice[]' => 'year');
is $year->{status}, 200, 'custom';
like $year->{content}, qr/"traffic":\{"raw":"\d+","uniq":"\d+"\}/, 'traffic is strings';
is $year->{json}{stats}[0]{slice}{year} + $year->{json}{stats}[0]{traffic}{raw} + $year->{json}{stats}[1]{traffic}{raw},
    2025 + $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0'), 'raw clicks';
is total($year, 'count'), $srv->sql('SELECT COUNT(*) FROM conversion'), 'conversions';
is total($year, 'count', 'hold'), $srv->sql('SELECT COUNT(*) FROM conversion WHERE status = 5'), 'on hold';
for my $slice (qw(hour month quarter year day offer country city device device_model os os_version browser goal sub1 sub2 sub3 sub4
	sub5 advertiser affiliate manager)) {
	my $r = custom($key, 'slice[]' => $slice, limit => 500);
	is total($r, 'count'), total($year, 'count'), "by $slice: the same conversions";
	is sprintf('%.6f', total($r, 'charge')), sprintf('%.6f', total($year, 'charge')), '... and the same money';
	ok exists $r->{json}{stats}[0]{slice}{$slice}, '... under its name';
}
is custom($key, slice => 'day,offer', limit => 7)->{content}, custom($key, 'slice[0]' => 'day', 'slice[1]' => 'offer',
	limit => 7)->{content}, 'slices in other spellings';
is $srv->get('/3.0/stats/custom?slice=day&slice=offer&limit=7&' . form(@dates), headers => { 'API-Key' => $key })->{content},
    custom($key, 'slice[]' => [qw(day offer)], limit => 7)->{content}, '... repeated bare names';
for ([ 'offer_id = 1', 'filter[offer]' => 1 ], [ 'offer_id = 1', 'filter[offer][]' => '100000000000000000000001' ],
	[ 'offer_id IN (1, 2)', 'filter[offer][]' => [ 1, 2 ] ], [ 'FALSE', 'filter[offer]' => 'f' x 24 ],
	[ 'advertiser_id = 20', 'filter[advertiser]' => '000000000000000000000014' ],
	[ 'affiliate_id = 11', 'filter[partner]' => 11 ], [ 'country = 21843', 'filter[country][]' => 'us' ],
	[ "u.os = 'iOS'", 'filter[os]' => 'iOS' ], [ 'goal_id = 1', 'filter[goal]' => 'LEAD' ],
	[ 'goal_id = 0', 'filter[goal]' => '1' ], [ 'FALSE', 'filter[goal]' => 'nobody' ],
	[ 'c.device_type = 1', 'filter[device]' => 'mobile' ],
	[ 'FALSE', 'filter[device]' => 'toaster' ], [ "u.model = 'iPad'", 'filter[device]' => 'iPad' ],
	[ "sub1 = 'sub2'", 'filter[sub1]' => 'sub2' ], [ "sub1 IN ('sub1', 'sub3')", 'filter[sub1][]' => [qw(sub1 sub3)] ],
	[ 'FALSE', 'filter[sub2]' => 'x' ], [ 'FALSE', 'filter[sub5]' => 'x' ], [ 'FALSE', 'filter[manager]' => 'f' x 24 ], [ "currency = 'EUR'", 'filter[currency][]' => 'eur' ],
	[ "currency IN ('EUR', 'USD')", 'filter[currency][]' => [ 'EUR', 'USD' ] ], [ 'TRUE', locale => 'ru' ])
{
	my ($where, @p) = @$_;
	my $r = custom($key, 'slice[]' => 'month', @p);
	my $name = join ' ', map { ref $_ ? @$_ : $_ } @p;
	is total($r, 'count'), $srv->sql("SELECT COUNT(*) FROM conversion c JOIN user_agent u ON u.id = c.ua_id WHERE $where"),
	    $name;
	my $own = $name =~ /eur$/ ? '' : '_b';
	is sprintf('%.6f', total($r, 'charge', 'hold')), sprintf('%.6f', $srv->sql("SELECT COALESCE(SUM(revenue$own), 0)"
		    . " FROM conversion c JOIN user_agent u ON u.id = c.ua_id WHERE c.status = 5 AND $where") / 1e6), '... and its money';
}
is_deeply [ sort keys %{ custom($key, slice => 'year', 'conversionTypes[]' => [qw(hold total)])->{json}{stats}[0]{actions} } ],
    [qw(hold total)], 'conversionTypes';
ok !grep({ $_->{actions}{total}{count} == 0 } @{ custom($key, 'slice[]' => [qw(day month offer)], 'filter[nonzero]' => 1,
	limit => 500)->{json}{stats} }), 'nonzero';
{
	my $r = custom($key, 'slice[]' => [qw(day month)], order => 'raw', orderType => 'desc', limit => 3000);
	is $r->{json}{pagination}{per_page}, 500, 'limit is cut to 500, and says so';
	my @raw = map { $_->{traffic}{raw} } @{ $r->{json}{stats} };
	is_deeply \@raw, [ sort { $b <=> $a } @raw ], 'order and orderType';
	is $r->{json}{pagination}{total_count}, scalar @raw, 'total_count';
	my @pages = map { @{ custom($key, 'slice[]' => [qw(day month)], order => 'raw', orderType => 'desc', limit => 40,
		page => $_)->{json}{stats} } } 1 .. 4;
	is_deeply \@pages, $r->{json}{stats}, 'pages in a row are the whole';
}
my @day = ('filter[date_from]' => '2026-01-05', 'filter[date_to]' => '2026-01-05', slice => 'country');
for my $zone ([ 'Asia/Kathmandu', 1767550500, 1767636900 ], [ 'UTC', 1767571200, 1767657600 ], [ undef, 1767589200, 1767675600 ]) {
	my ($name, $from, $to) = @$zone;
	my $r = affise('custom', $key, @day, $name ? (timezone => $name) : ());
	my $raw = 0;
	$raw += $_->{traffic}{raw} for @{ $r->{json}{stats} };
	is $raw, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND click_us >= ? AND click_us < ?', $from . '000000',
		$to . '000000'), 'a day of ' . ($name // 'the network');
}

my $canon = JSON::PP->new->canonical->allow_bignum;
sub canon { return $canon->encode($_[0]) }

# What a row is sorted by, as the reference names it.
my %slice_value = (offer => sub { $_[0]{id} }, advertiser => sub { $_[0]{id} }, affiliate => sub { $_[0]{id} }, manager => sub { $_[0]{id} });
sub sort_value {
	my ($word, $row) = @_;
	return $row->{traffic}{$word} if $word =~ /^(?:raw|uniq)$/;
	return $row->{actions}{$1}{$2} if $word =~ /^(total|confirmed|pending|declined|hold)_(count|revenue|null|earning)$/;
	return ($slice_value{$word} // sub { $_[0] })->($row->{slice}{$word});
}
my @slices = qw(hour month quarter year day offer country city os os_version device device_model browser goal sub1 sub2 sub3 sub4 sub5 advertiser
	affiliate manager);
my @sums = qw(confirmed_earning raw uniq total_count total_revenue total_null pending_count pending_revenue declined_count declined_revenue hold_count
	hold_revenue confirmed_count confirmed_revenue);
my %words = map { $_ => 1 } qw(country city os os_version device device_model browser goal sub1 sub2 sub3 sub4 sub5 advertiser manager);
for my $word (@slices, @sums) {
	my @by = grep { $_ ne $word } qw(offer country), (grep { $word eq $_ } @sums) ? 'month' : ();
	my %keys;
	for my $type (qw(asc desc)) {
		my $list = custom($key, 'slice[]' => [ (grep { $word eq $_ } @slices), @by ], 'order[]' => [ $word, 'country' ], orderType => $type,
			'conversionTypes[]' => $word =~ /^([a-z]+)_(?:c|r|n|e)/ ? $1 : 'total', limit => 500)->{json}{stats};
		my $sign = $type eq 'asc' ? 1 : -1;
		my @wrong = grep {
			my ($x, $y) = map { sort_value($word, $list->[$_]) } $_, $_ + 1;
			my $c = $words{$word} ? $x cmp $y : $x <=> $y;
			($c || $list->[$_]{slice}{country} cmp $list->[ $_ + 1 ]{slice}{country}) * $sign > 0
		} 0 .. $#$list - 1;
		ok @$list > 1 && !@wrong, "order $word and country, $type" or diag "@wrong of @$list";
		$keys{$type} = join ' ', sort map { canon($_) } @$list;
	}
	ok $keys{asc} eq $keys{desc}, '... the same rows';
}

# Any slices together have one sum; every third one is by goal, under which traffic is 0.
{
	my $raw = 0;
	$raw += $_->{traffic}{raw} for @{ $year->{json}{stats} };
	for my $i (1 .. 12) {
		my %by = map { $slices[ $i * $_ % @slices ] => 1 } 1, 5, 7, $i % 3 ? 11 : 0;
		delete $by{goal};
		$by{goal} = 1 if $i % 3 == 0;
		my (%n, %seen);
		for my $page (1 .. 20) {
			my $r = custom($key, 'slice[]' => [ sort keys %by ], conversionTypes => 'total', limit => 500, page => $page)->{json};
			for my $row (@{ $r->{stats} }) {
				$seen{ canon($row->{slice}) }++;
				$n{raw} += $row->{traffic}{raw};
				$n{count} += $row->{actions}{total}{count};
				$n{charge} += sprintf '%.0f', $row->{actions}{total}{charge} * 1e6;
			}
			last if !$r->{pagination}{next_page};
		}
		is_deeply \%n, { raw => $by{goal} ? 0 : $raw, count => total($year, 'count'), charge => sprintf '%.0f', total($year, 'charge') * 1e6 },
		    'by ' . join ' ', sort keys %by;
		ok !grep({ $_ > 1 } values %seen), '... each row once';
	}
}

# conversionTypes: each one, and all pairs.
{
	my @types = qw(total confirmed pending declined hold not_found);
	my $whole = custom($key, slice => 'offer')->{json}{stats};
	my @pairs = map { my $x = $_; map { [ $x, $types[$_] ] } 0 .. $#types } @types;
	my $bad = 0;
	for my $pair (@pairs) {
		my $list = custom($key, slice => 'offer', 'conversionTypes[]' => $pair)->{json}{stats};
		my %want = map { $_ => 1 } @$pair;
		for my $i (0 .. $#$whole) {
			my %row = %{ $whole->[$i] };
			$row{$_} = { map { ($_ => $whole->[$i]{actions}{$_}) } keys %want } for 'actions';
			$row{cr} = { map { ($_ => $whole->[$i]{cr}{$_}) } keys %want };
			$bad++ if canon(\%row) ne canon($list->[$i]);
		}
	}
	is $bad, 0, 'conversionTypes: what is asked for and nothing else, the sums as they are';
}

# nonzero: those of the rows that have conversions, in pages of their own.
{
	my @by = ('slice[]' => [qw(month day country)], conversionTypes => 'total', limit => 500);
	my @all = map { @{ custom($key, @by, page => $_)->{json}{stats} } } 1 .. 2;
	my $some = custom($key, @by, 'filter[nonzero]' => 1)->{json};
	is_deeply $some->{stats}, [ grep { $_->{actions}{total}{count} } @all ], 'nonzero';
	cmp_ok $some->{pagination}{total_count}, '<', scalar @all, '... which are not all';
}

# Formulas of nats-behaviour.md 4.2, from the numbers of the row itself; types as in Shapes.
for my $who ([ $key, 'charge' ], [ $anna, 'revenue' ]) {
	my ($k, $income) = @$who;
	my $r = custom($k, 'slice[]' => [qw(month offer country)], limit => 500);
	my @wrong = grep {
		my ($raw, $uniq, $a) = (@{ $_->{traffic} }{qw(raw uniq)}, $_->{actions});
		my $n = $a->{confirmed}{count} + $a->{hold}{count};
		my $payout = $a->{confirmed}{revenue} + $a->{hold}{revenue};
		$_->{epc} != ($raw ? sprintf '%.0f', $payout / $raw : 0)
		    || $_->{ratio} ne ($n ? sprintf '1:%d', $uniq / $n + 0.5 : '-') || $_->{ecpm} != 0 || $_->{ctr} != 0
	} @{ $r->{json}{stats} };
	is scalar @wrong, 0, "epc and ratio ($income)" or diag explain $wrong[0];
	my @cr = grep {
		my $row = $_;
		grep { abs($row->{cr}{$_} - ($row->{traffic}{uniq} ? 100 * $row->{actions}{$_}{count} / $row->{traffic}{uniq} : 0)) > 1e-6 } keys %{ $row->{actions} }
	} @{ $r->{json}{stats} };
	is scalar @cr, 0, '... cr' or diag explain $cr[0];
	unlike $r->{content}, qr/"epc":(?:"|-?\d+\.)|"ratio":[^"]|"cr":[^{]/, '... in their types';
}

# Hours of the wall clock, against the C library's: quarters of an hour, both changes of the clocks, and a zone whose
# month of Ramadan has another offset.
{
	my $clicks = $srv->dbh->selectcol_arrayref('SELECT click_us DIV 1000000 FROM click WHERE verdict = 0');
	my $converted = $srv->dbh->selectcol_arrayref('SELECT created_us DIV 1000000 FROM conversion');
	my @weeks = ([qw(2025-10-24 2025-10-28)], [qw(2025-11-01 2025-11-03)], [qw(2026-02-13 2026-02-17)], [qw(2026-03-06 2026-03-09)]);
	my $in = sub { my ($day) = @_; return grep { $day ge $_->[0] && $day le $_->[1] } @weeks };
	for my $zone (qw(Asia/Kathmandu Australia/Eucla Pacific/Chatham America/St_Johns Europe/Berlin America/Havana Africa/Casablanca Asia/Kolkata
		Pacific/Kiritimati Pacific/Niue UTC))
	{
		my (%want, %got);
		{
			local $ENV{TZ} = $zone;
			POSIX::tzset();
			my @seconds = ($clicks, $converted);
			for my $i (0, 1) {
				for my $t (@{ $seconds[$i] }) {
					my ($day, $hour) = split / /, POSIX::strftime('%Y-%m-%d %H', localtime $t);
					$want{"$day $hour"}[$i]++ if $in->($day);
				}
			}
		}
		POSIX::tzset();
		for my $w (@weeks) {
			my $r = affise('custom', $key, 'filter[date_from]' => $w->[0], 'filter[date_to]' => $w->[1], 'slice[]' => [qw(year month day hour)],
				timezone => $zone, limit => 500, conversionTypes => 'total')->{json};
			$got{ sprintf '%04d-%02d-%02d %02d', @{ $_->{slice} }{qw(year month day hour)} } = [ $_->{traffic}{raw}, $_->{actions}{total}{count} ]
			    for @{ $r->{stats} };
		}
		my $text = sub { my ($h) = @_; return join ' ', map { $_ // 0 } @{ $h // [] }[ 0, 1 ] };
		is_deeply { map { $_ => $text->($got{$_}) } keys %got }, { map { $_ => $text->($want{$_}) } keys %want }, "every hour of $zone";
	}
}

sub refused {
	my ($what, $r, $status, $like) = @_;
	is $r->{status}, $status, "$what: status $status";
	is $r->{json}{status}, 2, '... status 2';
	is $r->{json}{error}, $r->{json}{message}, '... the text twice';
	like $r->{json}{error}, $like, '... names it';
	return;
}
refused('no slice', custom($key), 400, qr/slice/);
refused('no dates', affise('custom', $key, slice => 'day'), 400, qr/date_from/);
refused("a bad $_->[0]", custom($key, slice => 'day', @$_), 400, qr/\Q$_->[0]\E/)
    for [ timezone => 'Mars/Olympus' ], [ timezone => '+02:00' ], [ 'filter[country]' => 'USA' ], [ 'filter[country]' => '12' ],
    [ 'filter[offer]' => 'abc' ], [ 'filter[offer]' => 0 ], [ 'filter[partner]' => 'x' ], [ 'filter[currency]' => 'dollar' ],
    [ 'filter[currency]' => '123' ], [ page => 0 ], [ page => 'x' ], [ limit => 0 ],
    [ limit => -5 ], [ orderType => 'up' ], [ order => 'offer' ], [ order => 'colour' ],
    [ conversionTypes => 'all' ], [ 'filter[nonzero]' => 2 ], [ locale => 'xx' ];
refused('a SmartLink without its slice', custom($key, slice => 'day', 'filter[smart_id]' => 'f' x 24), 400, qr/smart_id/);
is custom($key, slice => 'day', order => 'currency', limit => 7)->{content}, custom($key, slice => 'day', limit => 7)->{content},
    'all of an answer is in one currency';
refused('an unknown slice', custom($key, slice => 'moon'), 400, qr/slice/);
refused('a date', affise('custom', $key, slice => 'day', 'filter[date_from]' => 'yesterday', 'filter[date_to]' => '2026-01-01'),
	400, qr/date_from/);
refused('days the wrong way round', affise('custom', $key, slice => 'day', 'filter[date_from]' => '2026-01-02',
	'filter[date_to]' => '2026-01-01'), 400, qr/date_to/);
refused('no key', affise('custom', 'x' x 32, @dates, slice => 'day'), 401, qr/Token/);

# ---- an affiliate's key ----

for my $p ([], [ 'filter[partner]' => 11 ], [ 'filter[partner][]' => 'nonsense' ]) {
	my $r = custom($anna, slice => 'month', @$p);
	is total($r, 'count'), $srv->sql('SELECT COUNT(*) FROM conversion WHERE affiliate_id = 10'), "his own alone (@$p)";
	is total($r, 'charge') + total($r, 'earning'), 0, '... charge and earning are 0';
	cmp_ok total($r, 'revenue'), '>', 0, '... what he gets is not';
}
is_deeply [ map { $_->{actions}{confirmed}{earning} } @{ custom($anna, slice => 'offer')->{json}{stats} } ], [ 0, 0, 0 ],
    'earning is there';
refused("slice $_ under an affiliate's key", custom($anna, slice => $_), 403, qr/Auth Denied/) for qw(advertiser affiliate manager smart_id);
ok !exists custom($anna, slice => 'offer')->{json}{stats}[0]{slice}{offer}{url}, 'no URL of an offer';

# ---- conversions ----

my @wide = (date_from => '2025-10-01', date_to => '2026-12-31');
sub conversions { my ($k, @p) = @_; return affise('conversions', $k, @wide, @p) }
for ([ 'TRUE' ], [ 'status = 1', status => 1 ], [ 'status IN (2, 5)', 'status[]' => [ 2, 5 ] ], [ 'offer_id = 2', 'offer[]' => 2 ],
	[ 'offer_id = 2', offer => '100000000000000000000002' ], [ 'advertiser_id = 20', 'advertiser[]' => '000000000000000000000014' ],
	[ 'country = 17477', 'country[]' => 'DE' ], [ "u.browser = 'Chrome'", browser => 'Chrome' ],
	[ "orderid = 'order-140'", action_id => 'order-140' ], [ "u.os = 'Android'", os => 'Android 13' ],
	[ 'goal_id = 2', goal => 'sale' ], [ 'goal_id IN (0, 2)', 'goal[]' => [ 'sale', '1' ] ], [ 'c.device_type = 2', device => 'tablet' ],
	[ 'payout = 4014001', payouts => '4.014001' ], [ 'revenue = 10140000', revenue => '10.14' ], [ "sub1 = 'sub1'", subid1 => 'sub1' ],
	[ "sub2 = ''", subid2 => '' ], [ 'FALSE', subid3 => 'x' ], [ 'FALSE', custom_field_1 => 'x' ], [ 'affiliate_id = 12', 'partner[]' => 12 ],
	[ 'affiliate_id IN (10, 12)', partner => '10,12' ], [ 'FALSE', clickid => 'nonsense' ],
	[ "currency = 'EUR'", currency => 3242 ], [ "currency = 'USD'", currency => 13_992 ], [ 'FALSE', currency => 1 ],
	[ "currency = 'EUR' AND status = 3 AND offer_id = 1 AND affiliate_id != 11 AND country = 21843 AND goal_id = 0", currency => 3242,
		status => 3, offer => 1, partner => '10,12', country => 'US', goal => '1' ],
	[ "currency = 'EUR' AND status = 3 AND sub1 = 'sub2' AND c.device_type = 0", currency => 3242, status => 3, subid1 => 'sub2', device => 'desktop' ],
	[ 'updated_us >= 1767243600000000', update_from_date => '2026-01-01' ],
	[ 'updated_us >= 1767290400000000', update_from_date => '2026-01-01', update_from_hour => 13 ])
{
	my ($where, @p) = @$_;
	my $r = conversions($key, @p);
	is $r->{json}{pagination}{total_count},
	    $srv->sql("SELECT COUNT(*) FROM conversion c JOIN user_agent u ON u.id = c.ua_id WHERE $where"),
	    'conversions: ' . join ' ', map { ref $_ ? @$_ : $_ } @p;
}
my $conv = conversions($key, action_id => 'order-140')->{json}{conversions}[0];
is conversions($key, clickid => $conv->{clickid})->{json}{pagination}{total_count}, 1, 'by its click';
is affise('conversions', $key, date_from => '2026-01-05', date_to => '2026-01-05', hour => 13)->{json}{pagination}{total_count},
    $srv->sql('SELECT COUNT(*) FROM conversion WHERE created_us DIV 1000000 >= 1767636000 AND created_us DIV 1000000 < 1767639600'),
    'one hour';
is affise('conversions', $key)->{json}{pagination}{total_count},
    $srv->sql('SELECT COUNT(*) FROM conversion WHERE created_us >= UNIX_TIMESTAMP() * 1000000 - 8 * 86400000000'),
    'without dates, the last days';
{
	my ($n, @ids) = (0);
	for my $page (1 .. 100) {
		my $r = conversions($key, limit => 60, page => $page)->{json};
		push @ids, map { $_->{id} } @{ $r->{conversions} };
		last if !$r->{pagination}{next_page};
	}
	my %once = map { $_ => 1 } @ids;
	is scalar(@ids), $srv->sql('SELECT COUNT(*) FROM conversion'), 'pages until next_page is missing: all of them';
	is scalar(keys %once), scalar @ids, 'each once';
}
ok exists $conv->{$_}, "an administrator sees $_" for qw(advertiser supplier_id revenue earnings);
my $his = conversions($anna, limit => 1000);
is $his->{json}{pagination}{total_count}, $srv->sql('SELECT COUNT(*) FROM conversion WHERE affiliate_id = 10'), 'his own alone';
is conversions($anna, 'partner[]' => 11)->{json}{pagination}{total_count}, $his->{json}{pagination}{total_count},
    'whatever partner he names';
for my $hidden (qw(advertiser supplier_id revenue earnings)) {
	ok !grep({ exists $_->{$hidden} } @{ $his->{json}{conversions} }), "no $hidden";
}
is_deeply [ map { my $k = $_; map { scalar grep { $_->{offer}{url} ne '' } @{ affise($_, $k, @wide)->{json}{$_} } } qw(conversions clicks) } $key, $anna ],
    [ 100, 100, 0, 0 ], 'the advertiser\'s URL is not for him';
{
	my %seen;
	for my $c (map { @{ affise('clicks', $key, @wide, offer => 1, limit => 500, page => $_)->{json}{clicks} } } 1, 2) {
		$seen{"$c->{landing}{id} $c->{landing}{url} $c->{prelanding}{id}"}++;
	}
	is_deeply [ sort keys %seen ], [ '0  0', '4 http://one.example/b 0' ], 'landings of clicks: another one than the offer\'s own URL';
}
refused('revenue under his key', conversions($anna, revenue => 1), 403, qr/Auth Denied/);
refused("a bad $_->[0]", conversions($key, @$_), 400, qr/\Q$_->[0]\E/)
    for [ hour => 3 ], [ hour => 24 ], [ status => 6 ], [ timezone => 'x' ], [ payouts => '1,5' ], [ revenue => 'x' ],
    [ device => 'phone' ], [ country => 'X' ], [ update_from_hour => 5 ], [ update_from_date => 'x' ], [ currency => 0 ], [ currency => 'EUR' ],
    [ subid1 => 'x' x 256 ];

# ---- clicks ----

sub clicks { my ($k, @p) = @_; return affise('clicks', $k, @wide, @p) }
for ([ 'TRUE' ], [ 'offer_id = 3', 'offer[]' => 3 ], [ 'affiliate_id = 11', partner => 11 ], [ 'country = 21843', country => 'US' ],
	[ 'advertiser_id = 20', advertiser => '000000000000000000000014' ], [ 'advertiser_id = 20', 'advertisers[]' => 20 ])
{
	my ($where, @p) = @$_;
	is clicks($key, @p)->{json}{pagination}{total_count}, $srv->sql("SELECT COUNT(*) FROM click WHERE verdict = 0 AND $where"),
	    "clicks: @p";
}
is clicks($anna, partner => 11)->{json}{pagination}{total_count},
    $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND affiliate_id = 10'), 'his own alone';
refused('advertiser under his key', clicks($anna, advertiser => 20), 403, qr/Auth Denied/);
refused('clicks without dates', affise('clicks', $key), 400, qr/date_from/);
refused('an hour of many days', clicks($key, hour => 1), 400, qr/hour/);
{
	my $raw = 0;
	$raw += $_->{traffic}{raw} for @{ custom($key, slice => 'browser')->{json}{stats} };
	is clicks($key)->{json}{pagination}{total_count}, $raw, 'the total of the list is the raw traffic of custom';
	my $c = clicks($key, limit => 1)->{json}{clicks}[0];
	like $c->{id}, qr/^[0-9a-f]{24}\z/, 'a click id';
	is $c->{os_fullname}, "$c->{os} $c->{os_version}", 'system and version';
}

# ---- agreement of the two dialects (decisions.md §3) ----

{
	my $n = $whole->{json}{total}{row};
	my $net = 0;
	$net += $n->{$_} for qw(conversion_amount advertiser_initial_amount continuity_amount goal_amount advertiser_income_amount
		void_amount chargeback_amount void_reversal_amount chargeback_reversal_amount);
	my $charge = total($year, 'charge', 'confirmed') + total($year, 'charge', 'hold');
	cmp_ok abs($net - $charge * 100), '<=', 5, 'charge of confirmed and hold is the net revenue, but for the cents of nine sums';
	my $payout = total($year, 'revenue', 'confirmed') + total($year, 'revenue', 'hold');
	cmp_ok abs($n->{affiliate_payout} + $n->{correction_payout} - $payout * 100), '<=', 1, 'and so are the payouts';
}

# ---- the cube ----

poll_until('stats moves closed buckets into the cube', sub {
	$srv->sql('SELECT COALESCE(SUM(page_view), 0) FROM cube_click WHERE node_id = 1')
	    == $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND node_id = 1') });
for my $slice (qw(device os browser)) {
	my $r = custom($key, slice => $slice);
	is sprintf('%.6f', total($r, 'charge', 'confirmed')), sprintf('%.6f', total($year, 'charge', 'confirmed')),
	    "by $slice: the same money";
	my $raw = 0;
	$raw += $_->{traffic}{raw} for @{ $r->{json}{stats} };
	is $raw, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0'), "by $slice: every click once";
}

undef $srv;
done_testing;
