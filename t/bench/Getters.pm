# The networks of `BENCH_ONLY=getters`: one small and one a hundred times as large, and the calls that read them.
#
#   my $n = Getters->new($srv, 100, 1000);     # offers, affiliates
#   my %ms = $n->medians(30);                  # what was asked => median of so many calls, in milliseconds
#
# The first offer and affiliate are made by the API, the others are copies of their rows with names of their own.
package Getters;

use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Time::HiRes qw(time);

sub new {
	my ($class, $srv, $offers, $affiliates) = @_;
	my $net = Affiliated::Network->new($srv);
	my $self = bless { srv => $srv, net => $net, offers => $offers, affiliates => $affiliates }, $class;
	$net->advertiser('shop');
	$self->{first_offer} = $net->offer(name => 'Offer 0', commission_type => 'cpa', flat_amount_per_conversion => 1, categories => 'One,Two');
	$net->nats(POST => 'affiliate/add_affiliate', username => 'aff0', password => 'secret', payvia => 1, email => 'aff0@aff.example', firstname => 'First0',
		lastname => 'Last0', company => 'Company 0', city => 'City 0', country => 'Country 0', address1 => '0 Street');
	$self->{first_affiliate} = $srv->sql("SELECT id FROM account WHERE username = 'aff0'");
	$self->copy_accounts;
	$self->copy_offers;
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
	$self->copies('account', "t.id = $id", $n, id => "$id + n", hex24 => "LPAD(LOWER(HEX(n)), 24, '0')", username => "CONCAT('aff', n)", email => "CONCAT('aff', n, '\@aff.example')");
	$self->copies('account_person', "t.account_id = $id", $n, account_id => "$id + n", firstname => "CONCAT('First', n)", lastname => "CONCAT('Last', n)",
		company => "CONCAT('Company ', n)", city => "CONCAT('City ', $city)", address1 => "CONCAT(n, ' Street')");
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
	$self->{srv}->exec_sql('ANALYZE TABLE offer, landing_page, payout_rule, account, account_person');
	return;
}

# Name, and what is asked about the thing of that number.
sub questions {
	my ($self) = @_;
	my $net = $self->{net};
	my ($o, $a) = @$self{qw(first_offer first_affiliate)};
	return (
		[ get_details_id => sub { $net->nats(GET => 'offer/get_details', offerid => $o + $_[0]) } ],
		[ get_details_name => sub { $net->nats(GET => 'offer/get_details', name => "Offer $_[0]") } ],
		[ get_details_name_like => sub { $net->nats(GET => 'offer/get_details', name_like => "offer $_[0]", count => 5, return_columns => 'name') } ],
		[ get_links => sub { $net->nats(GET => 'affiliate/get_links', loginid => $a + $_[1], offerid => $o + $_[0]) } ],
		[ get_single_link => sub { $net->nats(GET => 'affiliate/get_single_link', loginid => $a + $_[1], offerid => $o + $_[0]) } ],
		[ get_commission_changes => sub { $net->nats(GET => 'offer/get_commission_changes', offerid => $o + $_[0]) } ],
		[ get_conversion_caps => sub { $net->nats(GET => 'offer/get_conversion_caps', offerid => $o + $_[0]) } ],
		[ affiliate_login_ips => sub { $net->nats(POST => 'affiliate/affiliate_login_ips', loginid => $a + $_[1]) } ],
		[ search_loginid => sub { $net->nats(GET => 'affiliate/search', loginid => $a + $_[1]) } ],
		[ search_username => sub { $net->nats(GET => 'affiliate/search', username => "aff$_[1]") } ],
		[ search_email => sub { $net->nats(GET => 'affiliate/search', email => "aff$_[1]\@aff.example") } ],
		[ search_lastname => sub { $net->nats(GET => 'affiliate/search', lastname => "last$_[1]") } ],
		[ search_name => sub { $net->nats(GET => 'affiliate/search', name => "First$_[1] Las", end => 20) } ],
		[ search_company => sub { $net->nats(GET => 'affiliate/search', company => "company $_[1]") } ],
		[ search_city => sub { $net->nats(GET => 'affiliate/search', city => 'City ' . $_[1] % ($self->{affiliates} / 20)) } ],
		[ search_page => sub { $net->nats(GET => 'affiliate/search', orderby => 'loginid', start => $_[1] % 500, end => 20, type => 100) } ],
		[ affise_offer => sub { $net->affise(GET => 'offer/' . ($o + $_[0])) } ],
		[ affise_offers_page => sub { $net->affise(GET => 'offers', limit => 20, page => 2) } ],
	);
}

sub median { my @s = sort { $a <=> $b } @_; return $s[@s / 2] }

sub medians {
	my ($self, $rounds) = @_;
	my %ms;
	for my $q ($self->questions) {
		my ($name, $ask) = @$q;
		my @took;
		for my $i (0 .. $rounds + 3) {
			my ($offer, $affiliate) = map { ($i * 7919 + 13) % $_ } @$self{qw(offers affiliates)};
			my $at = time;
			my $r = $ask->($offer, $affiliate);
			push @took, (time - $at) * 1000 if $i > 3;    # the first ones fill caches
			die "$name: $r->{status} $r->{content}" if $r->{status} != 200 || $r->{content} =~ /"result":"error"|^(?:\{\}|\[\])\z/;
		}
		$ms{$name} = median(@took);
	}
	return %ms;
}

1;
