# Signed posts, voids and host-and-post calls: what must be signed is, nothing signed is taken twice, on no worker and no
# node.  How a signature is made stands in affiliated-tracking(7), and in a few lines of sign() below.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Digest::SHA qw(hmac_sha256_hex);
use POSIX ();
use Test::More;

my $srv = affiliated_start(workers => 2, config => { node_id => 1 });
my $far = affiliated_start(workers => 2, no_migrate => 1, config => { node_id => 2, database_name => $srv->{db} });
my @node = ($srv, $far);
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $offer = $net->offer(name => 'form', advertiserid => $net->advertiser('shop'), advertiser_cost_type => 'conversion',
	advertiser_cost_flat => 10, commission_type => 'cpa', flat_amount_per_conversion => 4);
my $link = $net->link_of($aff, $offer);
my ($path) = $link =~ m{^(?:https?://[^/]+)?(/.*)$};
$srv->ctl_ok('config', 'set', @$_) for [ 'ALLOW_REMOTE_VOID_POSTS', 1 ], [ 'global_void_ips', '127.0.0.1' ];

my ($pixel, $void) = ('/signup/process_pixel.php', '/signup/process_void.php');

# The path with its query, and behind it, for a POST, the body.
sub sign {
	my ($target, %o) = @_;
	$target .= ($target =~ /\?/ ? '&' : '?') . 'ts=' . ($o{ts} // time) if !$o{no_time};
	my $text = $target . (defined $o{body} ? "\n$o{body}" : '');
	return "$target&sig=" . hmac_sha256_hex($text, $o{key} // 'first secret');
}
sub said { my ($target, %o) = @_; return ($o{node} // $srv)->get($target)->{content} }
my $good = '*success*';
my ($denied, $again) = ('*error* - Access denied.', '*error* - Request was sent before.');
my $n = 0;
sub report { return "$pixel?click_hash=" . $net->click($link) . '&orderid=S' . ++$n }

is said(sign(report())), $good, 'without keys a signature is not looked at';
is said(report() . '&sig=nonsense'), $good, 'whatever it is';
$srv->ctl_ok('config', 'set', 'hmac_keys', 'first secret, second');
poll_until('the workers know the keys', sub { said(report() . '&sig=nonsense') eq $denied });

# optional
is said(report()), $good, 'not signed: taken as before';
is said(sign(report())), $good, 'signed';
is said(sign(report(), key => 'second')), $good, 'by the other key';
is said(sign(report(), ts => time - 200)), $good, 'a while ago';
for my $case (
	[ 'by another key' => sub { sign(report(), key => 'third') } ],
	[ 'with no key' => sub { sign(report(), key => '') } ],
	[ 'by all keys as one' => sub { sign(report(), key => 'first secret, second') } ],
	[ 'changed since' => sub { my $s = sign(report()); $s =~ s/orderid=S/orderid=T/; $s } ],
	[ 'for another script' => sub { my $s = sign(report()); $s =~ s/pixel/void/; $s } ],
	[ 'too long ago' => sub { sign(report(), ts => time - 320) } ],
	[ 'ahead of time' => sub { sign(report(), ts => time + 320) } ],
	[ 'without a time' => sub { sign(report(), no_time => 1) } ],
	[ 'with two times' => sub { sign(report() . '&ts=' . time) } ],
	[ 'with a time that is none' => sub { sign(report(), ts => 'now') } ],
	[ 'sig not last' => sub { sign(report()) . '&amount=99' } ],
	[ 'sig twice' => sub { my $s = sign(report()); $s =~ /(&sig=.*)/; "$s$1" } ],
	[ 'cut' => sub { substr sign(report()), 0, -1 } ],
	[ 'longer' => sub { sign(report()) . '0' } ],
	[ 'no hex' => sub { my $s = sign(report()); $s =~ s/.$/x/; $s } ],
	[ 'empty' => sub { report() . '&ts=' . time . '&sig=' } ]) {
	my ($what, $make) = @$case;
	is said($make->()), $denied, "$what: refused";
}

# replays
my $once = sign(report());
is said($once), $good, 'a signed report';
is said($once), $again, 'the same bytes again';
is said($once, node => $node[1]), $again, 'on another node';
is said(report() =~ s/orderid=S\d+/orderid=S1/r), '*error* - Duplicate orderid.', 'which is not for want of order ids';
my $unknown = sign("$pixel?click_hash=35b71a300115be9.16738986");
is said($unknown), '*error* - Invalid click_hash.', 'what was refused for something else';
is said($unknown), $again, 'was taken as well';

# A rebill brings nothing but its customer, so that the same request shortly after is a repetition (E3): signed anew, too.
is said(sign(report() . '&subscription_id=R1')), $good, 'a customer';
my $rebill = "$pixel?offerid=$offer&subscription_id=R1&amount=5";
is said($rebill), $good, 'a rebill';
is said($rebill), '*error* - Duplicate orderid.', 'repeated';
$rebill =~ s/amount=5/amount=6/;
is said(sign($rebill, ts => time - 2)), $good, 'another, signed';
is said(sign($rebill, ts => time - 1)), '*error* - Duplicate orderid.', 'repeated with a later signature';
is said(sign("$rebill&note=ts", ts => time - 1)), $good, 'what differs is another one';

# Twenty copies at once to both nodes: one conversion.
my $storm = sign(report());
my @kids;
pipe my $out, my $in or die;
for my $i (1 .. 20) {
	my $pid = fork // die;
	if ($pid == 0) {
		syswrite $in, said($storm, node => $node[ $i % 2 ]) . "\n";
		POSIX::_exit(0);
	}
	push @kids, $pid;
}
close $in;
my %answers;
while (<$out>) { chomp; $answers{$_}++ }
waitpid $_, 0 for @kids;
is_deeply \%answers, { $good => 1, $again => 19 }, 'twenty copies on two nodes: one is taken';

# POST: the body is signed, ts and sig stand in the query.
my $body = form(click_hash => $net->click($link), orderid => 'P1');
sub post { my ($target, $body) = @_; return $srv->post($target, $body)->{content} }
my $target = sign($pixel, body => $body);
is post($target, "$body&amount=99"), $denied, 'a body that was changed';
is post($target, $body), $good, 'POST with its body';
is post($target, $body), $again, 'once';
is post(sign($pixel), $body), $denied, 'a body that is not signed';

# required
$srv->ctl_ok('config', 'set', 'hmac_posts', 1);
is said(report()), $denied, 'hmac_posts: not signed';
is said(sign(report())), $good, 'signed';
my $affise = "/postback?clickid=" . $net->click($link);
is $srv->get($affise)->{json}{error}, 'Access denied', '/postback: not signed';
is $srv->get(my $signed = sign($affise))->{json}{status}, 1, 'signed';
is $srv->get($signed)->{json}{error}, 'Conversion exists', 'twice';
like $srv->get("$pixel?offerid=$offer", headers => { 'Sec-Fetch-Dest' => 'image' })->{headers}{'content-type'}, qr/gif/, 'a browser sees its pixel';
is said("$void?orderid=S1"), $good, 'voids are another setting';
$srv->ctl_ok('config', 'set', 'hmac_voids', 1);
is said("$void?orderid=S1&reverse=1"), $denied, 'hmac_voids: not signed';
is said(my $reverse = sign("$void?orderid=S1&reverse=1")), $good, 'signed';
is said($reverse), $again, 'twice';

# host and post
my $ask = sub { $srv->get($_[0])->{json}{message} };
my $click = sub { return "$path?" . form(hostnpost => 1, ip => '203.0.113.' . ++$n) };
is $ask->($click->()), $good, 'host and post: not signed';
$srv->ctl_ok('config', 'set', 'hmac_hostnpost', 1);
poll_until('hmac_hostnpost', sub { $ask->($click->()) eq '*error* - hostnpost-denied' });
my $good_one = sign($click->());
is $ask->($good_one), $good, 'signed';
is $ask->($good_one), '*error* - hostnpost-denied', "once, whichever worker ($_)" for 1 .. 8;
is $ask->(sign($click->(), key => 'third')), '*error* - hostnpost-denied', 'by another key';
poll_until('the signature is kept with no click', sub { $srv->sql("SELECT COUNT(*) FROM click WHERE extra LIKE '%sig%'") == 0 });
is $srv->get(sign("$path?subaff=x"))->{status}, 302, 'visitors need none';

# What is refused is in the log, and no signature is.
is $srv->sql("SELECT COUNT(*) FROM event_log WHERE request LIKE '%&sig=%' AND request NOT LIKE '%&sig=***%' AND request NOT LIKE '%&sig=%2A%'"), 0,
	'signatures do not stand in the log';
cmp_ok $srv->sql('SELECT COUNT(*) FROM event_log WHERE outcome = 29'), '>=', 25, 'replays do';
$srv->ctl_ok('config', 'set', 'hmac_keys', '');
poll_until('required, and no keys: nothing is taken', sub { said(sign(report())) eq $denied });
my ($status, $text) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($text);
@node = ();
undef $far;
undef $srv;
done_testing;
