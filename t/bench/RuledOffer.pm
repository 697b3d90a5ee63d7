# The network of `BENCH_ONLY=rules`: an offer that makes use of every kind of rule at once, and one that is full.
#
#   my $n = RuledOffer->new($srv);        # a server whose geo_files name what RuledOffer::write_geo() wrote
#   $n->{link}{ruled}, $n->{link}{full}   # their links, %d is the visitor's subaff
#
# Every click of the first one passes all of its targeting, so that no check is spared; some are sent on by redirect
# rules, some to another offer of the group for their country, and phones go to a page of their own.
package RuledOffer;

use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;

my @home = qw(AT BE CZ DE DK ES FI FR GB HU IE IT NL NO PL PT SE SK);    # the offer takes these
my @away = qw(CH US);                                                   # and another of its group those
my @isps = map { "Net $_" } 'a' .. 'l';
our ($first, $last) = (11, 190);                                        # of the addresses' first numbers

# Regions, cities, providers and connections for the addresses that bench sends.
sub write_geo {
	my ($path) = @_;
	require MaxMind::DB::Writer::Tree;
	my $tree = MaxMind::DB::Writer::Tree->new(ip_version => 6, record_size => 24, database_type => 'Bench', languages => ['en'],
		description => { en => 'bench' }, map_key_type_callback => sub { 'utf8_string' }, remove_reserved_networks => 0);
	my @countries = (@home, @away);
	for my $n ($first .. $last) {
		for my $m (0 .. 15) {
			my $c = $countries[ ($n + $m) % @countries ];
			$tree->insert_network(sprintf('::%d.%d.0.0/108', $n, $m * 16), { country_code => $c, state1 => "State $m",
				city => "Town $m of $c", isp => $isps[ ($n + $m) % @isps ], connection_type => 'Cellular' });
		}
	}
	open my $f, '>:raw', $path or die "$path: $!";
	$tree->write_tree($f);
	close $f or die "$path: $!";
	return;
}

sub done {
	my ($what, $r) = @_;
	my $j = $r->{json};
	$j = $j->[0] if ref $j eq 'ARRAY';
	die "$what: $r->{content}" if lc($j->{result} // '') ne 'success' && ($j->{status} // 0) != 1;
	return $r;
}

sub new {
	my ($class, $srv) = @_;
	my $net = Affiliated::Network->new($srv);
	my $self = bless { srv => $srv, net => $net, advertiser => $net->advertiser('shop'), affiliate => $net->affiliate('anna') }, $class;
	$self->{others} = [ map { $net->affiliate("other$_") } 1 .. 30 ];
	$srv->ctl_ok('geo', 'learn');
	$self->make_offers;
	$self->target;
	$self->cap;
	$self->redirect;
	$self->block;
	$self->fill;
	return $self;
}

sub make_offers {
	my ($self) = @_;
	my $net = $self->{net};
	my %of = (advertiserid => $self->{advertiser}, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
		commission_type => 'hybrid', flat_amount_per_click => '0.01', flat_amount_per_visitor => '0.02',
		percentage_of_customer_conversion => 15, deduct_voids => 1, deduct_chargebacks => 1, min_deduct_date => '2020-01-01',
		deduct_window => 60, ip_uniqueness_seconds => 3600, prevent_cookie_dupes => 1, ip_conversion_limit_flag => 2,
		ip_conversion_limit => 5, pending_approval_lockout => 30, redirect_hash => 'home');
	for my $name (qw(ruled group elsewhere full)) {
		my $r = $net->nats(POST => 'offer/add_offer', name => $name, url => "https://$name.example/?click_hash=%%click_hash%%&s=%%subaff%%", %of);
		$self->{$name} = $r->{json}{message}{offerid} // die "add_offer: $r->{content}";
	}
	my $page = sub {
		my ($name) = @_;
		my $r = $net->nats(POST => 'offer/add_landing_page', offerid => $self->{ruled}, name => $name, redirect_hash => $name,
			url => "https://$name.ruled.example/?click_hash=%%click_hash%%&d=%%device_type_name|default:none%%");
		return $r->{json}{message}{landing_pageid} // die "add_landing_page: $r->{content}";
	};
	$self->{second} = $page->('second');
	$self->{phones} = $page->('phones');
	# Prices by country, by goal and of one's own; every fifth click gets one of these.
	my ($i, @p) = (0);
	for my $rule ([ 1, undef ], (map { [ 1, $_ ] } @home), [ 'lead', undef ], [ 'sale', 'DE' ], [ 'sale', 'FR' ]) {
		my ($goal, $country) = @$rule;
		push @p, "payments[$i][goal]" => $goal, "payments[$i][total]" => 5 + $i, "payments[$i][revenue]" => 3,
		    "payments[$i][currency]" => 'USD', "payments[$i][type]" => 'fixed';
		push @p, "payments[$i][countries][]" => $country if $country;
		$i++;
	}
	done('payments', $net->affise(POST => "admin/offer/$self->{ruled}", @p, hold_period => 7, allowed_ip => '192.0.2.1'));
	done('a change', $net->nats(POST => 'offer/add_commission_change', offerid => $self->{ruled}, type => 'standard', subaff => "s$_",
		flat_amount_per_click => '0.03', loginid => $self->{affiliate})) for map { $_ * 5 } 0 .. 9;
	return;
}

sub target {
	my ($self) = @_;
	my ($net, $srv, $offer) = @$self{qw(net srv ruled)};
	my @isp = map { $_->{id} } @{ $net->affise(GET => 'isp')->{json}{isp} };
	my @city = map { my $c = $_; map { $_->{id} } @{ $net->affise(GET => 'cities', country => $c)->{json}{cities} } } @home;
	die 'the geo file was not learned' if @isp != @isps || @city < 16 * @home;
	done('targeting', $net->affise(POST => "admin/offer/$offer", 'countries[]' => \@home,
		'strictly_os[0][os]' => 'web', 'strictly_os[0][versions][]' => [ 10, '10.15' ], 'strictly_os[1][os]' => 'android',
		'strictly_os[1][versions][]' => [ map { "android $_" } 4 .. 15 ], strictly_connection_type => 'cellular', 'strictly_isp[]' => \@isp,
		sub_account_1 => join(',', map { "s$_" } 0 .. 49), sub_account_2 => join(',', map { "bad$_" } 1 .. 50), sub_account_2_except => 1,
		(map { ("sub_restrictions[$_][sub1]" => "s$_", "sub_restrictions[$_][sub2]" => "worse$_") } 0 .. 20), search_empty_sub => 3,
		url_preview => 'https://preview.example/', trafficback_url => 'https://back.example/?p={pid}'));
	my $advertiser = $net->{srv}->sql('SELECT hex24 FROM account WHERE id = ?', $self->{advertiser});
	done('the advertiser\'s lists', $net->affise(POST => "admin/advertiser/$advertiser", sub_account_1 => join(',', map { "x$_" } 1 .. 30),
		sub_account_1_except => 1, sub_account_2 => 'b,c,d'));
	done('countries and devices', $net->nats(PATCH => 'offer/edit_offer', offerid => $offer, 'device_types[]' => [ 0, 1, 2 ],
		authorized => join(',', @home), unauthorized => 'KP,AQ', date_live => '-1 day', date_expire => '+1 year'));
	$srv->ctl_ok('offer', 'set', $offer, @$_) for [ allowed_states => join ',', map { my $c = $_; map { "$c-State $_" } 0 .. 15 } @home ],
	    [ allowed_cities => join ',', @city ], [ allowed_hours => join ',', 0 .. 23 ],
	    [ refused_visitor_ips => join ',', '203.0.113.0/24', map { "198.51.100.$_" } 1 .. 20 ];
	return;
}

# Limits that are never reached, of every type, window and scope; one of the advertiser and one of the network besides.
sub cap {
	my ($self) = @_;
	my @of = ('--offer', $self->{ruled}, '--value', 1_000_000_000, '--on-full');
	my @full = (['trafficback'], [ 'landing_page', '--target', "offer:$self->{elsewhere}" ], [ 'landing_page', '--target', "page:$self->{second}", '--track', 1 ]);
	my @whom = ('all', 'each', join ',', $self->{affiliate}, @{ $self->{others} });
	my @periods = qw(hour day week month year all);
	my $i = 0;
	for my $type (qw(conversions budget registrations unique-clicks clicks net-conversions)) {
		$self->{srv}->ctl_ok('cap', 'add', @of, @{ $full[ $i % 3 ] }, '--type', $type, '--period', $periods[ ($i + $_) % 6 ], '--affiliates',
			$whom[ ($i + $_) % 3 ], '--days', $_ == 0 ? 'any' : 'weekdays') for 0 .. 1;
		$i++;
	}
	$self->{srv}->ctl_ok('cap', 'add', '--value', 1_000_000_000, '--type', 'clicks', '--period', 'month', '--on-full', 'trafficback', @$_)
	    for [ '--advertiser', $self->{advertiser} ], [];
	return;
}

sub redirect {
	my ($self) = @_;
	my ($net, $srv) = @$self{qw(net srv)};
	my @rules = ((map { [ "offer:$self->{elsewhere}", '--affiliate', $_ ] } @{ $self->{others} }[ 0 .. 7 ]),
		[ "offer:$self->{elsewhere}", '--countries', 'KP,AQ,VA' ], [ "offer:$self->{elsewhere}", '--countries', 'DE,FR', '--share', 20, '--track', 0 ],
		[ 'https://again.example/?c=%%click_hash%%', '--visitor', 'returning', '--share', 1 ], [ "page:$self->{second}", '--share', 10 ]);
	$srv->ctl_ok('redirect', 'add', $self->{ruled}, @$_) for @rules;
	chomp(my $group = $srv->ctl_ok('group', 'add', 'Bench'));
	done('a group', $net->nats(PATCH => 'offer/set_offer_groups', offerid => $self->{$_}, offer_groups => $group)) for qw(ruled group);
	$srv->ctl_ok('redirect', 'geo', $self->{ruled}, 'on');
	$srv->ctl_ok('redirect', 'mobile', $self->{ruled}, $self->{phones});
	return;
}

# The offer is closed but for those who are let in; some are blocked by name, some by their advertiser.
sub block {
	my ($self) = @_;
	my ($net, $offer, $anna, @others) = (@$self{qw(net ruled affiliate)}, @{ $self->{others} });
	done('private', $net->affise(POST => "admin/offer/$offer", privacy => 'private'));
	done('connected', $net->affise(POST => 'offer/enable-affiliate', offer_id => $offer, pid => $_)) for $anna, @others[ 0 .. 14 ];
	done('blocked', $net->nats(PATCH => 'offer/set_enabled_affiliates', action => 'disable', loginids => join(',', @others[ 15 .. 29 ]), offerids => $offer));
	done('enabled', $net->nats(PATCH => 'offer/set_enabled_affiliates', action => 'enable', loginids => $anna, landing_pageids => $self->{second}));
	my $advertiser = $self->{srv}->sql('SELECT hex24 FROM account WHERE id = ?', $self->{advertiser});
	done('black-listed', $net->affise(POST => 'admin/advertiser/disable-affiliate', advertisers_id => $advertiser, pid => $_)) for @others[ 20 .. 29 ];
	return;
}

# One conversion, and the cap of the last offer is reached; both links follow.
sub fill {
	my ($self) = @_;
	my ($net, $srv, $offer, $anna) = @$self{qw(net srv full affiliate)};
	done('a cap', $net->affise(POST => "admin/offer/$offer", 'caps[0][period]' => 'all', 'caps[0][type]' => 'conversions', 'caps[0][value]' => 1,
		is_redirect_overcap => 1, trafficback_url => 'https://back.example/?p={pid}&s={sub1}'));
	$self->{link}{$_} = '/track/' . $net->link_of($anna, $self->{$_}, code_only => 1) . '?subaff=s%d&subaff2=b&subaff3=c&_ocid=x1' for qw(ruled full);
	(my $link = $self->{link}{full}) =~ s/%d/1/;
	my ($hash) = ($srv->get($link)->{headers}{location} // '') =~ /click_hash=([0-9a-f.]+)/ or die 'no click on the offer that will be full';
	my $said = $net->pixel(click_hash => $hash, orderid => 'F1');
	die "no conversion: $said" if $said !~ /success/;
	poll_until('the cap is reached', sub { $srv->get($link)->{headers}{location} =~ m{^https://back\.example/} });
	return;
}

1;
