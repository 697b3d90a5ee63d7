# SubIDs and campaigns that links bring: made by the fold, limited, reported, told.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;
use Test::More;

my $sink = Affiliated::Sink->new;
my $srv = affiliated_start(workers => 2, config => { notify_private_addresses => 'true' });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my ($bob, $eve) = map { $net->affiliate($_) } qw(bob eve);
my $offer = $net->offer(name => 'Shoes', advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
	commission_type => 'cpa', flat_amount_per_conversion => 10);

sub subs { my ($who) = @_; return { map { my ($id, $name) = split /\t/; ($name => $id) } split /\n/, $srv->ctl_ok('subid', 'list', $who) } }
sub campaigns { my ($who) = @_; return [ map { [ split /\t/, $_, -1 ] } split /\n/, $srv->ctl_ok('campaign', 'list', $who) ] }
sub detail { my ($c) = @_; return $net->nats(GET => 'transaction/click_detail', transaction_hash => $c)->{json}{data} }
my $n = 0;
sub click { my ($who, $vars, $what) = @_; $n++; my $c = $net->click($net->link_of($who, $offer) . $vars); ok $c, $what; return $c }
sub settle { return poll_until("$n clicks", sub { $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0') == $n }) }

# ---- get_links writes them, a click reads them ----
my $link = $net->link_of($bob, $offer, subids => 'mail,june');
like $link, qr{\?subids=mail%2Cjune$}, 'a link with sub ids';
is $net->nats(GET => 'affiliate/get_single_link', loginid => $bob, offerid => $offer, subids => 'a b')->{json}{message},
	'Invalid subids.', 'names are letters and digits';
is $net->nats(GET => 'affiliate/get_links', loginid => $bob, subids => 'a,b-c')->{json}{message}, 'Invalid subids.', 'each of them';
my $c1 = $net->click($link);
$n++;
settle();
my $s = subs('bob');
is_deeply [ sort keys %$s ], [qw(june mail)], 'the names are there';
my $d = detail($c1);
is_deeply [ @$d{qw(campaignid subid1 subid2)} ], [ 0, @$s{qw(mail june)} ], 'with their numbers at the click';

# ---- autocamp, and what belongs to whom ----
my $c2 = click($bob, '?autocamp=tv,radio&subaff=x', 'autocamp');
my $c3 = click($bob, '?autocamp=radio,tv', 'the same set otherwise');
click($eve, '?autocamp=tv', 'of another affiliate');
settle();
my $of_bob = campaigns('bob');
is scalar @$of_bob, 1, 'one campaign';
my ($camp, $name, $auto, $names) = @{ $of_bob->[0] };
is_deeply [ $name, $auto, $names ], [ 'radio,tv', 'auto', 'radio,tv' ], 'made of exactly these';
is scalar @{ campaigns('eve') }, 1, "and one of eve's";
$s = subs('bob');
is_deeply [ @{ detail($c2) }{qw(campaignid subid1 subid2)} ], [ $camp, @$s{qw(tv radio)} ], 'the click has campaign and sub ids';
is_deeply [ @{ detail($c3) }{qw(campaignid subid1 subid2)} ], [ $camp, @$s{qw(radio tv)} ], 'in the order of its link';
my $loc = $srv->get($net->link_of($bob, $offer) . '?autocamp=tv&autosubids=u&subids=v&x=1')->{headers}{location};
$n++;
like $loc, qr{^http://shop\.example/\?c=[0-9a-f.]+&x=1$}, 'the landing page sees none of it';
$srv->get($net->link_of($bob, $offer) . '?autocamp=robot', headers => { 'User-Agent' => 'Googlebot/2.1' });

# ---- a campaign made by hand ----
chomp(my $hand = $srv->ctl_ok('campaign', 'add', 'bob', 'Spring mails', 'mail,spring'));
like $hand, qr/^[0-9]+$/, 'campaign add';
my ($rc) = $srv->ctl('campaign', 'add', 'bob', 'Bad', 'no-good');
is $rc, 1, 'not with what is no sub id';
$srv->ctl_ok('campaign', 'rename', $hand, 'Spring');
($rc) = $srv->ctl('campaign', 'rename', 9999, 'x');
is $rc, 1, 'nor one that is not there';
my $code = "bob.0.$offer.0.$hand.0." . subs('bob')->{spring};
is $net->nats(GET => 'affiliate/decode_trackingcode', ocode => $code)->{json}{campaign_name}, 'Spring', 'decode_trackingcode names it';
is $net->nats(GET => 'affiliate/decode_trackingcode', ocode => "eve.0.$offer.0.$hand")->{json}{campaign_name}, '', "not as another's";
my $c4 = $net->click("/track/$code?autosubids=extra");
$n++;
settle();
$s = subs('bob');
is_deeply [ @{ detail($c4) }{qw(campaignid subid1 subid2)} ], [ $hand, @$s{qw(spring extra)} ], 'autosubids come behind';
is((grep { $_->[0] == $hand } @{ campaigns('bob') })[0][3], 'mail,spring,extra', 'and belong to it now');

# ---- flood ----
$srv->ctl_ok('config', 'set', 'autosubid_limit', 3);
my $c5 = click($eve, '?autosubids=e2,e3,e4,e5', 'more than may be made');
settle();
is scalar keys %{ subs('eve') }, 2, 'three a day: tv, its set, and one more';
is detail($c5)->{subid1}, subs('eve')->{e2}, 'the click has what there is';
like $srv->get('/metrics')->{content}, qr/^affiliated_subids_refused_total 1$/m, 'and the rest is counted';

# ---- their own postbacks ----
$srv->ctl_ok('hook', 'add', 'bob', 'postback', $sink->url('/ok?c=%%aff_campaign%%&n=%%campaign_name%%&s=%%subid1%%&o={transactionid}'), '--campaign', $camp);
is $net->pixel(click_hash => $c2, orderid => 'T1'), '*success*', 'a sale of the campaign';
is $net->pixel(click_hash => $c1, orderid => 'M1'), '*success*', 'and one of none';
is $net->pixel(click_hash => $c4, orderid => 'S1'), '*success*', 'and one of another';
poll_until('the campaign is told', sub { @{ $sink->targets } >= 1 && $srv->sql('SELECT COUNT(*) FROM notify_queue') == 0 });
is_deeply $sink->targets, [ "/ok?c=$camp&n=radio%2Ctv&s=$s->{tv}&o=T1" ], 'of its own sale alone, with what the fold found out';

# ---- reports ----
sub pl { my @p = @_; my $r = $net->nats(GET => 'report/profitloss', period => 7, @p); return $r->{json} }
my $all = pl(view => 'offer');
is $all->{total}{row}{page_view}, $n, 'every click';
my $one = pl(view => 'subid1');
is_deeply $one->{total}{row}, $all->{total}{row}, 'view subid1 has the same totals';
is_deeply pl(view => 'subid2')->{total}{row}, $all->{total}{row}, 'and so has subid2';
is $one->{total}{breakdown}, 'subid1', 'says which';
my %by = map { $_->{break} => $_->{stats} } @{ $one->{rows} };
delete $by{ $s->{tv} }{unique_visitor};
is_deeply $by{ $s->{tv} }, { page_view => 2, advertiser_initial => 1, advertiser_initial_amount => 2500, affiliate_payout => 1000 },
	'a row a sub id, with clicks and money' or diag explain $one;
is $by{ $s->{mail} }{affiliate_payout}, 1000, 'money of mail';
is pl(view => 'offer', filter_loginid => $bob, filter_campaignid => $camp)->{total}{row}{page_view}, 2, 'filter_campaignid';
is pl(view => 'period', filter_loginid => $bob, filter_campaignid => $hand)->{total}{row}{affiliate_payout}, 1000, 'in a time view';
is pl(view => 'login', filter_loginid => $bob, filter_campaignid => 0)->{total}{row}{advertiser_initial}, 1, 'of no campaign';
is $net->nats(GET => 'report/profitloss', period => 7, filter_campaignid => $camp)->{status}, 404, 'only with its affiliate';
my $t = $net->nats(GET => 'report/transaction', period => 7, filter_loginid => $bob, filter_campaignid => $camp)->{json};
is_deeply [ map { $_->{orderid} } values %$t ], ['T1'], 'transactions of a campaign';
is_deeply [ map { $_->{orderid} } values %{ $net->nats(GET => 'report/transaction', period => 7, filter_affiliate => 'bob', filter_campaignid => 0)->{json} } ],
	['M1'], 'and of none';
is $net->nats(GET => 'report/transaction', period => 7, filter_campaignid => 1)->{status}, 404, 'only with its affiliate';

# A void goes to the same sub id.
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', 1);
$srv->ctl_ok('config', 'set', 'global_void_ips', '127.0.0.1');
is $srv->get('/signup/process_void.php?' . form(orderid => 'T1', type => 'void'))->{content}, '*success*', 'a void';
poll_until('stands with the sub id of its click', sub {
	my ($row) = grep { $_->{break} == $s->{tv} } @{ pl(view => 'subid1')->{rows} };
	($row->{stats}{void} // 0) == 1 && ($row->{stats}{affiliate_payout} // 0) == 0;
});
is_deeply pl(view => 'subid1')->{total}{row}, pl(view => 'offer')->{total}{row}, 'and the totals stay equal';

my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $srv;
done_testing;
