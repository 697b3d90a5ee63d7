# affiliate/search by every parameter, and affiliate_login_ips.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my ($r, %id);

sub add {
	my ($name, @p) = @_;
	my $reply = $net->nats(POST => 'affiliate/add_affiliate', username => $name, password => 'secret', payvia => 1, email => "$name\@aff.example", @p);
	return $id{$name} = $reply->{json}[0]{loginid} // die $reply->{content};
}
add('anna', firstname => 'Anna', lastname => 'Smith', company => 'Acme', url => 'http://anna.example/', address1 => '1 Long Road', city => 'Leeds',
	state => 'Yorks', country => 'UK', zip_code => 'LS1', icq => '42', aim => 'annaim', join_ip => '192.0.2.7', minimum_payout => '50', payvia => 4,
	'payvia_info[0][field]' => 'account', 'payvia_info[0][value]' => 'anna@paypal.example', tel => '1', tax_id_or_ssn => 'GB 1', msn => 'm', skype => 's', address2 => 'Attic',
	map { ("custom$_" => "c$_") } 1 .. 5);
add('bob', firstname => 'Bob', lastname => 'Müller', address2 => '2 Short Road', city => 'Köln', country => 'Germany', minimum_payout => '100', status => 1);
add('carl', firstname => 'Carl Anna', lastname => 'Jones_%', join_ip => '2001:db8::7', status => 4);
my $offer = $net->offer(name => 'Shoes', advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
	commission_type => 'cpa', flat_amount_per_conversion => 10, flat_amount_per_continuity => 3);
my ($code) = $net->link_of($id{anna}, $offer) =~ m{/track/([^?]+)};
add('dora', ref => $code, firstname => 'Dora');
add('emil', ref => $net->link_of($id{dora}, $offer, code_only => 1));
$srv->exec_sql('UPDATE account SET inhouse = 1, manager_id = 77 WHERE id = ?', $id{carl});
$srv->exec_sql('UPDATE account SET deleted = 1 WHERE id = ?', $id{emil});
my %name = reverse %id;

# User names found, in the order of the reply's text.
sub found {
	my (@p) = @_;
	my $reply = $net->nats(GET => 'affiliate/search', @p);
	is ref $reply->{json}, 'HASH', "@p: an object" or diag($reply->{content});
	my @ids = $reply->{content} =~ /"(\d+)":\{"loginid"/g;
	return join ' ', map { $name{$_} // "#$_" } @ids;
}
sub finds { my ($want, @p) = @_; return is found(@p), $want, "@p: $want" }

# ---- the record ----
my $all = $net->nats(GET => 'affiliate/search');
is scalar keys %{ $all->{json} }, 6, 'without a parameter every account: four affiliates, an advertiser, an administrator; no deleted one';
my $anna = $all->{json}{ $id{anna} };
my %want = (loginid => $id{anna}, username => 'anna', password => '', deleted => '0', type => '100', skinid => '0', payvia_type_id => '4',
	status => '0', pass_hash => '', inhouse => '0', api_key => '', tmmid => '0', origin => '0', language => 'en', rss_pass_code => '',
	payout_period_id => '0', firstname => 'Anna', lastname => 'Smith', email => 'anna@aff.example', join_ip => '3221225991', last_login => '',
	last_login_ip => '', reviewed => '1', minimum_payout => '50', bonus => '0', bonus_used => '0', verify => '', reason => '', unencoded => '0',
	startpage => 'internal.php', rep_baseline => '0', company => 'Acme', url => 'http://anna.example/', tel => '1', icq => '42', aim => 'annaim',
	msn => 'm', skype => 's', address1 => '1 Long Road', address2 => 'Attic', city => 'Leeds', state => 'Yorks', country => 'UK', zip_code => 'LS1',
	tax_id_or_ssn => 'GB 1', map { ("custom$_" => "c$_") } 1 .. 5);
my %got = %$anna;
my ($joined, $posted) = delete @got{qw(join_date date_posted)};
is_deeply \%got, \%want, 'every documented key, all texts';
is $joined, $posted, 'both dates of the sign-up';
cmp_ok abs($joined - time), '<', 100, 'which was now';
is $all->{json}{ $id{carl} }{join_ip}, '2001:db8::7', 'an IPv6 address as it is written';
unlike $all->{content}, qr/\$argon2|[0-9a-f]{32}/, 'neither password hashes nor keys';
is $net->nats(GET => 'affiliate/search', username => 'nobody')->{content}, '{}', 'no match: an empty object';

# ---- who somebody is ----
finds('anna', loginid => $id{anna});
finds('bob', username => 'bob');
finds('bob', email => 'bob@aff.example');
finds('anna', firstname => 'anna');
finds('bob', lastname => 'müller');
finds($_->[1], name => $_->[0]) for [ 'An', 'anna' ], [ 'anna smith', 'anna' ], [ 'Anna Sm', 'anna' ], [ 'mül', 'bob' ],
    [ 'carl anna', 'carl' ], [ 'Jones_', 'carl' ], [ '%', '' ], [ 'nna', '' ];
finds('anna', address => '1 long');
finds('bob', address => '2 Short Road');
finds('', address => '_ Long');
finds('bob', city => 'köln');
finds('anna', state => 'Yorks');
finds('anna', zip_code => 'LS1');
finds('bob', country => 'Germany');
finds('anna', company => 'acme');
finds('anna', url => 'http://anna.example/');
finds('anna', aim => 'annaim');
finds('anna', icq => '42');
finds('emil', deleted => 1);
finds('anna bob carl dora', deleted => 0, type => 100);
finds('carl', inhouse => 1);
finds('bob', status => 1);
finds('carl', status => '4');
is scalar(keys %{ $net->nats(GET => 'affiliate/search', type => 140)->{json} }), 1, 'type=140: the advertiser';
finds('anna', join_ip => '192.0.2.7');
finds('anna', join_ip => '3221225991');
finds('carl', join_ip => '2001:DB8::7');
finds('anna', payvia_type_id => 4);
finds('anna', payvia_details => 'paypal');
finds('anna', trackingcode => $code);
finds('dora', ref => $code);
finds('dora', ref => 'anna');
finds('', ref => 'nobody');
finds('dora', refid => $id{anna});
finds('', refid => $id{anna}, ref => 'bob');
finds('dora', search_ref => 'nn');
finds('carl', sales_rep => 77);
finds('', username => 'bob', firstname => 'anna');

# ---- bounds, and what turns them round ----
$srv->exec_sql('UPDATE account SET created_us = ? WHERE id = ?', $_->[1] * 1_000_000, $id{ $_->[0] })
    for [ anna => 1_400_000_000 ], [ bob => 1_500_000_000 ], [ carl => 1_600_000_000 ];
finds('anna', join_date => '2016-01-01', type => 100);
finds('bob carl dora', join_date => '2016-01-01', join_range => 1, type => 100);
finds('anna bob', join_date => '@1600000000', type => 100);
finds('carl dora', join_date => '@1600000000', join_range => 'x', type => 100);
finds('anna carl dora', min_pay => 100, type => 100);
finds('bob', min_pay => 100, pay_range => 1, type => 100);
is $net->nats(GET => 'affiliate/search', join_date => 'someday')->{status}, 404, 'no date';
is $net->nats(GET => 'affiliate/search', status => 'x')->{status}, 404, 'no status';

# ---- what somebody did ----
my $link = $net->link_of($id{anna}, $offer);
my @click = map { $net->click($link) } 1 .. 4;
is $net->pixel(click_hash => $click[0], orderid => 'A1', subscription_id => 'S1'), '*success*', 'a conversion';
is $net->pixel(click_hash => $click[1], orderid => 'A2'), '*success*', 'another';
is $net->pixel(subscription_id => 'S1', offerid => $offer, orderid => 'A3', amount => 5), '*success*', 'a continuity';
is $net->nats(POST => 'transaction/process_void', type => 'void', orderid => 'A2')->{json}{result}, 'success', 'a void';
poll_until('all is in the sums', sub { $srv->sql('SELECT SUM(page_view) FROM rollup_booked WHERE affiliate_id = ?', $id{anna}) == 4
	&& $srv->sql('SELECT SUM(void_n) FROM rollup_booked') == 1 });
my @aff = (type => 100, status => 0);
finds('anna dora', raw_clicks => 5, @aff);
finds('dora', raw_clicks => 4, @aff);
finds('anna', raw_clicks => 4, raw_clicks_range => 1, @aff);
finds('dora', unq_clicks => 1, @aff);
finds('dora', join_count => 2, @aff);
finds('anna', join_count => 2, join_count_range => 1, @aff);
finds('dora', continuity_count => 1, @aff);
finds('dora', void_count => 1, @aff);
finds('anna dora', void_count => 2, @aff);
finds('anna', ratio => '2.5', @aff);
finds('', ratio => '2', @aff);
finds('anna', ratio => '2', ratio_range => 1, @aff);
my $earned = $srv->sql('SELECT SUM(affiliate_payout_b) FROM rollup_booked WHERE affiliate_id = ?', $id{anna}) / 1e6;
cmp_ok $earned, '>', 0, "she earned $earned";
finds('dora', total_earned => $earned, @aff);
finds('anna dora', total_earned => $earned + 0.01, @aff);
finds('dora', total => $earned, stats_period => 'all', @aff);
finds('dora', total => $earned, stats_period => 2, @aff);
finds('anna dora', total => $earned, stats_period => 'yesterday', @aff);
finds('anna dora', raw_clicks => 1, stats_start => '2001-01-01', stats_end => '2001-12-31', @aff);
finds('dora', raw_clicks => 1, stats_start => 'today', stats_end => 'today', @aff);
$r = $net->nats(GET => 'affiliate/search', stats_period => 'sometime', raw_clicks => 1);
is_deeply [ $r->{status}, $r->{json}{message} =~ /^(\w+):/ ], [ 404, 'stats_period' ], 'no period';

# ---- order and part ----
finds('anna bob carl dora', orderby => 'username', type => 100);
finds('bob carl', orderby => 'loginid', start => 1, end => 2, type => 100);
finds('bob', orderby => 'city', type => 100, city => 'Köln');
is $net->nats(GET => 'affiliate/search', orderby => 'password_hash')->{status}, 404, 'not by any column';

# ---- what comes along when asked for ----
$r = $net->nats(GET => 'affiliate/search', loginid => $id{anna}, return_payvia_info => 1, return_referred_info => 1, return_referring_info => 1)->{json}{ $id{anna} };
is_deeply $r->{payvia_details}, { account => 'anna@paypal.example' }, 'payment details';
is_deeply $r->{referring_details}, [ { loginid => $id{dora}, username => 'dora' } ], 'the children';
is_deeply $r->{referred_details}, [], 'no parents';
$r = $net->nats(GET => 'affiliate/search', loginid => $id{emil}, deleted => 1, return_referred_info => 1)->{json}{ $id{emil} };
is_deeply [ map { $_->{username} } @{ $r->{referred_details} } ], [qw(dora anna)], 'the chain of parents';
$srv->exec_sql('UPDATE account SET ref_account_id = ? WHERE id = ?', $id{anna}, $id{anna});
is scalar @{ $net->nats(GET => 'affiliate/search', loginid => $id{anna}, return_referred_info => 1)->{json}{ $id{anna} }{referred_details} }, 100,
    'a circle of referrers ends';

# ---- logins ----
sub logins { my (@p) = @_; return $net->nats(POST => 'affiliate/affiliate_login_ips', @p)->{json} }
is_deeply logins(loginid => $id{anna}), [ { result => 'success', message => { $id{anna} => {} } } ], 'never logged in';
my $key = $net->key_of($id{anna});
is $net->affise(GET => 'offers', key => $key)->{status}, 200, 'she calls';
is $net->affise(GET => 'offers', key => $key)->{status}, 200, 'twice';
my $in = logins(loginid => $id{anna})->[0]{message}{ $id{anna} };
is_deeply [ keys %$in, scalar @{ $in->{'127.0.0.1'} // [] } ], [ '127.0.0.1', 1 ], 'one login, from there';
like $in->{'127.0.0.1'}[0], qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\z/, 'at that time';
$srv->exec_sql('UPDATE account_login SET at_us = at_us - 3700 * 1000000 WHERE account_id = ?', $id{anna});
is $net->affise(GET => 'offers', key => $key)->{status}, 200, 'more than an hour later';
$srv->exec_sql("INSERT INTO account_login VALUES (?, '192.0.2.43', 1438832141000000), (?, '192.0.2.43', 1500000000000000)", ($id{anna}) x 2);
$in = $net->nats(POST => 'affiliate/affiliate_login_ips', loginid => $id{anna});
like $in->{content}, qr/^\[\{"result":"success","message":\{"$id{anna}":\{"127\.0\.0\.1":\["[^"]+","[^"]+"\],"192\.0\.2\.43":\["2017-07-14 02:40:00","2015-08-06 03:35:41"\]\}\}\}\]\z/,
    'newest first';
my $mine = $in->{json}[0]{message}{ $id{anna} };
is_deeply logins(username => 'anna', return_type => 'username')->[0]{message}, { anna => $mine }, 'by user name, keyed by it';
is_deeply logins('loginid_list[]' => [ $id{anna}, $id{bob} ])->[0]{message}, { $id{anna} => $mine, $id{bob} => {} }, 'several ids';
is_deeply logins(username_list => 'anna,bob', return_type => 'loginid')->[0]{message}, { $id{anna} => $mine, $id{bob} => {} }, 'several names';
is_deeply $net->nats(GET => 'affiliate/affiliate_login_ips', loginid => $id{anna})->{json}[0]{message}{ $id{anna} }, $mine, 'by GET too';
is_deeply logins(), { result => 'error', message => 'Missing loginid or username.' }, 'one of the four is needed';
finds('anna', login_ip => '127.0.0.1', type => 100);
finds('anna', login_date => 'yesterday', login_range => 1, type => 100);
finds('', login_date => 'yesterday', type => 100);
$r = $net->nats(GET => 'affiliate/search', loginid => $id{anna})->{json}{ $id{anna} };
is $r->{last_login_ip}, '2130706433', 'search shows the address of the last login';
cmp_ok abs($r->{last_login} - time), '<', 100, 'and its time';

done_testing;
