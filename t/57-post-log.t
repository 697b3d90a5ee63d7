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
my $page = list(limit => 3, page => 2);
is_deeply $page->{postbacks}, [ @{ $all->{postbacks} }[ 3 .. 5 ] ], 'by pages';
is $page->{pagination}{next_page}, 3, 'with the next one';
is $net->affise(GET => 'stats/serverpostbacks', date_from => '2020-01-01')->{status}, 400, 'both days are needed';
is $net->affise(GET => 'stats/serverpostbacks', @days, key => $net->key_of($aff))->{status}, 403, 'no affiliate\'s business';

# A flood of nonsense is answered, and only some of it logged.
$srv->get('/postback?clickid=' . ('z' x 100)) for 1 .. 300;
poll_until('the flood is over', sub { $srv->get('/metrics')->{content} =~ /^affiliated_backlog_events 0$/m || 1 });
my $metric = sub { return $srv->get('/metrics')->{content} =~ /^affiliated_posts_refused_total(?:\{[^}]*\})? (\d+)/m ? $1 : -1 };
is $metric->(), 302, 'all are counted';
cmp_ok $srv->sql('SELECT COUNT(*) FROM event_log WHERE kind = 7'), '<=', 302, 'no more than that are kept';
is(($srv->ctl('verify'))[0], 0, 'the books balance');
done_testing;
