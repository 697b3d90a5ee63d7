# What happens while something is missing: a database that is away for a while, a disk budget that is spent, a ring that
# nobody empties.  What was acknowledged is booked once when it is back; what cannot be kept is refused with 503.
use strict;
use warnings;

use Affiliated::MariaDB;
use Affiliated::Network;
use Affiliated::Test;
use IO::Socket::INET;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(time);

my $mariadb = Affiliated::MariaDB->start;

# Many requests at once, each on its own connection: the status lines.  What waits for an outcome waits together.
sub at_once {
	my ($srv, @targets) = @_;
	my @sock = map {
		my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}", Timeout => 10) or die "connect: $!";
		syswrite $s, "GET $_ HTTP/1.1\r\nHost: t.example\r\nConnection: close\r\n\r\n";
		$s;
	} @targets;
	return map { my $s = $_; local $/; (<$s> // '') =~ m{^HTTP/1\.1 (\d+)} ? $1 : 0 } @sock;
}

# A server of its own on that database, with an offer that pays 3 of 10.
sub start {
	my (%config) = @_;
	my $srv = affiliated_start(workers => 2, mariadb => $mariadb, config => { postback_wait => '300ms', %config });
	my $net = Affiliated::Network->new($srv);
	my $aff = $net->affiliate('anna');
	my $offer = $net->offer(url => 'http://shop.example/?h=%%click_hash%%', advertiserid => $net->advertiser('shop'),
		advertiser_cost_type => 'conversion', advertiser_cost_flat => '10', commission_type => 'cpa',
		flat_amount_per_conversion => '3');
	return ($srv, $net, "/click?pid=$aff&offer_id=$offer");
}

sub hash_of { return ($_[0]{headers}{location} // '') =~ m{h=(\S+)} ? $1 : undef }
sub pixel { my ($srv, %p) = @_; return $srv->get('/signup/process_pixel.php?' . form(%p)) }

sub says {
	my ($r, $want, $what) = @_;
	return is "$r->{status} $r->{content}", "200 $want", $what;
}

sub is_503 {
	my ($r, $what) = @_;
	is $r->{status}, 503, "$what: 503" or diag $r->{content};
	like $r->{headers}{'retry-after'} // '', qr/^\d+$/, "$what: with Retry-After";
	return;
}

sub metric {
	my ($srv, $name) = @_;
	return $srv->get('/metrics')->{content} =~ /^affiliated_$name (\S+)$/m ? $1 : undef;
}

sub settled {
	my ($srv) = @_;
	return !grep { metric($srv, $_) != 0 } qw(backlog_clicks_bytes backlog_events_bytes ring_clicks_bytes ring_events_bytes);
}

subtest 'the database is away' => sub {
	my ($srv, $net, $click) = start();
	my @hash = map { hash_of($srv->get("$click&sub1=before$_")) } 1 .. 20;
	says(pixel($srv, click_hash => $hash[0], orderid => 'o0'), '*success*', 'a conversion before');
	is $srv->sql('SELECT COUNT(*) FROM conversion'), 1, 'is booked when it is answered';

	$mariadb->stop('KILL');
	my $t = time;
	push @hash, map { hash_of($srv->get("$click&sub1=away$_")) } 1 .. 30;
	is scalar(grep { defined } @hash), 50, 'clicks are redirected while it is away';
	cmp_ok time - $t, '<', 5, 'and do not wait for it';
	for my $n (1 .. 9) {
		my $r = $n % 2 ? pixel($srv, click_hash => $hash[$n], orderid => "o$n")
		    : $srv->post('/postback', { clickid => $hash[$n], action_id => "o$n" });
		like "$r->{status} $r->{content}", $n % 2 ? qr/^200 \*success\*$/ : qr/^200 \{\s*"status": 1\s*\}/,
		    "conversion $n is accepted";
	}
	says(pixel($srv, click_hash => $hash[30], orderid => 'o30'), '*success*', 'that of a click nobody has booked');
	says(pixel($srv, click_hash => $hash[1], orderid => 'o1'), '*success*', 'and a repetition, which nobody can know');
	cmp_ok metric($srv, 'backlog_events_bytes'), '>', 0, 'they wait in the journal';
	my $r = $srv->get('/readyz');
	is "$r->{status} $r->{json}{status}", '200 degraded', '/readyz keeps the node and says so';
	$r = $net->nats(POST => 'advertiser/add_advertiser', username => 'x', password => 'x', email => 'x@x.example');
	is_503($r, 'a call that needs the database');
	is $r->{json}{result}, 'error', 'in the words of NATS';
	$r = $net->affise(GET => 'offers');
	is_503($r, 'one of the other dialect');
	is $r->{json}{status}, 2, 'in its words';

	# The journal is on disk: what was accepted outlives both who took it and who would book it.
	my $before = $srv->children;
	kill 'KILL', map { @{ $before->{$_} } } 'stats', 'worker 0', 'worker 1';
	poll_until('stats and workers are killed and come back', sub {
		my $now = $srv->children;
		return !grep { !$now->{$_} || $now->{$_}[0] == $before->{$_}[0] } 'stats', 'worker 0', 'worker 1';
	});
	poll_until('clicks are redirected by the new ones', sub { push @hash, hash_of($srv->get("$click&sub1=after")) // die; 1 });

	$mariadb->launch;
	poll_until('after its return all clicks are booked', sub { $srv->sql('SELECT COUNT(*) FROM click') == @hash }, 30);
	poll_until('and all conversions', sub { $srv->sql('SELECT COUNT(*) FROM conversion') == 11 }, 30);
	poll_until('nothing is left', sub { settled($srv) && $srv->sql('SELECT COUNT(*) FROM unresolved') == 0 });
	is $srv->sql('SELECT COUNT(*) FROM (SELECT sub1, COUNT(*) n FROM click GROUP BY click_us, click_lo HAVING n > 1) x'), 0,
	    'each click once';
	is $srv->sql('SELECT GROUP_CONCAT(orderid ORDER BY orderid) FROM conversion'), 'o0,o1,o2,o3,o30,o4,o5,o6,o7,o8,o9',
	    'each conversion once';
	is $srv->sql('SELECT COUNT(*) FROM event_log WHERE outcome = 10'), 1, 'the repetition is kept as a duplicate';
	my ($twice) = grep { $_->{outcome} eq 'DUPLICATE' }
	    @{ $net->affise(GET => 'stats/serverpostbacks', date_from => '2020-01-01', date_to => '2099-01-01')->{json}{postbacks} };
	is $twice->{response}, '*success*', 'in the log of posts beside what its sender was told';
	is $srv->sql('SELECT SUM(amount) FROM payout_row'), 33_000_000, 'the affiliate is paid once each';
	says(pixel($srv, click_hash => $hash[5], orderid => 'o5'), '*error* - Duplicate orderid.', 'a retry is known now');
	poll_until('/readyz is content', sub { $srv->get('/readyz')->{json}{status} eq 'ok' });
	is $net->nats(GET => 'service/ping')->{content}, 1, 'calls are answered again';
	my ($rc, $out, $err) = $srv->ctl('verify');
	is $rc, 0, 'the books balance' or diag "$out$err";
	is $srv->stop, 0, 'a clean end';
};

subtest '/readyz finds the database again by itself' => sub {
	my ($srv, $net) = start(workers => 1);
	my $pid = $srv->children->{'worker 0'}[0];
	$mariadb->stop('KILL');
	is_503($net->affise(GET => 'offers'), 'a call that fails');
	is $srv->get('/readyz')->{json}{database}, JSON::PP::false, 'the worker knows';
	$mariadb->launch;
	poll_until('without another call it is content', sub { $srv->get('/readyz')->{json}{status} eq 'ok' });
	is $srv->children->{'worker 0'}[0], $pid, 'which is the same worker';
	is $srv->stop, 0, 'a clean end';
};

subtest 'a stop while the database is away keeps everything' => sub {
	my ($srv, $net, $click) = start();
	my $hash = hash_of($srv->get($click));
	poll_until('a click', sub { $srv->sql('SELECT COUNT(*) FROM click') == 1 });
	$mariadb->stop('KILL');
	says(pixel($srv, click_hash => $hash, orderid => 'late'), '*success*', 'a conversion is accepted');
	ok hash_of($srv->get($click)), 'a click too';
	is $srv->stop, 0, 'the server stops in bounded time';
	$mariadb->launch;
	is $srv->sql('SELECT COUNT(*) FROM conversion'), 0, 'with nothing booked';
	$srv->launch;
	poll_until('the next start books the conversion', sub { $srv->sql('SELECT COUNT(*) FROM conversion') == 1 });
	poll_until('and the click', sub { $srv->sql('SELECT COUNT(*) FROM click') == 2 });
	is $srv->stop, 0, 'a clean end';
};

# Records of some kilobytes each, so that little disk is soon full.
my %big = map { ("sub$_" => 'x' x 250) } 2 .. 5;
my %referrer = (headers => { Referer => 'http://ref.example/' . 'y' x 900 });
my %bulk = ((map { ("trans_custom$_" => 'z' x 250) } 1 .. 5), email => 'e' x 250, address1 => 'a' x 250);

subtest 'the disk budget of the journal is spent' => sub {
	my ($srv, $net, $click) = start(journal_segment_bytes => '1MiB', journal_disk_budget => '16MiB',
		ring_clicks_bytes => '256KiB', ring_events_bytes => '64KiB');
	my ($taken, $n, $r) = (0, 0);
	my $hash = hash_of($srv->get($click));
	$taken++ if $hash;
	poll_until('a click', sub { $srv->sql('SELECT COUNT(*) FROM click') == 1 });
	$mariadb->stop('KILL');
	# The rings are small: one that is full while the disk is busy is refused too, for a moment.
	while (++$n < 30_000) {
		$r = $srv->get("$click&" . form(%big), %referrer);
		$taken++ if $r->{status} == 302;
		last if $r->{status} != 302 && $srv->get('/readyz')->{status} == 503;
	}
	is_503($r, "click $n");
	cmp_ok $taken, '>', 1000, 'not before the budget is spent';
	is_503($srv->get($click), 'and the next');
	like $srv->get('/readyz')->{json}{reason}, qr/journal/, 'the node says that it cannot record';
	says(pixel($srv, click_hash => $hash, orderid => 'o'), '*success*', 'clicks left room for conversions');
	my $accepted = 1;
	for my $round (1 .. 100) {
		my @status = at_once($srv, map { '/signup/process_pixel.php?' . form(click_hash => $hash, orderid => "o$round.$_", %bulk) }
			1 .. 50);
		$accepted += grep { $_ == 200 } @status;
		last if !grep { $_ == 200 } @status;
	}
	$r = pixel($srv, click_hash => $hash, orderid => 'more');
	is_503($r, "a conversion after $accepted");
	like $r->{content}, qr/^\*error\* - Try again later/, 'in its dialect';
	$r = $srv->get("/postback?clickid=$hash&action_id=p");
	is_503($r, 'of the other dialect');
	is $r->{json}{status}, 2, 'in its dialect';

	$mariadb->launch;
	poll_until('after the return of the database there is room again', sub { $srv->get('/readyz')->{status} == 200 });
	poll_until('for clicks', sub { my $ok = $srv->get($click)->{status} == 302; $taken += $ok; $ok });
	poll_until('for conversions', sub { pixel($srv, click_hash => $hash, orderid => 'again')->{content} eq '*success*' });
	poll_until('all is booked', sub { settled($srv) });
	is $srv->sql('SELECT COUNT(*) FROM click'), $taken, 'every click that was redirected, no other';
	cmp_ok $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid LIKE 'o%'"), '>=', $accepted, 'every conversion that was taken';
	is $srv->sql('SELECT COUNT(*) FROM (SELECT orderid FROM conversion GROUP BY orderid HAVING COUNT(*) > 1) x'), 0, 'once';
	my ($rc, $out, $err) = $srv->ctl('verify');
	is $rc, 0, 'the books balance' or diag "$out$err";
	is $srv->stop, 0, 'a clean end';
};

# Conversions of weeks past, booked but kept for a backup, must not keep clicks out; nor the other way round.
subtest 'what is booked gives way, whichever lane it is of' => sub {
	my ($srv, $net, $click) = start(journal_segment_bytes => '1MiB', journal_disk_budget => '16MiB',
		ring_clicks_bytes => '1MiB', ring_events_bytes => '1MiB');
	my $disk = sub { metric($srv, 'journal_disk_bytes') };
	my $void = '/signup/process_void.php?' . form(orderid => 'nosuch', type => 'void', %bulk);
	my $written = sub { metric($srv, 'journal_bytes_total') };
	my $rounds = 0;
	at_once($srv, ($void) x 100) while ++$rounds < 150 && $written->() < 17 * 2**20;
	cmp_ok $written->(), '>', 16 * 2**20, 'more events than the budget holds';
	poll_until('which leaves room', sub { $disk->() < 13 * 2**20 });
	# A ring may be full for a moment while the disk is busy; the budget would keep them out for good.
	my ($taken, $until) = (0, time + 60);
	while ($taken < 3000 && time < $until) {
		$taken++ if $srv->get("$click&" . form(%big), %referrer)->{status} == 302;
	}
	is $taken, 3000, 'clicks are taken all the same';
	poll_until('and events', sub { $srv->get($void)->{status} == 200 });
	poll_until('all is booked', sub { settled($srv) });
	is $srv->sql('SELECT COUNT(*) FROM click'), $taken, 'every click';
	cmp_ok $disk->(), '<=', 16 * 2**20, 'within the budget';
	is $srv->stop, 0, 'a clean end';
};

# Stats stands still: nobody empties the rings.
for my $full (qw(refuse redirect)) {
	subtest "a full ring: $full" => sub {
		my ($srv, $net, $click) = start(full_ring => $full, ring_clicks_bytes => '64KiB', ring_events_bytes => '64KiB');
		my ($taken, $refused, $r) = (0, 0);
		my $hash = hash_of($srv->get($click));
		poll_until('a click', sub { $srv->sql('SELECT COUNT(*) FROM click') == 1 });
		my ($stats) = @{ $srv->children->{stats} };
		kill 'STOP', $stats;
		for my $n (1 .. 300) {
			$r = $srv->get("$click&" . form(%big), %referrer);
			$taken++ if $r->{status} == 302;
			$refused++ if $r->{status} == 503;
			last if $refused > 5 || metric($srv, 'clicks_lost_total') > 5;
		}
		my $lost = metric($srv, 'clicks_lost_total');
		if ($full eq 'refuse') {
			is_503($r, 'a click that finds no room');
			is $lost, 0, 'none is lost';
		} else {
			is $r->{status}, 302, 'a click that finds no room is redirected';
			is $refused, 0, 'as is every one';
			cmp_ok $lost, '>', 5, "and counted: $lost";
		}
		cmp_ok metric($srv, 'ring_full_clicks_total'), '>', 5, 'the full ring is counted';
		my ($answered, $before) = (0, metric($srv, 'ring_full_events_total'));
		for my $round (1 .. 20) {
			last if metric($srv, 'ring_full_events_total') > $before;
			$answered += grep { $_ == 200 } at_once($srv,
				map { '/signup/process_pixel.php?' . form(click_hash => $hash, orderid => "o$round.$_", %bulk) } 1 .. 10);
		}
		is $answered, 0, 'no conversion is acknowledged that is in no journal';
		cmp_ok metric($srv, 'ring_full_events_total'), '>', $before, 'one that finds no room is counted';
		is_503(pixel($srv, click_hash => $hash, orderid => 'more'), 'and refused');
		kill 'CONT', $stats;
		poll_until('afterwards there is room', sub { pixel($srv, click_hash => $hash, orderid => 'last')->{status} == 200 });
		poll_until('all is booked', sub { settled($srv) });
		is $srv->sql('SELECT COUNT(*) FROM click'), 1 + $taken - $lost, 'every click that was answered, less the lost ones';
		is $srv->sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'last'"), 1, 'and the conversion';
		is $srv->stop, 0, 'a clean end';
	};
}

undef $mariadb;
done_testing;
