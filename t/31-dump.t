# affiliatectl dump: every row of the range once, sums to the micro-unit, a side file that fits; no server runs.
use strict;
use utf8;
use warnings;

use Affiliated::Test;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Test::More;

my $srv = Affiliated::Test->new;
my $dir = $srv->{dir};
$srv->ctl_ok(qw(config set time_zone America/New_York));
{
	open my $f, '<', top_dir() . '/t/unit/report_fixture.sql' or die $!;
	my $text = join '', grep { !/^--/ } <$f>;
	my $dbh = $srv->dbh;
	$dbh->do($_) for grep { /\S/ } split /;\n/, $text;
	# More than two pages of each, many of them in one microsecond, which the cursor has to get right.
	$dbh->do("INSERT INTO click (click_us, click_lo, node_id, verdict, flags, offer_id, landing_page_id, "
		. "commission_id, affiliate_id, advertiser_id, campaign_id, adtool_id, rule_id, country, device_type, "
		. "ua_id, currency, payout, revenue, ip, sub1, sub2, sub3, sub4, sub5, ocid, referrer, extra) "
		. "SELECT 1767600000000000 + seq DIV 7000, seq, 1, 0, 0, 1, 1, 1, 10, 20, 0, 0, 0, 21843, 0, 1,"
		. " 'USD', seq, 2 * seq, REPEAT('\\0', 16), '', '', '', '', '', '', '', '' FROM seq_1_to_12000");
	$dbh->do("INSERT INTO txn (txn_us, node_id, type, booked, booked_us, event_us, event_lo, conv_us, conv_node, hash, orderid,"
		. " offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, goal_id, country, rule_id, currency, rate,"
		. " revenue, revenue_b, gross, ocid, reason) SELECT 1767700000000000 + seq DIV 2, 1 + seq MOD 2, 1, 1, 1767700000000000,"
		. " seq, 1, seq, 1, 'h', CONCAT('tie\"', seq, ',\\n'), 1, 1, 1, 10, 20, 0, 21843, 0, 'USD', 1000000, seq, seq, 0, '',"
		. " 'ä\\\\' FROM seq_1_to_12000");
	$dbh->do("INSERT INTO payout_row (txn_us, node_id, n, role, account_id, currency, amount, amount_b, booked_us, "
		. "payable_from_us) "
		. "SELECT txn_us, node_id, 1, 1, 10, 'USD', 5, 5, booked_us, booked_us FROM txn WHERE hash = 'h'");
	$dbh->do("INSERT INTO payout_row (txn_us, node_id, n, role, account_id, currency, amount, amount_b, booked_us, "
		. "payable_from_us) "
		. "SELECT txn_us, node_id, 2, 4, 30, 'USD', 3, 3, booked_us, booked_us FROM txn WHERE hash = 'h'");
	$dbh->do("INSERT INTO fold_position (node_id, lane, journal_uuid, pos, last_txn_us) VALUES (1, 1, 'a', 0, 1800000000000000), (2, 1, 'b', 0, 1800000000000000)");
}

sub slurp { open my $f, '<', $_[0] or die "$_[0]: $!"; local $/; return scalar <$f> }

# RFC 4180, fields as they are.
sub csv {
	my ($text) = @_;
	my (@rows, @row);
	while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^,"\n]*))(,|\n)/gc) {
		my ($v, $end) = (defined $1 ? $1 : $2, $3);
		$v =~ s/""/"/g;
		push @row, $v;
		next if $end eq ',';
		push @rows, [@row];
		@row = ();
	}
	is pos($text), length $text, 'all of it is CSV';
	my $names = shift @rows;
	return [ map { my %h; @h{@$names} = @$_; \%h } @rows ];
}

sub dump_of {
	my ($what, @o) = @_;
	$srv->ctl_ok('dump', $what, '--from', '2025-10-01', '--to', '2026-12-31', '--output', "$dir/out", @o);
	my $side = json_of(slurp("$dir/out.sum"));
	my $text = slurp("$dir/out");
	is $side->{sha256}, sha256_hex($text), "$what: SHA-256";
	is $side->{bytes}, length $text, '... length';
	is $side->{dump}, $what, '... what it is';
	return ($text, $side);
}

my %whole = (
	transactions => [ 'SELECT COUNT(*) FROM txn', amount => 'SELECT SUM(revenue_b) FROM txn',
		total_payout => 'SELECT SUM(amount_b) FROM payout_row', cost => 'SELECT SUM(cost_b) FROM txn',
		partner_payout => 'SELECT SUM(amount_b) FROM payout_row WHERE role = 4' ],
	conversions => [ 'SELECT COUNT(*) FROM conversion', revenue => 'SELECT SUM(revenue_b) FROM conversion',
		payout => 'SELECT SUM(payout_b) FROM conversion' ],
	clicks => [ 'SELECT COUNT(*) FROM click', counted => 'SELECT SUM(verdict = 0) FROM click',
		revenue => "SELECT SUM(ROUND(revenue * 1000000 / IF(currency = 'EUR', 800000, 1000000))) FROM click" ],
	profitloss => [ undef, page_view => 'SELECT SUM(page_view) FROM rollup_booked',
		affiliate_payout => 'SELECT SUM(affiliate_payout_b) FROM rollup_booked',
		void_amount => 'SELECT SUM(void_amount_b) FROM rollup_booked', cost => 'SELECT SUM(cost_b) FROM rollup_booked' ],
);
for my $what (sort keys %whole) {
	my ($n, %sum) = @{ $whole{$what} };
	my ($text, $side) = dump_of($what);
	my $rows = csv($text);
	is $side->{rows}, scalar @$rows, '... number of rows';
	is $side->{rows}, $srv->sql($n), '... and of those in the table' if $n;
	for my $c (sort keys %sum) {
		my ($want, $got) = ($srv->sql($sum{$c}), 0);
		my ($micro) = slurp("$dir/out.sum") =~ /"$c":(-?[\d.]+)/;
		$micro =~ s/\.(\d{6})\z/$1/;
		is $micro + 0, $want + 0, "... sum of $c";
		$got += ($_->{$c} =~ s/\.(\d{6})\z/$1/r) for @$rows;
		is $got, $want, '... which its rows add up to';
	}
	my ($lines, $side2) = dump_of($what, '--format', 'jsonl');
	my @objects = map { JSON::PP->new->utf8->decode($_) } split /\n/, $lines;
	is scalar(@objects), scalar @$rows, "$what as JSON: the same rows";
	is_deeply $side2->{sums}, $side->{sums}, '... the same sums';
	my ($a, $b) = ($objects[-1], $rows->[-1]);
	utf8::decode($_) for values %$b;
	is_deeply [ sort keys %$a ], [ sort keys %$b ], '... the same names';
	ok !grep({ my $k = $_; $b->{$k} =~ /^-?\d+\.\d{6}\z/ ? $a->{$k} != $b->{$k} : "$a->{$k}" ne $b->{$k} } keys %$b),
	    '... the same values';
}

# Keys are unique, texts survive.
{
	my ($text) = dump_of('transactions');
	my (%seen, $ties);
	for my $r (@{ csv($text) }) {
		$seen{ $r->{transactionid} }++;
		$ties++ if $r->{orderid} =~ /^tie"\d+,\n\z/ && $r->{reason} eq "\xc3\xa4\\";
	}
	ok !grep({ $_ > 1 } values %seen), 'each transaction once';
	is $ties, 12000, 'quotes, commas, line ends and other alphabets survive';
}

# Days are the network's, both inclusive; dates in any form.
{
	my ($rc, $out, $err) = $srv->ctl(qw(dump clicks --from 2026-03-08 --to), 'March 8, 2026', '--summary', "$dir/side");
	is $rc, 0, 'to standard output';
	is $err, '', '... with no progress where nobody looks';
	is scalar(@{ csv($out) }), $srv->sql('SELECT COUNT(*) FROM click WHERE click_us >= 1772946000000000 AND click_us <'
		. ' 1773028800000000'), '... a day of 23 hours';
	is json_of(slurp("$dir/side"))->{sha256}, sha256_hex($out), '... and the side file where it was asked for';
	my ($none) = $srv->ctl_ok(qw(dump transactions --from 2030-01-01 --to 2030-01-01 --summary), "$dir/side");
	is scalar(@{ csv($none) }), 0, 'no rows are a line of names';
	is json_of(slurp("$dir/side"))->{rows}, 0, '... and a count of 0';
}

# Without a place for the side file: beside the output, or to standard error, and never where we happen to stand.
{
	mkdir "$dir/here";
	chdir "$dir/here" or die;
	my ($rc, $out, $err) = $srv->ctl(qw(dump transactions --from 2025-10-01 --to 2026-12-31));
	is $rc, 0, 'to standard output alone';
	my $side = json_of($err);
	is "$side->{sha256} $side->{rows}", sha256_hex($out) . ' ' . @{ csv($out) }, '... number and SHA-256 to standard error';
	is_deeply [ glob "$dir/here/*" ], [], '... and no file is left';
	chdir '/';
}

# The snapshot: what a node booked or folded later is not in it.
{
	$srv->exec_sql('UPDATE fold_position SET last_txn_us = 1767600000000000 WHERE node_id = 1');
	$srv->exec_sql('UPDATE node SET folded_through_us = 1767600000000000 WHERE node_id = 1');
	is dump_rows('transactions'), $srv->sql('SELECT COUNT(*) FROM txn WHERE node_id = 2 OR txn_us <= 1767600000000000'),
	    'transactions up to the position of their node';
	is dump_rows('conversions'), $srv->sql('SELECT COUNT(*) FROM conversion WHERE node_id = 2 OR conv_us <= 1767600000000000'),
	    'conversions too';
	is dump_rows('clicks'), $srv->sql('SELECT COUNT(*) FROM click WHERE node_id = 2 OR click_us <= 1767600000000000'),
	    'clicks up to what is folded';
}
sub dump_rows { my ($text, $side) = dump_of(@_); return $side->{rows} }

# What cannot be.
for ([ 2, qr/^usage: affiliatectl dump/, 'dump' ], [ 2, qr/^usage/, qw(dump payments --from today --to today) ],
	[ 2, qr/^usage/, qw(dump clicks --from today) ], [ 2, qr/^usage/, qw(dump clicks --from today --to) ],
	[ 2, qr/^usage/, qw(dump clicks --from today --to today --format xml) ],
	[ 2, qr/^usage/, qw(dump clicks --from today --to today --colour red) ],
	[ 1, qr/--from is no date: someday/, qw(dump clicks --from someday --to today) ],
	[ 1, qr/--to is no date: 2026-02-30/, qw(dump clicks --from today --to 2026-02-30) ],
	[ 1, qr/--to is before --from/, qw(dump clicks --from today --to yesterday) ],
	[ 1, qr{/nonexistent/x: No such file}, qw(dump clicks --from today --to today --output /nonexistent/x) ],
	[ 1, qr{/dev/full: No space left}, qw(dump clicks --from 2025-10-01 --to today --output /dev/full --summary), "$dir/no" ])
{
	my ($status, $like, @args) = @$_;
	my ($rc, $out, $err) = $srv->ctl(@args);
	is $rc, $status, "@args: exit status $status";
	like $err, $like, '... says why';
}
ok !-e "$dir/no", 'a dump that failed leaves no side file';

undef $srv;
done_testing;
