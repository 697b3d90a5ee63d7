# The log of what advertisers posted: each with the exact answer, refused ones included, by REST and in the table.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $aff = $net->affiliate('anna');
my $offer = $net->offer(name => 'Shoes', commission_type => 'cpa', flat_amount_per_conversion => '2', conversion_default => '25');
my $link = $net->link_of($aff, $offer, subaff => 'mail');
my $hash = $net->click($link);

# What was sent, by what means, and what came back.
my @sent;
sub sends {
	my ($method, $path, @p) = @_;
	my $form = form(@p);
	my $r = $method eq 'GET' ? $srv->get("$path?$form") : $srv->post($path, $form);
	push @sent, { method => $method, params => {@p}, answer => $r->{content} };
	return $r->{content};
}

is sends(GET => '/signup/process_pixel.php', click_hash => $hash, orderid => 'O1', amount => '9.95'), '*success*', 'a sale';
like sends(GET => '/signup/process_pixel.php', click_hash => $hash, orderid => 'O1'), qr/Duplicate orderid/, 'a duplicate';
like sends(POST => '/signup/process_pixel.php', click_hash => $hash, orderid => 'O2', amount => '9,95'), qr/Invalid amount/, 'a bad amount';
like sends(GET => '/signup/process_pixel.php', click_hash => $hash, orderid => 'x' x 400), qr/^\*error\* - Invalid orderid\.$/, 'too long';
like sends(GET => '/postback', clickid => $hash, action_id => 'A1', status => 1), qr/"status": 1/, 'a postback';
like sends(POST => '/postback', clickid => $hash, action_id => 'A1'), qr/Conversion exists/, 'twice';
like sends(GET => '/postback', clickid => 'nonsense', 'a b' => "a&=? %b+"), qr/Broken clickid/, 'no such click';
like sends(GET => '/postback', clickid => $hash, action_id => 'y' x 400), qr/Bad parameter: action_id/, 'too long as well';
like sends(GET => '/signup/process_void.php', orderid => 'O1'), qr/Remote voids are switched off/, 'a void';
is sends(GET => '/postback', clickid => $hash, action_id => 'A2', secure => 'hush'), qq({\n    "status": 1\n}), 'with a secret';

my @days = (date_from => '2020-01-01', date_to => '2099-01-01');
sub list { return $net->affise(GET => 'stats/serverpostbacks', @days, @_)->{json} }

my $all;
poll_until('all are in the log', sub { $all = list(); @{ $all->{postbacks} } == @sent });
is $all->{pagination}{total_count}, scalar @sent, 'counted';
for my $i (0 .. $#sent) {
	my $p = $all->{postbacks}[ $#sent - $i ];
	my $want = $sent[$i];
	is $p->{response}, $want->{answer}, "answer $i as it was given";
	my %params = map { $_ => substr $_ eq 'secure' ? '***' : $want->{params}{$_}, 0, 512 } keys %{ $want->{params} };
	my ($in, $other) = $want->{method} eq 'GET' ? qw(get post) : qw(post get);
	is_deeply json_of($p->{$in}), \%params, '... its parameters';
	is $p->{$other}, '[]', '... and nothing the other way';
	is_deeply $p->{_get}, $in eq 'get' ? \%params : {}, '... typed';
	is_deeply $p->{_post}, [], '... a list';
	is $p->{server}, '127.0.0.1', '... its sender';
}
my $first = $all->{postbacks}[-1];
is $first->{track}{sub1}, 'mail', 'the click it was about';
is $first->{track}{offer}{id}, $offer, 'its offer';
is $first->{track}{partner}{login}, 'anna', 'its affiliate';
is $first->{track}{cbid}, 'O1', 'what came of it';
like $first->{track}{conversion_id}, qr/^[0-9a-f]{24}$/, 'by its id';
my ($broken) = grep { $_->{response} =~ /Broken/ } @{ $all->{postbacks} };
is $broken->{track}, undef, 'no click, no track';
unlike join('', map { $_->{get} } @{ $all->{postbacks} }), qr/hush/, 'secrets are not in it';

is scalar @{ list(action_id => 'A1')->{postbacks} }, 2, 'by what was sent: action_id';
is scalar @{ list(status => 1)->{postbacks} }, 1, 'a postback without status is not found by status';
is scalar @{ list(click_id => 'nonsense')->{postbacks} }, 1, 'by click id';
is scalar @{ list('offer[]' => $offer, 'partner[]' => $aff)->{postbacks} }, 6, 'by offer and affiliate: those that were matched'
    or diag explain [ map { $_->{get} } @{ list('offer[]' => $offer)->{postbacks} } ];
is scalar @{ list(offer => $srv->sql('SELECT hex24 FROM offer WHERE id = ?', $offer))->{postbacks} }, 6, 'by the other number of the offer';
is scalar @{ list(partner => $aff + 1000)->{postbacks} }, 0, 'of nobody';
like sends(GET => '/postback', clickid => $hash, action_id => 'G1', goal => 'lead', status => 3), qr/"status": 1/, 'a goal';
poll_until('is found by it', sub { $all = list(); @{ list(goal => 'lead')->{postbacks} } == 1 && @{ $all->{postbacks} } == @sent });
is_deeply list(goal => 'lead', status => 3, action_id => 'G1', click_id => $hash, offer => $offer, partner => $aff)->{postbacks},
    list(status => 3)->{postbacks}, 'by all of it at once';
is_deeply list(goal => 'lead', status => 1)->{postbacks}, [], 'which is as well as, not or';
is list(limit => 100_000)->{pagination}{per_page}, 500, 'a limit that is cut';
my $page = list(limit => 3, page => 2);
is_deeply $page->{postbacks}, [ @{ $all->{postbacks} }[ 3 .. 5 ] ], 'by pages';
is $page->{pagination}{next_page}, 3, 'with the next one';
is $net->affise(GET => 'stats/serverpostbacks', date_from => '2020-01-01')->{status}, 400, 'both days are needed';
is $net->affise(GET => 'stats/serverpostbacks', @days, key => $net->key_of($aff))->{status}, 403, 'no affiliate\'s business';

# Every other reason to refuse, of each script: the row says what the sender heard, and what became of it.
{
	$srv->ctl_ok('config', 'set', @$_) for [ 'ALLOW_REMOTE_VOID_POSTS', 1 ], [ 'global_void_ips', '127.0.0.1' ];
	my $new = sub { return $net->offer(name => "O$_[0]", commission_type => 'cpa', flat_amount_per_conversion => 2, @_[ 1 .. $#_ ]) };
	my $on = sub { return (click_hash => $net->click($net->link_of($aff, $_[0]))) };
	my ($listed, $secret, $stopped, $limited, $twin) = map { $new->($_) } qw(listed secret stopped limited twin);
	my %gone = $on->($stopped);
	my @ip = ($on->($limited), orderid => 'Y1');
	$srv->ctl_ok('senders', 'set', 'post', 'offer', $listed, '192.0.2.1');
	$srv->ctl_ok('secret', 'set', 'offer', $secret, 'open');
	is $net->affise(POST => "admin/offer/$stopped", status => 'stopped')->{status}, 200, 'one that is stopped';
	is $net->nats(PATCH => 'offer/edit_offer', offerid => $limited, ip_conversion_limit_flag => 2, ip_conversion_limit => 1)->{json}{result}, 'Success',
		'one with a limit';
	is $net->pixel($on->($_), orderid => 'TWO'), '*success*', 'the same order on two offers' for $twin, $limited;
	my ($pixel, $void, $post) = ('/signup/process_pixel.php', '/signup/process_void.php', '/postback');
	my $never = substr($hash, 0, 15) . '.00000000';
	my @case = (
		[ $pixel, 'IP_DENIED', [ $on->($listed) ], qr/IP not allowed/ ], [ $post, 'IP_DENIED', [ $on->($listed) ], qr/Current IP-address is denied/ ],
		[ $pixel, 'ACCESS_DENIED', [ $on->($secret), secure => 'wrong' ], qr/Access denied/ ], [ $post, 'ACCESS_DENIED', [ $on->($secret) ], qr/Access denied/ ],
		[ $pixel, 'OFFER_DISABLED', [ %gone ], qr/Offer disabled/ ], [ $post, 'OFFER_DISABLED', [ %gone ], qr/Offer disabled/ ],
		[ $pixel, 'IP_LIMIT', [ @ip ], qr/Conversion limit of this IP reached/ ],
		[ $pixel, 'UNKNOWN_CLICK', [ click_hash => $never ], qr/Invalid click_hash/ ], [ $post, 'UNKNOWN_CLICK', [ click_hash => $never ], qr/Broken clickid/ ],
		[ $pixel, 'MISSING_CLICK', [ orderid => 'M' ], qr/Missing click_hash/ ], [ $post, 'MISSING_CLICK', [ action_id => 'M' ], qr/Missing mandatory parameter/ ],
		[ $pixel, 'OTHER_OFFER', [ $on->($offer), offerid => $twin ], qr/Invalid offerid/ ],
		[ $pixel, 'BAD_GOAL', [ $on->($offer), goal => 'a b' ], qr/Invalid goal/ ], [ $post, 'BAD_GOAL', [ $on->($offer), goal => 'a b' ], qr/Bad parameter: goal/ ],
		[ $pixel, 'BAD_CURRENCY', [ $on->($offer), currency => 'XXX' ], qr/Invalid currency/ ],
		[ $post, 'BAD_CURRENCY', [ $on->($offer), order_currency => 'XXX' ], qr/Bad parameter: currency/ ],
		[ $post, 'BAD_AMOUNT', [ $on->($offer), sum => '9,95' ], qr/Bad parameter: sum/ ], [ $post, 'BAD_STATUS', [ $on->($offer), status => 9 ], qr/Bad parameter: status/ ],
		[ $post, 'NOT_PENDING', [ click_hash => $hash, action_id => 'A1', status => 1 ], qr/Conversion status is not pending/ ],
		[ $void, 'INVALID_TXN', [ orderid => 'none' ], qr/Invalid transaction/ ], [ $void, 'AMBIGUOUS_ORDERID', [ orderid => 'TWO' ], qr/Ambiguous orderid/ ],
		[ $void, 'NO_VOID', [ orderid => 'O1', reverse => 1 ], qr/Invalid transaction/ ], [ $void, 'BOOKED', [ orderid => 'O1' ], qr/^\*success\*$/ ],
		[ $void, 'VOID_EXISTS', [ orderid => 'O1' ], qr/Void transaction exists/ ],
		[ $void, 'BAD_AMOUNT', [ orderid => 'TWO', offerid => $twin, type => 'chargeback', cost => 'x' ], qr/Invalid amount \(cost\)/ ],
		[ $void, 'BOOKED', [ orderid => 'TWO', offerid => $twin, type => 'chargeback' ], qr/^\*success\*$/ ],
		[ $void, 'CHARGEBACK_EXISTS', [ orderid => 'TWO', offerid => $twin ], qr/Chargeback transaction exists/ ],
		[ $pixel, 'REFUSED', [ $on->($offer), trans_custom3 => '-1' ], qr/Invalid trans_custom3/ ],
		[ $void, 'REFUSED', [ orderid => 'TWO', trans_custom1 => '-1' ], qr/Invalid trans_custom1/ ],
		[ $pixel, 'PENDING', [ $on->($offer), pending => 1 ], qr/^\*success\*$/ ], [ $post, 'DECLINED', [ $on->($offer), status => 3 ], qr/"status": 1/ ],
	);
	my $before = list()->{pagination}{total_count};
	my @want;
	for my $c (@case) {
		my ($path, $outcome, $p, $like) = @$c;
		my %p = @$p;
		$p{clickid} = delete $p{click_hash} if $path eq $post && $p{click_hash};
		my $said = $srv->get("$path?" . form(%p))->{content};
		like $said, $like, "$path: $outcome";
		unshift @want, "$outcome $said";
	}
	my $log;
	poll_until('they are in the log', sub { $log = list(); $log->{pagination}{total_count} == $before + @case });
	is_deeply [ map { "$_->{outcome} $_->{response}" } @{ $log->{postbacks} }[ 0 .. $#case ] ], \@want, 'each with its answer and its outcome';
	$srv->ctl_ok('dump', 'posts', '--from', '2020-01-01', '--to', '2099-01-01', '--format', 'jsonl', '--output', "$srv->{dir}/posts");
	open my $f, '<', "$srv->{dir}/posts" or die $!;
	my %dumped;
	$dumped{"$_->{outcome} $_->{answer}"}++ for map { json_of($_) } <$f>;
	is_deeply [ grep { !$dumped{$_} } @want ], [], 'in the dump as well';
}

# A flood of nonsense is answered, and only some of it logged.
$srv->get('/postback?clickid=' . ('z' x 100)) for 1 .. 300;
poll_until('the flood is over', sub { $srv->get('/metrics')->{content} =~ /^affiliated_backlog_events 0$/m || 1 });
my $metric = sub { return $srv->get('/metrics')->{content} =~ /^affiliated_posts_refused_total(?:\{[^}]*\})? (\d+)/m ? $1 : -1 };
is $metric->(), 304, 'all are counted';
cmp_ok $srv->sql('SELECT COUNT(*) FROM event_log WHERE kind = 7'), '<=', 304, 'no more than that are kept';
is(($srv->ctl('verify'))[0], 0, 'the books balance');
undef $net;
undef $srv;
done_testing;
