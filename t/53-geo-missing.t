#!/usr/bin/perl
# Offers that ask for what no geo file tells: the log, the counters and /readyz say so.
use strict;
use warnings;

use File::Temp qw(tempdir);
use Test::More;
use Affiliated::Network;
use Affiliated::Test;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $shop = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
my @offer = (title => 'Shoes', advertiser => $shop, url => 'http://shop.example/', status => 'active');

sub said { local @ARGV = $srv->log_file; return grep { /which no file of geo_files tells/ } <> }
sub gauge { my ($n) = $srv->get('/metrics')->{content} =~ /^affiliated_geo_rules_unknown (\d+)$/m; return $n }
sub ready { return $srv->get('/readyz')->{json} }

my $plain = $net->affise(POST => 'admin/offer', @offer)->{json}{offer}{id};
is gauge(), 0, 'an offer that asks for nothing is no matter';
ok !exists ready()->{geo_rules_unknown}, 'and not spoken of';

my $one = $net->affise(POST => 'admin/offer', @offer, countries => 'DE')->{json}{offer}{id};
poll_until('one that asks for a country is counted', sub { gauge() == 1 });
is ready()->{geo_rules_unknown}, 1, 'and /readyz says so';
is ready()->{status}, 'ok', 'which is no reason to leave a balancer';
is scalar(said()), 1, 'the log has one line';
like +(said())[0], qr/warning: 1 active offer has rules by country,/, 'that says what it is';

my $two = $net->affise(POST => 'admin/offer', @offer, 'payments[0][goal]' => 1, 'payments[0][total]' => 2, 'payments[0][revenue]' => 1,
	'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed', 'payments[0][countries][]' => 'FR')->{json}{offer}{id};
poll_until('a price of a country is a rule, too', sub { gauge() == 2 });
is scalar(said()), 1, 'nobody is told twice';
$srv->ctl_ok('offer', 'set', $plain, 'allowed_states', 'US-CA');
poll_until('a region', sub { gauge() == 3 });
like join('', said()), qr/rules by region,/, 'is another thing to say';
$net->affise(POST => "admin/offer/$plain", strictly_connection_type => 'cellular');
poll_until('a connection', sub { grep { /rules by connection,/ } said() });
is gauge(), 3, 'of an offer that is counted already';
$net->affise(POST => "admin/offer/$_", status => 'stopped') for $one, $two, $plain;
poll_until('offers that are not active are no matter', sub { gauge() == 0 && !exists ready()->{geo_rules_unknown} });
undef $net;
undef $srv;

# With files that tell it.
my $dir = tempdir('aff-geo-XXXXXX', TMPDIR => 1, CLEANUP => 1);
SKIP: {
	skip 'no MaxMind::DB::Writer', 1 if system('perl', top_dir() . '/t/unit/geo-files', $dir) != 0;
	$srv = affiliated_start(workers => 1, config => { geo_files => [ "$dir/nested.mmdb", "$dir/flat.mmdb" ] });
	$net = Affiliated::Network->new($srv);
	$shop = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
	$net->affise(POST => 'admin/offer', @offer, advertiser => $shop, countries => 'DE', strictly_connection_type => 'wifi');
	poll_until('the offer is active', sub { $srv->sql('SELECT COUNT(*) FROM offer WHERE status = 1') == 1 });
	is gauge(), 0, 'nothing is unknown';
	is scalar(said()), 0, 'and nothing said';
	undef $net;
	undef $srv;
}
done_testing;
