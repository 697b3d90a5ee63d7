#!/usr/bin/perl
# Which visitors an offer takes: every reason of the trafficback table, at both doors, recorded, counted, reported.
use strict;
use warnings;

use File::Temp qw(tempdir);
use POSIX qw(strftime);
use Test::More;
use Affiliated::Network;
use Affiliated::Test;

my $dir = tempdir('aff-geo-XXXXXX', TMPDIR => 1, CLEANUP => 1);
plan skip_all => 'no MaxMind::DB::Writer' if system('perl', top_dir() . '/t/unit/geo-files', $dir) != 0;
# 203.0.113.x is Bonn, NW, DE, Rhein Net, cellular; 192.0.2.x is Boston, Massachusetts, US, Bay Net, a wire;
# 198.51.100.x is FR and no more.
my ($bonn, $boston, $france, $nowhere) = qw(203.0.113.9 192.0.2.7 198.51.100.1 10.0.0.1);
my $srv = affiliated_start(workers => 2, config => { trusted_proxies => ['127.0.0.1'],
	geo_files => [ "$dir/nested.mmdb", "$dir/flat.mmdb" ] });
my $net = Affiliated::Network->new($srv);
my $bob = $net->affiliate('bob');
my $shop = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
my %agent = (
	desktop => browser_ua(),
	android => 'Mozilla/5.0 (Linux; Android 4.4.2; Nexus 4) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/34.0.1847.114 Mobile Safari/537.36',
	ios => 'Mozilla/5.0 (iPhone; CPU iPhone OS 9_3_2 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13F69 Safari/601.1',
);

is $srv->ctl_ok('geo', 'show'), join('', map { "$_\tknown\n" } qw(country region city isp connection)), 'the files know it all';
{
	my $early = $net->link_of($bob, $net->offer(name => 'Early'));
	is $srv->get($early, headers => { 'X-Forwarded-For' => $bonn })->{status}, 302, 'a visitor before anything was learnt';
	poll_until('his city is known, with its names', sub { ($srv->sql("SELECT city_es FROM place WHERE city = 'Bonn'") // '') eq 'Bona' });
	$srv->exec_sql("UPDATE place SET city_es = ''");
}
$srv->ctl_ok('geo', 'learn');
my $r = $net->affise(GET => 'cities', country => 'DE');
is_deeply [ map { "$_->{name} $_->{region_code} $_->{country_code}" } @{ $r->{json}{cities} } ], ['Bonn NW DE'], 'cities of a country';
my $bonn_id = $r->{json}{cities}[0]{id};
is $net->affise(GET => 'cities', country => 'DE', locale => 'ru')->{json}{cities}[0]{name}, 'Bonn', 'a name there is none of is English';
is $net->affise(GET => 'cities', country => 'DE', locale => 'es')->{json}{cities}[0]{name}, 'Bona', 'one there is, is not';
my %isp = map { $_->{name} => $_->{id} } @{ $net->affise(GET => 'isp')->{json}{isp} };
is join(',', sort keys %isp), 'Bay Net,Rhein Net', 'providers';
is_deeply [ map { $_->{name} } @{ $net->affise(GET => 'isp', q => 'rHEIN')->{json}{isp} } ], ['Rhein Net'], 'by part of the name';
is_deeply [ map { $_->{country} } @{ $net->affise(GET => 'isp', q => 'rhein')->{json}{isp} } ], ['DE'], 'and where one was met';
$srv->ctl_ok('geo', 'learn');
is $srv->sql('SELECT COUNT(*) FROM isp') + $srv->sql('SELECT COUNT(*) FROM place WHERE city = ?', 'Bonn'), 3, 'learning twice numbers nothing twice';

my $o = $net->affise(POST => 'admin/offer', title => 'Shoes', advertiser => $shop, url => 'http://shop.example/?c={clickid}', status => 'active',
	'payments[0][goal]' => 1, 'payments[0][total]' => 2, 'payments[0][revenue]' => 1, 'payments[0][currency]' => 'USD',
	'payments[0][type]' => 'fixed', 'payments[0][countries][]' => [ 'DE', 'FR' ])->{json}{offer}{id};
my $code = $net->link_of($bob, $o);

sub edit {
	my (@p) = @_;
	my $e = $net->affise(POST => "admin/offer/$o", @p);
	is(($e->{json} // {})->{status}, 1, "set: @p[0, 1]") || diag $e->{content};
	return $e->{json}{offer};
}
my ($made, %made) = (1); # the early one
sub get {
	my ($path, $ip, $agent) = @_;
	$made++;
	return $srv->get($path, headers => { 'User-Agent' => $agent{ $agent // 'desktop' }, 'X-Forwarded-For' => $ip // $bonn });
}
sub goes { my ($path, @who) = @_; my $l = get($path, @who)->{headers}{location} // ''; return $l =~ m{^http://(\w+)\.} ? $1 : '-' }
my $door = "/click?pid=$bob&offer_id=$o";
my @wanted; # reasons in the order the clicks were made
# Passes and does not, at both doors.
sub fits { my ($what, $q, @who) = @_; push @wanted, '';
	return is goes("$door$q", @who), 'shop', "$what: fits" }
sub refused {
	my ($what, $reason, $q, @who) = @_;
	(my $nats = $q) =~ s/sub1=/subaff=/;
	$nats =~ s/sub(\d)=/subaff$1=/;
	$nats =~ s/^&/?/;
	push @wanted, $reason, $reason;
	is goes("$door$q", @who), '-', "$what: does not fit";
	return is goes("$code$nats", @who), '-', "$what: nor by /track/";
}

# ---- each parameter, shown back, with a visitor who fits and one who does not ----
is edit(strictly_country => 1)->{strictly_country}, 1, 'strictly_country is shown';
fits('a country that is paid for', '');
refused('one that is not', 'mistargeting-country', '', $boston);
refused('nobody knows where', 'mistargeting-country', '', $nowhere);
edit('payments[0][goal]' => 1, 'payments[0][total]' => 2, 'payments[0][revenue]' => 1, 'payments[0][currency]' => 'USD',
	'payments[0][type]' => 'fixed', 'payments[0][countries][]' => [ 'US' ], 'payments[0][country_exclude]' => 1);
refused('one that a payment leaves out', 'mistargeting-country', '', $boston);
fits('any other', '', $nowhere);
edit(strictly_country => 0, 'countries[]' => [ 'DE', 'US' ]);
refused('the offer\'s countries', 'mistargeting-country', '', $france);
edit(countries => 'all');
fits('the whole world', '', $france);

is_deeply edit('strictly_os[0][os]' => 'android', 'strictly_os[0][versions][]' => [ 'android 4.4', 'android 5' ],
	'strictly_os[1][os]' => 'ios', 'strictly_os[1][versions][]' => 'ios 9')->{strictly_os},
    [ { os => 'android', versions => [ 'android 4.4', 'android 5' ] }, { os => 'ios', versions => ['ios 9'] } ], 'strictly_os is shown';
fits('android 4.4', '', $bonn, 'android');
fits('ios 9', '', $bonn, 'ios');
refused('a desktop', 'mistargeting-os', '');
edit('strictly_os[0][os]' => 'ios', 'strictly_os[0][versions][]' => 'ios 10');
refused('another version', 'mistargeting-os', '', $bonn, 'ios');
is $net->affise(POST => "admin/offer/$o", 'strictly_os[0][os]' => 'beos', 'strictly_os[0][versions][]' => 1)->{status}, 400, 'no such system';
is $net->affise(POST => "admin/offer/$o", 'strictly_os[0][os]' => 'ios')->{status}, 400, 'versions are required';
is_deeply edit(strictly_os => '')->{strictly_os}, [], 'an empty text clears the list';
fits('any system', '');

is edit(strictly_connection_type => 'cellular')->{strictly_connection_type}, 'cellular', 'strictly_connection_type is shown';
fits('cellular', '');
refused('a wire', 'mistargeting-connection', '', $boston);
refused('not known', 'mistargeting-connection', '', $france);
is edit(strictly_connection_type => 'wi-fi')->{strictly_connection_type}, 'wifi', 'the later spelling';
refused('cellular now', 'mistargeting-connection', '');
is edit(strictly_connection_type => '')->{strictly_connection_type}, '', 'cleared';

is_deeply edit('strictly_isp[]' => [ $isp{'Rhein Net'} ])->{strictly_isp}, [ $isp{'Rhein Net'} ], 'strictly_isp is shown';
fits('the provider', '');
refused('another provider', 'mistargeting-isp', '', $boston);
is $net->affise(POST => "admin/offer/$o", 'strictly_isp[]' => 'f' x 24)->{status}, 400, 'no such provider';
edit(strictly_isp => '');

is_deeply edit(sub_account_1 => 'a, b', sub_account_2 => 'x', sub_account_2_except => 1)->{sub_accounts},
    { 1 => { value => 'a,b', except => JSON::PP::false }, 2 => { value => 'x', except => JSON::PP::true } }, 'sub_accounts are shown';
fits('on the list', '&sub1=b');
refused('not on it', 'mistargeting-sub', '&sub1=c');
refused('on the list that refuses', 'mistargeting-sub', '&sub1=a&sub2=x');
edit(sub_account_1 => '', sub_account_2 => '', sub_account_2_except => 0);
is_deeply edit('sub_restrictions[0][sub1]' => 'a', 'sub_restrictions[0][sub2]' => 'b')->{sub_restrictions}, [ { sub1 => 'a', sub2 => 'b' } ],
    'sub_restrictions are shown';
refused('the pair', 'mistargeting-sub1-sub2', '&sub1=a&sub2=b');
fits('half of it', '&sub1=a&sub2=c');
edit(sub_restrictions => '');
is edit(search_empty_sub => 2)->{search_empty_sub}, 2, 'search_empty_sub is shown';
refused('an empty sub', 'mistargeting-sub', '&sub1=a');
fits('it is not empty', '&sub2=a');
is edit(search_empty_sub => '')->{search_empty_sub}, undef, 'cleared';

$r = $net->affise(POST => "admin/advertiser/$shop", sub_account_1 => 'bad,worse', sub_account_1_except => 1);
is_deeply $r->{json}{advertiser}{sub_accounts}{1}, { value => 'bad,worse', except => 1 }, 'the advertiser\'s lists are shown';
is $r->{json}{advertiser}{title}, 'Shop', 'what was not sent stays';
refused('a sub that the advertiser refuses', 'mistargeting-sub', '&sub1=worse');
fits('another', '&sub1=good');
$net->affise(POST => "admin/advertiser/$shop", sub_account_1 => '');
is $net->affise(POST => 'admin/advertiser/' . 'f' x 24, title => 'x')->{status}, 404, 'no such advertiser';

is lc $net->nats(PATCH => 'offer/edit_offer', offerid => $o, 'device_types[]' => [ 1, 2 ])->{json}{result}, 'success', 'device_types';
is_deeply $net->nats(GET => 'offer/get_details', offerid => $o)->{json}{data}{$o}{device_types}, [ '1', '2' ], 'are shown';
refused('a desktop', 'mistargeting-device', '');
fits('a phone', '', $bonn, 'ios');
$net->nats(PATCH => 'offer/edit_offer', offerid => $o, device_types => '');

# What no call can set: in force within a second.
sub by_ctl {
	my ($name, $value, $reason, @who) = @_;
	$srv->ctl_ok('offer', 'set', $o, $name, $value);
	is $srv->ctl_ok('offer', 'get', $o, $name), "$value\n", "$name is shown";
	poll_until("$name is in force", sub { push @wanted, undef; goes($door, @who) eq '-' });
	refused($name, $reason, '', @who);
	return;
}
by_ctl(allowed_states => 'DE-BY,US-Massachusetts', 'mistargeting-region', $bonn);
fits('the region', '', $boston);
is $net->nats(GET => 'offer/get_details', offerid => $o)->{json}{data}{$o}{allowed_states}, 'DE-BY,US-Massachusetts', 'get_details has it';
$srv->ctl_ok('offer', 'set', $o, 'allowed_states', '');
poll_until('cleared', sub { push @wanted, undef; goes($door) eq 'shop' });
by_ctl(allowed_cities => $bonn_id, 'mistargeting-city', $boston);
fits('the city', '');
$srv->ctl_ok('offer', 'set', $o, 'allowed_cities', '');
poll_until('cleared', sub { push @wanted, undef; goes($door, $boston) eq 'shop' });
by_ctl(refused_visitor_ips => '203.0.113.0/28', 'mistargeting-ip');
fits('another address', '', $boston);
$srv->ctl_ok('offer', 'set', $o, 'refused_visitor_ips', '');
poll_until('cleared', sub { push @wanted, undef; goes($door) eq 'shop' });
my $hour = (gmtime)[2];
by_ctl(allowed_hours => join(',', map { ($hour + $_) % 24 } 3 .. 20), 'mistargeting-hours');
$srv->ctl_ok('offer', 'set', $o, 'allowed_hours', '');
poll_until('cleared', sub { push @wanted, undef; goes($door) eq 'shop' });
isnt +($srv->ctl('offer', 'set', $o, 'allowed_hours', '25'))[0], 0, 'no such hour';
isnt +($srv->ctl('offer', 'set', $o, 'allowed_cities', '99999'))[0], 0, 'no such city';

# ---- where they go: the offer's, the preview, the network's ----
edit(sub_account_1 => 'a');
sub lost { push @wanted, 'mistargeting-sub'; return goes("$door&sub1=no") }
is lost(), '-', 'nothing set: the plain page';
$srv->ctl_ok('config', 'set', 'fallback_url', 'http://fallback.example/');
poll_until('the fallback', sub { lost() eq 'fallback' });
$srv->ctl_ok('config', 'set', 'trafficback_url', 'http://global.example/');
poll_until('the network\'s', sub { lost() eq 'global' });
is edit(url_preview => 'http://preview.example/')->{url_preview}, 'http://preview.example/', 'url_preview is shown';
is lost(), 'preview', 'the preview before the network\'s';
edit(trafficback_url => 'http://local.example/?p={pid}');
push @wanted, 'mistargeting-sub';
is get("$door&sub1=no")->{headers}{location}, "http://local.example/?p=$bob", 'the offer\'s own before that, with its macro';
$srv->ctl_ok('config', 'set', 'trafficback_use_for_disabled', 1);
is lost(), 'local', 'the switch for disabled offers is for others';
$srv->ctl_ok('config', 'set', 'trafficback_use_by_others', 1);
poll_until('the network\'s first, by its switch', sub { lost() eq 'global' });
$srv->ctl_ok('config', 'set', 'trafficback_use_by_others', 0);
poll_until('and back', sub { lost() eq 'local' });
edit(sub_account_1 => '', trafficback_url => '', url_preview => '');
$srv->ctl_ok('config', 'set', $_, '') for qw(trafficback_url fallback_url);

# ---- sub1=testofferlink (E8) ----
edit(strictly_connection_type => 'cellular');
my $test = "$door&sub1=testofferlink";
push @wanted, 'mistargeting-connection';
poll_until('the plain page again', sub { push @wanted, 'mistargeting-connection'; goes($test, $boston) eq '-' });
$srv->ctl_ok('config', 'set', 'test_token', 'let me in');
poll_until('a token lets targeting be', sub { push @wanted, undef; goes("$test&test_token=let+me+in", $boston) eq 'shop' });
push @wanted, 'mistargeting-connection', 'test';
is goes("$test&test_token=let+me", $boston), '-', 'another does not';
is goes("$test&test_token=let+me+in", $boston), 'shop', 'the right one again';
$srv->ctl_ok('config', 'set', 'ADMIN_API_ALLOWED_IPS', "127.0.0.1,$boston");
poll_until('an administrator\'s address does', sub { push @wanted, undef; goes($test, $boston) eq 'shop' });
my $stranger = $net->affiliate('stranger');
$net->affise(POST => "admin/offer/$o", privacy => 'private');
push @wanted, 'disabled-affiliate';
is goes("/click?pid=$stranger&offer_id=$o&sub1=testofferlink", $boston), '-', 'access is no matter of targeting';
$net->affise(POST => "admin/offer/$o", privacy => 'public', strictly_connection_type => '');

# ---- the reasons that are no targeting ----
for ([ "/click?pid=$bob", 'invalid-offer' ], [ "/click?offer_id=$o", 'invalid-affiliate' ], [ "/click?pid=$bob&offer_id=x", 'invalid-offer' ],
	[ "/click?pid=$bob&offer_id=9999", 'unknown-offer' ], [ "/click?pid=9999&offer_id=$o", 'unknown-affiliate' ]) {
	push @wanted, $_->[1];
	is goes($_->[0]), '-', $_->[1];
}
$net->affise(POST => "admin/offer/$o", status => 'stopped');
push @wanted, 'inactive-offer';
is goes($door), '-', 'inactive-offer';
$net->affise(POST => "admin/offer/$o", status => 'active');

# ---- recorded, counted, reported ----
poll_until('every click is booked', sub { $srv->sql('SELECT COUNT(*) FROM click') == $made }) or diag $srv->sql('SELECT COUNT(*) FROM click') . " of $made";
my %n = map { $_->{verdict} => $_->{n} } @{ $srv->rows('SELECT verdict, COUNT(*) n FROM click GROUP BY verdict') };
my %verdict; # number by reason
{ open my $in, '<', top_dir() . '/src/tbl/verdicts.h' or die; /^VERDICT\(\s*(\d+), \w+,\s*"([^"]*)"/ and $verdict{$2} = $1 while <$in> }
my %at_least; $at_least{$_}++ for grep { defined && length } @wanted;
cmp_ok $n{ $verdict{$_} } // 0, '>=', $at_least{$_}, "rows with reason $_" for sort keys %at_least;
is_deeply [ sort grep { !$at_least{$_} && /^mistargeting/ } keys %verdict ], [], 'every reason of targeting was met';
my $metrics = $srv->get('/metrics', headers => { 'X-Forwarded-For' => '127.0.0.1' })->{content};
for my $reason (sort keys %at_least) {
	my ($count) = $metrics =~ /^affiliated_clicks_by_verdict_total\{reason="\Q$reason\E"\} (\d+)$/m;
	is $count, $n{ $verdict{$reason} }, "/metrics counts $reason";
}
like $metrics, qr/^affiliated_clicks_by_verdict_total\{reason="counted"\} [1-9]/m, 'and those that count';
is scalar(() = $metrics =~ /^# TYPE affiliated_clicks_by_verdict_total counter$/mg), 1, 'under one name';
my $day = strftime('%F', gmtime time - 86400);
my @range = ('filter[date_from]' => $day, 'filter[date_to]' => strftime('%F', gmtime time + 86400));
$r = $net->affise(GET => 'stats/custom', 'slice[]' => 'trafficback_reason', @range, limit => 500);
my %reported = map { $_->{slice}{trafficback_reason} => $_->{trafficback} } @{ $r->{json}{stats} };
is_deeply \%reported, { map { $_ => $n{ $verdict{$_} } + 0 } grep { ($verdict{$_} // 0) >= 16 && $n{ $verdict{$_} } } keys %verdict },
    'the report has each reason with its count' or diag $r->{content};
is $r->{json}{stats}[0]{traffic}{raw}, '0', 'a refused click is no traffic';
$r = $net->affise(GET => 'stats/custom', 'slice[]' => [ 'offer', 'trafficback_reason' ], 'filter[offer]' => $o, @range, limit => 500);
my ($subs) = grep { $_->{slice}{trafficback_reason} eq 'mistargeting-sub' } @{ $r->{json}{stats} };
is $subs->{trafficback}, $n{37}, 'by offer and reason';
is $net->affise(GET => 'stats/custom', 'slice[]' => [ 'trafficback_reason', 'os' ], @range)->{status}, 400, 'what is not known of a refused click';
is $net->affise(GET => 'stats/custom', 'slice[]' => 'trafficback_reason', key => $net->key_of('stranger'), @range)->{json}{stats}[0]{trafficback}, 1,
    'an affiliate sees his own';

# Where a visitor is, in the list of clicks.
my ($row) = grep { $_->{ip} eq $bonn } @{ $net->affise(GET => 'stats/clicks', date_from => $day, date_to => strftime('%F', gmtime time + 86400))->{json}{clicks} };
is "$row->{city} $row->{city_id} $row->{isp_code} $row->{connection_type}", "Bonn $bonn_id Rhein Net cellular", 'city, provider and connection of a click';
is_deeply [ grep { /^Bon/ } map { $_->{slice}{city} } @{ $net->affise(GET => 'stats/getbycities', @range, locale => $_)->{json}{stats} } ],
    [ $_ eq 'es' ? 'Bona' : 'Bonn' ], "cities in $_" for qw(en ru es);
is $srv->sql('SELECT COUNT(*) FROM click c JOIN place p ON p.id = c.place_id WHERE p.city = ? AND p.region = ?', 'Boston', 'Massachusetts') > 0, 1, 'are stored';

my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'verify is clean' or diag $out;
$srv->exec_sql('UPDATE rollup_refused SET n = n + 1 LIMIT 1');
($status, $out) = $srv->ctl('verify');
is $status, 1, 'and finds a reason that was counted once too often';
like $out, qr/rollup_refused/, 'by its name';
$srv->stop;
done_testing;
