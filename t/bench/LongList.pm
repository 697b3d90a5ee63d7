# The conversions of `BENCH_ONLY=pages`: a year of them, as many as asked for, and the calls that turn their pages.
#
#   my $l = LongList->new($srv, 2_000_000, 0.025);     # of so many the newest fortieth
#   my %ms = $l->medians(9);                           # what was asked => median of so many calls, in milliseconds
#
# Rows are made by the database, seven alike in a row; what was made of a year by the fold stands in the rollup.
package LongList;

use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use POSIX qw(strftime);
use Time::HiRes qw(time);

use constant { YEAR => 365 * 86_400, CHUNK => 50_000 };

sub new {
	my ($class, $srv, $n, $share) = @_;
	my $self = bless { srv => $srv, net => Affiliated::Network->new($srv), now => int time, step => int(YEAR * 1e6 / $n), rows => int($n * $share) }, $class;
	my $dbh = $srv->dbh;
	for (my $end = $self->{rows}; $end > 0; $end -= CHUNK) {
		my $count = $end < CHUNK ? $end : CHUNK;
		$self->fill($dbh, $end, $count);
	}
	$srv->exec_sql('ANALYZE TABLE conversion, rollup_status');
	return $self;
}

# The conversions that are $end - 1, ..., $end - $count places from the newest, oldest first.
sub fill {
	my ($self, $dbh, $end, $count) = @_;
	my $source = "(SELECT k, i, k DIV 7 AS g, ? - k * ? AS us FROM (SELECT ? - CAST(seq AS SIGNED) AS k, CAST(seq AS SIGNED) AS i FROM seq_1_to_$count) s) r";
	my @bind = ($self->{now} . '000000', $self->{step}, $end);
	$dbh->do("INSERT INTO conversion (conv_us, node_id, status, kind, uniq_key, orderid, offer_id, landing_page_id, commission_id, affiliate_id,
		advertiser_id, goal_id, click_us, click_lo, country, device_type, ua_id, rule_id, payment_type, currency, rate, revenue, payout, revenue_b,
		payout_b, created_us, updated_us, ip, ocid, sub1, sub2, sub3, sub4, sub5, referrer, comment, extra) SELECT us, 1, 1 + g MOD 5, 1,
		CONCAT('key', k), CONCAT('order', k), 1 + g MOD 20, 1, 1, 1000 + g MOD 60, 20, 0, us - 3600000000, k, IF(g MOD 3, 21843, 17477), k MOD 3,
		1 + k MOD 3, 0, 'fixed', 'USD', 1000000, 10000000, 4000000, 10000000, 4000000, us, us, UNHEX('00000000000000000000FFFFC0000207'), '',
		CONCAT('sub', k MOD 100), '', '', '', '', 'http://ref.example/', '', '' FROM $source ORDER BY us", undef, @bind);
	$dbh->do("INSERT INTO rollup_status SELECT us DIV 900000000, 1 + g MOD 20, 1, 1000 + g MOD 60, 20, IF(g MOD 3, 21843, 17477), 0, 1 + g MOD 5,
		'USD', 1, COUNT(*), 0, SUM(10000000), SUM(10000000), SUM(4000000), SUM(4000000) FROM $source GROUP BY 1, 2, 4, 6, 8
		ON DUPLICATE KEY UPDATE n = n + VALUES(n)", undef, @bind);
	return;
}

# Name, parameters, and how many rows the list has.
sub questions {
	my ($self) = @_;
	my @year = (date_from => strftime('%F', gmtime $self->{now} - YEAR - 86_400), date_to => strftime('%F', gmtime $self->{now} + 86_400));
	my $day = int($self->{now} / 86_400) - 7;
	my $in = sub { my ($where, @v) = @_; return $self->{srv}->sql("SELECT COUNT(*) FROM conversion WHERE $where", @v) };
	my $pages = int(($self->{rows} + 99) / 100);
	return (
		[ first => [], $in->('created_us >= ?', $day * 86_400 . '000000') ],
		[ first_of_status => [ status => 3 ], $in->('created_us >= ? AND status = 3', $day * 86_400 . '000000') ],
		[ first_of_year => \@year, $self->{rows} ],
		[ last_of_year => [ @year, page => $pages ], $self->{rows} ],
		[ first_of_years_status => [ @year, status => 3 ], $in->('status = 3') ],
		[ last_of_years_status => [ @year, status => 3, page => int($pages / 5) ], $in->('status = 3') ],
	);
}

sub median { my @s = sort { $a <=> $b } @_; return $s[@s / 2] }

# Also dies of a total that is not that of the rows.
sub medians {
	my ($self, $rounds) = @_;
	my %ms;
	for my $q ($self->questions) {
		my ($name, $p, $want) = @$q;
		my @took;
		for my $i (0 .. $rounds) {
			my $at = time;
			my $r = $self->{net}->affise(GET => 'stats/conversions', timezone => 'UTC', @$p);
			push @took, (time - $at) * 1000 if $i > 0;    # the first one fills caches
			my $json = $r->{json} // die "$name: $r->{status} $r->{content}";
			die "$name: $json->{pagination}{total_count} of $want\n" if $json->{pagination}{total_count} != $want || !@{ $json->{conversions} };
		}
		$ms{$name} = median(@took);
	}
	return %ms;
}

1;
