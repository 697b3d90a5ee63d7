#!/usr/bin/perl
# Reasons that are no targeting (t/53-access-targeting.t has those): each met by a click, recorded, counted, reported.
# And what else a click is by: cookies over http and https, and uniques when a worker dies.
use strict;
use warnings;

use POSIX qw(strftime);
use Test::More;
use Affiliated::Network;
use Affiliated::Test;

my $srv = affiliated_start(workers => 2, config => { trusted_proxies => ['127.0.0.1'] });
my $net = Affiliated::Network->new($srv);
my ($bob, $eve, $idle) = map { $net->affiliate($_) } qw(bob eve idle);
my $shop = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
my $gone = $net->affise(POST => 'admin/advertiser', title => 'Gone')->{json}{advertiser}{id};
my $made = 0;
sub offer {
	my ($name, @p) = @_;
	return $net->affise(POST => 'admin/offer', title => $name, advertiser => $shop, url => "http://$name.example/?c={clickid}", status => 'active', @p)->{json}{offer}{id};
}
sub go { my ($path, %h) = @_; $made++; return $srv->get($path, headers => { 'X-Forwarded-For' => '192.0.2.7', %h }) }
sub there { my ($r) = @_; return ($r->{headers}{location} // '') =~ m{^http://(\w+)\.} ? $1 : '-' }
sub change {
	my ($kind, $id, $sql) = @_;
	my $dbh = $srv->dbh;
	$dbh->begin_work;
	$dbh->do($sql);
	$dbh->do('UPDATE catalog_version SET version = version + 1 WHERE one = 1');
	$dbh->do('INSERT INTO catalog_change SELECT version, ?, ? FROM catalog_version', undef, $kind, $id);
	$dbh->commit;
	return;
}

# ---- one of each ----
my $plain = offer('plain');
my $code = $net->link_of($bob, $plain) =~ s{^http://[^/]+}{}r;
my $orphan = offer('orphan', advertiser => $gone);
my $future = offer('future', start_at => strftime('%F', gmtime time + 10 * 86400));
my $past = offer('past');
$net->affise(POST => "admin/offer/$past", stopDate => strftime('%F', gmtime time - 10 * 86400));
my $stopped = offer('stopped', status => 'stopped');
my $private = offer('private', privacy => 'private');
my $full = offer('full', is_redirect_overcap => 1, 'caps[0][period]' => 'day', 'caps[0][type]' => 'conversions', 'caps[0][value]' => 1,
	'caps[0][goal_type]' => 'all', 'caps[0][affiliate_type]' => 'all', 'payments[0][goal]' => 1, 'payments[0][total]' => 2,
	'payments[0][revenue]' => 1, 'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed');
my @ring = map { offer("ring$_") } 1 .. 2;
$srv->ctl_ok('redirect', 'add', $ring[0], "offer:$ring[1]");
$srv->ctl_ok('redirect', 'add', $ring[1], "offer:$ring[0]");
my @chain = map { offer("chain$_") } 1 .. 8;
$srv->ctl_ok('redirect', 'add', $chain[$_], "offer:$chain[ $_ + 1 ]") for 0 .. 6;
my $empty = $net->affise(POST => 'admin/smartlink/category', name => 'Empty')->{json}{category}{id};
$empty //= $srv->sql('SELECT hex24 FROM smartlink_category');
my ($adv_id) = $srv->sql('SELECT id FROM account WHERE hex24 = ?', $gone);
change(2, $adv_id, "UPDATE account SET deleted = 1 WHERE id = $adv_id");
change(3, $orphan, "UPDATE offer SET updated_us = updated_us WHERE id = $orphan");
change(2, $idle, "UPDATE account SET status = 1 WHERE id = $idle");
my $first = go("/click?pid=$bob&offer_id=$full");
is there($first), 'full', 'the offer with a cap takes one';
my ($id) = $first->{headers}{location} =~ /c=(\w+)/;
is $net->postback(clickid => $id, action_id => 1)->{status}, 1, 'a sale';
poll_until('its cap is full', sub { there(go("/click?pid=$bob&offer_id=$full")) eq '-' });
poll_until('the account is gone', sub { there(go("/click?pid=$bob&offer_id=$orphan")) eq '-' });
poll_until('and the other not active', sub { there(go("/click?pid=$idle&offer_id=$plain")) eq '-' });
$srv->ctl_ok('config', 'set', 'global_hostnpost_ips', '192.0.2.99');
poll_until('host and post is by list', sub { (go("$code?hostnpost=1")->{json}{message} // '') =~ /^\*error\*/ });

sub click_of { my ($offer) = @_; return "/click?pid=$bob&offer_id=$offer" }
my %path = (
	'unknown-code' => '/track/nonsense', 'invalid-offer' => "/click?pid=$bob&offer_id=x", 'invalid-affiliate' => "/click?offer_id=$plain",
	'unknown-offer' => click_of(9999), 'unknown-affiliate' => "/click?pid=9999&offer_id=$plain", 'unknown-advertiser' => click_of($orphan),
	'inactive-affiliate' => "/click?pid=$idle&offer_id=$plain", 'inactive-offer' => click_of($stopped), 'not-live' => click_of($future),
	'expired' => click_of($past), 'disabled-affiliate' => click_of($private), 'overcap' => click_of($full), 'too-many-hops' => click_of($chain[0]),
	'redirect-loop' => click_of($ring[0]), 'unknown-smartlink' => "/sl?pid=$bob&id=" . 'f' x 24, 'no-suitable-offer' => "/sl?pid=$bob&id=$empty",
	'hostnpost-denied' => "$code?hostnpost=1",
);
# Counts before, so that what polling made is no matter.
sub settle { return poll_until("$made clicks are booked", sub { $srv->sql('SELECT COUNT(*) FROM click') == $made }) }
my (%verdict, %was);
{ open my $in, '<', top_dir() . '/src/tbl/verdicts.h' or die; /^VERDICT\(\s*(\d+), \w+,\s*"([^"]*)"/ and $verdict{$2} = $1 while <$in> }
is_deeply [ sort grep { $verdict{$_} >= 16 && !/^mistargeting|creative$/ } keys %verdict ], [ sort keys %path ], 'no reason is left out';
settle();
sub row_count { return $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = ?', $verdict{ $_[0] }) }
sub counter { my ($n) = $srv->get('/metrics')->{content} =~ /^affiliated_clicks_by_verdict_total\{reason="\Q$_[0]\E"\} (\d+)$/m; return $n }
$was{$_} = [ row_count($_), counter($_) ] for keys %path;
for my $reason (sort keys %path) {
	my $r = go($path{$reason});
	is there($r), '-', "$reason: sent nowhere";
	ok !$r->{headers}{'set-cookie'}, 'and no cookie';
}
settle();
for my $reason (sort keys %path) {
	is row_count($reason) - $was{$reason}[0], 1, "$reason: one row with it";
	is counter($reason) - $was{$reason}[1], 1, 'one more of the counter';
}
my %reported = map { $_->{slice}{trafficback_reason} => $_->{trafficback} } @{ $net->affise(GET => 'stats/custom', 'slice[]' => 'trafficback_reason',
	'filter[date_from]' => strftime('%F', gmtime time - 86400), 'filter[date_to]' => strftime('%F', gmtime time + 86400), limit => 500)->{json}{stats} };
is_deeply \%reported, { map { $_ => row_count($_) } keys %path }, 'and the report has them all';

# Where they go: the offer's own place, else the network's, and the fallback for what is no offer's.
$srv->ctl_ok('config', 'set', 'trafficback_url', 'http://global.example/?p={pid}&c={clickid}');
$srv->ctl_ok('config', 'set', 'fallback_url', 'http://fallback.example/');
$net->affise(POST => "admin/offer/$private", trafficback_url => 'http://local.example/?p={pid}');
poll_until('a refused click goes to the network', sub { there(go($path{'inactive-offer'})) eq 'global' });
is there(go($path{'unknown-code'})), 'fallback', 'what is no offer to the fallback';
is there(go($path{'disabled-affiliate'})), 'local', 'an offer that has a place of its own';
like go($path{'inactive-offer'})->{headers}{location}, qr/\?p=$bob&c=$/, 'macros are filled in, but there is no click id';

# ---- cookies ----
sub cookies { my $c = $_[0]{headers}{'set-cookie'} // []; return ref $c ? @$c : $c }
my @http = cookies(go($code));
is scalar(grep { /; Path=\/; HttpOnly; SameSite=Lax$/ } @http), 2, 'SameSite=Lax on http, and not Secure';
my @https = cookies(go($code, 'X-Forwarded-Proto' => 'https'));
is scalar(grep { /; Path=\/; HttpOnly; SameSite=None; Secure$/ } @https), 2, 'SameSite=None; Secure on https';

# ---- uniques ----
settle();
my %who = ('X-Forwarded-For' => '198.51.100.200');
sub unique { my (%h) = @_; settle(); go($code, %who, %h); settle(); return $srv->sql('SELECT flags & 3 FROM click ORDER BY click_us DESC LIMIT 1') }
is unique(), 3, 'a new visitor';
is unique(), 0, 'and again';
my @workers = grep { /^worker/ } sort keys %{ $srv->children };
is scalar @workers, 2, 'two workers';
for my $name (@workers) {
	my $was = $srv->children->{$name}[0];
	kill 'KILL', $was;
	poll_until("$name is killed and comes back", sub { my $now = $srv->children->{$name}; $now && $now->[0] != $was });
}
poll_until('both serve', sub { $srv->get('/readyz')->{status} == 200 });
is unique(), 0, 'who was seen is known to the next worker';
is unique('X-Forwarded-For' => '198.51.100.201'), 3, 'and another is new';

my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'the books balance' or diag($out);
undef $net;
undef $srv;
done_testing;
