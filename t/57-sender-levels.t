# Who may report: four levels of lists (network, advertiser, offer, landing page) by three kinds (posts, voids, host and
# post), each with an address, a block and IPv6.  What the levels say adds up.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2, config => { trusted_proxies => ['127.0.0.1'] });
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $adv = $net->advertiser('shop');
my $offer = $net->offer(name => 'form', advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 10,
	commission_type => 'cpa', flat_amount_per_conversion => 4);
my $page = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $offer);
my $link = $net->link_of($aff, $offer);
my %number = (advertiser => $adv, offer => $offer, page => $page);
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', 1);

my $order = 0;
my $denied = 0;
sub from { return (headers => { 'X-Forwarded-For' => $_[0], 'User-Agent' => browser_ua() }) }
sub list {
	my ($kind, $level, $list) = @_;
	return $srv->ctl_ok('config', 'set', "global_${kind}_ips", $list) if $level eq 'network';
	return $srv->ctl_ok('senders', 'set', $kind, $level, $number{$level}, $list);
}

# Each says whether that address may.
my %may = (
	post => sub {
		my $answer = $srv->get("/signup/process_pixel.php?orderid=P" . ++$order . '&click_hash=' . $net->click($link), from(@_))->{content};
		return $answer eq '*success*' ? 1 : $answer eq '*error* - IP not allowed.' ? 0 * ++$denied : $answer },
	void => sub {
		my $id = 'V' . ++$order;
		$net->pixel(click_hash => $net->click($link), orderid => $id);
		my $answer = $srv->get("/signup/process_void.php?orderid=$id&type=void", from(@_))->{content};
		return $answer eq '*success*' ? 1 : $answer eq '*error* - IP not allowed.' ? 0 * ++$denied : $answer },
	hostnpost => sub {
		my $answer = $srv->get("$link?hostnpost=1&ip=203.0.113.9", from(@_))->{json}{message};
		return $answer eq '*success*' ? 1 : $answer eq '*error* - hostnpost-denied' ? 0 : $answer },
);
my %unset = (post => 1, void => 0, hostnpost => 1);

# Host and post is decided in the workers, which know of a change within a second.
sub may_be {
	my ($kind, $address, $want, $what) = @_;
	poll_until("$what (waiting)", sub { $may{$kind}->($address) eq $want }) if $kind eq 'hostnpost';
	return is $may{$kind}->($address), $want, $what;
}

for my $kind (sort keys %may) {
	may_be($kind, '198.51.100.7', $unset{$kind}, "$kind: no list at all");
	for my $level (qw(network advertiser offer page)) {
		for my $case ([ '198.51.100.7', '198.51.100.7', '198.51.100.8' ], [ '198.51.100.0/25', '198.51.100.7', '198.51.100.200' ],
			[ '2001:db8:7::/48', '2001:db8:7:1::9', '2001:db8:8::9' ]) {
			my ($list, $in, $out) = @$case;
			list($kind, $level, "$list, 192.0.2.77");
			may_be($kind, $in, 1, "$kind, $level: $in is in $list");
			may_be($kind, $out, 0, "$kind, $level: $out is not");
		}
		list($kind, $level, '');
	}
	may_be($kind, '198.51.100.7', $unset{$kind}, "$kind: all empty again");
	list($kind, network => '192.0.2.1');
	list($kind, advertiser => '192.0.2.2');
	list($kind, offer => '192.0.2.3');
	list($kind, page => '192.0.2.4');
	may_be($kind, "192.0.2.$_", 1, "$kind: the levels add up, 192.0.2.$_") for 1 .. 4;
	may_be($kind, '192.0.2.5', 0, "$kind: on none of them");
	is $srv->ctl_ok('senders', 'get', $kind, 'offer', $offer), "192.0.2.3\n", "$kind: affiliatectl shows the list";
	list($kind, $_ => '') for qw(network advertiser offer page);
}

# Other offers have other lists.
list('post', offer => '192.0.2.3');
my $other = $net->offer(name => 'other', advertiserid => $adv, commission_type => 'cpa', flat_amount_per_conversion => 1);
my $free = $net->click($net->link_of($aff, $other));
is $srv->get("/signup/process_pixel.php?click_hash=$free", from('198.51.100.7'))->{content}, '*success*', 'another offer has no list';
list('post', offer => '');

# Secrets: of the network, the advertiser and the offer, every one that is set, whatever the script.
{
	my $said = sub {
		my @p = @_ ? (secure => @_) : ();
		my $nats = $net->pixel(click_hash => $net->click($link), orderid => 'T' . ++$order, @p);
		my $affise = $net->postback(clickid => $net->click($link), action_id => 'T' . ++$order, @p);
		is_deeply $affise, $nats eq '*success*' ? { status => 1 } : { status => 2, error => 'Access denied' }, 'both scripts alike';
		return $nats;
	};
	my ($good, $bad) = ('*success*', '*error* - Access denied.');
	for my $level ([ secret => 'set', 'offer', $offer ], [ secret => 'set', 'advertiser', $adv ], [ config => 'set', 'postback_secret' ]) {
		$srv->ctl_ok(@$level, 'sesame');
		is $said->(), $bad, "@$level: none sent";
		is $said->('sesam'), $bad, 'a wrong one';
		is $said->('sesame'), $good, 'the right one';
		$srv->ctl_ok(@$level, '');
		is $said->(), $good, 'and none again';
	}
	$srv->ctl_ok('secret', 'set', 'offer', $offer, 'sesame');
	$srv->ctl_ok('secret', 'set', 'advertiser', $adv, 'other');
	is $said->($_), $bad, "two that differ: $_ satisfies one" for 'sesame', 'other';
	$srv->ctl_ok('secret', 'set', 'advertiser', $adv, 'sesame');
	is $said->('sesame'), $good, 'two that do not';
	is $srv->ctl_ok('secret', 'get', @$_), "sesame\n", "affiliatectl shows it: @$_" for [ 'offer', $offer ], [ 'advertiser', $adv ];
	is $net->affise(GET => "offer/$offer")->{json}{offer}{hash_password}, 'sesame', 'and Affise that of the offer';
	my $hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv);
	is $net->affise(GET => 'admin/advertisers', id => $hex)->{json}{advertisers}[0]{hash_password}, 'sesame', 'and of the advertiser';
	is +($srv->ctl('secret', @$_))[0], 1, "refused: secret @$_" for [ 'set', 'offer', $offer, 'a b' ], [ 'set', 'offer', 99999, 'x' ], [ 'set', 'page', 1, 'x' ],
		[ 'set', 'advertiser', $aff, 'x' ], [ 'get', 'offer', 'x' ], [ 'set', 'offer', $offer, 'x' x 191 ];
	$srv->ctl_ok('secret', 'set', @$_, '') for [ 'offer', $offer ], [ 'advertiser', $adv ];
	is $net->affise(GET => "offer/$offer")->{json}{offer}{hash_password}, undef, 'cleared';
}

# Affise's disallowed_ip beats what any list allows, for voids as well.
my ($ok) = $net->affise(POST => "admin/offer/$offer", disallowed_ip => "198.51.100.9\n2001:db8:bad::/48")->{json};
is $ok->{offer}{disallowed_ip}, "198.51.100.9\n2001:db8:bad::/48", 'disallowed_ip is set and shown' or diag(explain($ok));
may_be('post', '198.51.100.9', 0, 'a refused sender');
may_be('post', '2001:db8:bad::1', 0, 'of a refused block');
may_be('post', '198.51.100.10', 1, 'another sender');
list('void', network => '198.51.100.0/24');
may_be('void', '198.51.100.9', 0, 'a refused sender voids nothing');
may_be('void', '198.51.100.10', 1, 'another one does');

is +($srv->ctl('senders', @$_))[0], 1, "refused: @$_" for [ 'set', 'post', 'offer', $offer, '300.1.2.3' ], [ 'set', 'post', 'offer', 99999, '' ],
	[ 'set', 'click', 'offer', $offer, '' ], [ 'get', 'post', 'campaign', 1 ], [ 'get', 'post', 'page', 'x' ], [ 'set', 'post', 'advertiser', $aff, '' ];
is $srv->sql("SELECT COUNT(*) FROM event_log WHERE outcome = 16"), $denied,
	'each refused report is in the log';
my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $net;
undef $srv;
done_testing;
