# Two nodes on one database: a hundred copies of one report at the same moment make one conversion and ninety-nine
# duplicates, limits and caps hold exactly, and a conversion may be faster than its click (E3, E5, E7).
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use IO::Socket::INET;
use Test::More;

my $one = affiliated_start(workers => 2, config => { node_id => 1, trusted_proxies => ['127.0.0.1'] });
my $two = affiliated_start(workers => 2, no_migrate => 1,
	config => { node_id => 2, database_name => $one->{conf}{database_name}, trusted_proxies => ['127.0.0.1'] });
my $net = Affiliated::Network->new($one);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my %price = (advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cpa',
	flat_amount_per_conversion => 5, flat_amount_per_continuity => 1);

# The hash of a click that every node can see by now.
sub click {
	my ($offer, %h) = @_;
	my $hash;
	poll_quietly(sub { $hash = $net->click("/click?pid=$aff&offer_id=$offer", headers => \%h) });
	poll_quietly(sub { $one->sql('SELECT COUNT(*) FROM click WHERE click_us = ?',
		hex(substr $hash, 1, 8) * 1_000_000 + hex substr $hash, 9, 5) });
	return $hash;
}

sub poll_quietly {
	my ($sub) = @_;
	my $until = time + 60;
	while (!$sub->()) {
		die 'waited a minute for nothing' if time > $until;
		select undef, undef, undef, 0.02;
	}
	return;
}

# All requests at once, half of them to each node; how often each answer came.
sub at_once {
	my (@path) = @_;
	my (@sock, %said);
	for my $i (0 .. $#path) {
		my $srv = $i % 2 ? $two : $one;
		push @sock, IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $srv->{port}) // die "connect: $!";
	}
	for my $i (0 .. $#path) {
		print { $sock[$i] } "GET $path[$i] HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	}
	for my $s (@sock) {
		my $answer = do { local $/; <$s> } // '';
		my ($head, $body) = split /\r\n\r\n/, $answer, 2;
		my ($status) = $head =~ m{^HTTP/1.1 (\d+)};
		$body =~ s/\s+/ /g;
		$said{"$status $body"}++;
	}
	return \%said;
}

poll_quietly(sub { $two->get('/readyz')->{status} == 200 });
my $offer = $net->offer(%price);
my $hash = click($offer);

# One report a hundred times, in every form that tells a repetition.
is_deeply at_once(("/signup/process_pixel.php?click_hash=$hash&orderid=ONE") x 100),
	{ '200 *success*' => 1, '200 *error* - Duplicate orderid.' => 99 }, 'a hundred with an order id';
is $one->sql("SELECT COUNT(*) FROM conversion WHERE orderid = 'ONE'"), 1, 'one conversion';
$hash = click($offer);
is_deeply at_once(("/signup/process_pixel.php?click_hash=$hash") x 100),
	{ '200 *success*' => 1, '200 *error* - Duplicate orderid.' => 99 }, 'a hundred without: the click tells them';
$hash = click($offer);
is_deeply at_once(("/postback?clickid=$hash&action_id=TWO&goal=reg") x 100),
	{ '200 { "status": 1 }' => 1, '200 { "status": 2, "error": "Conversion exists" }' => 99 },
	'a hundred by /postback, of a goal that nobody has used';
is $one->sql("SELECT COUNT(*) FROM goal WHERE value = 'reg'"), 1, 'which is made once';
$hash = click($offer);
is_deeply at_once(("/signup/process_pixel.php?click_hash=$hash&orderid=SUB&subscription_id=S") x 100),
	{ '200 *success*' => 1, '200 *error* - Duplicate orderid.' => 99 }, 'a hundred of a new customer';
is $one->sql("SELECT COUNT(*) FROM customer WHERE subscription_id = 'S'"), 1, 'who is one';
is_deeply at_once(("/signup/process_pixel.php?offerid=$offer&subscription_id=S&amount=10") x 100),
	{ '200 *success*' => 1, '200 *error* - Duplicate orderid.' => 99 }, 'a hundred of his continuity without an order id';

# Exactly as many as the limit of an address, and as a cap.
{
	my $limited = $net->offer(%price, ip_conversion_limit_flag => 2, ip_conversion_limit => 5);
	my @hash = map { click($limited, 'X-Forwarded-For' => '198.51.100.5') } 1 .. 30;
	is_deeply at_once(map { "/signup/process_pixel.php?click_hash=$hash[$_]&orderid=L$_" } 0 .. 29),
		{ '200 *success*' => 5, '200 *error* - Conversion limit of this IP reached.' => 25 }, 'five of thirty from one address';
	is $one->sql('SELECT COUNT(*) FROM conversion WHERE offer_id = ? AND status = 1', $limited), 5, 'are booked';
	my $adv_hex = $one->sql('SELECT hex24 FROM account WHERE id = ?', $adv);
	my $o = $net->affise(POST => 'admin/offer', title => 'Capped', advertiser => $adv_hex, status => 'active', uniqIpOnly => 1,
		url => 'http://shop.example/?c=%%click_hash%%', 'payments[0][total]' => 4, 'payments[0][revenue]' => 3,
		'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed')->{json}{id};
	@hash = map { click($o, 'X-Forwarded-For' => '2001:db8::' . $_) } 1 .. 20;
	at_once(map { "/postback?clickid=$hash[$_]&action_id=U$_" } 0 .. 19);
	is $one->sql('SELECT COUNT(*) FROM conversion WHERE offer_id = ? AND status = 1', $o), 1, 'uniqIpOnly: one of twenty, by 64 bits of IPv6';
	is $one->sql("SELECT COUNT(*) FROM conversion WHERE offer_id = ? AND comment = 'IP duplicate'", $o), 19, 'the others are declined';
}

# E5: the click is in one node's journal, the report comes to the other at once.
{
	my $said = 0;
	for my $i (1 .. 10) {
		my $h = $net->click("/click?pid=$aff&offer_id=$offer") or next;
		my $answer = $two->get("/signup/process_pixel.php?click_hash=$h&orderid=FAST$i")->{content};
		$said++ if $answer eq '*success*';
		is $answer, '*success*', "report $i that overtakes its click is accepted" if $answer ne '*success*';
	}
	is $said, 10, 'ten reports at the node that has not seen their clicks';
	poll_until('and all are booked', sub { $one->sql("SELECT COUNT(*) FROM conversion WHERE orderid LIKE 'FAST%' AND status = 1") == 10 });
	is $one->sql('SELECT COUNT(*) FROM unresolved'), 0, 'nothing waits';
	my $never = substr($hash, 0, 15) . '.00000001';
	poll_until('a click that never was is unknown at both', sub {
		!grep { $_->get("/signup/process_pixel.php?click_hash=$never&orderid=NEVER")->{content} ne '*error* - Invalid click_hash.' } $one, $two });
}

for my $srv ($one, $two) {
	my $log = do { local (@ARGV, $/) = $srv->log_file; <> };
	unlike $log, qr/deadlock|\berror:/i, 'no deadlock and no error in the log';
}
my ($rc, $out, $err) = $one->ctl('verify');
is $rc, 0, 'and the books are true' or diag $out, $err;

undef $net;
undef $two;
undef $one;
done_testing;
