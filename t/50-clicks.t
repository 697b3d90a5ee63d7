#!/usr/bin/perl
# Clicks against a real server: redirects, cookies, rows; and that a change of the configuration is in force.
use strict;
use warnings;

use File::Temp qw(tempdir);
use Test::More;
use Affiliated::Test;

my $dir = tempdir('aff-geo-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $have_geo = system('perl', top_dir() . '/t/unit/geo-files', $dir, 'clicks') == 0;
# The list of bots with a line that is none: it is named, and the others count.
open my $bots, '>', "$dir/bots.txt" or die;
print $bots "acme (\n", do { local (@ARGV, $/) = top_dir() . '/conf/bots.txt'; <> };
close $bots;
my $srv = affiliated_start(workers => 2, config => {
	bot_patterns => "$dir/bots.txt",
	trusted_proxies => ['127.0.0.1'],
	$have_geo ? (geo_files => ["$dir/nested.mmdb"]) : (),
});
my ($browser, $hash) = (browser_ua(), qr/[0-9][0-9a-f]{13}[0-9]\.[0-9]{8}/);

# A change of the configuration as the APIs make it: statements, and the version in the same transaction.
sub change {
	my ($kind, $id, @sql) = @_;
	my $dbh = $srv->dbh;
	$dbh->begin_work;
	$dbh->do($_) for @sql;
	$dbh->do('UPDATE catalog_version SET version = version + 1 WHERE one = 1');
	$dbh->do('INSERT INTO catalog_change SELECT version, ?, ? FROM catalog_version', undef, $kind, $id);
	$dbh->commit;
	return;
}

# Every one of these is recorded, whatever the answer: $made is how many rows there must be.
my $made = 0;
sub click {
	my ($path, %h) = @_;
	my $method = delete $h{method} // 'GET';
	my $r = $srv->request($method, $path, headers => { 'X-Forwarded-For' => '192.0.2.7', %h });
	$made++ if $r->{status} == 302 || $r->{content} =~ /This offer is not available/;
	return $r;
}
sub settle { return poll_until("$made rows", sub { $srv->sql('SELECT COUNT(*) FROM click') == $made }) }
sub wipe { settle(); $srv->exec_sql('DELETE FROM click'); $made = 0; return }

# Clicks until the answer is as wanted: a change is in force within a second.
sub until_location {
	my ($what, $path, $want, %h) = @_;
	return poll_until($what, sub { (click($path, %h)->{headers}{location} // '') =~ $want });
}

sub cookies {
	my ($r) = @_;
	my $c = $r->{headers}{'set-cookie'} // [];
	return ref $c ? @$c : $c;
}

change(3, 251,
	"INSERT INTO account (id, hex24, type, username, status, created_us, updated_us) VALUES
	 (9, 'a', 140, 'shop', 0, 1, 1), (42, 'b', 100, 'bob', 0, 1, 1), (43, 'c', 100, 'eve', 1, 1, 1)",
	"INSERT INTO offer (id, hex24, name, shortname, advertiser_id, default_lp_id, unauthorized, created_us, updated_us)
	 VALUES (251, 'a', 'Shoes', 'shoes', 9, 310, 'CH', 1, 1), (252, 'b', 'Clogs', NULL, 9, 320, '', 1, 1)",
	"INSERT INTO landing_page (id, offer_id, name, shortname, url, created_us, updated_us) VALUES
	 (310, 251, 'Home', 'home', 'http://shop.example/?click_hash=%%click_hash%%', 1, 1),
	 (320, 252, 'Home', NULL, 'https://clogs.example/{pid}?c={clickid}&s={sub1}', 1, 1)",
	"INSERT INTO commission (id, offer_id, shortname) VALUES (7, 251, 'std'), (8, 252, NULL)",
	"INSERT INTO payout_rule (offer_id, change_id, valid_from_us, currency, commission_type, aff_click, adv_cost_type, adv_flat)
	 VALUES (251, 0, 0, 'USD', 'click', 20000, 'click', 50000), (252, 0, 0, 'USD', 'cpa', NULL, '', NULL)");
change(3, 252);
change(2, $_) for 9, 42, 43;

my $code = 'NDIuNy4yNTEuMzEwLjAuMC4xMS4xMi4wLjAuMC4w';
until_location('a new offer can be clicked', "/track/$code", qr{^http://shop\.example/});
poll_until('and the other one', sub { click('/click?pid=42&offer_id=252')->{status} == 302 });
wipe();

# The worked example of nats-behaviour.md 2.12, step 1.
my $r = click("/track/$code?subaff=mail&_ocid=zz9", 'Referer' => 'http://site.example/page', 'Accept-Language' => 'xx');
is $r->{status}, 302, 'a tracking link redirects';
like $r->{headers}{location}, qr{^http://shop\.example/\?click_hash=$hash$}, 'to the landing page with the hash in it';
is $r->{headers}{'cache-control'}, 'no-store', 'which nobody may keep';
my ($h) = $r->{headers}{location} =~ /($hash)/;
my @c = cookies($r);
is scalar @c, 2, 'two cookies';
ok((grep { /^oc_251=\Q$h\E; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/ } @c), 'the hash for the offer');
my ($visitor) = map { /^oc_v=([0-9a-f]{32}); Max-Age=31536000; / ? $1 : () } @c;
ok $visitor, 'and the visitor';

my ($sec, $us, $lo) = $h =~ /^(\d)([0-9a-f]{8})([0-9a-f]{5})(\d)\.(\d{8})$/ ? (hex $2, hex $3, $1 * 1e9 + "$4$5") : ();
my ($click_us) = ($sec * 1_000_000 + $us);
poll_until('its row is there within a second', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE click_us = ? AND click_lo = ?',
	$click_us, $lo) == 1 });
my $row = $srv->rows('SELECT * FROM click WHERE click_us = ?', $click_us)->[0];
is_deeply [@$row{qw(verdict offer_id landing_page_id commission_id affiliate_id advertiser_id payout revenue currency sub1 ocid referrer)}],
	[0, 251, 310, 7, 42, 9, 20000, 50000, 'USD', 'mail', 'zz9', 'http://site.example/page'], 'with everything in it';
is $row->{flags} & 3, 3, 'a new visitor, of the affiliate and of the offer';
is $row->{country}, ord('D') * 256 + ord 'E', 'from Germany' if $have_geo;
is substr(sprintf('%010d', $lo), 1, 3), '001', 'the node stands in the id';

# Styles of codes, extra path, variables.
for my $c ('bob.7.251.310', 'bob.std.shoes.home', 'bob.0.251.0', '42.7.251.310', 'bob%2e7.251.310', "$code/") {
	like click("/track/$c")->{headers}{location} // '', qr{^http://shop\.example/\?click_hash=$hash$}, "code $c";
}
like click("/track/$code/a/b?x=1&subaff2=s")->{headers}{location}, qr{^http://shop\.example/a/b\?click_hash=$hash&x=1$},
	'path and variables go on';
like click("/track/?ocode=$code")->{headers}{location} // '', qr{^http://shop\.example/}, 'the code as a variable';
like click("/ttrack/$code")->{headers}{location} // '', qr{^http://shop\.example/}, 'ttrack';
like click('/click?pid=42&offer_id=252&sub1=a%20b%26c')->{headers}{location},
	qr{^https://clogs\.example/42\?c=[0-9a-f]{24}&s=a%20b%26c$}, 'an Affise link';

# What is not counted.
sub verdicts { return $srv->rows('SELECT verdict, COUNT(*) n FROM click GROUP BY verdict ORDER BY verdict') }
wipe();
is click("/track/$code", method => 'HEAD')->{status}, 302, 'HEAD';
is click("/track/$code", 'Sec-Purpose' => 'prefetch')->{status}, 302, 'a prefetch';
is scalar cookies(click("/track/$code", 'User-Agent' => 'Mozilla/5.0 (compatible; Googlebot/2.1)')), 0, 'a bot';
my @said = do { local @ARGV = $srv->log_file; grep { /bots\.txt/ } <> };
is scalar(@said), 1, 'the log has one line about the list of bots';
like $said[0] // '', qr{warning: left out: \Q$dir\E/bots\.txt:1: missing closing parenthesis}, 'that names the line that is left out';
is click("/track/$code", 'User-Agent' => 'curl/7.88.1')->{status}, 302, 'curl by its own name';
is click("/track/$code", 'User-Agent' => $browser =~ s/Chrome/HeadlessChrome/r)->{status}, 302, 'a headless browser';
settle();
is_deeply [map { "$_->{verdict}:$_->{n}" } @{ verdicts() }], ['0:1', '1:2', '2:2'], 'counted, bots, prefetches';
is $srv->sql('SELECT SUM(payout) FROM click'), 20000, 'only the counted one is paid';

# The list of bots is read again at a reload; one that cannot be read leaves the old one.
sub reload {
	my ($what, $list) = @_;
	my $before = $srv->children;
	if (defined $list) {
		open my $f, '>', "$dir/bots.txt" or die;
		print $f $list;
		close $f;
	} else {
		unlink "$dir/bots.txt";
	}
	kill 'HUP', $srv->{pid};
	return poll_until($what, sub {
		my %now = map { $_ => 1 } map { @$_ } values %{ $srv->children };
		return !grep { $now{$_} } map { @{ $before->{$_} // [] } } 'worker 0', 'worker 1', 'stats' });
}
sub verdict_of {
	my ($ua) = @_;
	wipe();
	click("/track/$code", 'User-Agent' => $ua);
	settle();
	return $srv->sql('SELECT verdict FROM click');
}
is verdict_of("$browser Acme/1"), 0, 'Acme is no bot';
reload('another list', "^acme|acme/1\nGooglebot\n");
is verdict_of("$browser Acme/1"), 1, 'after a reload with another list it is one';
is verdict_of("$browser HeadlessChrome"), 0, 'and what is in it no more is none';
reload('the list is gone', undef);
is verdict_of("$browser Acme/1"), 1, 'a list that cannot be read leaves the old one';
reload('the first list', do { local (@ARGV, $/) = top_dir() . '/conf/bots.txt'; <> });
is verdict_of("$browser Acme/1"), 0, 'and another reload brings what is there then';
wipe();
wipe();

# What is refused.
my @refused = (
	['/track/nonsense', 16], ['/track/', 16], ['/click', 17], ['/click?offer_id=251', 18], ['/click?pid=42&offer_id=9999', 19],
	['/click?pid=4242&offer_id=251', 20], ['/click?pid=43&offer_id=251', 22], ['/track/eve.0.251.0', 22],
);
is click($_->[0])->{status}, 404, "$_->[0]: a page" for @refused;
like click('/track/nonsense')->{content}, qr/not available/, 'that says so';
is click("/track/$code", 'X-Forwarded-For' => '198.51.100.9')->{status}, 404, 'Switzerland' if $have_geo;
settle();
is_deeply [map { $_->{verdict} } @{ $srv->rows('SELECT verdict FROM click ORDER BY click_us LIMIT 8') }], [map { $_->[1] } @refused],
	'each with its reason';
is $srv->sql('SELECT COUNT(*) FROM click WHERE payout <> 0 OR revenue <> 0'), 0, 'and no money';
change(1, 0, "INSERT INTO setting VALUES ('fallback_url', 'http://fallback.example/', 1)");
until_location('with a fallback they are redirected', '/track/nonsense', qr{^http://fallback\.example/$});
change(3, 251, "UPDATE offer SET trafficback_url = 'http://back.example/?p={pid}&c={clickid}', status = 3 WHERE id = 251");
until_location('a paused offer sends to trafficback', "/track/$code", qr{^http://back\.example/\?p=42&c=$});
change(3, 251, 'UPDATE offer SET status = 1, expire_lp_id = 320 WHERE id = 251');
until_location('and comes back', "/track/$code", qr{^http://shop\.example/});
change(3, 251, 'UPDATE offer SET date_expire = 1 WHERE id = 251');
until_location('expired, to the landing page of another offer', "/track/$code", qr{^https://clogs\.example/42});
change(3, 251, 'UPDATE offer SET date_expire = NULL WHERE id = 251');
until_location('not expired', "/track/$code", qr{^http://shop\.example/});

# Uniques.
my %who = ('X-Forwarded-For' => '192.0.2.77', 'Accept-Language' => 'yy');
sub flags_of {
	my ($path, %h) = @_;
	my ($s, $u) = click($path, %who, %h)->{headers}{location} =~ /=\d([0-9a-f]{8})([0-9a-f]{5})/ or return -1;
	my ($at, $f) = (hex($s) * 1_000_000 + hex $u);
	poll_until('folded', sub { defined($f = $srv->sql('SELECT flags & 3 FROM click WHERE click_us = ?', $at)) });
	return $f;
}
is flags_of("/track/$code"), 3, 'a new visitor';
is flags_of("/track/$code"), 0, 'again';
is flags_of("/track/$code", Cookie => "oc_v=$visitor"), 0, 'one whose cookie was seen on this offer';
is flags_of("/track/$code", Cookie => 'oc_v=' . '1' x 32), 3, 'another browser behind the same address';

# Methods, and doors that are closed.
is $srv->post("/track/$code", {})->{status}, 405, 'POST is no click';
is click("/strack/$code/shoes:home/std/1/")->{status}, 302, 'strack';
is click('/sl?id=1')->{headers}{location}, 'http://fallback.example/', 'a SmartLink that is none';

# Nothing a visitor sends chooses the host.
for my $path ("/track/$code//evil.example/", "/track/$code/%0d%0aSet-Cookie:%20x=1", "/track/$code?redirect=http://evil.example/",
	"/track/$code/..%2f..%2f%40evil.example", "/click?pid=42&offer_id=252&sub1=%0d%0aX:y&redirect=http://evil.example/") {
	my $a = click($path);
	like $a->{headers}{location} // '', qr{^https?://(?:shop|clogs)\.example/[!-~]*$}, "the host stays: $path";
	ok !exists $a->{headers}{x}, 'and so do the headers';
}
ok length(click("/track/$code?" . join '&', map { "v$_=" . 'x' x 300 } 1 .. 200)->{headers}{location}) < 8300,
	'200 long variables are a bounded Location';

settle();

# affiliatestat and /metrics count.
like $srv->get('/metrics')->{content}, qr/clicks_refused_total [1-9]/, 'refused clicks are counted';

undef $srv; # stopped here, so that an unclean end fails the test
done_testing;
