# Two nodes on one database: what one has not booked yet, the other must neither call unknown nor count twice.
use strict;
use warnings;

use Affiliated::Gate;
use Affiliated::Network;
use Affiliated::Test;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(time);

my $window = 3;
my $near = affiliated_start(workers => 1, config => { node_id => 1, postback_wait => '300ms' });
my $net = Affiliated::Network->new($near);
$near->ctl_ok('config', 'set', 'RETRY_WINDOW', $window);
my $aff = $net->affiliate('anna');
my $offer = $net->offer(url => 'http://shop.example/?c=%%click_hash%%', advertiserid => $net->advertiser('shop'),
	commission_type => 'cps', percentage_of_customer_conversion => 10, percentage_of_customer_continuity => 10);
my $link = $net->link_of($aff, $offer) =~ s{^http://[^/]+}{}r;

# The other reaches the database through a gate.
my $gate = Affiliated::Gate->new($near->socket);
my $far = affiliated_start(workers => 1, no_migrate => 1, config => { node_id => 2, postback_wait => '300ms',
	database_socket => $gate->socket, database_name => $near->{db} });

sub sql { return $near->sql(@_) }
sub pixel { my ($srv, @p) = @_; return $srv->get('/signup/process_pixel.php?' . form(@p))->{content} }

sub folded_past {
	my ($what, $node, $at) = @_;
	return poll_until($what, sub {
		sql('SELECT folded_through_us FROM node WHERE node_id = ?', $node) > $at * 1e6;
	});
}

# A click at one node that its stats process has not even seen; answers its id.
sub click_of_stopped_stats {
	my $stats = $near->children->{stats}[0];
	kill 'STOP', $stats;
	my $hash = $net->click($link);
	ok $hash, 'a click is answered while stats stands still';
	folded_past('the other node has folded past it', 2, time);
	return ($stats, $hash);
}

subtest 'a click that its node books while the other looks for it' => sub {
	my ($stats, $hash) = click_of_stopped_stats();
	my $clicked = time;
	# A batch reads its clicks first and then asks how far all nodes are: it stops in between.  (It prepares that once,
	# so this is the first subtest.)
	$gate->hold_at('SELECT MIN(folded_through_us) FROM node');
	is pixel($far, click_hash => $hash, orderid => 'B1'), '*success*', 'a conversion is accepted';
	poll_until('its batch has not found the click', sub { $gate->held });
	kill 'CONT', $stats;
	folded_past('the click is booked and its node past it', 1, $clicked);
	is sql('SELECT COUNT(*) FROM click'), 1, 'it is there';
	$gate->mend;
	poll_until('the batch ends', sub { sql('SELECT COUNT(*) FROM event_log') == 1 });
	is sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'B1'"), 1, 'with a conversion';
	is sql('SELECT COUNT(*) FROM unresolved'), 0, 'nothing is unknown';
};

subtest 'a click of the other node' => sub {
	my $hash = $net->click($link);
	is pixel($far, click_hash => $hash, orderid => 'A1', amount => 10), '*success*', 'reported where it was not';
	poll_until('is found', sub { sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'A1'") == 1 });

	folded_past('both have folded past it', $_, time) for 1, 2;
	my $none = $hash =~ s/(\d)$/($1 + 1) % 10/er;
	is pixel($far, click_hash => $none, orderid => 'A2'), '*error* - Invalid click_hash.', 'one that is not there is unknown';

	(my $stats, $hash) = click_of_stopped_stats();
	is pixel($far, click_hash => $hash, orderid => 'A3'), '*success*', 'a conversion of a click that nobody has booked';
	poll_until('waits for it', sub { sql('SELECT COUNT(*) FROM unresolved WHERE state = 1') == 1 });
	kill 'CONT', $stats;
	poll_until('and is booked', sub { sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'A3'") == 1 });
};

subtest 'a repetition that is folded after a later event' => sub {
	my $events = sub { sql('SELECT COUNT(*) FROM event_log WHERE node_id = 2') };
	my ($n, $amount, $apart) = (0, 0);
	is pixel($near, click_hash => $net->click($link), orderid => 'C1', subscription_id => 'S1'), '*success*', 'a customer';
	do {
		$gate->cut;
		my @p = (offerid => $offer, subscription_id => 'S1', amount => ++$amount);
		my ($before, $t) = ($events->(), time);
		is pixel($far, @p), '*success*', 'a rebill at a node without a database';
		is pixel($near, @p), '*success*', 'and the same at the other';
		$apart = time - $t;
		is pixel($near, @p), '*error* - Duplicate orderid.', 'which tells a repetition' if $apart < 1;
		poll_until('and takes it again when the window is over', sub { pixel($near, @p) eq '*success*' });
		$gate->mend;
		poll_until('the database is back', sub { $events->() == $before + 1 }, 20);
	} while ($apart >= $window && ++$n < 5);    # by their times these were no repetitions: a slow moment
	is sql('SELECT outcome FROM event_log WHERE node_id = 2 ORDER BY event_us DESC LIMIT 1'), 10, 'the first is a repetition';
	is sql('SELECT COUNT(*) FROM txn WHERE revenue = ?', $amount * 1_000_000), 2, 'and two rebills are booked';
	is pixel($far, offerid => $offer, orderid => 'C2', subscription_id => 'S1', amount => 7), '*success*', 'the node works on';
	poll_until('and books', sub { sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'C2'") == 1 });
};

my ($rc, $out, $err) = $near->ctl('verify');
is $rc, 0, 'the books balance' or diag "$out$err";
is $far->stop, 0, 'the one ends';
is $near->stop, 0, 'the other ends';
undef $_ for $far, $gate, $net, $near;
done_testing;
