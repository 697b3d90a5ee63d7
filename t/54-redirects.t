# Redirect rules, geo redirects, pages for phones and redirect types: made with affiliatectl and both APIs, followed by
# clicks, seen in rows, details, reports and cookies.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use File::Temp qw(tempdir);
use Test::More;

my $dir = tempdir('aff-geo-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $have_geo = system('perl', top_dir() . '/t/unit/geo-files', $dir, 'clicks') == 0;
my $srv = affiliated_start(workers => 2, config => {
	trusted_proxies => ['127.0.0.1'],
	$have_geo ? (geo_files => ["$dir/nested.mmdb"]) : (),
});
my $net = Affiliated::Network->new($srv);
my ($anna, $bert) = map { $net->affiliate($_) } qw(anna bert);
my $phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
my $germany = '192.0.2.7';
my $switzerland = '198.51.100.9';

# Offers a, b, c ... at http://a.example/ with a second page /2; a click on one pays its affiliate one, two, three ... cents.
my (%offer, %page, %second, %of);
my $cents = 0;
for my $name ('a' .. 'h') {
	$cents++;
	my $r = $net->nats(POST => 'offer/add_offer', name => "offer $name", url => "http://$name.example/?c=%%click_hash%%",
		commission_type => 'click', flat_amount_per_click => "0.0$cents", redirect_hash => 'home');
	($offer{$name}, $page{$name}) = @{ $r->{json}{message} }{qw(offerid landing_pageid)} or die $r->{content};
	$r = $net->nats(POST => 'offer/add_landing_page', name => 'second', offerid => $offer{$name}, url => "http://$name.example/2?c=%%click_hash%%",
		redirect_hash => 'pair');
	$second{$name} = $r->{json}{message}{landing_pageid} or die $r->{content};
	$of{ $offer{$name} } = $name;
}

sub link_of { my ($aff, $name) = @_; return $net->link_of($aff, $offer{$name}) =~ s{^https?://[^/]+}{}r }
my $visitors = 0;

# A click by somebody new, unless who he is is said.  Answers the reply with `where`, "a" or "a/2", and `c`, the click.
sub click {
	my ($link, %h) = @_;
	my $r = $srv->get($link, headers => { 'X-Forwarded-For' => $germany, 'Accept-Language' => 'x' . $visitors++, %h });
	my ($host, $path, $c) = ($r->{headers}{location} // '') =~ m{^http://(\w+)\.example(/2)?/?(?:\?c=([0-9a-f.]+))?};
	@$r{qw(where c)} = (($host // $r->{status}) . ($path // ''), $c);
	return $r;
}
sub lead { my ($to, $what, @click) = @_; return is click(@click)->{where}, $to, $what }
# What is made by affiliatectl is in force within a second.
sub until_at { my ($to, $what, @click) = @_; return poll_until($what, sub { click(@click)->{where} eq $to }) }

sub details {
	my ($c) = @_;
	my $d;
	poll_until('the click is there', sub {
		$d = $net->nats(GET => 'transaction/click_detail', transaction_hash => $c)->{json}{data};
		ref $d && $d->{offerid};
	});
	return $d;
}
sub rule { my (@args) = @_; chomp(my $id = $srv->ctl_ok('redirect', 'add', @args)); return $id }
sub cookies { my ($r) = @_; my $c = $r->{headers}{'set-cookie'} // []; return ref $c ? @$c : $c }
sub place { my ($o, $p) = @_; return { offerid => $o, landing_pageid => $p } }

# --- a rule that tracks ----------------------------------------------------------------------------------------------

my $a = link_of($anna, 'a');
lead 'a', 'without a rule it goes where the link says', $a;
my $to_b = rule($offer{a}, "offer:$offer{b}", '--affiliate', $anna);
like $to_b, qr/^[1-9]\d*$/, 'a rule has a number';
until_at 'b', 'and is in force', $a;
lead 'a', 'for that affiliate alone', link_of($bert, 'a');
my $r = click($a);
my $d = details($r->{c});
is $d->{offerid}, $offer{b}, 'the click is of the offer it came to';
is_deeply $d->{requested_details}, place($offer{a}, $page{a}), 'what was asked for stays with it';
is_deeply $d->{current_details}, place($offer{b}, $page{b}), 'and where it went';
is_deeply $d->{redirects}, [ { why => 'rule', id => $to_b, offerid => $offer{b}, landing_pageid => $page{b}, track => '1' } ], 'and by what';
is_deeply $srv->rows('SELECT payout, commission_id, asked_offer_id, asked_lp_id, via, via_id FROM click WHERE asked_offer_id = ? ORDER BY click_us
	DESC LIMIT 1', $offer{a}), [ { payout => 20000, commission_id => $srv->sql('SELECT id FROM commission WHERE offer_id = ?', $offer{b}),
	asked_offer_id => $offer{a}, asked_lp_id => $page{a}, via => 4, via_id => $to_b } ], 'it is paid by the commission of the target';
ok((grep { /^oc_$offer{b}=/ } cookies($r)), 'its cookie is the target\'s');
ok(!(grep { /^oc_$offer{a}=/ } cookies($r)), 'and not the one of the link');

# --- one that only moves ---------------------------------------------------------------------------------------------

$srv->ctl_ok('redirect', 'edit', $to_b, '--track', 0, '--target', "page:$second{b}", '--affiliate', 'any');
until_at 'b/2', 'edited: to another page, for everybody', link_of($bert, 'a');
$r = click($a);
$d = details($r->{c});
is $d->{offerid}, $offer{a}, 'only moved: the click stays with the offer of the link';
is_deeply $d->{current_details}, place($offer{b}, $second{b}), 'though he sees the other';
is $d->{redirects}[0]{track}, '0', 'and that is said';
is $srv->sql('SELECT payout FROM click WHERE via_id = ? AND offer_id = ? LIMIT 1', $to_b, $offer{a}), 10000, 'it is paid as before';
ok((grep { /^oc_$offer{a}=/ } cookies($r)), 'its cookie too');
ok(!(grep { /^oc_$offer{b}=/ } cookies($r)), 'and none of the target');
rule($offer{b}, "offer:$offer{c}", '--page', $second{b});
until_at 'c', 'the target is checked again, with its own rules', $a;
$d = details(click($a)->{c});
is $d->{offerid}, $offer{a}, 'and cannot take a click that was only moved to it';
is_deeply [ map { "$of{ $_->{offerid} } $_->{track}" } @{ $d->{redirects} } ], [ 'b 0', 'c 1' ], 'the whole way is kept';
$srv->ctl_ok('redirect', 'edit', $to_b, '--active', 0);
until_at 'a', 'a rule that is not active is not asked', $a;
like $srv->ctl_ok('redirect', 'list', $offer{a}), qr/^$to_b\t$offer{a}\tany\tpage:$second{b}\t100\tany\tany\tany\tany\t0\t0\t0\n\z/, 'the list shows it';
$srv->ctl_ok('redirect', 'remove', $to_b);
is $srv->ctl_ok('redirect', 'list', $offer{a}), '', 'and one that was removed is gone';
is $srv->sql('SELECT deleted FROM redirect_rule WHERE id = ?', $to_b), 1, 'but kept for the clicks that name it';

# --- shares, visitors, URLs, countries ---------------------------------------------------------------------------------

my $d_link = link_of($anna, 'd');
my $share = rule($offer{d}, "page:$second{d}", '--share', 25);
until_at 'd/2', 'a share of the traffic', $d_link;
my %n;
$n{ click($d_link)->{where} }++ for 1 .. 400;
# 100 of 400 expected, deviation 8.7: seven of them either way, or both pages would be one in 10^11 runs.
ok $n{'d/2'} > 39 && $n{'d/2'} < 161, "a quarter of them: $n{'d/2'} of 400" or diag explain \%n;
is $n{d} + $n{'d/2'}, 400, 'and the others stay';
$srv->ctl_ok('redirect', 'remove', $share);

my $e = link_of($anna, 'e');
is $net->nats(PATCH => 'offer/edit_offer', offerid => $offer{e}, ip_uniqueness_seconds => 3600)->{json}{result}, 'Success', 'ip_uniqueness_seconds';
is $net->nats(GET => 'offer/get_details', offerid => $offer{e}, return_columns => 'ip_uniqueness_seconds')->{json}{data}{ $offer{e} }{ip_uniqueness_seconds},
    '3600', 'is shown';
my $again = rule($offer{e}, 'http://again.example/?c=%%click_hash%%', '--visitor', 'returning');
my %same = ('Accept-Language' => 'same');
until_at 'again', 'a visitor who returns', $e, %same;
lead 'e', 'a new one stays', $e;
lead 'again', 'he comes again', $e, %same;
lead 'e', 'with another affiliate he is new', link_of($bert, 'e'), %same;
lead 'e', 'a bot is nobody', $e, %same, 'User-Agent' => 'Mozilla/5.0 (compatible; Googlebot/2.1)';
$r = click($e, %same);
$d = details($r->{c});
is_deeply [ @$d{qw(offerid unique)}, $d->{current_details} ], [ $offer{e}, '0', place(0, 0) ], 'a URL: it stays with the offer';
SKIP: {
	skip 'there is no module to write geo files', 8 if !$have_geo;
	my $f = link_of($anna, 'f');
	$net->nats(PATCH => 'offer/edit_offer', offerid => $offer{f}, authorized => 'DE');
	my $abroad = sub { click($_[0], 'X-Forwarded-For' => $switzerland) };
	is $abroad->($f)->{status}, 404, 'a country that is not authorized';
	my $rule = rule($offer{f}, "offer:$offer{c}", '--countries', 'CH,AT');
	poll_until('goes where a rule for it says', sub { $abroad->($f)->{where} eq 'c' });
	lead 'f', 'and the others do not', $f;

	# Geo redirect: f and g in a group, h as well but for Germany.
	chomp(my $group = $srv->ctl_ok('group', 'add', 'Shoes'));
	is $net->nats(PATCH => 'offer/set_offer_groups', offerid => $offer{$_}, offer_groups => "$group,")->{content}, '{"result":"Success"}',
	    "offer $_ is put into a group" for qw(f g);
	is $net->nats(PATCH => 'offer/edit_offer', offerid => $offer{h}, 'offer_groups[]' => [ $group, 1 ], authorized => 'DE')->{json}{result}, 'Success',
	    'and another by edit_offer';
	is_deeply $net->nats(GET => 'offer/get_details', offerid => $offer{h}, return_columns => 'groups')->{json}{data}{ $offer{h} }{groups},
	    { $group => 'Shoes', 1 => 'Default' }, 'which is shown';
	like $net->nats(PATCH => 'offer/set_offer_groups', offerid => $offer{h}, offer_groups => 99)->{content},
	    qr/"error".*offer_groups.*has no group of the number 99/, 'groups must be there';
	$net->nats(PATCH => 'offer/set_offer_groups', offerid => $offer{h}, offer_groups => $group);
	is_deeply $srv->ctl_ok('group', 'list'), "1\tDefault\t0\n$group\tShoes\t3\n", 'the list of groups';
	is $abroad->($f)->{where}, 'c', 'without the switch nothing changes';
	$srv->ctl_ok('redirect', 'geo', $offer{f}, 'on');
	poll_until('with it, the offer of the group that takes him', sub { $abroad->($f)->{where} eq 'g' });
	my $code = $net->nats(GET => 'affiliate/get_single_link', loginid => $anna, offerid => $offer{f}, landing_pageid => $second{f})->{json}{message};
	is $abroad->($code =~ s{^https?://[^/]+}{}r)->{where}, 'g/2', 'on the page that goes with his';
	$d = details($abroad->($f)->{c});
	is_deeply [ $d->{offerid}, @{ $d->{redirects}[0] }{qw(why id)} ], [ $offer{g}, 'geo', $group ], 'which counts';
}

# --- pages for phones --------------------------------------------------------------------------------------------------

my $c = link_of($anna, 'c');
$srv->ctl_ok('redirect', 'mobile', $offer{c}, $second{c});
until_at 'c/2', 'a phone', $c, 'User-Agent' => $phone;
lead 'c', 'anybody else', $c;
is details(click($c, 'User-Agent' => $phone)->{c})->{landing_pageid}, $second{c}, 'counts for that page';
is $net->nats(GET => 'offer/get_details', offerid => $offer{c}, return_columns => 'mobile_landing_page')->{json}{data}{ $offer{c} }{mobile_landing_page},
    $second{c}, 'which is shown';
my ($rc, undef, $said) = $srv->ctl('redirect', 'mobile', $offer{c}, $second{d});
is_deeply [ $rc, $said ], [ 1, "affiliatectl: mobile_lp_id is no landing page of the offer\n" ], 'a page of another offer is refused';

# --- edit_landing_page -------------------------------------------------------------------------------------------------

is $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $second{c}, name => 'Phones', url => 'http://c.example/phone', redirect_hash => '',
	conversion_type => 'image', disable_deep_linking => 1)->{content}, '{"result":"Success","message":"landing_page_saved"}', 'a landing page is edited';
my $lp = $net->nats(GET => 'offer/get_details', offerid => $offer{c})->{json}{data}{ $offer{c} }{landing_pages}{ $second{c} };
is_deeply [ @$lp{qw(name url redirect_hash conversion_type disable_deep_linking description)} ],
    [ 'Phones', 'http://c.example/phone', '', 'image', '1', '' ], 'what was sent, and nothing else';
like click($c, 'User-Agent' => $phone)->{headers}{location}, qr{^http://c\.example/phone$}, 'in force at once';
is $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => 99999, name => 'x')->{json}{message}, 'Invalid landing_pageid.', 'one that is not there';
like $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $second{c}, url => 'javascript:alert(1)')->{content}, qr/must begin with http/,
    'no URL but those of the web';
$net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $second{c}, url => 'http://c.example/2?c=%%click_hash%%');

# What add_offer takes for the landing page that it makes.
my %first = (preview_url => 'http://look.example/', internal_desc => 'for us', postback_ips => '192.0.2.1, 10.0.0.0/8', void_ips => '192.0.2.2',
	redirect_hash => 'first', disable_url_sanitization => '1', disable_deep_linking => '1');
my $with = $net->offer(%first);
my ($made) = values %{ $net->nats(GET => 'offer/get_details', offerid => $with)->{json}{data}{$with}{landing_pages} };
is_deeply { map { $_ => $made->{$_} } keys %first }, \%first, 'the first landing page is made with all of its own';
like $net->nats(POST => 'offer/add_offer', name => 'x', url => 'http://x.example/', void_ips => 'nowhere')->{content}, qr/void_ips: has an entry that is no address/,
    'or not at all';

# --- redirect types ------------------------------------------------------------------------------------------------------

my $shop = $net->advertiser('shop');
my $url = q{https://s.example/?a=1&b='%22%3C/script%3E&c={clickid}};
my $hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $shop);
my $o = $net->affise(POST => 'admin/offer', title => 'Types', advertiser => $hex, status => 'active', url => $url)->{json}{offer} or die;
is_deeply [ @$o{qw(redirect_type hide_referer)} ], [ 'http302', 0 ], 'an offer redirects by 302';
my $types = "/click?pid=$anna&offer_id=$o->{id}&sub1=x";
sub set_type { my (@p) = @_; my $s = $net->affise(POST => "admin/offer/$o->{id}", @p)->{json}{offer}; return [ @$s{qw(redirect_type hide_referer)} ] }
my $loc = qr{https://s\.example/\?a=1&b='%22%3C/script%3E&c=[0-9a-f]{24}};
$r = click($types);
is $r->{status}, 302, 'by its status';
like $r->{headers}{location}, qr{^$loc$}, 'to the URL';
ok !exists $r->{headers}{'referrer-policy'}, 'with the referrer';
is_deeply set_type(hide_referer => 1), [ 'http302hidden', 1 ], 'hide_referer alone';
$r = click($types);
is_deeply [ $r->{status}, $r->{headers}{'referrer-policy'} ], [ 302, 'no-referrer' ], 'hides it';
is_deeply set_type(redirect_type => 'meta'), [ 'meta', 1 ], 'a page with a refresh tag';
$r = click($types);
is_deeply [ $r->{status}, @{ $r->{headers} }{qw(content-type cache-control referrer-policy)} ],
    [ 200, 'text/html; charset=utf-8', 'no-store', 'no-referrer' ], 'is a page that nobody keeps';
like $r->{content}, qr{<meta http-equiv="refresh" content="0;url=https://s\.example/\?a=1&amp;b=&#39;%22%3C/script%3E&amp;c=[0-9a-f]{24}">},
    'with the URL escaped for HTML';
is scalar(cookies($r)), 2, 'and cookies';
is_deeply set_type(redirect_type => 'js', hide_referer => 0), [ 'js', 1 ], 'a page with a script: the type counts';
$r = click($types);
like $r->{content}, qr{<script>location\.replace\("https://s\.example/\?a=1\\u0026b=\\u0027%22%3C/script%3E\\u0026c=[0-9a-f]{24}"\)</script>},
    'with the URL escaped for a script';
is_deeply set_type(hide_referer => 0), [ 'js', 1 ], 'a script always hides';
is_deeply set_type(redirect_type => ''), [ 'http302', 0 ], 'sent empty: as it was';
is $net->affise(POST => "admin/offer/$o->{id}", redirect_type => 'http301')->{json}{status}, 2, 'others are refused';

# --- the next hop in a parameter ---------------------------------------------------------------------------------------

my $h = link_of($anna, 'h');
my $next = 'url=https%3A%2F%2Flp.shop.example%2Fads%3Fgclid%3D' . 'x' x 400 . '%26c%3D%7Bclickid%7D';
like click("$h?$next")->{headers}{location}, qr{^http://h\.example/}, 'off by default';
$srv->ctl_ok('config', 'set', 'transparent_variable', 'url');
$srv->ctl_ok('config', 'set', 'transparent_hosts', 'Other.example:8080, *.shop.example');
is $srv->ctl_ok('config', 'get', 'transparent_hosts'), "other.example:8080,*.shop.example\n", 'hosts are kept in order';
like(($srv->ctl('config', 'set', 'transparent_hosts', $_))[2], qr/transparent_hosts has an entry that is no host/, "$_ is none")
    for 'http://x.example/', 'a b/c', '*.', 'x@y.example';
poll_until('allowed: the URL it says', sub {
	(click("$h?$next&v=1")->{headers}{location} // '') =~ m{^https://lp\.shop\.example/ads\?gclid=x{400}&c=[0-9a-f]{24}$}
});
like click("/click?pid=$anna&offer_id=$offer{h}&$next")->{headers}{location}, qr{^https://lp\.shop\.example/ads\?}, 'at the other door, too';
for my $evil ('https://evil.example/', 'https://shop.example.evil.example/', 'https://x@evil.example/', 'https://a.shop.example@evil.example/',
	'//lp.shop.example/', 'javascript:alert(1)', 'https://evil.example#.shop.example', 'https://evil.example\\.shop.example/', 'https://other.example/',
	'https://{sub1}.shop.example/', '') {
	like click("$h?" . form(url => $evil))->{headers}{location}, qr{^http://h\.example/\?c=[0-9a-f.]+$}, "not to $evil";
}
$srv->ctl_ok('config', 'set', 'transparent_variable', '');

# --- what is refused, loops --------------------------------------------------------------------------------------------

for my $bad (
	[ qr/is no offer/, 999999, "offer:$offer{a}" ], [ qr/target is no offer/, $offer{a}, 'offer:999999' ],
	[ qr/target is no landing page/, $offer{a}, 'page:999999' ], [ qr/target must begin with http/, $offer{a}, 'ftp://x.example/' ],
	[ qr/target may not have a user name or a variable/, $offer{a}, 'http://{sub1}/' ],
	[ qr/no landing page of the offer/, $offer{a}, "offer:$offer{b}", '--page', $page{b} ],
	[ qr/no country of the code XX/, $offer{a}, "offer:$offer{b}", '--countries', 'XX' ],
	[ qr/--share cannot be 101/, $offer{a}, "offer:$offer{b}", '--share', 101 ], [ qr/share must be above 0/, $offer{a}, "offer:$offer{b}", '--share', 0 ],
	[ qr/--visitor cannot be old/, $offer{a}, "offer:$offer{b}", '--visitor', 'old' ],
	[ qr/affiliate_id is no account/, $offer{a}, "offer:$offer{b}", '--affiliate', 99999 ],
) {
	my ($want, @args) = @$bad;
	($rc, undef, $said) = $srv->ctl('redirect', 'add', @args);
	like "$rc $said", qr/^1 .*$want/, "refused: @args[1 .. $#args]";
}
is(($srv->ctl('redirect', 'add', $offer{a}, "offer:$offer{b}", '--bogus', 1))[0], 2, 'an option that is none');
is(($srv->ctl('redirect', 'edit', 999999, '--active', 1))[0], 1, 'a rule that is none');
$srv->ctl_ok('config', 'set', 'fallback_url', 'http://fallback.example/');
my $g = link_of($anna, 'g');
rule($offer{g}, "offer:$offer{b}");
rule($offer{b}, "offer:$offer{g}");
until_at 'fallback', 'a loop ends at the fallback', $g;
poll_until('refused, with its reason', sub {
	$srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 40 AND offer_id = ? AND payout = 0 AND via = 4', $offer{g}) > 0
});

# --- a pixel without a cookie: whose click? ----------------------------------------------------------------------------

my ($moves, $takes) = map { $net->offer(name => $_, url => "http://$_.example/?c=%%click_hash%%", commission_type => 'cpa', flat_amount_per_conversion => 1) } qw(moves takes);
my $mover = rule($moves, "offer:$takes", '--track', 0);
my ($ip, $moved) = (10, $net->link_of($anna, $moves) =~ s{^https?://[^/]+}{}r);
sub visit { my ($n) = @_; my %h = ('X-Forwarded-For' => "203.0.113.$n", 'Accept-Language' => 'de'); click($moved, %h); return %h }
my %h1;
poll_until('a visitor is moved', sub {
	%h1 = visit(++$ip);
	poll_until('his click is there', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ?', $moves) == $ip - 10 });
	$srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ? AND via = 4', $moves) > 0;
});
sub pixel_of { my ($o, %h) = @_; return $srv->get("/signup/process_pixel.php?offerid=$o&orderid=K" . $visitors++, headers => { Accept => 'image/gif', 'Sec-Fetch-Dest' => 'image', %h }) }
pixel_of($_, %h1) for $moves, $takes;
$srv->ctl_ok('redirect', 'edit', $mover, '--track', 1);
my %h2;
poll_until('another comes with his click', sub {
	my $n = $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id IN (?, ?)', $moves, $takes);
	%h2 = visit(++$ip);
	poll_until('his click is there, too', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE offer_id IN (?, ?)', $moves, $takes) == $n + 1 });
	$srv->sql('SELECT COUNT(*) FROM click WHERE offer_id = ?', $takes) > 0;
});
pixel_of($takes, %h2);
poll_until('his conversion is booked', sub { $srv->sql('SELECT COUNT(*) FROM conversion WHERE offer_id = ?', $takes) == 1 });
is $srv->sql('SELECT COUNT(*) FROM conversion'), 1, 'who was only moved is no match, neither where he was nor where he is';

# --- the books -------------------------------------------------------------------------------------------------------------

my $clicks;
poll_until('all clicks are folded', sub {
	my $n = $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0');
	my $same = ($clicks // -1) == $n;
	$clicks = $n;
	$same;
});
my $row = $net->nats(GET => 'report/profitloss', view => 'offer', period => 'today')->{json};
my %by = map { $_->{break} => $_->{stats} } @{ $row->{rows} };
is $by{ $offer{$_} }{page_view}, $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 0 AND offer_id = ?', $offer{$_}), "offer $_: its views" for qw(a b c d e);
is $srv->ctl_ok('verify'), '', 'verify finds nothing';
undef $srv;
done_testing;
