# /3.0/admin/conversion/edit, conversion/import and conversions/import: every change of status with the rows of
# decisions.md §3 in the ledger, money that moves between statuses in every report, calls that are taken whole or not at all.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use POSIX qw(strftime);
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
$srv->ctl_ok(qw(rate set EUR 0.8));
my $anna = $net->affiliate('anna');
my $bob = $net->affiliate('bob');
my $anna_key = $net->key_of('anna');
my $adv = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};

sub pay { my ($i, %p) = @_; return map { ("payments[$i][$_]" => $p{$_}) } sort keys %p }
sub offer {
	my (@p) = @_;
	my $r = $net->affise(POST => 'admin/offer', title => 'Shoes', advertiser => $adv, status => 'active',
		url => 'http://shop.example/?c={clickid}', hold_period => 0, pay(0, goal => 1, total => 10, revenue => 4, currency => 'USD', type => 'fixed'),
		pay(1, goal => 'sale', total => 50, revenue => 20, currency => 'USD', type => 'percent'), @p);
	return $r->{json}{id} // die $r->{content};
}
my $o = offer();
my $held = offer(hold_period => 7);

my $orders = 0;
sub convert {
	my ($offer, @p) = @_;
	my $action = 'o' . ++$orders;
	my $r = $net->postback(clickid => $net->click("/click?pid=$anna&offer_id=$offer"), action_id => $action, @p);
	is $r->{status}, 1, "$action is taken";
	return $action;
}
sub conv {
	my ($action) = @_;
	return $net->affise(GET => 'stats/conversions', action_id => $action)->{json}{conversions}[0] // die "no conversion $action";
}
sub edit { my ($ids, @p) = @_; return $net->affise(POST => 'admin/conversion/edit', (map { ('ids[]' => $_) } ref $ids ? @$ids : $ids), @p) }
sub refused {
	my ($r, $status, $like, $what) = @_;
	is $r->{status}, $status, "$what: $status" or diag $r->{content};
	is_deeply [ $r->{json}{status}, $r->{json}{error} ], [ 2, $r->{json}{message} ], '... in its envelope';
	like $r->{json}{error}, $like, '... named';
	return;
}

# Sums of the books of one conversion: booked revenue and payout, micro-units.
sub books {
	my ($id) = @_;
	my ($us) = map { hex(substr $_, 0, 8) * 1_000_000 + hex substr $_, 8, 5 } $id;
	return join '/', map { $_ // 0 } $srv->sql('SELECT SUM(IF(booked, revenue, 0)) FROM txn WHERE conv_us = ?', $us),
	    $srv->sql('SELECT SUM(p.amount) FROM txn t JOIN payout_row p USING (txn_us, node_id) WHERE t.conv_us = ? AND t.booked', $us);
}
sub types {
	my ($id) = @_;
	my $us = hex(substr $id, 0, 8) * 1_000_000 + hex substr $id, 8, 5;
	return $srv->sql('SELECT GROUP_CONCAT(type ORDER BY txn_us) FROM txn WHERE conv_us = ?', $us) // '';
}

# ---- every status into every other ----

my %n = (confirmed => 1, pending => 2, declined => 3, not_found => 4, hold => 5);
for my $from (qw(confirmed pending declined hold)) {
	for my $to (qw(confirmed pending declined not_found hold)) {
		my $id = conv(convert($held, status => $n{$from}))->{id};
		my $r = edit($id, status => $to);
		is_deeply $r->{json}, { status => 1, data => { ids => [$id], status => $to, currency => undef, payouts => undef,
			revenue => undef }, message => 'Conversion changes will take a few minutes' }, "$from to $to" or diag $r->{content};
		my ($row) = grep { $_->{id} eq $id } @{ $net->affise(GET => 'stats/conversions', limit => 500)->{json}{conversions} };
		is $row->{status}, $to, '... is its status';
		my $booked = $to eq 'confirmed' || $to eq 'hold';
		is books($id), $booked ? '10000000/4000000' : '0/0', '... and its books' or diag types($id);
		is defined $row->{hold_date_expire}, $to eq 'hold', '... its hold';
		is $row->{revenue} + $row->{payouts}, 14, '... its amounts stay';
		# And back again.
		edit($id, status => 'confirmed');
		is books($id), '10000000/4000000', '... and back' or diag types($id);
		my $us = hex(substr $id, 0, 8) * 1_000_000 + hex substr $id, 8, 5;
		is $srv->sql('SELECT SUM(p.amount) FROM txn t JOIN payout_row p USING (txn_us, node_id) WHERE t.conv_us = ? AND t.booked'
			. ' AND p.payable_from_us <= UNIX_TIMESTAMP() * 1000000 + 1000000', $us), 4_000_000, '... payable at once';
	}
}

# Out of its hold by hand, and then to and fro: it is not held again, and no row is written for what adds up to nothing.
{
	my $id = conv(convert($held))->{id};
	is conv("o$orders")->{status}, 'hold', 'held';
	edit($id, status => 'confirmed');
	for (1 .. 9) {
		edit($id, status => 'declined');
		edit($id, status => 'confirmed');
	}
	is conv("o$orders")->{status}, 'confirmed', 'confirmed nine times';
	is books($id), '10000000/4000000', '... in the books once';
	my $us = hex(substr $id, 0, 8) * 1_000_000 + hex substr $id, 8, 5;
	is $srv->sql('SELECT COUNT(*) FROM txn WHERE conv_us = ?', $us), 20, '... with a row a change';
	is $srv->sql('SELECT COUNT(*) FROM txn t JOIN payout_row p USING (txn_us, node_id) WHERE t.conv_us = ?', $us), 21, '... and a payout a row';
}

# ---- amounts, currency, comment ----

{
	my $id = conv(convert($o))->{id};
	edit($id, payouts => '2.5', revenue => 12, comment => 'agreed');
	my ($c) = @{ $net->affise(GET => 'stats/conversions', limit => 1)->{json}{conversions} };
	is_deeply [ @$c{qw(id status payouts revenue earnings comment)} ], [ $id, 'confirmed', 2.5, 12, 9.5, 'agreed' ], 'other amounts';
	is books($id), '12000000/2500000', '... in the books';
	edit($id, payouts => 0, status => 'declined');
	is books($id), '0/0', 'amounts first, then the status';
	is conv("o$orders")->{comment}, 'Rejected by a Manager', '... with the comment that belongs to it';
	edit($id, status => 'confirmed', payouts => 3);
	is books($id), '12000000/3000000', 'or after it, where there was nothing to correct';
	edit($id, currency => 'eur', payouts => 8);
	($c) = @{ $net->affise(GET => 'stats/conversions', limit => 1)->{json}{conversions} };
	is_deeply [ @$c{qw(currency payouts revenue status)} ], [ 'EUR', 8, 12, 'confirmed' ], 'another currency';
	my $us = hex(substr $id, 0, 8) * 1_000_000 + hex substr $id, 8, 5;
	is_deeply { map { $_->{currency} => $_->{s} } @{ $srv->rows('SELECT p.currency, SUM(p.amount) + 0 AS s FROM txn t JOIN payout_row p'
		. ' USING (txn_us, node_id) WHERE t.conv_us = ? AND booked GROUP BY 1', $us) } }, { USD => 0, EUR => 8_000_000 },
	    '... void in the one, booked in the other';
	is $srv->sql('SELECT SUM(revenue_b) FROM txn WHERE conv_us = ? AND booked', $us), 15_000_000, '... at its rate';
	my $pending = conv(convert($o, status => 2))->{id};
	edit($pending, revenue => 7, payouts => 1);
	is books($pending), '0/0', 'a pending one has nothing to correct';
	edit($pending, status => 'confirmed');
	is books($pending), '7000000/1000000', '... its approval books the edited amounts';
}
refused(edit([], status => 'confirmed'), 400, qr/ids/, 'no ids');
refused(edit('xyz'), 400, qr/ids/, 'an id that is none');
refused(edit('a' x 24, status => 'paid'), 400, qr/status/, 'a status that is none');
refused(edit('a' x 24, payouts => '9,95'), 400, qr/payouts/, 'an amount that is none');
refused(edit('a' x 24, revenue => -1), 400, qr/revenue/, 'a negative one');
refused(edit('a' x 24, currency => 'XXX'), 400, qr/currency/, 'a currency without a rate');
is edit('a' x 24, status => 'confirmed')->{json}{status}, 1, 'unknown ids are not reported';
is $srv->sql('SELECT outcome FROM bulk_row WHERE what = ?', 'a' x 24), 19, '... but have a row that says so';
for my $p ([ 'admin/conversion/edit', 'ids[]' => 'a' x 24 ], [ 'admin/conversion/import', offer => $o, pid => $anna ],
	[ 'admin/conversions/import', 'list[0][offer]' => $o, 'list[0][pid]' => $anna ])
{
	my ($path, @p) = @$p;
	refused($net->affise(POST => $path, key => $anna_key, @p), 403, qr/Auth Denied/, "$path under an affiliate's key");
}

# ---- a manager's own ----

{
	my %key = map { my $role = $_; ($role => $net->affise(POST => 'admin/user', email => lc "$role\@network.example", password => 'secret', first_name => 'M',
		last_name => 'M', 'roles[]' => [ "ROLE_$role", 'ROLE_SECTION_PARTNER' ])->{json}{user}) } qw(MANAGER_AFFILIATE MANAGER_SALES);
	my ($his, $hers) = map { $net->affise(POST => 'admin/partner', email => "$_\@affiliate.example", password => 'secret', status => 'active',
		manager_id => $key{MANAGER_AFFILIATE}{id})->{json}{id} } qw(his hers);
	my $shop = $net->affise(POST => 'admin/advertiser', title => 'Own shop', manager => $key{MANAGER_SALES}{id})->{json}{advertiser}{id};
	my $sold = offer(advertiser => $shop);
	my %id;
	for my $c ([ own => $his, $o ], [ foreign => $anna, $o ], [ shop => $anna, $sold ]) {
		my ($name, $pid, $of) = @$c;
		$net->postback(clickid => $net->click("/click?pid=$pid&offer_id=$of"), action_id => "m-$name");
		$id{$name} = conv("m-$name")->{id};
	}
	my $now = sub { return join ' ', map { conv("m-$_")->{status} } qw(own foreign shop) };
	my @all = sort values %id;
	is $net->affise(POST => 'admin/conversion/edit', key => $key{MANAGER_AFFILIATE}{api_key}, 'ids[]' => [@all], status => 'declined')->{status}, 200,
	    'a manager of affiliates edits';
	is $now->(), 'declined confirmed confirmed', '... what is of his affiliates';
	is $net->affise(POST => 'admin/conversion/edit', key => $key{MANAGER_SALES}{api_key}, 'ids[]' => [@all], status => 'not_found')->{status}, 200,
	    'a manager of advertisers';
	is $now->(), 'declined confirmed not_found', '... what is of his advertisers';
	refused($net->affise(POST => 'admin/conversion/edit', key => $key{$_}{api_key}, 'ids[]' => [ $id{foreign}, 'a' x 24 ], status => 'declined'), 404, qr/Not Found/,
		"nothing but another's: $_") for sort keys %key;
	for my $c ([ MANAGER_AFFILIATE => $hers, $o, 200 ], [ MANAGER_AFFILIATE => $anna, $o, 404 ], [ MANAGER_SALES => $anna, $sold, 200 ], [ MANAGER_SALES => $anna, $o, 404 ]) {
		my ($role, $pid, $of, $status) = @$c;
		is $net->affise(POST => 'admin/conversion/import', key => $key{$role}{api_key}, offer => $of, pid => $pid)->{status}, $status, "$role imports: $status";
		is $net->affise(POST => 'admin/conversions/import', key => $key{$role}{api_key}, 'list[0][offer]' => $of, 'list[0][pid]' => $pid)->{status}, $status,
		    '... in a list too';
	}
}

# ---- carriers ----

{
	my @ids = map { conv(convert($o))->{id} } 1 .. 6;
	my @way = ([ $ids[0], sub { $net->affise(POST => 'admin/conversion/edit', _in => 'query', ids => $_[0], status => 'declined') } ],
		[ $ids[1], sub { $net->affise(POST => 'admin/conversion/edit', _json => { ids => [ $_[0] ], status => 'declined' }) } ],
		[ "$ids[2],$ids[3]", sub { $net->affise(POST => 'admin/conversion/edit', ids => $_[0], status => 'declined') } ],
		[ $ids[4], sub { $net->affise(POST => 'admin/conversion/edit', 'ids[0]' => $_[0], 'ids[1]' => $_[0], status => 'declined') } ],
		[ $ids[5], sub { my $b = "--x\r\nContent-Disposition: form-data; name=\"ids[]\"\r\n\r\n$_[0]\r\n--x\r\nContent-Disposition: form-data;"
			. " name=\"status\"\r\nContent-Length: 8\r\n\r\ndeclined\r\n--x--\r\n";
			$srv->request('POST', '/3.0/admin/conversion/edit?api-key=' . $net->{key},
				headers => { 'Content-Type' => 'multipart/form-data; boundary=x' }, content => $b) } ]);
	for my $w (@way) {
		my $r = $w->[1]->($w->[0]);
		is $r->{json}{status}, 1, 'a way to send it' or diag $r->{content};
		is scalar @{ $r->{json}{data}{ids} }, scalar(split /,/, $w->[0]), '... each id once';
	}
	is books($_), '0/0', 'all of them came' for @ids;
}

# ---- import ----

my $r = $net->affise(POST => 'admin/conversion/import', offer => $o, pid => $bob, action_id => 'i1', ip => '192.0.2.9', ua => browser_ua());
my %said = (offer => $o, pid => $bob, action_id => 'i1', goal => undef, ip => '192.0.2.9', ua => browser_ua(), sum => undef, status => undef);
is_deeply $r->{json}, { status => 1, data => { %said, list => [ {%said} ] }, message => 'Conversion import will take a few minutes' },
    'a conversion is imported' or diag $r->{content};
my $c = conv('i1');
is_deeply [ @$c{qw(status revenue payouts partner_id goal_value ip ua clickid)} ],
    [ 'confirmed', 10, 4, $bob, '1', '192.0.2.9', browser_ua(), '' ], '... and is a true one';
is $c->{device}, 'desktop', '... with the device of its user agent';
is books($c->{id}), '10000000/4000000', '... in the books';
is $net->affise(POST => 'admin/conversion/import', offer => $o, pid => $bob, action_id => 'i1', status => 'declined')->{json}{status}, 1,
    'a second one is taken';
is conv('i1')->{status}, 'confirmed', '... and changes nothing';
is $srv->sql("SELECT outcome FROM bulk_row WHERE what = 'i1' ORDER BY event_us DESC LIMIT 1"), 10, '... as its row says';
my $hex = $srv->sql('SELECT hex24 FROM offer WHERE id = ?', $o);
$r = $net->affise(POST => 'admin/conversions/import', _json => { list => [
	{ offer => $hex, pid => $bob, action_id => 'j0', goal => 'sale', sum => '12.50' },
	(map { { offer => $o, pid => "$bob", action_id => "j$_", status => (qw(- confirmed pending declined not_found hold pending_cap))[$_] } } 1 .. 6),
	{ offer => $held, pid => $bob }, { offer => $held, pid => $bob } ] });
is scalar @{ $r->{json}{data}{list} }, 9, 'several at once' or diag $r->{content};
is $r->{json}{data}{list}[0]{sum}, 12.5, '... are said back';
# A hold without a period lasts until the next sweep.
is_deeply [ map { my $x = conv("j$_"); ($_ == 5 && $x->{status} eq 'confirmed' ? 'hold' : $x->{status}) . " $x->{revenue}/$x->{payouts} $x->{goal_value}" } 0 .. 6 ],
    [ 'confirmed 6.25/2.5 sale', 'confirmed 10/4 1', 'pending 10/4 1', 'declined 10/4 1', 'not_found 10/4 1', 'hold 10/4 1', 'pending 10/4 1' ],
    'by their payments, in their statuses';
my @own = grep { $_->{offer_id} == $held } @{ $net->affise(GET => 'stats/conversions', 'partner[]' => $bob, limit => 500)->{json}{conversions} };
is_deeply [ map { $_->{status} } @own ], [qw(hold hold)], 'without an action id there may be two, held as the offer says';
is $_->{action_id}, $_->{id}, '... and each is its own' for @own;

my $before = $srv->sql('SELECT COUNT(*) FROM conversion');
my @good = map { { offer => $o, pid => $bob, action_id => "k$_" } } 0 .. 2;
for my $bad ([ { pid => $bob }, 400, qr/list\[3\]\[offer\]/ ], [ { offer => $o }, 400, qr/list\[3\]\[pid\]/ ],
	[ { offer => 999, pid => $bob }, 404, qr/list\[3\]\[offer\]/ ], [ { offer => $o, pid => 999 }, 404, qr/list\[3\]\[pid\]/ ],
	[ { offer => $o, pid => $adv }, 404, qr/list\[3\]\[pid\]/ ], [ { offer => $o, pid => $bob, sum => '1,5' }, 400, qr/list\[3\]\[sum\]/ ],
	[ { offer => $o, pid => $bob, sum => -1 }, 400, qr/list\[3\]\[sum\]/ ],
	[ { offer => $o, pid => $bob, sum => '0' x 20_000 . '1' }, 400, qr/list\[3\]\[sum\]/ ], [ { offer => $o, pid => $bob, ip => 'here' }, 400, qr/list\[3\]\[ip\]/ ],
	[ { offer => $o, pid => $bob, goal => 'a b' }, 400, qr/list\[3\]\[goal\]/ ],
	[ { offer => $o, pid => $bob, status => 'paid' }, 400, qr/list\[3\]\[status\]/ ],
	[ { offer => $o, pid => $bob, action_id => 'x' x 191 }, 400, qr/list\[3\]\[action_id\]/ ])
{
	my ($row, $status, $like) = @$bad;
	refused($net->affise(POST => 'admin/conversions/import', _json => { list => [ @good, $row ] }), $status, $like, 'a bad row');
}
refused($net->affise(POST => 'admin/conversions/import', list => ''), 400, qr/list/, 'no rows');
refused($net->affise(POST => 'admin/conversions/import', list => 'x'), 400, qr/list/, 'rows that are none');
refused($net->affise(POST => 'admin/conversion/import', pid => $bob), 400, qr/offer/, 'no offer');
is $srv->sql('SELECT COUNT(*) FROM conversion'), $before, 'and nothing of it was done';

# ---- ten thousand, and one more ----

my @rows = map { { offer => $o, pid => $_ % 2 ? $anna : $bob, action_id => "bulk$_" } } 1 .. 10_000;
$r = $net->affise(POST => 'admin/conversions/import', _json => { list => [ @rows, $rows[0] ] });
refused($r, 400, qr/10000/, 'ten thousand and one');
my $events = $srv->sql('SELECT COUNT(*) FROM event_log');
$r = $net->affise(POST => 'admin/conversions/import', _json => { list => \@rows });
is scalar @{ $r->{json}{data}{list} // [] }, 10_000, 'ten thousand are imported' or diag substr $r->{content}, 0, 300;
ok poll_until('they are booked', sub { $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid LIKE 'bulk%'") == 10_000 }, 60), 'within a minute';
is $srv->sql('SELECT COUNT(*) FROM event_log'), $events + 1, 'as one event';
is $srv->sql('SELECT COUNT(*) FROM bulk_part'), 0, 'and no part is left';
my $ids = [ map { sprintf '%08x%05x%03x00000000', $_->{us} / 1_000_000, $_->{us} % 1_000_000, $_->{node} }
    @{ $srv->rows("SELECT conv_us AS us, node_id AS node FROM conversion WHERE orderid LIKE 'bulk%'") } ];
refused($net->affise(POST => 'admin/conversion/edit', _json => { ids => [ @$ids, 'b' x 24 ], status => 'declined' }), 400, qr/10000/,
	'ten thousand and one edits');
refused($net->affise(POST => 'admin/conversion/edit', (map { ("ids[n$_]" => '') } 1 .. 10_000), 'ids[]' => 'b' x 24, status => 'declined'), 400, qr/10000/,
	'... however many of them are empty');
is $net->affise(POST => 'admin/conversion/edit', _json => { ids => $ids, status => 'declined' })->{json}{status}, 1, 'ten thousand are declined';
ok poll_until('all of them', sub { $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid LIKE 'bulk%' AND status = 3") == 10_000 }, 60),
    'within a minute';
is $srv->sql('SELECT COUNT(*) FROM conversion c JOIN txn t ON t.conv_us = c.conv_us AND t.conv_node = c.node_id WHERE t.type = 4 AND'
	. " c.orderid LIKE 'bulk%'"), 10_000, 'a void each';

# A call whose last part never came: nothing of it, and nobody was answered.
$srv->exec_sql("INSERT INTO bulk_part VALUES ('deadbeef', 1, 1, UNIX_TIMESTAMP() * 1000000, ?)",
	join "\t", $o, $anna, '', '', '', '', 'half', "\n");
$before = $srv->sql('SELECT COUNT(*) FROM conversion');

# ---- every report ----

my $day = strftime('%F', gmtime time - 86400);
my $until = strftime('%F', gmtime time + 86400);
my @range = ('filter[date_from]' => $day, 'filter[date_to]' => $until);
sub sums {
	my ($list) = @_;
	my %s;
	for my $row (@$list) {
		for my $st (qw(confirmed pending declined not_found hold)) {
			$s{$st}[0] += $row->{actions}{$st}{count};
			$s{$st}[1] += sprintf '%.0f', $row->{actions}{$st}{charge} * 1e6;
			$s{$st}[2] += sprintf '%.0f', $row->{actions}{$st}{revenue} * 1e6;
		}
	}
	return \%s;
}
my %want;
for my $x (@{ $srv->rows('SELECT status, COUNT(*) AS n, SUM(revenue_b) AS r, SUM(payout_b) AS p FROM conversion GROUP BY status') }) {
	my ($name) = grep { $n{$_} == $x->{status} } keys %n;
	$want{$name} = [ $x->{n}, $x->{r}, $x->{p} ];
}
is_deeply sums($net->affise(GET => 'stats/custom', 'slice[]' => 'year', @range)->{json}{stats}), \%want, 'custom agrees with the conversions';
is_deeply sums($net->affise(GET => "stats/$_", @range)->{json}{stats}), \%want, "$_ agrees"
    for qw(getbydate getbyhour getbypartner getbyprogram getbyos getbycountries getbycities getbygoal);
for my $st (sort keys %n) {
	my $list = $net->affise(GET => 'stats/conversions', status => $n{$st})->{json};
	is $list->{pagination}{total_count}, $want{$st}[0], "conversions that are $st";
}
is $net->affise(GET => 'stats/clicks', date_from => $day, date_to => $until)->{json}{pagination}{total_count},
    $net->affise(GET => 'stats/getbydate', @range)->{json}{stats}[0]{traffic}{raw}, 'clicks and their traffic';
my $pl = $net->nats(GET => 'report/profitloss', view => 'offer', period => 'today')->{json}{total}{row};
my $sum = sub { my ($what) = @_; my $s = 0; $s += $pl->{$_} // 0 for @$what; return $s };
is $sum->([qw(conversion_amount advertiser_initial_amount continuity_amount goal_amount advertiser_income_amount void_amount chargeback_amount
	void_reversal_amount chargeback_reversal_amount)]), sprintf('%.0f', ($want{confirmed}[1] + $want{hold}[1]) / 1e4), 'net revenue of the other dialect';
is $sum->([qw(affiliate_payout correction_payout)]), sprintf('%.0f', ($want{confirmed}[2] + $want{hold}[2]) / 1e4), 'and its payouts';
is $srv->sql('SELECT COUNT(*) FROM conversion'), $before, 'half a call has made nothing';

$srv->ctl_ok('dump', 'posts', '--from', '2020-01-01', '--to', '2099-01-01', '--format', 'jsonl', '--output', "$srv->{dir}/posts");
{
	open my $f, '<', "$srv->{dir}/posts" or die;
	my %kinds;
	$kinds{ json_of($_)->{kind} }++ while <$f>;
	is_deeply [ sort keys %kinds ], [qw(edit import post)], 'the log of posts says what each was';
}
my ($rc, $out, $err) = $srv->ctl('verify');
is $rc, 0, 'and the books are right' or diag "$out$err";
undef $srv;
done_testing;
