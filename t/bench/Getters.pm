# The networks of `BENCH_ONLY=getters`: one small and one a hundred times as large, and the calls that read them.
#
#   my @n = map { Getters->new(@$_) } [ $srv, 100, 1000 ], [ $other, 10_000, 100_000 ];     # offers, affiliates
#   my %ms = Getters->medians(30, @n);         # what was asked => the medians of so many calls to each, in milliseconds
#
# The first offer and affiliate are made by the API, the others are copies of their rows with names of their own.
package Getters;

use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use IO::Socket::INET;
use Time::HiRes qw(time);

sub new {
	my ($class, $srv, $offers, $affiliates) = @_;
	my $net = Affiliated::Network->new($srv);
	my $self = bless { srv => $srv, net => $net, offers => $offers, affiliates => $affiliates }, $class;
	$net->advertiser('shop');
	$self->{lonely} = $net->advertiser('lonely');    # has one offer
	$self->{lonely_hex} = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $self->{lonely});
	$self->{first_offer} = $net->offer(name => 'Offer 0', commission_type => 'cpa', flat_amount_per_conversion => 1, categories => 'One,Two');
	$net->nats(POST => 'affiliate/add_affiliate', username => 'aff0', password => 'secret', payvia => 1, email => 'aff0@aff.example', firstname => 'First0',
		lastname => 'Last0', company => 'Company 0', city => 'City 0', country => 'Country 0', address1 => '0 Street');
	$self->{first_affiliate} = $srv->sql("SELECT id FROM account WHERE username = 'aff0'");
	$self->{first_page} = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $self->{first_offer});
	$self->copy_accounts;
	$self->copy_offers;
	$net->offer(name => 'Of one', advertiserid => $self->{lonely}, advertiser_cost_type => 'conversion', advertiser_cost_flat => 1);
	return $self;
}

# Copies of one row of a table, n = 1 .. $n; `set` says what is different, as SQL with n.
sub copies {
	my ($self, $table, $where, $n, %set) = @_;
	my @columns = map { $_->{Field} } @{ $self->{srv}->rows("SHOW COLUMNS FROM `$table`") };
	my $values = join ', ', map { $set{$_} // "t.`$_`" } @columns;
	$self->{srv}->exec_sql(sprintf 'INSERT INTO `%s` (%s) SELECT %s FROM `%s` t JOIN (SELECT seq AS n FROM seq_1_to_%d) s WHERE %s', $table,
		join(', ', map { "`$_`" } @columns), $values, $table, $n, $where);
	return;
}

sub copy_accounts {
	my ($self) = @_;
	my ($id, $n) = ($self->{first_affiliate}, $self->{affiliates} - 1);
	my $city = 'n MOD ' . int($self->{affiliates} / 20);    # twenty live in each
	$self->copies('account', "t.id = $id", $n, id => "$id + n", hex24 => "LPAD(LOWER(HEX(n)), 24, '0')", username => "CONCAT('aff', n)", email => "CONCAT('aff', n, '\@aff.example')",
		ref_account_id => "$id + n - n MOD 10", created_us => 't.created_us - n * 1000000');
	$self->copies('account_person', "t.account_id = $id", $n, account_id => "$id + n", firstname => "CONCAT('First', n)", lastname => "CONCAT('Last', n)",
		company => "CONCAT('Company ', n)", city => "CONCAT('City ', $city)", address1 => "CONCAT(n, ' Street')", zip_code => "CONCAT('Z', n)",
		icq => "CONCAT('icq', n)", aim => "CONCAT('aim', n)", join_ip => "CONCAT('2001:db8::', LOWER(HEX(n)))", url => "CONCAT('http://site', n, '.example/')");
	$self->{srv}->exec_sql("INSERT INTO account_last_login (account_id, ip, at_us) SELECT $id + seq, CONCAT('2001:db8::1:', LOWER(HEX(seq))), 1700000000000000 + seq FROM seq_1_to_$n");
	$self->{srv}->exec_sql("INSERT INTO account_login (account_id, ip, at_us) SELECT $id + seq, CONCAT('2001:db8::1:', LOWER(HEX(seq))), 1700000000000000 + seq FROM seq_1_to_$n");
	# A click of each on each of three days.
	my $bucket = int(time / 900);
	$self->{srv}->exec_sql("INSERT INTO rollup_booked (bucket, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, country, currency, node_id, page_view, "
		. "conversion) SELECT $bucket - 96 * d.seq, $self->{first_offer}, 1, 1, $id + a.seq, 0, 0, 'USD', 1, 1, 1 FROM seq_1_to_$n a JOIN seq_1_to_3 d");
	return;
}

sub copy_offers {
	my ($self) = @_;
	my ($id, $n) = ($self->{first_offer}, $self->{offers} - 1);
	my ($lp) = $self->{srv}->sql('SELECT default_lp_id FROM offer WHERE id = ?', $id);
	$self->copies('offer', "t.id = $id", $n, id => "$id + n", hex24 => "LPAD(LOWER(HEX(n)), 24, '0')", name => "CONCAT('Offer ', n)", default_lp_id => "$lp + n");
	$self->copies('landing_page', "t.id = $lp", $n, id => "$lp + n", offer_id => "$id + n", name => "CONCAT('Page ', n)");
	$self->copies('commission', "t.offer_id = $id", $n, id => 't.id + n', offer_id => "$id + n");
	$self->copies('payout_rule', "t.offer_id = $id", $n, id => 't.id + n', offer_id => "$id + n");
	$self->{srv}->exec_sql('ANALYZE TABLE offer, landing_page, payout_rule, account, account_person, account_last_login, account_login, rollup_booked');
	# In memory, as with a server that runs for a while.
	$self->{srv}->sql("SELECT SUM(LENGTH($_->[1])) FROM $_->[0] FORCE INDEX (PRIMARY)") for [ account => 'custom1' ], [ account_person => 'url' ], [ offer => 'description' ];
	return;
}

# Name, and what is asked about the thing of that number: where it differs from the name the call is told first.
sub questions {
	my ($self) = @_;
	my ($o, $a) = @$self{qw(first_offer first_affiliate)};
	my $cities = int($self->{affiliates} / 20);
	return (
		[ get_details_id => 'offer/get_details', sub { (offerid => $o + $_[0]) } ],
		[ get_details_name => 'offer/get_details', sub { (name => "Offer $_[0]") } ],
		[ get_details_name_like => 'offer/get_details', sub { (name_like => "offer $_[0]", count => 5, return_columns => 'name') } ],
		[ get_details_advertiser => 'offer/get_details', sub { (advertiserid => $self->{lonely}) } ],
		[ get_details_first_page => 'offer/get_details', sub { (name_like => 'offer', start => 20, count => 5, return_columns => 'name') } ],
		[ get_links => 'affiliate/get_links', sub { (loginid => $a + $_[1], offerid => $o + $_[0]) } ],
		[ get_single_link => 'affiliate/get_single_link', sub { (loginid => $a + $_[1], offerid => $o + $_[0]) } ],
		[ decode_trackingcode => 'affiliate/decode_trackingcode', sub { (ocode => "aff$_[1].0." . ($o + $_[0]) . '.' . ($self->{first_page} + $_[0])) } ],
		[ get_commission_changes => 'offer/get_commission_changes', sub { (offerid => $o + $_[0]) } ],
		[ get_conversion_caps => 'offer/get_conversion_caps', sub { (offerid => $o + $_[0]) } ],
		[ check_orderid_exists => 'offer/check_orderid_exists', sub { (orderid => "order $_[0]") } ],
		[ affiliate_login_ips => 'affiliate/affiliate_login_ips', sub { (loginid => $a + $_[1]) } ],
		[ search_loginid => 'affiliate/search', sub { (loginid => $a + $_[1]) } ],
		(map { my ($name, $text) = @$_; [ "search_$name" => 'affiliate/search', sub { ($name => sprintf $text, $_[1]) } ] } [ username => 'aff%d' ], [ email => 'aff%d@aff.example' ],
			[ firstname => 'first%d' ], [ lastname => 'last%d' ], [ company => 'company %d' ], [ address => '%d street' ], [ zip_code => 'Z%d' ], [ icq => 'icq%d' ],
			[ aim => 'aim%d' ], [ join_ip => '2001:db8::%x' ], [ url => 'http://site%d.example/' ], [ login_ip => '2001:db8::1:%x' ]),
		[ search_ref => 'affiliate/search', sub { (ref => 'aff' . ($_[1] - $_[1] % 10)) } ],
		[ search_name => 'affiliate/search', sub { (name => "First$_[1] Las", end => 20) } ],
		[ search_city => 'affiliate/search', sub { (city => 'City ' . $_[1] % $cities) } ],
		[ search_city_counts => 'affiliate/search', sub { (city => 'City ' . $_[1] % $cities, raw_clicks => 1000, void_count => 5, ratio => 50) } ],
		[ search_counts => 'affiliate/search', sub { (loginid => $a + $_[1], raw_clicks => 1000, join_count => 5, total_earned => 1000) } ],
		[ search_trackingcode => 'affiliate/search', sub { (trackingcode => "aff$_[1].0." . ($o + $_[0]) . '.' . ($self->{first_page} + $_[0])) } ],
		[ search_children => 'affiliate/search', sub { (refid => $a + $_[1] - $_[1] % 10, return_referring_info => 1, return_payvia_info => 1) } ],
		[ search_page => 'affiliate/search', sub { (orderby => 'loginid', start => $_[1] % 500, end => 20, type => 100) } ],
		[ search_page_by_name => 'affiliate/search', sub { (orderby => 'username', start => $_[1] % 500, end => 20) } ],
		[ search_page_status => 'affiliate/search', sub { (status => 0, start => $_[1] % 500, end => 20) } ],
		[ search_page_join_date => 'affiliate/search', sub { (join_date => 'tomorrow', orderby => 'join_date', end => 20) } ],
		[ affise_offer => '/3.0/offer/%d', sub { $o + $_[0] } ],
		[ affise_offers_page => '/3.0/offers', sub { (limit => 20, page => 2) } ],
		[ affise_offers_of_advertiser => '/3.0/offers', sub { ('advertiser[]' => $self->{lonely_hex}) } ],
		[ affise_partners_page => '/3.0/admin/partners', sub { (limit => 20, page => 2) } ],
	);
}

sub median { my @s = sort { $a <=> $b } @_; return $s[@s / 2] }

# What is sent for the n-th time, whole.
sub request_of {
	my ($self, $q, $i) = @_;
	my ($name, $path, $args) = @$q;
	my @args = $args->(map { ($i * 7919 + 13) % ($_ - 1) + 1 } @$self{qw(offers affiliates)});
	$path = sprintf $path, splice @args if $path =~ /%d/;
	$path = "/api/$path" if $path !~ m{^/};
	$path .= '?' . form(@args) if @args;
	return "GET $path HTTP/1.1\r\nHost: x\r\napi-key: $self->{net}{key}\r\napi-username: admin\r\n\r\n";
}

# One connection, so that what is measured is the server.
sub ask {
	my ($self, $bytes) = @_;
	my $s = $self->{socket} //= IO::Socket::INET->new(PeerAddr => "127.0.0.1:$self->{srv}{port}") // die "connect: $!";
	my ($got, $at) = ('', time);
	syswrite $s, $bytes;
	while (1) {
		sysread $s, $got, 262_144, length $got or die 'the server closed';
		my $end = index $got, "\r\n\r\n";
		next if $end < 0;
		last if $got =~ /^content-length: *(\d+)/mi ? length $got >= $end + 4 + $1 : $got =~ /\r\n0\r\n\r\n\z/;
	}
	my $took = (time - $at) * 1000;
	die "$bytes$got" if $got !~ m{^HTTP/1.1 200} || $got =~ /"result":"error"|\r\n(?:\{\}|\[\])\z|"data":(?:\{\}|\[\])/ && $bytes !~ /get_conversion_caps/;
	return $took;
}

# Of several networks in turns: question => [ a median for each ].
sub medians {
	my ($class, $rounds, @networks) = @_;
	my @questions = map { [ $_->questions ] } @networks;
	my %ms;
	for my $n (0 .. $#{ $questions[0] }) {
		delete $_->{socket} for @networks;    # one that waited for long is closed
		my @took = map { [] } @networks;
		for my $i (0 .. $rounds + 3) {
			for my $k (0 .. $#networks) {
				my $ms = $networks[$k]->ask($networks[$k]->request_of($questions[$k][$n], $i));
				push @{ $took[$k] }, $ms if $i > 3;    # the first ones fill caches
			}
		}
		$ms{ $questions[0][$n][0] } = [ map { median(@$_) } @took ];
	}
	return %ms;
}

1;
