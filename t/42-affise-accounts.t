# /3.0/admin/partner and /3.0/admin/advertiser.  Reply, database, effect.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $r;
my $time = qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\z/;

sub row { my ($id) = @_; return $srv->rows('SELECT * FROM account LEFT JOIN account_person ON id = account_id WHERE id = ?', $id)->[0] }

sub is_error {
	my ($reply, $status, $text, $what) = @_;
	is $reply->{status}, $status, "$what: status";
	is $reply->{json}{status}, 2, "$what: an error";
	is $reply->{json}{error}, $reply->{json}{message}, "$what: the text twice";
	ref $text ? like($reply->{json}{error}, $text, "$what: named") : is($reply->{json}{error}, $text, "$what: the text");
	return;
}

# A manager, by hand: users come with a later version.
my $admin = row($net->{admin_id});
$srv->exec_sql("UPDATE account_person SET firstname = 'Mia', lastname = 'M' WHERE account_id = ?", $net->{admin_id});

# Partner.
my $plain = $net->affise(POST => 'admin/partner', email => 'plain.one@example.com', password => 'pw');
is $plain->{status}, 200, 'a partner with only what is required';
like $plain->{headers}{'content-type'}, qr{^application/json}, 'as JSON';
my $p = $plain->{json}{partner};
is $plain->{json}{id}, $p->{id}, 'the number stands beside it too';
like $p->{$_}, $time, "$_ is a time" for qw(created_at updated_at);
like $p->{api_key}, qr/^[0-9a-f]{32}\z/, 'the key is shown';
my %got = %$p;
delete @got{qw(created_at updated_at api_key id)};
is_deeply \%got, { email => 'plain.one@example.com', login => 'plain-one', name => undef, ref_percent => undef, notes => '',
	manager => undef, status => 'active', level => 0, payment_systems => [], customFields => [], balance => {},
	offersCount => 0, address_1 => undef, address_2 => undef, city => undef, country => undef, zip_code => undef,
	phone => undef, ref => '0', contactPerson => undef,
	sub_accounts => { 1 => { value => '', except => 0 }, 2 => { value => '', except => 0 } } }, 'the whole shape';
is row($p->{id})->{type}, 100, 'it is an affiliate';
is $net->affise(GET => 'offers', key => $p->{api_key})->{status}, 200, 'and his key opens what affiliates may open';
is $net->affise(POST => 'admin/partner', key => $p->{api_key}, email => 'x@y', password => 'x')->{status}, 403,
    'and nothing else';

$r = $net->affise(POST => 'admin/partner', email => 'full@example.com', password => 'pw', login => 'Full GmbH',
	ref_percent => '2.5', notes => "Née 1 / <b>", status => 'on moderation', level => 3,
	manager_id => $admin->{hex24}, ref => $p->{id}, country => 'DE');
is $r->{status}, 200, 'a partner with everything' or diag($r->{content});
my $q = $r->{json}{partner};
like $r->{content}, qr/"ref":"$p->{id}"/, 'ref is a string';
is_deeply [ @$q{qw(login ref_percent notes status level country)} ], [ 'Full GmbH', '2.5', "Née 1 / <b>", 'on moderation', 3, 'DE' ],
    'is shown';
like $q->{manager}{$_}, $time, "manager: $_" for qw(created_at updated_at);
delete @{ $q->{manager} }{qw(created_at updated_at)};
is_deeply $q->{manager}, { id => $admin->{hex24}, first_name => 'Mia', last_name => 'M', email => 'admin@network.example',
	skype => undef, work_hours => '', api_key => '', roles => ['ROLE_ADMIN'] }, 'with the manager, without his key';
my $row = row($q->{id});
is_deeply [ @$row{qw(username status ref_percent level ref_account_id manager_id country)} ],
    [ 'Full GmbH', 4, 25000, 3, $p->{id}, $net->{admin_id}, 'DE' ], 'and stored';
my %status = ('active' => 0, 'not active' => 1, 'banned' => 2, 'on moderation' => 4);
for my $s (sort keys %status) {
	(my $mail = "$s\@example.com") =~ tr/ /-/;
	$r = $net->affise(POST => 'admin/partner', email => $mail, password => 'pw', status => $s);
	is $r->{json}{partner}{status}, $s, "status $s is shown";
	is row($r->{json}{id})->{status}, $status{$s}, 'and stored';
}

# All encodings that clients use.
my $n = 0;
for my $how ([ 'in the query', _in => 'query' ], [ 'as JSON' ]) {
	$n++;
	my ($what, @in) = @$how;
	my %f = (email => "how$n\@example.com", password => 'pw', login => "how $n", level => 2);
	$r = $net->affise(POST => 'admin/partner', @in ? (@in, %f) : (_json => { %f, level => 2 }));
	is $r->{json}{partner}{login}, "how $n", "a partner $what" or diag($r->{content});
}
$r = $srv->request(POST => '/3.0/admin/partner', headers => { 'api-key' => $net->{key},
	'Content-Type' => 'multipart/form-data; boundary=b' }, content => join "\r\n",
	'--b', 'Content-Disposition: form-data; name="email"', 'Content-Length: 16', '', 'multi@example.com',
	'--b', 'Content-Disposition: form-data; name="password"', '', 'pw', '--b--', '');
is $r->{json}{partner}{email}, 'multi@example.com', 'a partner in a multipart body';

# Refusals.
my @new = (email => 'n@example.com', password => 'pw');
is_error($net->affise(POST => 'admin/partner', password => 'pw'), 400, qr/^email\b/, 'no e-mail address');
is_error($net->affise(POST => 'admin/partner', email => 'n@example.com'), 400, qr/^password\b/, 'no password');
is_error($net->affise(POST => 'admin/partner', @new, email => 'full@example.com'), 409, qr/^email\b/, 'a used address');
is_error($net->affise(POST => 'admin/partner', @new, login => 'Full GmbH'), 409, qr/^login\b/, 'a used login');
for my $bad ([ email => 'nobody' ], [ login => 'a.b' ], [ ref_percent => 'x' ], [ status => 'gone' ], [ level => '-1' ],
	[ manager_id => 'f' x 24 ], [ manager_id => 'x' ], [ ref => 9999 ], [ ref => 'x' ]) {
	is_error($net->affise(POST => 'admin/partner', @new, @$bad), 400, qr/^$bad->[0]\b/, "$bad->[0] = $bad->[1]");
}
is_error($net->affise(POST => 'admin/partner', @new, 'payment_systems[0][system_id]' => 99), 400, qr/^payment_systems\b/, 'no payment system');
is_error($net->affise(POST => 'admin/partner', @new, 'custom_fields[1]' => 1), 400, qr/^custom_fields\b/, 'no such question');
is $srv->sql("SELECT COUNT(*) FROM account WHERE email = 'n\@example.com'"), 0, 'none of them was made';
is_error($net->affise(POST => 'admin/partner', key => 'f' x 32, @new), 401, 'Token is necessary', 'a wrong key');

# Advertiser.
$r = $net->affise(POST => 'admin/advertiser', title => 'Shop & Söhne');
is $r->{status}, 200, 'an advertiser with only a title';
my $a = $r->{json}{advertiser};
like $a->{id}, qr/^[0-9a-f]{24}\z/, 'its id is 24 hex digits';
my $id = $srv->sql('SELECT id FROM account WHERE hex24 = ?', $a->{id});
is_deeply [ @{ row($id) }{qw(type username title company email)} ], [ 140, 'Shop-S-hne', 'Shop & Söhne', 'Shop & Söhne', undef ],
    'stored, with a user name for the other API';
delete $a->{id};
is_deeply $a, { title => 'Shop & Söhne', (map { $_ => undef } qw(contact email url manager_obj skype note hash_password address_1
	address_2 city country zip_code vat_code)), manager => '', allowed_ip => [],
	sub_accounts => { 1 => { value => '', except => 0 }, 2 => { value => '', except => 0 } } }, 'the whole shape';
my %f = (title => 'Full', contact => 'Eva', skype => 'eva.s', manager => $admin->{hex24}, url => 'http://full.example',
	email => 'eva@full.example', allowed_ip => "127.0.0.1\n127.0.1.1-127.0.2.1", address_1 => 'A', address_2 => 'B',
	city => 'C', country => 'DE', zip_code => '1', vat_code => 'DE1');
$r = $net->affise(POST => 'admin/advertiser', %f);
is $r->{status}, 200, 'an advertiser with everything' or diag($r->{content});
$a = $r->{json}{advertiser};
is_deeply { map { $_ => $a->{$_} } keys %f }, { %f, allowed_ip => [ '127.0.0.1', '127.0.1.1-127.0.2.1' ] }, 'is shown';
is $a->{manager_obj}{id}, $admin->{hex24}, 'with the manager';
is_error($net->affise(POST => 'admin/advertiser', contact => 'x'), 400, qr/^title\b/, 'no title');
is_error($net->affise(POST => 'admin/advertiser', title => 'x', email => 'eva@full.example'), 409, qr/^email\b/, 'a used address');
for my $bad ([ email => 'x' ], [ allowed_ip => 'here' ], [ manager => 'f' x 24 ]) {
	is_error($net->affise(POST => 'admin/advertiser', title => 'x', @$bad), 400, qr/^$bad->[0]\b/, "$bad->[0] = $bad->[1]");
}
for my $bad ([ sub_account_1 => 'a b' ], [ sub_account_2 => '"' ], [ sub_account_1_except => 'maybe' ]) {
	is_error($net->affise(POST => 'admin/advertiser', title => 'x', @$bad), 400, qr/^$bad->[0]\b/, "$bad->[0] = $bad->[1]");
}
is $srv->sql("SELECT COUNT(*) FROM account WHERE title = 'x'"), 0, 'none of them was made';

# The other API knows both.
is $net->nats(GET => 'affiliate/get_single_link', loginid => $p->{id}, offerid => $net->offer, code_only => 1)->{json}{result},
    'Success', 'a partner is an affiliate there';
is $net->nats(POST => 'offer/add_offer', name => 'x', url => 'http://x.example/', advertiserid => $id)->{json}{result},
    'Success', 'an advertiser is one there';

done_testing;
