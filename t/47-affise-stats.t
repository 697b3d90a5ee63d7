# The statistics of the Affise API on the rows of t/unit/report_fixture.sql: every getby*, find-subs and retentionrate
# against stats/custom and against recounts by SQL; whose data a key sees, on every route; and every way to send parameters.
use strict;
use utf8;
use warnings;

use Affiliated::Test;
use JSON::PP;
use Test::More;

my $srv = Affiliated::Test->new(workers => 1);
$srv->ctl_ok(qw(admin add root root@example.com));
chomp(my $key = $srv->ctl_ok(qw(key create root)));
$srv->ctl_ok(qw(config set time_zone America/New_York));
# All of it before the server starts, which would build its sums from what is there so far, end the holds, which are over,
# and drop the days that are sealed.
{
	open my $f, '<', top_dir() . '/t/unit/report_fixture.sql' or die $!;
	my $text = join '', grep { !/^--/ } <$f>;
	my $dbh = $srv->dbh;
	$dbh->do("REPLACE INTO lease (name, node_id, until_us) VALUES ('sweep', 99, 9000000000000000)");
	$dbh->do($_) for grep { /\S/ } split /;\n/, $text;
	# Places, managers, a second sub.  The server registers its node itself.
	$dbh->do($_) for 'DELETE FROM node WHERE node_id = 1',
	    "INSERT INTO place (id, place_hash, country, region, city, city_ru, city_es) VALUES (1, 1, 17477, '', 'Munich',
		'Мюнхен', 'Múnich'), (2, 2, 17477, '', 'Bonn', '', '')",
	    "INSERT INTO account (id, hex24, type, username, status, created_us, updated_us) VALUES
		(31, '00000000000000000000001f', 120, 'max', 0, 1, 1)",
	    "REPLACE INTO account_person (account_id, firstname, lastname) VALUES (30, 'Mia', 'Muster'), (31, 'Max', 'Muster')",
	    'UPDATE account SET manager_id = IF(id = 10, 30, 31) WHERE id IN (10, 11, 20)',
	    "UPDATE click SET place_id = click_lo MOD 3, sub2 = CONCAT('b', click_lo MOD 5)",
	    "UPDATE conversion SET sub2 = CONCAT('b', click_lo MOD 5)",
	    'INSERT INTO click_kept SELECT c.* FROM click c JOIN conversion v ON v.click_us = c.click_us AND v.click_lo = c.click_lo';
}
$srv->launch;
chomp(my $anna = $srv->ctl_ok(qw(key create anna)));
chomp(my $ben = $srv->ctl_ok(qw(key create ben)));
my %id = ($anna => 10, $ben => 11);

my @dates = ('filter[date_from]' => '2025-10-01', 'filter[date_to]' => '2026-12-31');
my @wide = (date_from => '2025-10-01', date_to => '2026-12-31');

sub stats {
	my ($path, $k, @p) = @_;
	return $srv->get("/3.0/stats/$path?" . form(@p), headers => { 'API-Key' => $k });
}

sub refused {
	my ($what, $r, $status, $like) = @_;
	is $r->{status}, $status, "$what: status $status";
	is_deeply [ $r->{json}{status}, $r->{json}{error} ], [ 2, $r->{json}{message} ], '... and its envelope';
	like $r->{json}{error}, $like, '... names it';
	return;
}

# ---- the family ----

# What the reference says each is cut by.
my %by = (
	getbydate => [qw(year month day)], getbyhour => [qw(year month day hour)], getbysub => ['sub1'], getbyprogram => ['offer'],
	getbyadvertiser => ['advertiser'], getbyaccountmanager => ['advertiser_manager_id'],
	getbyaffiliatemanager => ['affiliate_manager_id'], getbypartner => ['affiliate'],
	getbypartnerbydate => [qw(year month day affiliate)], getbycountries => ['country'], getbybrowsers => ['browser'],
	getbyos => ['os'], getbyversions => [qw(os os_version)], getbygoal => ['goal'], getbycities => ['city'],
	getbydevices => ['device'], getbydevicemodels => ['device_model']);
my %admin_only = map { $_ => 1 } qw(getbyadvertiser getbyaccountmanager getbyaffiliatemanager getbypartner getbypartnerbydate);
my @rows = grep { $_->[2] =~ m{^/3\.0/stats/} } map { [ split /\t/ ] } split /\n/, scalar `@{[ build_dir() ]}/src/affiliated -x endpoints`;
is_deeply [ sort map { $_->[2] =~ m{/(getby\w+)$} } @rows ], [ sort keys %by ], 'the seventeen are there';

sub sums {
	my ($list) = @_;
	my %s;
	for my $row (@$list) {
		$s{$_} += $row->{traffic}{$_} for qw(raw uniq);
		for my $st (keys %{ $row->{actions} }) {
			$s{"$st $_"} += sprintf '%.0f', $row->{actions}{$st}{$_} * 1e6 for keys %{ $row->{actions}{$st} };
		}
	}
	return \%s;
}

sub pages {
	my ($path, $k, @p) = @_;
	my @all;
	for my $page (1 .. 100) {
		my $r = stats($path, $k, @p, limit => 500, page => $page)->{json};
		push @all, @{ $r->{stats} };
		last if !$r->{pagination}{next_page};
	}
	return \@all;
}

my $all = sums(stats('custom', $key, @dates, slice => 'year')->{json}{stats});
my $his = sums(stats('custom', $anna, @dates, slice => 'year')->{json}{stats});
is $all->{raw}, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0'), 'there are clicks';
is $his->{raw}, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND affiliate_id = 10'), 'and his';
for my $name (sort keys %by) {
	my @offers = $name eq 'getbysub' ? ('filter[offer][]' => [ 1, 2, 3 ]) : ();
	my $list = pages($name, $key, @dates, @offers);
	my %want = $name eq 'getbygoal' ? (%$all, raw => 0, uniq => 0) : %$all;
	is_deeply sums($list), \%want, "$name: adds up to everything";
	ok !grep({ join(' ', sort keys %{ $_->{slice} }) ne join ' ', sort @{ $by{$name} } } @$list), '... with its slices';
	if ($name ne 'getbyhour' && !grep { /_id$/ } @{ $by{$name} }) {
		is_deeply $list, pages('custom', $key, @dates, @offers, 'slice[]' => $by{$name}), '... as custom has it';
	}
	is_deeply [ reverse @$list ], pages($name, $key, @dates, @offers, orderType => 'desc'), '... and downwards';
	refused("$name without dates", stats($name, $key, @offers), 400, qr/date_from/);
	if ($admin_only{$name}) {
		refused("$name under an affiliate's key", stats($name, $anna, @dates, @offers), 403, qr/Auth Denied/);
		next;
	}
	%want = $name eq 'getbygoal' ? (%$his, raw => 0, uniq => 0) : %$his;
	is_deeply sums(pages($name, $anna, @dates, @offers, 'filter[partner]' => 11)), \%want, '... an affiliate sees his own';
}
refused('getbysub without offers', stats('getbysub', $key, @dates), 400, qr/filter\[offer\]/);
is sums(pages('getbysub', $key, @dates, 'filter[offer]' => '100000000000000000000002'))->{raw},
    $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND offer_id = 2'), 'getbysub of one offer';
{
	my ($row) = @{ stats('getbyaffiliatemanager', $key, @dates, 'filter[manager]' => '00000000000000000000001e')->{json}{stats} };
	is_deeply $row->{slice}{affiliate_manager_id},
	    { id => '00000000000000000000001e', first_name => 'Mia', last_name => 'Muster', title => 'Mia' }, 'a manager';
	is $row->{traffic}{raw}, $his->{raw}, '... of the affiliates that he has';
	my %nobody = map { $_->{slice}{affiliate_manager_id}{id} => $_->{slice}{affiliate_manager_id} }
	    @{ stats('getbyaffiliatemanager', $key, @dates)->{json}{stats} };
	is_deeply $nobody{0}, { id => '0', first_name => 'Undefined', last_name => 'Undefined', title => 'Undefined' }, 'and nobody';
	my $r = stats('getbyaccountmanager', $key, @dates, 'filter[manager][]' => '00000000000000000000001f')->{json};
	is $r->{stats}[0]{traffic}{raw}, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND advertiser_id = 20'),
	    'an account manager';
	is scalar @{ $r->{stats} }, 1, '... alone';
	is sums(stats('getbyprogram', $key, @dates, 'filter[manager]' => '00000000000000000000001f')->{json}{stats})->{raw},
	    $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND affiliate_id = 11'), 'elsewhere it is the affiliates\' manager';
}
for ([ '2026-01-05', 24, 1767589200 ], [ '2026-03-08', 23, 1772946000 ], [ '2025-11-02', 24, 1762056000 ]) {
	my ($day, $hours, $from) = @$_;
	my $r = stats('getbyhour', $key, 'filter[date_from]' => $day, 'filter[date_to]' => $day);
	is scalar @{ $r->{json}{stats} }, $hours, "$day has $hours hours, empty ones too";
	is sums($r->{json}{stats})->{raw}, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND click_us >= ? AND click_us < ?',
		"${from}000000", ($from + 3600 * ($hours + ($day =~ /-11-/))) . '000000'), '... with its clicks';
}
for my $zone (['Asia/Kathmandu', 20700], ['Pacific/Chatham', 49500], ['America/St_Johns', -12600]) {
	my ($name, $east) = @$zone;
	my $rows = stats('getbyhour', $key, 'filter[date_from]' => '2026-01-05', 'filter[date_to]' => '2026-01-05', timezone => $name);
	my %raw = map { $_->{slice}{hour} => $_->{traffic}{raw} } @{ $rows->{json}{stats} };
	my $got = $srv->rows('SELECT (click_us DIV 1000000 + ?) DIV 3600 MOD 24 AS h, COUNT(*) AS n FROM click WHERE verdict = 0 AND'
		. ' (click_us DIV 1000000 + ?) DIV 86400 = 20458 GROUP BY 1', $east, $east);
	my %want = ((map { $_ => 0 } 0 .. 23), map { $_->{h} => $_->{n} } @$got);
	is_deeply \%raw, \%want, "hours of $name";
}
for ([ en => 'Munich' ], [ ru => "\x{41c}\x{44e}\x{43d}\x{445}\x{435}\x{43d}" ], [ es => "M\x{fa}nich" ]) {
	my ($locale, $name) = @$_;
	is_deeply [ sort map { $_->{slice}{city} } @{ stats('getbycities', $key, @dates, locale => $locale)->{json}{stats} } ],
	    [ sort '', 'Bonn', $name ], "cities in $locale";
}

# Each parameter of table S by one of the family after the other: as custom has it.
{
	my @filters = ([ 'filter[currency]' => 'EUR' ], [ 'filter[currency][]' => [qw(USD EUR)] ], [ 'filter[advertiser]' => '000000000000000000000014' ],
		[ 'filter[offer]' => 2 ], [ 'filter[offer][]' => [ 1, '100000000000000000000003' ] ], [ 'filter[manager]' => '00000000000000000000001e' ],
		[ 'filter[partner]' => 11 ], [ 'filter[partner][]' => [ 10, 12 ] ], [ 'filter[country]' => 'us' ], [ 'filter[os]' => 'iOS' ],
		[ 'filter[os][]' => [qw(Windows Android)] ], [ 'filter[goal]' => 'lead' ], [ 'filter[goal][]' => [qw(1 sale)] ], [ 'filter[sub1]' => 'sub2' ],
		[ 'filter[sub2][]' => [qw(b1 b4)] ], [ 'filter[sub3]' => 'x' ], [ 'filter[sub4]' => 'x' ], [ 'filter[sub5]' => 'x' ], [ 'filter[device]' => 'tablet' ],
		[ 'filter[device][]' => [qw(mobile iPad)] ], [ timezone => 'Asia/Kathmandu' ], [ locale => 'ru' ], [ limit => 3, page => 2 ], [ orderType => 'desc', limit => 5 ]);
	my @names = grep { $_ ne 'getbyhour' && !grep { /_id$/ } @{ $by{$_} } } sort keys %by;
	my $all = stats('custom', $key, @dates, slice => 'year')->{content};
	for my $i (0 .. $#filters) {
		my @p = (@{ $filters[$i] }, $filters[$i][0] =~ /offer/ ? () : ('filter[offer]' => '1,2,3'));
		for my $name ($names[ $i % @names ], $names[ ($i + 5) % @names ]) {
			my $r = stats($name, $key, @dates, @p);
			is $r->{content}, stats('custom', $key, @dates, @p, 'slice[]' => $by{$name})->{content}, "$name by $filters[$i][0]";
		}
		isnt stats('custom', $key, @dates, @{ $filters[$i] }, slice => 'year')->{content}, $all, '... which are others than all' if $filters[$i][0] =~ /filter/
		    && "@{ $filters[$i] }" !~ /ARRAY/;
	}
}

# ---- find-subs ----

# The fixture is of the past: what is looked for has to be of the last days.
$srv->exec_sql('UPDATE conversion SET created_us = UNIX_TIMESTAMP() * 1000000 - conv_us MOD 1000000 WHERE offer_id = 1');
for ([ [], [] ], [ [ sub1 => 'UB1' ], [ { sub1 => 'sub1' } ] ], [ [ sub1 => '' ], [ map { { sub1 => "sub$_" } } 0 .. 3 ] ],
	[ [ sub1 => 'sub2', sub2 => 'b' ], [ map { { sub1 => 'sub2', sub2 => "b$_" } } 0 .. 4 ] ], [ [ sub1 => '%' ], [] ],
	[ [ sub3 => '' ], [] ])
{
	my ($p, $want) = @$_;
	my $r = stats('find-subs', $key, @$p)->{json};
	is_deeply [ $r->{subs}, $r->{pagination}{total_count} ], [ $want, scalar @$want ], "find-subs @$p";
}
is_deeply [ map { @{ stats('find-subs', $key, sub1 => '', limit => 3, page => $_)->{json}{subs} } } 1, 2 ],
    [ map { { sub1 => "sub$_" } } 0 .. 3 ], 'pages of them';
$srv->exec_sql("UPDATE conversion SET sub1 = 'secret' WHERE affiliate_id = 11");
is_deeply stats('find-subs', $anna, sub1 => 'secret')->{json}{subs}, [], 'what another affiliate sent is not found';
is_deeply stats('find-subs', $ben, sub1 => 'secret')->{json}{subs}, [ { sub1 => 'secret' } ], 'by himself it is';

# ---- retentionrate ----

{
	my $at = sub { return sprintf '%d', (1767250800 + $_[0]) * 1e6 };    # 2026-01-01 02:00 in New York
	$srv->exec_sql('DELETE FROM conversion');
	my $n = 0;
	my $add = sub {
		my ($aff, $click, $goal, $when, $status) = @_;
		$srv->exec_sql("INSERT INTO conversion (conv_us, node_id, status, kind, orderid, offer_id, landing_page_id, commission_id,
			affiliate_id, advertiser_id, goal_id, click_us, click_lo, country, device_type, ua_id, rule_id, payment_type, currency,
			rate, revenue, payout, revenue_b, payout_b, created_us, updated_us, ip, ocid, sub1, sub2, sub3, sub4, sub5, referrer,
			comment, extra) VALUES (?, 1, ?, 3, ?, 1, 1, 1, ?, 20, ?, ?, 1, 0, 0, 1, 0, 'fixed', 'USD', 1000000, 1, 1, 1, 1, ?, ?,
			REPEAT(CHAR(0), 16), '', '', '', '', '', '', '', '', '')",
			++$n, $status // 1, "r$n", $aff, $goal, $click, $at->($when), $at->($when));
	};
	# Goal 1 is lead, 2 is sale.  Three leads, of which two came to a sale, one to a second lead, and one to a declined sale only.
	$add->(10, 101, 1, 0); $add->(10, 101, 2, 90_000); $add->(10, 102, 1, 5); $add->(10, 102, 2, 6);
	$add->(10, 103, 1, 9); $add->(10, 103, 2, 10, 3);
	$add->(10, 104, 1, 86_400); $add->(10, 104, 1, 86_401);
	$add->(11, 105, 1, 7);
	my @ask = (date_from => '2026-01-01', date_to => '2026-01-31', offer => 1, goal => 'lead', events => 'sale,lead,nobody');
	my $r = stats('retentionrate', $key, @ask);
	my @want = ({ affiliate_id => 10, date => '2026-01-01', rr_sale => 66.66, rr_lead => 0, rr_nobody => 0, lead_count => 3 },
		{ affiliate_id => 10, date => '2026-01-02', rr_sale => 0, rr_lead => 100, rr_nobody => 0, lead_count => 2 },
		{ affiliate_id => 11, date => '2026-01-01', rr_sale => 0, rr_lead => 0, rr_nobody => 0, lead_count => 1 });
	is_deeply $r->{json}{stats}, \@want, 'retentionrate' or diag $r->{content};
	is $r->{json}{pagination}{total_count}, 3, '... with a pagination';
	like $r->{content}, qr/"rr_sale":66\.66\b/, '... cut, not rounded';
	is_deeply stats('retentionrate', $key, @ask, affiliate_id => 11)->{json}{stats}, [ $want[2] ], 'of one affiliate';
	is_deeply stats('retentionrate', $anna, @ask, affiliate_id => 11)->{json}{stats}, [ @want[0, 1] ], 'his own under his key';
	is_deeply [ map { $_->{date} } @{ stats('retentionrate', $ben, @ask, timezone => 'Pacific/Honolulu')->{json}{stats} } ], [],
	    'days of a zone: it was last year there';
	is_deeply stats('retentionrate', $key, @wide, offer_id => '100000000000000000000001', base_event => 'lead',
		'events[]' => [qw(sale lead nobody)])->{json}{stats}, \@want, 'under its other names';
	refused("retentionrate without $_", stats('retentionrate', $key, do { my %p = @ask; delete $p{$_}; %p }), 400, qr/\b$_\b/)
	    for qw(offer goal events date_from date_to);
	refused('a goal that is none', stats('retentionrate', $key, @wide, offer => 1, goal => '1', events => 'sale'), 400, qr/\bgoal\b/);
	refused('too many events', stats('retentionrate', $key, @wide, offer => 1, goal => 'lead', events => join ',', 1 .. 21), 400,
		qr/events/);
}

# ---- whose data, on every route ----

# What every route needs to be called at all, and what of its answer is an affiliate's.
my %call = (
	(map { $_ => [ @dates, 'filter[offer]' => '1,2,3' ] } keys %by),
	custom => [ @dates, slice => 'offer' ], conversions => \@wide, clicks => \@wide, 'find-subs' => [ sub1 => '' ],
	caps => [ offer_id => '1,2,3', fields => 'stats,stats_merged,descr' ], serverpostbacks => \@wide, affiliatepostbacks => \@wide,
	retentionrate => [ @wide, offer => 1, goal => 'lead', events => 'sale' ]);
my @routes = map { [ $_->[2] =~ m{^/3\.0/stats/(.*)}, $_->[4] ] } @rows;
is_deeply [ sort map { $_->[0] } @routes ], [ sort keys %call ], 'every route of the statistics is tried';

# Who is named in an answer, wherever.
sub named {
	my ($v, $in) = @_;
	return map { named($_, $in) } @$v if ref $v eq 'ARRAY';
	return () if ref $v ne 'HASH';
	return map {
		my $k = $_;
		$k =~ /^(?:partner_id|affiliate_id|pid)$/ ? $v->{$k}
		    : $k =~ /^(?:partner|affiliate)$/ && ref $v->{$k} ? $v->{$k}{id} : named($v->{$k})
	} keys %$v;
}
my @others = (partner => 11, 'filter[partner]' => 11, 'filter[partner][]' => 'x', affiliate_id => 11, pid => 11);
for my $route (@routes) {
	my ($path, $role) = @$route;
	my @p = @{ $call{$path} };
	my $r = stats($path, $anna, @p);
	if ($role eq 'administrator') {
		refused("$path under an affiliate's key", $r, 403, qr/Auth Denied/);
		next;
	}
	is $r->{status}, 200, "$path under an affiliate's key" or diag $r->{content};
	is_deeply [ grep { $_ != 10 && $_ != 0 } named($r->{json}) ], [], '... names nobody else';
	for (my $i = 0; $i < @others; $i += 2) {
		my ($name, $value) = @others[ $i, $i + 1 ];
		next if grep { $_ eq $name } @p;
		my $with = stats($path, $anna, @p, $name => $value);
		# A parameter that the route has may be of a type that this is not; it never opens anything.
		ok $with->{content} eq $r->{content} || ($with->{status} == 400 && $with->{content} !~ /"stats"/),
		    "... whatever $name he sends" or diag $with->{content};
	}
	my $money = grep { $_ } map { my $row = $_; map { @$_{qw(charge earning)} } values %{ $row->{actions} // {} } }
	    @{ $r->{json}{stats} // [] };
	is $money, 0, '... the advertiser\'s money is 0';
	unlike $r->{content}, qr/"(?:advertiser|supplier_id|earnings)":/, '... and nobody pays';
	isnt stats($path, $ben, @p)->{content}, $r->{content}, '... another one sees something else' if $path =~ /^(?:custom|clicks|getbyd|getbypr)/;
	refused("$path without a key", $srv->get("/3.0/stats/$path?" . form(@p)), 401, qr/Token/);
}

# ---- every way to send them ----

# The same call in another spelling: the pairs as they stand in the query.
sub raw_get {
	my ($target, $key_header) = @_;
	my $s = $srv->raw("GET $target HTTP/1.1\r\nHost: x\r\n" . ($key_header // '') . "Connection: close\r\n\r\n");
	my ($head, $body) = split /\r\n\r\n/, $s, 2;
	my ($status) = ($head // '') =~ m{^HTTP/1\.1 (\d+)};
	return ($status // 0, $body // '', $head // '');
}
for my $route (@routes) {
	my ($path) = @$route;
	my @p = @{ $call{$path} };
	my $want = stats($path, $key, @p)->{content};
	my $q = form(@p);
	my (@list, @numbered, @repeated);
	for (my $i = 0; $i < @p; $i += 2) {
		my @values = $p[$i] =~ /offer|slice|fields|events/ && "$path $p[$i]" ne 'retentionrate offer' ? split /,/, $p[ $i + 1 ] : ();
		push @list, @values ? map { "$p[$i]\[]=$_" } @values : "$p[$i]=$p[$i + 1]";
		push @numbered, @values ? map { "$p[$i]\[$_]=$values[$_]" } 0 .. $#values : "$p[$i]=$p[$i + 1]";
		push @repeated, @values ? map { "$p[$i]=$_" } @values : "$p[$i]=$p[$i + 1]";
	}
	my %way = ('brackets' => join('&', @list), 'numbered brackets' => join('&', @numbered), 'repeated names' => join('&', @repeated));
	for my $how (sort keys %way) {
		my ($status, $body, $head) = raw_get("/3.0/stats/$path?$way{$how}", "API-Key: $key\r\n");
		is $body, $want, "$path: $how" or diag "$status $way{$how}";
		like $head, qr/^content-type: application\/json/mi, '... as JSON' if $how eq 'brackets';
	}
	is +(raw_get("http://api.example/3.0/stats/$path?$way{brackets}", "api-key: $key\r\n"))[1], $want, "$path: an absolute target";
	is +(raw_get("/3.0/stats/$path?$way{brackets}", "$_: $key\r\n"))[1], $want, "$path: the key in $_"
	    for qw(API-Key api-key Api-Key API-KEY);
	is +(raw_get("/3.0/stats/$path?$_=$key&$q"))[1], $want, "$path: the key in the query as $_" for qw(API-Key api-key Api-Key);
	is +(raw_get("/3.0/stats/$path?$q", "API-Key: $key\r\nContent-Type: application/json\r\n"))[1], $want,
	    "$path: a stray Content-Type";
	is +(raw_get("/3.0/stats/$path?$q&unknown[x]=1&junk", "API-Key: $key\r\n"))[1], $want, "$path: unknown parameters";
}

# Both ways to write a day; caps without fields are stats.
is stats('serverpostbacks', $key, date_from => '01-10-2025', date_to => '31-12-2026')->{content}, stats('serverpostbacks', $key, @wide)->{content},
    'days as later versions write them';
is_deeply [ sort keys %{ stats('caps', $key, offer_id => 1)->{json}{stats}[0] } ], [qw(offer_id stats)], 'caps without fields';
is_deeply [ sort keys %{ stats('caps', $key, offer_id => 1, 'fields[]' => $_)->{json}{stats}[0] } ], [ sort 'offer_id', $_ ], "caps with $_"
    for qw(stats stats_merged descr);
is_deeply [ map { $_->{offer_id} } @{ stats('caps', $key, 'offer_id[]' => [ 3, '100000000000000000000001' ])->{json}{stats} } ], [ 3, 1 ],
    'caps of offers by both of their numbers';
refused('caps of more than a hundred', stats('caps', $key, 'offer_id[]' => [ map { 1 + $_ % 3 } 0 .. 100 ]), 400, qr/offer_id/);
is stats('caps', $key, 'offer_id[]' => [ map { 1 + $_ % 3 } 1 .. 100 ])->{status}, 200, 'of a hundred';
refused('caps of nothing', stats('caps', $key), 400, qr/offer_id/);
refused('caps with a block that is none', stats('caps', $key, offer_id => 1, fields => 'all'), 400, qr/fields/);
# ---- big limits and deep pages ----

# Every page of a list, however it is found: each row once, newest first, as many as the total says.
sub whole {
	my ($path, $limit, @p) = @_;
	my ($name) = $path =~ /clicks/ ? 'clicks' : 'conversions';
	my (@rows, $total);
	for my $page (1 .. 200) {
		my $r = stats($path, $key, @p, limit => $limit, page => $page)->{json};
		push @rows, map { $_->{id} } @{ $r->{$name} };
		$total //= $r->{pagination}{total_count};
		last if !$r->{pagination}{next_page};
	}
	is scalar @rows, $total, "$path @p: all pages";
	is_deeply \@rows, [ sort { $b cmp $a } keys %{ { map { $_ => 1 } @rows } } ], '... each row once, newest first';
	return \@rows;
}
{
	my @some = (date_from => '2026-01-05', date_to => '2026-01-09', timezone => 'Asia/Kathmandu');
	my @at = map { "$_" . '000000' } 1_767_550_500, 1_767_550_500 + 5 * 86_400;
	is scalar @{ whole('clicks', 7, @some) }, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND click_us >= ? AND click_us < ?', @at), 'as the table has';
	my $day = $srv->sql('SELECT click_us DIV 86400000000 FROM click ORDER BY click_us LIMIT 1 OFFSET 3000');
	my $late = whole('clicks', 500, @wide);
	is scalar @$late, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0'), 'all of them';
	# Days that retention has dropped: what is left of them are rows that came late.
	$srv->exec_sql('INSERT INTO click_sealed SELECT 0, ? * 86400000000, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1' . ', 0' x ($srv->sql("SELECT COUNT(*) FROM
		information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'click_sealed'") - 15), $day);
	is_deeply whole('clicks', 500, @wide), $late, 'sealed, and not dropped yet';
	$srv->exec_sql('DELETE FROM click WHERE click_us < ? * 86400000000 AND click_lo MOD 50 <> 0', $day);
	my $left = whole('clicks', 100, @wide);
	is scalar @$left, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0'), 'dropped: the rest';
	cmp_ok scalar @$left, '<', 1500, '... which is less';
}

for my $path (qw(custom getbydate conversions clicks find-subs)) {
	my $r = stats($path, $key, @{ $call{$path} }, limit => '9223372036854775807', page => 1)->{json};
	is $r->{pagination}{per_page}, 500, "$path: a limit that is cut, as per_page says";
	$r = stats($path, $key, @{ $call{$path} }, limit => 500, page => 1_000_000_000);
	is $r->{status}, 200, "$path: a page far behind the last";
	my ($list) = grep { ref eq 'ARRAY' } values %{ $r->{json} };
	is_deeply $list, [], '... is empty';
	ok !exists $r->{json}{pagination}{next_page}, '... and has no next';
}

undef $srv;
done_testing;
