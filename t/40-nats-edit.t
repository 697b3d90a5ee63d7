# edit_affiliate and edit_advertiser: only what is sent changes, in force at once, seen by the other dialect.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use POSIX ();
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my ($aff, $other) = map { $net->affiliate($_) } 'anna', 'bob';
my $adv = $net->advertiser('shop');
my $offer = $net->offer(name => 'Shoes');
my $code = $net->link_of($aff, $offer, code_only => 1);

sub edit { my ($what, @p) = @_; return $net->nats(PATCH => $what eq 'advertiser' ? 'advertiser/edit_advertiser' : 'affiliate/edit_affiliate', @p)->{json} }
sub row { my ($id) = @_; return $srv->rows('SELECT * FROM account a JOIN account_person p ON p.account_id = a.id WHERE a.id = ?', $id)->[0] }

for my $case ([ affiliate => $aff ], [ advertiser => $adv ]) {
	my ($what, $id) = @$case;
	my $before = row($id);
	is_deeply edit($what, loginid => $id, firstname => 'Ada', city => 'London'), [ { result => 'Success' } ], "$what: changed";
	my $after = row($id);
	is $after->{firstname}, 'Ada', 'what was sent';
	delete @$_{qw(firstname city updated_us)} for $before, $after;
	is_deeply $after, $before, 'and nothing else';
	is_deeply edit($what, loginid => $id, city => ''), [ { result => 'Success' } ], 'an empty value';
	is row($id)->{city}, '', 'clears';
	for my $name (qw(password email)) {
		like edit($what, loginid => $id, $name => '')->{message}, qr/$name/, "$name cannot be cleared";
	}
	my $hash = row($id)->{password_hash};
	edit($what, loginid => $id, password => 'another secret');
	isnt row($id)->{password_hash}, $hash, 'a new password';
	unlike row($id)->{password_hash}, qr/another/, 'is hashed';
	is edit($what, loginid => $id, email => 'bob@affiliate.example')->{result} // 'taken',
	    'error', 'somebody else\'s address' if $srv->sql('SELECT COUNT(*) FROM account WHERE email = ?', 'bob@affiliate.example');
	is edit($what, loginid => $id, email => "$what\@new.example")->[0]{result}, 'Success', 'a new address';
	is edit($what, loginid => 999999)->{message}, 'Invalid loginid.', 'nobody';
	is edit($what, firstname => 'x')->{result}, 'error', 'no number';
}
is edit('affiliate', loginid => $adv, firstname => 'x')->{message}, 'Invalid loginid.', 'an advertiser is no affiliate';
is edit('advertiser', loginid => $aff, firstname => 'x')->{message}, 'Invalid loginid.', 'nor the other way round';

# Every field, as whoever reads accounts sees it.
sub shown { my ($id) = @_; return $net->nats(GET => 'affiliate/search', loginid => $id)->{json}{$id} }
my @both = qw(lastname company url tel icq aim msn address1 address2 city state country zip_code);
for my $case ([ advertiser => $adv, @both ], [ affiliate => $aff, @both, qw(skype tax_id_or_ssn), map { "custom$_" } 1 .. 5 ]) {
	my ($what, $id, @fields) = @$case;
	for my $f (@fields) {
		my %before = %{ shown($id) };
		my $v = $f eq 'url' ? "http://$f.example/" : "new $f";
		is_deeply edit($what, loginid => $id, $f => $v), [ { result => 'Success' } ], "$what: $f";
		is_deeply shown($id), { %before, $f => $v }, 'is shown, and nothing else has changed';
	}
	edit($what, loginid => $id, join_ip => '192.0.2.77');
	is shown($id)->{join_ip}, 0xc000024d, "$what: join_ip";
	is edit($what, loginid => $id, join_ip => 'nowhere')->{result}, 'error', 'no address';
}
my $agent = $net->nats(POST => 'advertiser/add_advertiser', username => 'referred', password => 'x', email => 'r@advertiser.example',
	ref => $net->link_of($other, $offer, code_only => 1))->{json}[0]{message}{loginid};
is_deeply [ keys %{ $net->nats(GET => 'affiliate/search', refid => $other)->{json} } ], [$agent], 'add_advertiser: ref tells who referred him';

# What follows from it.
is edit('affiliate', loginid => $aff, status => 1)->[0]{result}, 'Success', 'disabled';
isnt $srv->get("/track/$code")->{status}, 302, 'its clicks go nowhere, at once';
edit('affiliate', loginid => $aff, status => 0);
is $srv->get("/track/$code")->{status}, 302, 'active again';
is edit('affiliate', loginid => $aff, minimum_payout => '50.5', payvia => 4, custom3 => 'vip', skype => 'anna')->[0]{result}, 'Success', 'more';
my $r = row($aff);
is_deeply [ @{$r}{qw(minimum_payout payvia_type_id custom3 skype)} ], [ 50_500_000, 4, 'vip', 'anna' ], 'all of it';
is edit('affiliate', loginid => $aff, minimum_payout => '')->[0]{result}, 'Success', 'no minimum';
is row($aff)->{minimum_payout}, undef, 'any more';
is edit('affiliate', loginid => $aff, payvia => 77)->{message}, 'Invalid payvia.', 'no such way of payment';
is edit('affiliate', loginid => $aff, ref => 'nonsense')->{result}, 'error', 'no code';
is edit('affiliate', loginid => $aff, ref => $net->link_of($other, $offer, code_only => 1))->[0]{result}, 'Success', 'referred';
is row($aff)->{ref_account_id}, $other, 'by him';
is edit('affiliate', loginid => $aff, ref => $code)->{result}, 'error', 'but not by himself';
is edit('affiliate', loginid => $aff, ref => '')->[0]{result}, 'Success', 'by nobody';
is row($aff)->{ref_account_id}, undef, 'any more';
is edit('advertiser', loginid => $adv, company => 'Shop Ltd')->[0]{result}, 'Success', 'a company';
is row($adv)->{title}, 'Shop Ltd', 'is the title in the other dialect';

# Two administrators at one account lose nothing.
my @kids;
for my $i (1 .. 2) {
	my $pid = fork // die;
	if ($pid == 0) {
		edit('affiliate', loginid => $other, "custom$i" => "v$_", ($i == 1 ? 'city' : 'state') => "v$_") for 1 .. 20;
		POSIX::_exit(0);
	}
	push @kids, $pid;
}
waitpid $_, 0 for @kids;
$r = row($other);
is_deeply [ @{$r}{qw(custom1 custom2 city state)} ], [ ('v20') x 4 ], 'both edits are there';
done_testing;
