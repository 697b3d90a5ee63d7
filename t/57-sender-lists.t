# The network's lists of senders by REST, and what they do to posts and voids at once.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use JSON::PP ();
use POSIX ();
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $offer = $net->offer(url => 'http://shop.example/?h=%%click_hash%%', commission_type => 'cpa', flat_amount_per_conversion => '2');
my $code = $net->link_of($aff, $offer, code_only => 1);

sub click { return ($srv->get("/track/$code")->{headers}{location} =~ /h=([0-9a-f.]+)/)[0] }
sub config { my ($call, @p) = @_; return $net->nats(($call =~ /^get/ ? 'GET' : 'POST') => "config/$call", @p)->{json} }
sub done { my ($call, $ip) = @_; return config($call, ip => $ip)->{data} }

for my $kind (qw(void post hostnpost)) {
	is_deeply config("get_global_${kind}_ips"), { result => 'success', data => [] }, "$kind: an unset list is empty";
	is done("remove_global_${kind}_ip", '192.0.2.9'), 'Ip list not set', 'nothing to remove';
	is done("add_global_${kind}_ip", '192.0.2.30'), 'Ip added', 'added';
	is done("add_global_${kind}_ip", ' 192.0.2.30 '), 'Ip already in list', 'once';
	is done("add_global_${kind}_ip", '2001:DB8:0:0::1'), 'Ip added', 'IPv6';
	is done("add_global_${kind}_ip", '2001:db8::1'), 'Ip already in list', 'in whatever spelling';
	is done("add_global_${kind}_ip", '198.51.100.0/24'), 'Ip added', 'a block';
	is_deeply config("get_global_${kind}_ips")->{data}, [ '192.0.2.30', '2001:db8::1', '198.51.100.0/24' ], 'all are there';
	is done("remove_global_${kind}_ip", '192.0.2.31'), 'Ip not in list', 'another one';
	is done("remove_global_${kind}_ip", '2001:db8::1'), 'Ip removed', 'removed';
	is_deeply config("get_global_${kind}_ips")->{data}, [ '192.0.2.30', '198.51.100.0/24' ], 'the others stay';
	is_deeply config("${_}_global_${kind}_ip", ip => '300.1.2.3'), { result => 'error', data => 'Invalid ip' }, "$_: no address"
	    for 'add', 'remove';
	is_deeply config("add_global_${kind}_ip", ip => $_), { result => 'error', data => 'Invalid ip' }, "'$_' neither"
	    for '', '192.0.2.0/33', '192.0.2.1,192.0.2.2', 'localhost';
}
is_deeply config('add_global_void_ip'), { result => 'error', data => 'Invalid ip' }, 'nothing sent';

# They steer what posts and voids get, from the moment of the answer.
my $hash = click();
like $srv->get("/signup/process_pixel.php?click_hash=$hash&orderid=A1")->{content}, qr/IP not allowed/, 'this sender is on no list';
is done('add_global_post_ip', '127.0.0.1'), 'Ip added', 'now it is';
is $srv->get("/signup/process_pixel.php?click_hash=$hash&orderid=A1")->{content}, '*success*', 'and may post';
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', '1');
like $srv->get('/signup/process_void.php?orderid=A1')->{content}, qr/IP not allowed/, 'but not void';
is done('add_global_void_ip', '127.0.0.0/8'), 'Ip added', 'its network may';
is $srv->get('/signup/process_void.php?orderid=A1')->{content}, '*success*', 'so it does';
is done('remove_global_post_ip', '127.0.0.1'), 'Ip removed', 'off the list';
like $srv->get('/signup/process_pixel.php?click_hash=' . click() . '&orderid=A2')->{content}, qr/IP not allowed/, 'at once';
done("remove_global_post_ip", $_) for '192.0.2.30', '198.51.100.0/24';
is $srv->get('/signup/process_pixel.php?click_hash=' . click() . '&orderid=A2')->{content}, '*success*', 'an empty list lets all';

# Two administrators at once lose nothing.
my @kids;
for my $i (1 .. 2) {
	my $pid = fork // die;
	if ($pid == 0) {
		$net->nats(POST => 'config/add_global_hostnpost_ip', ip => "203.0.113.$_") for map { 10 * $i + $_ } 0 .. 9;
		POSIX::_exit(0);
	}
	push @kids, $pid;
}
waitpid $_, 0 for @kids;
is scalar(grep { /^203/ } @{ config('get_global_hostnpost_ips')->{data} }), 20, 'twenty addresses by two administrators';

# Lists of landing pages.
{
	my $page = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $offer);
	my $adv = $net->advertiser('shop');
	my $second = $net->offer(name => 'Hats', advertiserid => $adv);
	my $hats = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $second);
	my $store = sub { return $net->nats(PATCH => 'offer/store_offer_ips', @_)->{json} };
	is_deeply $store->('ips[postback_ips]' => '192.0.2.1,192.0.2.2', 'ips[void_ips][]' => '127.0.0.1', 'targets[landing_pageids]' => $page),
	    { result => 'Success', message => { $page => { postback_ips => { '192.0.2.1' => JSON::PP::true, '192.0.2.2' => JSON::PP::true },
		void_ips => { '127.0.0.1' => JSON::PP::true } } } }, 'by landing page';
	like $srv->get('/signup/process_pixel.php?click_hash=' . click() . '&orderid=B1')->{content}, qr/IP not allowed/, 'a post is refused at once';
	is_deeply $store->('ips[postback_ips]' => '127.0.0.1,nonsense', 'targets[offerids]' => $offer)->{message}{$page},
	    { postback_ips => { '127.0.0.1' => JSON::PP::true, nonsense => JSON::PP::false } }, 'by offer; what cannot be read is false';
	is $srv->sql('SELECT postback_ips FROM landing_page WHERE id = ?', $page), '127.0.0.1', 'and not stored';
	is $srv->sql('SELECT void_ips FROM landing_page WHERE id = ?', $page), '127.0.0.1', 'a list that was not sent stays';
	is $srv->get('/signup/process_pixel.php?click_hash=' . click() . '&orderid=B1')->{content}, '*success*', 'now it may';
	is_deeply [ sort { $a <=> $b } keys %{ $store->('ips[hostnpost_ips]' => '192.0.2.9', 'targets[advertiserids]' => $adv,
		'targets[landing_pageids]' => $page)->{message} } ], [ sort { $a <=> $b } $page, $hats ], 'by advertiser, and several targets';
	is $store->('ips[postback_ips]' => '', 'targets[landing_pageids]' => $page)->{result}, 'Success', 'an empty list';
	is $srv->sql('SELECT postback_ips FROM landing_page WHERE id = ?', $page), '', 'clears';
	is $store->(@$_)->{result}, 'error', "wrong: @$_" for [ 'ips[postback_ips]' => '192.0.2.1' ], [ 'targets[offerids]' => $offer ],
	    [ 'ips[x]' => 1, 'targets[offerids]' => $offer ], [ 'ips[void_ips]' => '192.0.2.1', 'targets[offerids]' => 'x' ],
	    [ 'ips[void_ips]' => '192.0.2.1', 'targets[offerids]' => 99999 ], [ ips => 'x', targets => 'y' ];
}
is(($srv->ctl('verify'))[0], 0, 'the books balance');
done_testing;
