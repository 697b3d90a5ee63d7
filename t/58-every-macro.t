#!/usr/bin/perl
# Every name of tbl/macros.h in a landing page's URL and every name of tbl/tellmacros.h in a postback: one click and one
# conversion of each dialect, and what each name is then.  A name without a case here fails.
use strict;
use warnings;

use File::Temp qw(tempdir);
use Test::More;
use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;

my $dir = tempdir('aff-geo-XXXXXX', TMPDIR => 1, CLEANUP => 1);
plan skip_all => 'no MaxMind::DB::Writer' if system('perl', top_dir() . '/t/unit/geo-files', $dir) != 0;
my $sink = Affiliated::Sink->new;
my $srv = affiliated_start(workers => 2, config => { notify_private_addresses => 'true', trusted_proxies => ['127.0.0.1'],
	geo_files => [ "$dir/nested.mmdb", "$dir/flat.mmdb" ] });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $bob = $net->affiliate('bob');

sub names {
	my ($file, $word, $style) = @_;
	open my $in, '<', top_dir() . "/src/tbl/$file" or die "$file: $!";
	return map { /^$word\($style,\s*(\w+),/ ? $1 : () } <$in>;
}
sub params { my ($url) = @_; return map { my ($k, $v) = split /=/, $_, 2; ($k => $v) } split /&/, $url =~ s/^[^?]*\?//r }
sub check {
	my ($what, $got, $want, @names) = @_;
	for my $name (@names) {
		my $w = $want->{$name};
		defined $w or fail("$what: $name has a case here"), next;
		ref $w ? like($got->{"n_$name"}, qr/^$w$/, "$what: $name") : is($got->{"n_$name"}, $w, "$what: $name");
	}
	return;
}
my %price = (advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'cpa',
	flat_amount_per_conversion => '3.75');
my ($hash, $hex, $stamp) = (qr/[0-9a-f]{15}\.[0-9]{8}/, qr/[0-9a-f]{24}/, qr/20\d\d-\d\d-\d\d%20\d\d%3A\d\d%3A\d\d/);
my $uuid = qr/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
my $ua = 'Mozilla/5.0 (Linux; Android 4.4.2; Nexus 4) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/34.0.1847.114 Mobile Safari/537.36';
my $ua_escaped = $ua =~ s/([^A-Za-z0-9\-_.~])/sprintf '%%%02X', ord $1/ger;
my @visitor = (headers => { 'User-Agent' => $ua, 'X-Forwarded-For' => '203.0.113.9', Referer => 'http://site.example/?a b' =~ s/ //r });
my $referrer = 'http%3A%2F%2Fsite.example%2F%3Fab';

# ---- %%name%% ----
my @percent = names('macros.h', 'MACRO', 'PERCENT');
my $nats = $net->offer(name => 'Shoes & more', %price, url => 'http://m.example/?' . join '&', map { "n_$_=%%$_%%" } @percent);
my $page = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $nats);
my $code = "bob.0.$nats.0.24.0.11.12";
my $r = $srv->get("/track/$code?" . form(subaff => 'a b&c', (map { ("subaff$_" => "s$_") } 2 .. 5), _ocid => 'o/1', own => 'x y'), @visitor);
my %got = params($r->{headers}{location});
my %want = (
	(map { $_ => $hash } qw(click_hash transaction_hash transid)), aff_id => $bob, aff_username => 'bob', aff_campaign => 24, aff_approved => 1,
	offer_id => $nats, offer_name => 'Shoes%20%26%20more', landing_page_id => $page, subid1 => 11, subid2 => 12, subaff => 'a%20b%26c',
	(map { ("subaff$_" => "s$_") } 2 .. 5), _ocid => 'o%2F1', ocode => qr/[0-9A-Za-z.%]+/, device_type_name => 'Mobile', country => 'DE', date => $stamp,
	unixtime => qr/\d{10}/, currency => 'USD', ip => '203.0.113.9', (map { $_ => '' } qw(cust_email commission trans_type goal_id goal_name)),
);
check('landing page', \%got, \%want, @percent);
is $got{n_transid}, $got{n_click_hash}, 'the older name is the same';
my $click = $got{n_click_hash};

my @tell = names('tellmacros.h', 'TELLMACRO', 'PERCENT');
$srv->ctl_ok('hook', 'add', 'bob', 'postback', $sink->url('/n?n_own=%%own%%&' . join '&', map { "n_$_=%%$_%%" } @tell), '--offer', $nats);
is $net->pixel(click_hash => $click, orderid => 'O 1', email => 'sue@x.example', subscription_id => 'S'), '*success*', 'a conversion';
poll_until('is told', sub { grep { m{^/n\?} } @{ $sink->targets } });
%got = params((grep { m{^/n\?} } @{ $sink->targets })[0]);
%want = (%want, loginid => $bob, campaign_name => '', identid => qr/\d{20}/, commission => '3.75', cust_email => 'sue%40x.example',
	(map { $_ => 'conversion' } qw(trans_type post_type)), status => qr/1|confirmed/, goal_id => 0, goal_name => '', post_time => qr/\d{10}/);
check('postback', \%got, \%want, @tell);
is $got{n_own}, 'x%20y', "postback: a variable of the link's own";
# Nobody is told of customers of an offer that says so (§5.2).
is $net->nats(PATCH => 'offer/edit_offer', offerid => $nats, no_personal_member_info => 1)->{json}{result}, 'Success', 'no_personal_member_info';
my $second = $net->click($net->link_of($bob, $nats), @visitor) // ($srv->get("/track/$code", @visitor)->{headers}{location} =~ /n_click_hash=([^&]+)/)[0];
is $net->pixel(click_hash => $second, orderid => 'O 2', email => 'sue@x.example', subscription_id => 'S2'), '*success*', 'another';
poll_until('is told', sub { 2 == grep { m{^/n\?} } @{ $sink->targets } });
is { params((grep { m{^/n\?} } @{ $sink->targets })[1]) }->{n_cust_email}, '', 'cust_email is empty';
is $srv->sql("SELECT COUNT(*) FROM customer_person WHERE email = 'sue\@x.example'"), 2, 'though it is known';

# ---- {name} ----
my @brace = names('macros.h', 'MACRO', 'BRACE');
my $affise = $net->offer(name => 'Hats & more', %price, url => 'http://m.example/?' . join '&', map { "n_$_={$_}" } @brace);
$net->affise(POST => "admin/offer/$affise", allow_deeplink => 1);
my @kept = qw(sub1 sub2 sub3 sub4 sub5 sub6 sub7 sub8 ref_id os_id user_id unid ext1 ext2 ext3 ios_idfa android_id fbclid);
my %kept = map { $_ => "v $_" } @kept, 'device_id', 'promo_code';
my $link = "/click?pid=$bob&offer_id=$affise&path=a/b&" . form(%kept);
poll_until('deep links are allowed', sub { %got = params($srv->get($link, @visitor)->{headers}{location}); $got{n_deeplink} ne '' });
%want = (
	clickid => $hex, click_id => $hex, pid => $bob, offer_id => $affise, offer_name => 'Hats%20%26%20more', advertiser_id => $adv,
	affiliate_name => 'bob', ip => '203.0.113.9', geo => 'DE', city => 'Bonn', (map { $_ => "v%20$_" } keys %kept), deeplink => 'a%2Fb',
	device_ua => $ua_escaped, referrer => $referrer, rand => $uuid, time => qr/\d{10}/, time_petty => qr/\d\d%3A\d\d%3A\d\d/,
	date_only => qr/20\d\d-\d\d-\d\d/, os_version => '4.4.2', device_model => 'Nexus%204',
);
check('target URL', \%got, \%want, @brace);
is $got{n_click_id}, $got{n_clickid}, 'both names of the click id';
$click = $got{n_clickid};

@tell = names('tellmacros.h', 'TELLMACRO', 'BRACE');
for my $part (0, 1) {
	$srv->ctl_ok('hook', 'add', 'bob', 'postback', $sink->url("/b$part?" . join '&', map { "n_$tell[$_]={$tell[$_]}" } grep { $_ % 2 == $part } 0 .. $#tell),
		'--offer', $affise);
}
is $net->postback(clickid => $click, action_id => 'A 1', sum => 60, comment => 'x=y', referrer => 'http://thanks.example/',
	map({ ("custom_field$_" => "c $_") } 1 .. 7))->{status}, 1, 'a conversion of the other dialect';
poll_until('is told by both', sub { 2 == grep { m{^/b\d\?} } @{ $sink->targets } });
%got = map { params($_) } grep { m{^/b\d\?} } @{ $sink->targets };
%want = (%want, status => 1, sum => '3.75', currency => 'USD', goal => 1, transactionid => 'A%201', offerid => $affise, date => $stamp,
	time => qr/\d\d%3A\d\d%3A\d\d/, timestamp => qr/\d{10}/, click_date => $stamp, uagent => $ua_escaped, os => 'Android%204.4.2', device_type => 'mobile',
	referrer => qr/http%3A.*/, (map { ("custom_field$_" => "c%20$_", "custom_field_$_" => "c%20$_") } 1 .. 7), comment => 'x%3Dy', order_sum => 60, rand => qr/[0-9a-f]{32}/,
	order_currency => 'USD');
check('postback of the other dialect', \%got, \%want, @tell);

my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $srv;
done_testing;
