# Every form of link against a real server: tracking domains, /strack/, links without a code, the four styles of codes,
# short links, deep links, JSON answers.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $bob = $net->affiliate('bob');
my $anna = $net->affiliate('anna');
my $hash = qr/[0-9][0-9a-f]{13}[0-9]\.[0-9]{8}/;
my $hex = qr/[0-9a-f]{24}/;

# A GET whose Host is ours to choose.
sub at {
	my ($host, $path) = @_;
	my $raw = $srv->raw("GET $path HTTP/1.1\r\nHost: $host\r\nUser-Agent: " . browser_ua() . "\r\nConnection: close\r\n\r\n");
	my ($head, $body) = split /\r\n\r\n/, $raw, 2;
	my ($status) = $head =~ m{^HTTP/1\.1 (\d+)};
	my ($location) = $head =~ /^location: (.*?)\r?$/mi;
	return { status => $status, location => $location // '', content => $body // '' };
}
sub target { my ($link, %h) = @_; my $r = $srv->get($link, %h); return $r->{headers}{location} // $r->{status} }
sub fine { my ($r, $what) = @_; return ok(($r->{json}{result} // '') eq 'Success', $what) || diag($r->{content}) }

my $shoes = $net->offer(name => 'Shoes', advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
	commission_type => 'cpa', flat_amount_per_conversion => 10, authorized => 'US,DE');
$net->nats(PATCH => 'offer/edit_offer', offerid => $shoes, authorized => '');

# ---- tracking domains ----
fine($net->nats(POST => 'offer/add_tracking_domain', domain => 'https://T.Example.com', redirect_domain => 'https://home.example/x'),
	'a tracking domain that sends away');
is $net->nats(POST => 'offer/add_tracking_domain', domain => 'https://t.example.com/')->{json}{message}, 'Domain already exists.',
	'once';
is $net->nats(POST => 'offer/add_tracking_domain', domain => $_)->{json}{message}, 'Invalid domain.', "no domain: $_"
	for 'ftp://t.example.com', 'https://t.example.com/path', 'a b', 'https://u@t.example.com';
fine($net->nats(POST => 'offer/add_tracking_domain', domain => 'http://hidden.example', template_protect => 1), 'one that hides');
my $domains = $net->affise(GET => 'admin/domains')->{json};
my $hidden_id = $domains->{domains}[1]{id};
is_deeply $domains, { status => 1, domains => [ { id => 1, url => 't.example.com', use_https => JSON::PP::true },
	{ id => $hidden_id, url => 'hidden.example', use_https => JSON::PP::false } ] }, 'both, as the other dialect lists them';
my $home = $net->nats(POST => 'offer/add_landing_page', offerid => $shoes, name => 'Home', url => 'http://home.example/?c=%%click_hash%%',
	tracking_domain => 'https://t.example.com')->{json}{message}{landing_pageid};
ok $home, 'a landing page names one';
like $net->nats(POST => 'offer/add_landing_page', offerid => $shoes, name => 'X', url => 'http://x.example/',
	tracking_domain => 'https://nobody.example')->{json}{message}, qr/tracking_domain/, 'one that is not there';
my $shown = $net->nats(GET => 'offer/get_details', offerid => $shoes)->{json}{data}{$shoes}{landing_pages};
is $shown->{$home}{tracking_domain}, 'https://t.example.com', 'and shows it';
is $shown->{ (grep { $_ != $home } keys %$shown)[0] }{tracking_domain}, '', 'the other names none';
is $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $home, tracking_domain => $_->[0])->{json}{result}, $_->[1],
	"edit_landing_page: '$_->[0]'" for [ '', 'Success' ], [ 'http://nobody.example', 'error' ], [ 't.example.com', 'Success' ];
like $net->link_of($bob, $shoes, landing_pageid => $home), qr{^https://t\.example\.com/track/}, 'its links are made with it';
like $net->link_of($bob, $shoes), qr{^\Q$srv->{url}\E/track/}, 'those of the other are not';
my $clogs = $net->offer(name => 'Clogs', url => 'http://clogs.example/go/?c=%%click_hash%%', advertiserid => $adv,
	tracking_domain => 'http://hidden.example');
like $net->link_of($bob, $clogs), qr{^http://hidden\.example/track/}, 'add_offer takes it too';
is $net->affise(GET => "offer/$clogs")->{json}{offer}{domain_url}, 'hidden.example', 'shown as domain_url';
my $r = $net->affise(POST => "admin/offer/$clogs", domain_url => 1);
is $r->{json}{offer}{domain_url}, 't.example.com', 'domain_url sets it';
ok $r->{json}{offer}{use_https}, 'with its scheme';
like $net->link_of($bob, $clogs), qr{^https://t\.example\.com/track/}, 'and so are links';
is $net->affise(POST => "admin/offer/$clogs", domain_url => 99)->{status}, 400, 'a domain that is not there';
is $net->affise(POST => "admin/offer/$clogs", domain_url => '')->{json}{offer}{domain_url}, '127.0.0.1', 'empty: the default again';
$srv->ctl_ok('domain', 'set', 'hidden.example', 'default', 1);
like $net->link_of($bob, $shoes), qr{^http://hidden\.example/track/}, 'a default one is for all links that name none';
is((grep { /\tdefault\t/ } split /\n/, $srv->ctl_ok('domain', 'list')), 1, 'one is the default');
$srv->ctl_ok('domain', 'set', 'hidden.example', 'default', 0);

# What is behind their root.
is at('t.example.com', '/')->{location}, 'https://home.example/x', 'who looks around is sent away';
is at('T.EXAMPLE.COM:443', '/wp-login.php')->{location}, 'https://home.example/x', 'whatever he looks for';
my $page = at('hidden.example', '/');
is $page->{status}, 404, 'or sees';
like $page->{content}, qr/nothing to see/, 'nothing';
is at('t.example.com', '/api/nothing')->{status}, 404, 'REST calls are not sent away';
is at('t.example.com', '/healthz')->{status}, 200, 'nor health checks';
is at('unknown.example', '/')->{status}, 404, 'an unknown host, no default';
$srv->ctl_ok('domain', 'set', 't.example.com', 'default', 1);
poll_until('an unknown host has the rules of the default domain', sub { at('unknown.example', '/')->{location} eq 'https://home.example/x' });

# ---- links without a code ----
is at('t.example.com', '/track/')->{status}, 404, 'nobody is the owner yet';
$srv->ctl_ok('config', 'set', 'house_loginid', $anna);
poll_until('the landing page that names the domain, for the house', sub { at('t.example.com', '/track/')->{location} =~ m{^http://home\.example/\?c=$hash$} });
$srv->ctl_ok('domain', 'set', 't.example.com', 'account', $bob);
$srv->ctl_ok('domain', 'set', 't.example.com', 'landing_page', 1);
poll_until('or what the domain says', sub { at('t.example.com', '/track/?subaff=x')->{location} =~ m{^http://shop\.example/} });
like at('elsewhere.example', '/track/')->{location}, qr{^http://shop\.example/}, 'an unknown host is like the default one';
poll_until('of its account', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE affiliate_id = ? AND landing_page_id = 1 AND verdict = 0', $bob) >= 1 });
my ($rc) = $srv->ctl('domain', 'set', 't.example.com', 'account', $adv);
is $rc, 1, 'an advertiser has no traffic';
($rc) = $srv->ctl('domain', 'set', 'nobody.example', 'https', 1);
is $rc, 1, 'a domain that is not there';

# ---- codes in all styles ----
$srv->ctl_ok('shortname', 'set', 'offer', $shoes, 'shoes');
$srv->ctl_ok('shortname', 'set', 'landing_page', $home, 'home');
$srv->ctl_ok('shortname', 'set', 'commission', 1, 'std');
($rc) = $srv->ctl('shortname', 'set', 'offer', $clogs, 'shoes');
is $rc, 1, 'a short name is one offer\'s';
($rc) = $srv->ctl('shortname', 'set', 'offer', $clogs, $_) for '12', 'a.b', 'a/b', 'a:b', ' ';
is $rc, 1, 'and stands in a code';
my %code = map { $_ => $net->link_of($bob, $shoes, landing_pageid => $home, style => $_, code_only => 1) } qw(encoded ids shortnames tiny);
is $code{ids}, "bob.1.$shoes.$home.0.0.0.0.0.0.0.0", 'ids';
is $code{shortnames}, 'bob.std.shoes.home.0.0.0.0.0.0.0.0', 'short names';
like $code{tiny}, qr/^[0-9A-Za-z]{6}$/, 'tiny';
is $net->link_of($bob, $shoes, landing_pageid => $home, style => 'tiny', code_only => 1), $code{tiny}, 'the same again';
like target("/track/$code{$_}"), qr{^http://home\.example/\?c=$hash$}, "style $_ leads there" for sort keys %code;
is $net->nats(GET => 'affiliate/decode_trackingcode', ocode => $code{$_})->{json}{landing_pageid}, $home, "style $_ is decoded" for sort keys %code;

# The sub ids of a code stay with the click.
my ($with) = target('/track/bob.0.shoes.0.0.0.11.12') =~ /($hash)/;
poll_until('subid1 and subid2 of the code', sub {
	my $d = $net->nats(GET => 'transaction/click_detail', transaction_hash => $with)->{json}{data};
	$d && $d->{subid1} eq '11' && $d->{subid2} eq '12';
});

# get_links
my $links = $net->nats(GET => 'affiliate/get_links', loginid => $bob, style => 'ids', code_only => 1, get_countries => 1,
	get_commission => 1, get_advertiser => 1)->{json};
is $links->{result}, 'Success', 'get_links';
is_deeply [ map { $_->{'Landing Page Id'} } @{ $links->{message} } ], [ 1, $home, 3 ], 'every landing page of every offer';
is_deeply $links->{message}[1], { 'Offer Id' => 0 + $shoes, 'Offer Name' => 'Shoes', 'Landing Page Id' => 0 + $home,
	'Landing Page Name' => 'Home', Code => $code{ids}, 'Authorized Countries' => [], 'Unauthorized Countries' => [],
	Commission => 'USD 10.00 per conversion', 'Advertiser Id' => 0 + $adv, 'Advertiser Username' => 'shop' }, 'with all that was asked for';
$links = $net->nats(GET => 'affiliate/get_links', loginid => $bob, offerid => $clogs, subaff => 'a', subids => '1,2', style => 'tiny')->{json}{message};
is scalar @$links, 1, 'of one offer';
like $links->[0]{Code}, qr{^https://t\.example\.com/track/[0-9A-Za-z]{6}\?subaff=a&subids=1%2C2$}, 'with variables, tiny';
# Every variable of a link comes with its clicks; from get_links as from get_single_link.
my @vars = (subaff => 'a&b', (map { ("subaff$_" => "s$_") } 2 .. 5), _ocid => 'their id');
for my $made ($net->link_of($bob, $shoes, landing_pageid => 1, @vars, code_only => 0),
	(map { $_->{Code} } @{ $net->nats(GET => 'affiliate/get_links', loginid => $bob, offerid => $shoes, landing_pageid => 1, @vars)->{json}{message} })) {
	my ($path) = $made =~ m{^https?://[^/]+(/.*)};
	my ($id) = target($path) =~ /($hash)/;
	poll_until('the values of a link', sub {
		my $d = $net->nats(GET => 'transaction/click_detail', transaction_hash => $id)->{json}{data};
		$d && join('|', @$d{qw(subaff subaff2 subaff3 subaff4 subaff5 external_clickid landing_pageid)}) eq 'a&b|s2|s3|s4|s5|their id|1';
	});
}
$net->nats(PATCH => 'offer/edit_offer', offerid => $clogs, hidden => 1);
my %seen = map { my $h = $_; $h => scalar @{ $net->nats(GET => 'affiliate/get_links', loginid => $bob, get_hidden_offers => $h)->{json}{message} } } 0 .. 2;
is_deeply \%seen, { 0 => 2, 1 => 1, 2 => 3 }, 'hidden offers';
is scalar @{ $net->nats(GET => 'affiliate/get_links', loginid => $bob, get_hidden => 1)->{json}{message} }, 0, 'no landing page is hidden by itself';
is $net->nats(GET => 'affiliate/get_links', loginid => $bob, offerid => 99)->{json}{message}, 'Invalid offerid.', 'no such offer';
is $net->nats(GET => 'affiliate/get_links', loginid => $adv)->{json}{message}, 'Invalid loginid.', 'no affiliate';

# ---- /strack/ ----
like target("/strack/$code{encoded}/$clogs:0/0/1/"), qr{^http://clogs\.example/go/\?c=$hash$}, 'strack, counted';
like target("/strack/$code{tiny}/shoes:home/std/0/deep/er/"), qr{^http://home\.example/deep/er\?c=$hash$}, 'strack, moved, with a path';
like target("/strack/bob.0.shoes.0/shoes:home/std/1"), qr{^http://home\.example/}, 'by names';
poll_until('three rows', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE flags & 256') == 3 });
is $srv->sql('SELECT COUNT(*) FROM click WHERE flags & 256 AND verdict = 4'), 1, 'one was only moved';
is $srv->sql('SELECT COUNT(*) FROM click WHERE flags & 256 AND verdict = 0'), 2, 'two count';

# ---- Affise links ----
my $key = $net->key_of($bob);
sub affise_edit { my @p = @_; my $a = $net->affise(POST => "admin/offer/$clogs", @p); is $a->{status}, 200, "edited: $p[0]" or diag($a->{content}); return $a->{json}{offer} }
my $click = "/click?pid=$bob&offer_id=$clogs";
like target("$click&path=a/b"), qr{^http://clogs\.example/go/\?c=$hash$}, 'no deep link without leave';
is affise_edit(allow_deeplink => 1)->{allow_deeplink}, 1, 'allow_deeplink is shown';
like target("$click&path=a/b"), qr{^http://clogs\.example/go/a/b\?c=$hash$}, 'path';
like target("$click&redirect=" . form('' => 'http://clogs.example/sale?id={clickid}') =~ s/^=//r), qr{^http://clogs\.example/sale\?id=$hex$}, 'redirect to its own host';
like target("$click&redirect=http://evil.example/"), qr{^http://clogs\.example/go/\?c=$hash$}, 'to no other';
$srv->ctl_ok('deeplink', 'hosts', $clogs, 'partner.example, *.wide.example');
poll_until('a host of the list', sub { target("$click&redirect=http://partner.example/x") eq 'http://partner.example/x' });
is target("$click&redirect=https://a.wide.example/"), 'https://a.wide.example/', 'and one below another';
like target("$click&redirect=https://wide.example.evil.example/"), qr{^http://clogs}, 'still no other';
($rc) = $srv->ctl('deeplink', 'hosts', $clogs, 'a/b');
is $rc, 1, 'a host is a host';
affise_edit(allow_deeplink => 0);
like target("$click&path=a"), qr{^http://clogs\.example/go/\?c}, 'leave taken back';

my $json = $srv->get("$click&format=json")->{json};
is $json->{status}, 1, 'format=json';
like $json->{clickid}, qr/^$hex$/, 'has the click id';
like $json->{url}, qr{^http://clogs\.example/go/\?c=$hash$}, 'and where to go';
is_deeply $srv->get("/click?pid=$bob&offer_id=999&format=json")->{json}, { status => 2, error => 'unknown-offer', url => '' }, 'refused';

chomp(my $short = $srv->ctl_ok('link', 'shorten', "http://any.example/click?pid=$bob&offer_id=$clogs&sub1=mail"));
like $short, qr/^[0-9A-Za-z]{6}$/, 'a short link has six characters';
poll_until('and leads there', sub { ($srv->get("/$short?sub2=two")->{headers}{location} // '') =~ m{^http://clogs\.example/go/} });
is at('t.example.com', '/zzzzzz')->{location}, 'https://home.example/x', 'another code is no link';
($rc) = $srv->ctl('link', 'shorten', 'http://any.example/click?pid=1');
is $rc, 1, 'a link has pid and offer_id';

my @values = map { ($_ => "v-$_") } qw(sub6 sub7 sub8 ref_id os_id user_id ext1 ext2 ext3 unid ios_idfa android_id);
target("$click&sub1=s1&" . form(@values) . '&escape=subs&imp_id=i&fbclid=f');
my %values = @values;
poll_until('everything an Affise link brings is in the list of clicks', sub {
	my ($c) = grep { $_->{sub1} eq 's1' } @{ $net->affise(GET => 'stats/clicks', date_from => '2020-01-01', date_to => '2099-01-01')->{json}{clicks} };
	$c && !grep { $c->{$_} ne $values{$_} } keys %values;
});
poll_until('imp_id and fbclid are kept', sub { $srv->sql("SELECT COUNT(*) FROM click WHERE extra LIKE '%imp_id=i&fbclid=f%'") == 1 });
poll_until('what a short link brings and what is added', sub { $srv->sql("SELECT COUNT(*) FROM click WHERE sub1 = 'mail' AND sub2 = 'two'") >= 1 });

my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $srv;
done_testing;
