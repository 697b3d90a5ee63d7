# Events whose click never came: kept, listed, tried again when somebody says so; and the log of all that was reported,
# as a dump.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use JSON::PP;
use Test::More;

my $srv = affiliated_start(workers => 1, config => { node_id => 1, postback_wait => '1s' });
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $offer = $net->offer(name => 'form', advertiserid => $net->advertiser('shop'), advertiser_cost_type => 'conversion',
	advertiser_cost_flat => 10, commission_type => 'cpa', flat_amount_per_conversion => 4);
my $link = $net->link_of($aff, $offer);
my $hash = $net->click($link);
is $net->pixel(click_hash => $hash, orderid => 'A1', secure => 'hidden'), '*success*', 'a conversion';
is $net->pixel(click_hash => $hash, orderid => 'A1'), '*error* - Duplicate orderid.', 'twice';
like $net->pixel(click_hash => $hash, orderid => 'x' x 300), qr/\*error\*/, 'nonsense';
is $net->postback(clickid => $hash, action_id => 'B1')->{status}, 1, 'one by /postback';

# Another node that has not told how far it is: what names a click of after that waits.
my $lost = $net->click($link);
$srv->sql('SELECT 1');
poll_until('the click is here', sub { $srv->sql('SELECT COUNT(*) FROM click') == 2 });
$srv->exec_sql('CREATE TABLE click_away AS SELECT * FROM click ORDER BY click_us DESC LIMIT 1');
$srv->exec_sql('DELETE c FROM click c JOIN click_away a ON a.click_us = c.click_us AND a.click_lo = c.click_lo');
$srv->exec_sql("INSERT INTO node (node_id, journal_uuid, registered_us, folded_through_us) VALUES (2, 'abcdefghijklmnop', 1, 1)");
is $net->pixel(click_hash => $lost, orderid => 'L1'), '*success*', 'accepted: the click may still come';
like $srv->ctl_ok('unresolved', 'list'), qr/^\d{4}-\d\d-\d\d \S+\twaiting\t1\t\Q$lost\E\tpost\tclick_hash=\Q$lost\E&orderid=L1\n\z/, 'it waits';
is $srv->ctl_ok('unresolved', 'retry'), "0\n", 'what waits is tried by itself';
my $shown = sub {
	my ($row) = @{ $net->affise(GET => 'stats/serverpostbacks', date_from => '2020-01-01', date_to => '2099-01-01', action_id => 'L1')->{json}{postbacks} };
	return join ' ', map { $_ // 'null' } @$row{qw(response outcome unresolved)}, ref $row->{track};
};
is $shown->(), '*success* ACCEPTED waiting ', 'and the log of posts shows it as waiting, with what was answered';
$srv->exec_sql('DELETE FROM node WHERE node_id = 2');
poll_until('every node has passed: unknown', sub { $srv->ctl_ok('unresolved', 'list') =~ /\tunknown\t1\t\Q$lost\E\t/ });
is $srv->sql('SELECT outcome FROM event_log WHERE request LIKE ?', '%L1%'), 11, 'its sender would hear so';
poll_until('what he was told is logged', sub { $shown->() eq '*success* UNKNOWN_CLICK unknown ' });
is $shown->(), '*success* UNKNOWN_CLICK unknown ', 'the log shows it as one whose click never came, and still what he was told';
is $srv->ctl_ok('unresolved', 'retry', $hash), "0\n", 'another click\'s';
is $srv->ctl_ok('unresolved', 'retry', $lost), "1\n", 'one is tried again';
poll_until('and is unknown again', sub { $srv->ctl_ok('unresolved', 'list') =~ /\tunknown\t/ });
$srv->exec_sql('INSERT INTO click SELECT * FROM click_away');
is $srv->ctl_ok('unresolved', 'retry'), "1\n", 'the click was brought: all again';
poll_until('it is booked', sub { ($srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'L1'") // 0) == 1 });
is $srv->ctl_ok('unresolved', 'list'), '', 'nothing is left';
is $shown->(), '*success* BOOKED null HASH', 'nor in the log';
is $net->pixel(click_hash => $lost, orderid => 'L1'), '*error* - Duplicate orderid.', 'for good';
is +($srv->ctl('unresolved', 'retry', 'x'))[0], 1, 'no click id';

# The log as a dump.
is $net->nats(PATCH => 'transaction/transaction_update_revenue_by_orderid', orderid => 'A1', amount => 1200)->{json}{result}, 'success', 'a correction';
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', 1);
like $srv->get('/signup/process_void.php?orderid=A1')->{content}, qr/IP not allowed/, 'a void that is refused';
my $day = $srv->sql('SELECT UTC_DATE()');
my @dump = ('dump', 'posts', '--from', $day, '--to', $day, '--output', "$srv->{dir}/out");
my $rows = sub {
	$srv->ctl_ok(@dump, '--format', 'jsonl');
	open my $f, '<', "$srv->{dir}/out" or die $!;
	return map { JSON::PP->new->decode($_) } <$f>;
};
my @got = $rows->();
is scalar @got, $srv->sql('SELECT COUNT(*) FROM event_log'), 'a row an event';
my %of;
push @{ $of{"$_->{kind} $_->{source} $_->{outcome}"} }, $_ for @got;
is_deeply [ sort keys %of ], [ sort 'post signup BOOKED', 'post signup DUPLICATE', 'refused signup REFUSED', 'post postback BOOKED',
	'void signup IP_DENIED', 'revenue api BOOKED' ], 'of all kinds' or diag(explain([ sort keys %of ]));
my $first = $of{'post signup BOOKED'}[0];
is $first->{request}, "click_hash=$hash&orderid=A1&secure=%2A%2A%2A", 'what was sent, less its secret';
is_deeply [ @$first{qw(node method ip answer offerid loginid)} ], [ 1, 'GET', '127.0.0.1', '*success*', $offer, $aff ], 'from where, and what was said';
is $first->{transactionid}, $net->nats(GET => 'report/transaction', period => 7, filter_orderid => 'A1')->{content} =~ /$first->{transactionid}/ ? $first->{transactionid} : '',
	'its transaction is the report\'s';
is $of{'post signup DUPLICATE'}[0]{answer}, '*error* - Duplicate orderid.', 'the exact answer';
is $of{'void signup IP_DENIED'}[0]{answer}, '*error* - IP not allowed.', 'of a void, too';
is_deeply [ @{ $of{'revenue api BOOKED'}[0] }{qw(method answer)} ], [ '', '' ], 'REST has answers of its own';
$srv->ctl_ok(@dump);
open my $csv, '<', "$srv->{dir}/out" or die $!;
is scalar(<$csv>), "time,node,kind,source,method,ip,outcome,answer,offerid,loginid,transactionid,request\n", 'as CSV, too';

# More than two pages, many in one microsecond; of days that post_log_days still keeps.
my ($past, $next) = map { $srv->sql('SELECT DATE(UTC_TIMESTAMP() - INTERVAL ? DAY)', $_) } 3, 2;
$srv->exec_sql("INSERT INTO event_log (event_us, event_lo, node_id, kind, outcome, offer_id, affiliate_id, sender, request) SELECT "
	. "TIMESTAMPDIFF(SECOND, '1970-01-01', '$past') * 1000000 + seq DIV 7000, seq, 1, 3, 11, 0, 0, REPEAT('\\0', 16), CONCAT('n=', seq) FROM seq_1_to_12000");
@dump = ('dump', 'posts', '--from', $past, '--to', $next, '--output', "$srv->{dir}/out");
my %seen;
$seen{ $_->{request} }++ for $rows->();
is scalar(keys %seen), 12000, 'every row of many pages';
is scalar(grep { $_ != 1 } values %seen), 0, 'once';
my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $srv;
done_testing;
