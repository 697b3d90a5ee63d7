# Users with roles: what each role opens on every call of the Affise API, whose accounts it sees, keys and passwords;
# lists of accounts, edits of affiliates, payment systems and sign-up answers.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;
use Test::More;

my $sink = Affiliated::Sink->new;
my $srv = affiliated_start(workers => 1, config => { notify_private_addresses => 'true', mail_relay => $sink->smtp,
	mail_from => 'robot@network.example' });
my $net = Affiliated::Network->new($srv);
my $time = qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\z/;
my $hex = qr/^[0-9a-f]{24}\z/;
my $r;

sub is_error {
	my ($reply, $status, $text, $what) = @_;
	is $reply->{status}, $status, "$what: status" or diag($reply->{content});
	is $reply->{json}{error}, $reply->{json}{message}, "$what: the text twice";
	ref $text ? like($reply->{json}{error}, $text, "$what: named") : is($reply->{json}{error}, $text, "$what: the text");
	return;
}

# ---- users ----
my $n = 0;

sub user {
	my (@roles) = @_;
	$n++;
	my $x = $net->affise(POST => 'admin/user', email => "u$n\@network.example", password => 'secret', first_name => 'U',
		last_name => "No$n", 'roles[]' => \@roles);
	is $x->{status}, 200, "a user of @roles" or diag($x->{content});
	return $x->{json}{user};
}

$r = $net->affise(POST => 'admin/user', _json => { email => 'eva@network.example', password => 'secret', first_name => 'Eva',
	last_name => 'É', roles => ['ROLE_ADMIN'], skype => 'eva', work_hours => '9-17' });
is $r->{status}, 200, 'a user in a JSON body' or diag($r->{content});
my $eva = $r->{json}{user};
my $eva_key = $eva->{api_key};
like $eva->{id}, $hex, 'has an id';
like $eva_key, qr/^[0-9a-f]{32}\z/, 'and a key';
like $eva->{$_}, $time, $_ for qw(created_at updated_at);
my %got = %$eva;
delete @got{qw(id api_key created_at updated_at)};
is_deeply \%got, { first_name => 'Eva', last_name => 'É', email => 'eva@network.example', skype => 'eva', work_hours => '9-17',
	roles => ['ROLE_ADMIN'] }, 'and the whole shape';
is $net->affise(GET => 'admin/users', key => $eva_key)->{status}, 200, 'her key opens everything';
$r = $net->affise(POST => "admin/user/$eva->{id}", first_name => 'Ewa', work_hours => '');
is_deeply [ @{ $r->{json}{user} }{qw(first_name last_name work_hours api_key)} ], [ 'Ewa', 'É', '', '' ],
    'an edit changes what is sent; the key is not shown again';
$r = $net->affise(POST => "admin/user/api_key/$eva->{id}");
like $r->{json}{user}{api_key}, qr/^[0-9a-f]{32}\z/, 'a new key';
is $r->{json}{user}{id}, $eva->{id}, 'of hers';
is $net->affise(GET => 'admin/users', key => $eva_key)->{status}, 401, 'the old one ends at once';
is $net->affise(GET => 'admin/users', key => $r->{json}{user}{api_key})->{status}, 200, 'the new one works';
$r = $net->affise(GET => 'admin/users', limit => 1);
is_deeply $r->{json}{pagination}, { per_page => 1, total_count => 2, page => 1, next_page => 2 }, 'the list has pages';
is $net->affise(GET => 'admin/users', limit => 1, page => 2)->{json}{users}[0]{email}, 'eva@network.example', 'by number';

my @new = (email => 'x@network.example', password => 'secret', first_name => 'X', last_name => 'Y', 'roles[]' => 'ROLE_ADMIN');
for my $p (qw(email password first_name last_name roles[])) {
	my @p = @new;
	for (my $i = 0; $i < @p; $i += 2) { splice @p, $i, 2 if ($p[$i] // '') eq $p }
	my ($name) = $p =~ /^(\w+)/;
	is_error($net->affise(POST => 'admin/user', @p), 400, qr/^$name/, "no $p");
}
is_error($net->affise(POST => 'admin/user', @new, password => 'four'), 400, qr/^password/, 'a short password');
is_error($net->affise(POST => 'admin/user', @new, 'roles[]' => 'ROLE_KING'), 400, qr/^roles/, 'an unknown role');
is_error($net->affise(POST => 'admin/user', @new, email => 'eva@network.example'), 409, qr/^email/, 'an e-mail in use');
is_error($net->affise(POST => 'admin/user/' . 'f' x 24, first_name => 'x'), 404, 'Resource Not Found', 'an unknown user');
is_error($net->affise(POST => "admin/user/$eva->{id}", $_ => ''), 400, qr/^$_/, "an empty $_") for qw(email password first_name roles);
is_error($net->affise(POST => "admin/user/$eva->{id}", password => 'four'), 400, qr/^password/, 'a short password');
is $net->affise(POST => "admin/user/$eva->{id}", roles => 'ROLE_SECTION_NEWS')->{status}, 200, 'she is no administrator any more';
is_error($net->affise(POST => 'admin/user/1', roles => 'ROLE_SECTION_NEWS'), 400, qr/^roles/, 'but the last stays one');
is $net->nats(GET => 'service/ping')->{status}, 200, 'and opens the other API';
my $news = $srv->sql('SELECT type FROM account WHERE hex24 = ?', $eva->{id});
is $news, 200, 'which knows her as something else than an administrator';

# ---- every call with every role: generated from the table that the server prints ----
my (undef, $list) = $srv->run_program('affiliated', '-x', 'endpoints');
my @calls = grep { $_->[2] =~ m{^/3\.0/} } map { [ split /\t/ ] } split /\n/, $list;

# The table of the reference, as it stands there.
my @opens = (
	[ OFFER_READ => qr{^GET /3\.0/offers$} ], [ OFFER_READ => qr{^GET /3\.0/offer/\{ID\}$} ],
	[ OFFER => qr{^(?:POST|DELETE) /3\.0/admin/offer} ], [ OFFER => qr{^POST /3\.0/offer/(?:en|dis)able-affiliate$} ],
	[ OFFER => qr{^\w+ /3\.0/admin/smartlink/} ],
	[ SUPPLIER => qr{^\w+ /3\.0/admin/advertisers?(?:/|$)} ],
	[ STATS => qr{^\w+ /3\.0/stats/} ], [ NEWS => qr{^\w+ /3\.0/news(?:/|$)} ],
	[ CATEGORY => qr{^POST /3\.0/admin/category(?:/|$)} ],
	[ PARTNER => qr{^\w+ /3\.0/admin/partners?(?:/|$)} ], [ PARTNER => qr{^\w+ /3\.0/admin/affiliate/} ],
	[ PARTNER => qr{^POST /3\.0/offer/(?:en|dis)able-affiliate$} ], [ PARTNER => qr{^\w+ /3\.0/admin/postbacks$} ],
	[ PARTNER => qr{^\w+ /3\.0/partner/(?:postback|pixel)} ], [ PARTNER => qr{^\w+ /3\.0/admin/conversions?/} ],
	[ PAYMENT => qr{^\w+ /3\.0/admin/advertiser-invoices?(?:/|$)} ], [ TICKET => qr{^\w+ /3\.0/admin/tickets?(?:/|$)} ],
	[ LOOKUP => qr{^GET /3\.0/(?:offer/categories|admin/offer/sources|cities|isp|admin/currenc(?:y|ies)|admin/domains|admin/payment_systems|admin/custom_fields)$} ],
);
my %has = (ROLE_MANAGER_AFFILIATE => [qw(PARTNER STATS TICKET DASHBOARD NEWS OFFER_READ)],
	ROLE_MANAGER_SALES => [qw(OFFER OFFER_READ SUPPLIER DASHBOARD NEWS CATEGORY PAYMENT TICKET)],
	ROLE_SECTION_OFFER => [qw(OFFER OFFER_READ)], map { ("ROLE_SECTION_$_" => [$_]) }
	qw(SUPPLIER STATS DASHBOARD NEWS CATEGORY PARTNER PAYMENT TICKET));
my %key;
for my $role (sort keys %has) {
	my $key = $key{$role} = user($role)->{api_key};
	my %open = map { $_ => 1 } @{ $has{$role} }, 'LOOKUP';
	my @wrong;
	for my $c (@calls) {
		my ($name, $method, $path, undef, $who) = @$c;
		my %wanted = map { $_->[0] => 1 } grep { "$method $path" =~ $_->[1] } @opens;
		my $may = $who ne 'affiliate' && grep { $open{$_} } keys %wanted;
		(my $target = $path) =~ s/\{\w+\}/ffffffffffffffffffffffff/;
		$target = substr $target, 5;
		my $x = $net->affise($method => $target, key => $key);
		my $let = $x->{status} != 403 && $x->{status} != 401;
		push @wrong, "$method $path: $x->{status}" if !!$let != !!$may;
		push @wrong, "$method $path: $x->{json}{error}" if !$let && $x->{json}{error} ne 'Auth Denied';
	}
	is join(', ', @wrong), '', "$role: exactly what the table says, over " . @calls . ' calls';
}
is $net->nats(GET => 'service/ping')->{status}, 200, 'the administrator may use the other API';

# ---- whose accounts ----
my $am = user('ROLE_MANAGER_AFFILIATE', 'ROLE_SECTION_SUPPLIER');
my $sm = user('ROLE_MANAGER_SALES');
$r = $net->affise(POST => 'admin/partner', key => $am->{api_key}, email => 'mine@affiliate.example', password => 'secret');
my $mine = $r->{json}{partner};
is $mine->{manager}{id}, $am->{id}, 'whom a manager makes is his';
my $other = $net->affise(POST => 'admin/partner', email => 'other@affiliate.example', password => 'secret')->{json}{partner};
is_deeply [ map { $_->{id} } @{ $net->affise(GET => 'admin/partners', key => $am->{api_key})->{json}{partners} } ], [ $mine->{id} ],
    'he sees his own';
is scalar @{ $net->affise(GET => 'admin/partners')->{json}{partners} }, 2, 'an administrator all';
is $net->affise(POST => "admin/partner/$mine->{id}", key => $am->{api_key}, notes => 'x')->{json}{partner}{notes}, 'x',
    'he may change his own';
for my $c ([ POST => "admin/partner/$other->{id}", notes => 'x' ], [ POST => "admin/partner/password/$other->{id}" ],
	[ GET => 'admin/postbacks', partner_id => $other->{id} ], [ GET => "partner/pixels/$other->{id}" ],
	[ POST => "admin/affiliate/$other->{id}/disable-offers" ], [ POST => 'partner/postback', pid => $other->{id}, url => 'http://x.example/' ]) {
	is_error($net->affise(@$c, key => $am->{api_key}), 404, 'Resource Not Found', "$c->[1] of another's affiliate");
}
is $srv->sql('SELECT notes FROM account WHERE id = ?', $other->{id}), '', 'and nothing was changed';
my $adv = $net->affise(POST => 'admin/advertiser', key => $sm->{api_key}, title => 'Mine')->{json}{advertiser};
is $adv->{manager}, $sm->{id}, 'an advertiser likewise';
my $foreign = $net->affise(POST => 'admin/advertiser', title => 'Foreign', email => 'foreign@shop.example')->{json}{advertiser};
is_deeply [ map { $_->{title} } @{ $net->affise(GET => 'admin/advertisers', key => $sm->{api_key})->{json}{advertisers} } ], ['Mine'],
    'a manager of advertisers sees his own';
my $offer = $net->affise(POST => 'admin/offer', title => 'Own', advertiser => $adv->{id}, url => 'http://shop.example/')->{json}{id};
my $far = $net->affise(POST => 'admin/offer', title => 'Far', advertiser => $foreign->{id}, url => 'http://far.example/')->{json}{id};
for my $c ([ POST => "admin/advertiser/$foreign->{id}", title => 'x' ], [ POST => "admin/offer/$far", title => 'x' ],
	[ POST => 'admin/offer', title => 'x', advertiser => $foreign->{id}, url => 'http://x.example/' ], [ GET => "offer/$far" ],
	[ POST => 'offer/enable-affiliate', offer_id => $far, pid => $mine->{id} ]) {
	is_error($net->affise(@$c, key => $sm->{api_key}), 404, 'Resource Not Found', "$c->[1] of another's advertiser");
}
is_deeply [ map { $_->{title} } @{ $net->affise(GET => 'offers', key => $sm->{api_key}, 'status[]' => 'stopped')->{json}{offers} } ],
    ['Own'], 'and the offers of his advertisers';
is $net->affise(POST => "admin/offer/$offer", key => $sm->{api_key}, title => 'Owned')->{status}, 200, 'which he may change';

# ---- somebody of another kind ----
# A number that is there, but of no affiliate, advertiser or user, is not there for the calls about these.
my ($sales_no, $adv_no) = map { $srv->sql('SELECT id FROM account WHERE hex24 = ?', $_) } $sm->{id}, $adv->{id};
my $mine_hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $mine->{id});
my $root_hex = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $net->{admin_id});
my %section = map { $_ => user("ROLE_SECTION_$_")->{api_key} } qw(PARTNER SUPPLIER);
my $accounts = $srv->sql('SELECT GROUP_CONCAT(CONCAT_WS(0x2c, id, password_hash, notes, title) ORDER BY id) FROM account');
for my $c ((map { my $id = $_; map { [ PARTNER => @$_ ] } [ POST => "admin/partner/password/$id" ], [ POST => "admin/partner/$id", notes => 'x' ],
		[ POST => "admin/affiliate/$id/disable-offers" ], [ GET => "partner/pixels/$id" ], [ GET => 'admin/postbacks', partner_id => $id ],
		[ POST => 'partner/postback', pid => $id, url => 'http://x.example/' ] } $net->{admin_id}, $sales_no, $adv_no),
	(map { my $id = $_; map { [ SUPPLIER => POST => @$_ ] } [ "admin/advertiser/$id", title => 'x' ], ["admin/advertiser/$id/sendpass"] }
		$root_hex, $net->{admin_id}, $sm->{id}, $sales_no, $mine_hex, $mine->{id}),
	(map { my $id = $_; map { [ ADMIN => POST => @$_ ] } [ "admin/user/$id", first_name => 'x' ], ["admin/user/api_key/$id"] } $mine_hex, $mine->{id}, $adv->{id}, $adv_no)) {
	my ($who, $method, $path, @p) = @$c;
	my $x = $net->affise($method => $path, @p, $who eq 'ADMIN' ? () : (key => $section{$who}));
	is "$x->{status} " . ($x->{json}{error} // ''), '404 Resource Not Found', "$method $path @p";
}
is $srv->sql('SELECT GROUP_CONCAT(CONCAT_WS(0x2c, id, password_hash, notes, title) ORDER BY id) FROM account'), $accounts, 'none of them was changed';
for my $call (qw(service/ping report/profitloss?view=offer)) {
	my $x = $net->call(GET => "/api/$call", { 'api-username' => $srv->sql('SELECT username FROM account WHERE id = ?', $sales_no), 'api-key' => $sm->{api_key} });
	is_deeply [ $x->{status}, $x->{json}{result} ], [ 403, 'error' ], "a user with roles may not call $call of the other API";
}

# ---- advertisers ----
$r = $net->affise(GET => 'admin/advertisers', order => 'title', orderType => 'desc');
is_deeply [ map { $_->{title} } @{ $r->{json}{advertisers} } ], [ 'Mine', 'Foreign' ], 'sorted by title, downwards';
is_deeply [ map { $_->{title} } @{ $net->affise(GET => 'admin/advertisers', order => 'title')->{json}{advertisers} } ],
    [ 'Foreign', 'Mine' ], 'upwards';
is_deeply [ map { $_->{title} } @{ $net->affise(GET => 'admin/advertisers', orderType => 'desc')->{json}{advertisers} } ],
    [ 'Foreign', 'Mine' ], 'by number downwards';
my ($row) = grep { $_->{title} eq 'Mine' } @{ $r->{json}{advertisers} };
like $r->{content}, qr/"offers":"1"/, 'offers is a string';
is $row->{manager_obj}{email}, $sm->{email}, 'with the manager';
is_error($net->affise(POST => "admin/advertiser/$adv->{id}/sendpass"), 400, qr/e-mail/, 'a password for one without an address');
is $row->{has_user}, JSON::PP::false, 'who cannot log in';
$r = $net->affise(POST => "admin/advertiser/$foreign->{id}/sendpass");
is $r->{json}{message}, 'Email send successfully', 'a fresh password is mailed';
poll_until('the mail', sub { @{ $sink->mails } == 1 });
my ($mail) = @{ $sink->mails };
is $mail->{to}, 'foreign@shop.example', 'goes to the advertiser';
my ($password) = $mail->{text} =~ /Password: ([0-9a-f]{16})\r/;
ok $password, 'and has the password';
like $srv->sql('SELECT password_hash FROM account WHERE hex24 = ?', $foreign->{id}), qr/^\$argon2/, 'which is stored as a hash';
is_error($net->affise(POST => 'admin/advertiser/' . 'f' x 24 . '/sendpass'), 404, 'Resource Not Found', 'nobody');

# ---- affiliates ----
chomp(my $text = $srv->ctl_ok(customfield => 'add', 'Company size', '--required', 1));
chomp(my $radio = $srv->ctl_ok(customfield => 'add', 'Vertical', '--type', 'radio', '--values', 'Dating|Finance'));
chomp(my $boxes = $srv->ctl_ok(customfield => 'add', 'Channels', '--type', 'checkbox', '--values', 'Mail|Web|Push'));
chomp(my $gone = $srv->ctl_ok(customfield => 'add', 'Old'));
$srv->ctl_ok(customfield => 'remove', $gone);
isnt +($srv->ctl(customfield => 'remove', $gone))[0], 0, 'only once';
for my $c ([ 'x', '--type', 'radio' ], [ 'x', '--type', 'radio', '--values', '' ], [ 'x', '--type', 'text', '--values', 'a|b' ], [ 'x', '--type', 'select', '--values', 'a||b' ],
	[ 'x', '--type', 'select', '--values', 'a|' ], [ 'x', '--type', 'colour' ], [ 'x', '--required', 'yes' ], [ 'x', '--required' ], [''], [ 'x' x 191 ], ["two\nlines"], []) {
	isnt +($srv->ctl(customfield => 'add', @$c))[0], 0, 'customfield add ' . join(' ', map { s/\n/ /r } @$c) . ': refused';
}
is_deeply $net->affise(GET => 'admin/custom_fields')->{json}{fields}, [
	{ id => $text, name => 'Company size', required => JSON::PP::true, field_type => 'text', field_values => undef },
	{ id => $radio, name => 'Vertical', required => JSON::PP::false, field_type => 'radio', field_values => [ 'Dating', 'Finance' ] },
	{ id => $boxes, name => 'Channels', required => JSON::PP::false, field_type => 'checkbox', field_values => [ 'Mail', 'Web', 'Push' ] } ],
    'custom fields are listed';
like $srv->ctl_ok('customfield', 'list'), qr/^$radio\tVertical\tradio\t\tDating\|Finance$/m, 'from the shell too';
chomp(my $pay = $srv->ctl_ok(paysystem => 'add', 'Webmoney WMR', '--currency', 'USD'));
chomp(my $purse = $srv->ctl_ok(paysystem => 'field', $pay, 'Purse', '--required', 1));
chomp(my $note = $srv->ctl_ok(paysystem => 'field', $pay, 'Note'));
for my $c ([ add => 'Webmoney WMR' ], [ add => '' ], [ add => 'x' x 191 ], [ add => "two\nlines" ], [ add => 'x', '--currency', 'XXX' ], ['add'], [ field => 999, 'x' ], [ field => 'x', 'x' ],
	[ field => $pay, '' ], [ field => $pay, 'x', '--required', 'maybe' ], [ remove => 999 ], [ remove => 'x' ]) {
	isnt +($srv->ctl(paysystem => @$c))[0], 0, 'paysystem ' . join(' ', map { s/\n/ /r } @$c) . ': refused';
}
$r = $net->affise(GET => 'admin/payment_systems');
is_deeply +(grep { $_->{id} == $pay } @{ $r->{json}{payment_systems} })[0], { id => $pay, lang_label => 'Webmoney WMR', currency => 'USD',
	fields => [ { id => $purse, lang_label => 'Purse', required => JSON::PP::true }, { id => $note, lang_label => 'Note', required => JSON::PP::false } ] },
    'payment systems are listed';
is +(grep { $_->{lang_label} eq 'Paypal' } @{ $r->{json}{payment_systems} })[0]{currency}, undef, 'those of the other API among them';
like $srv->ctl_ok('paysystem', 'list'), qr/^$pay\tWebmoney WMR\tUSD\t$purse Purse\*, $note Note$/m, 'from the shell too';

my @pay = ('payment_systems[0][system_id]' => $pay, 'payment_systems[0][currency]' => 'usd', "payment_systems[0][fields][$purse]" => 'R1');
$r = $net->affise(POST => 'admin/partner', email => 'full@affiliate.example', password => 'secret', @pay,
	'payment_systems[1][system_id]' => 4, "custom_fields[$text]" => 'ten', "custom_fields[$radio]" => 2, "custom_fields[$boxes][]" => [ 1, 3 ]);
is $r->{status}, 200, 'an affiliate with all of it' or diag($r->{content});
my $p = $r->{json}{partner};
is_deeply $p->{payment_systems}, [ { id => $pay, active => 1, system => 'Webmoney WMR', currency => 'USD', fields => { $purse => 'R1' } },
	{ id => 4, active => 0, system => 'Paypal', currency => '', fields => {} } ], 'payout accounts, the first is active';
is_deeply $p->{customFields}, [ { id => $text, name => 'Company size', value => 'ten', label => 'ten' },
	{ id => $radio, name => 'Vertical', value => '2', label => 'Finance' },
	{ id => $boxes, name => 'Channels', value => [ 1, 3 ], label => { 1 => 'Mail', 3 => 'Push' } } ], 'answers';
my $a = $srv->rows('SELECT * FROM account WHERE id = ?', $p->{id})->[0];
is $a->{payvia_type_id}, $pay, 'the other API pays him so';
is $srv->sql("SELECT value FROM account_payvia WHERE account_id = ? AND field = 'Purse'", $p->{id}), 'R1', 'with that value';
is_deeply +(grep { $_->{id} == $p->{id} } @{ $net->affise(GET => 'admin/partners')->{json}{partners} })[0]{payment_systems},
    $p->{payment_systems}, 'in the list too';
is $net->nats(PATCH => 'affiliate/edit_affiliate', loginid => $p->{id}, payvia => 1)->{status}, 200, 'the other API sets another';
is_deeply [ map { "$_->{id} $_->{active}" } @{ $net->affise(POST => "admin/partner/$p->{id}", level => 2)->{json}{partner}{payment_systems} } ],
    [ "$pay 0", '4 0', '1 1' ], 'which is shown';
$r = $net->affise(POST => "admin/partner/$p->{id}", login => 'fuller', ref_percent => '1.5', notes => 'n', status => 'banned', level => 7,
	manager_id => $am->{id}, ref => $mine->{id}, "custom_fields[$radio]" => '', payment_systems => '');
is $r->{status}, 200, 'an edit of everything' or diag($r->{content});
is $r->{json}{id}, $p->{id}, 'answers the number';
$p = $r->{json}{partner};
is_deeply [ @$p{qw(login ref_percent notes status level ref api_key)} ], [ 'fuller', '1.5', 'n', 'banned', 7, $mine->{id}, '' ], 'is shown';
is $p->{manager}{id}, $am->{id}, 'with the manager';
is_deeply $p->{payment_systems}, [], 'accounts were cleared';
is_deeply [ map { $_->{id} } @{ $p->{customFields} } ], [ $text, $boxes ], 'and an answer';
$r = $net->affise(POST => "admin/partner/$p->{id}", status => '', ref_percent => '', manager_id => '');
is_deeply [ @{ $r->{json}{partner} }{qw(status ref_percent manager level)} ], [ 'banned', undef, undef, 7 ],
    'an empty status is no change; the rest clears; what is absent stays';
for my $bad ([ login => '' ], [ login => 'mine' ], [ password => '' ], [ status => 'gone' ], [ ref => 9999 ], [ manager_id => 'f' x 24 ], [ level => -1 ]) {
	my $status = $bad->[1] eq 'mine' ? 409 : 400;
	is_error($net->affise(POST => "admin/partner/$p->{id}", @$bad), $status, qr/^$bad->[0]/, "$bad->[0] = $bad->[1]");
}
for my $bad ([ 'custom_fields[99]' => 1 ], [ "custom_fields[$radio]" => 3 ], [ "custom_fields[$radio][]" => [ 1, 2 ] ], [ "custom_fields[$gone]" => 'x' ],
	[ 'payment_systems[0][system_id]' => 99 ], [ 'payment_systems[0][system_id]' => $pay ], [ @pay, 'payment_systems[0][fields][99]' => 1 ],
	[ @pay, 'payment_systems[0][currency]' => 'EUR' ]) {
	is_error($net->affise(POST => "admin/partner/$p->{id}", @$bad), 400, qr/^(?:custom_fields|payment_systems)/, "$bad->[-2] = $bad->[-1]");
}
is_error($net->affise(POST => 'admin/partner/9999', notes => 'x'), 404, 'Resource Not Found', 'nobody');
is_error($net->affise(POST => "admin/partner/$net->{admin_id}", notes => 'x'), 404, 'Resource Not Found', 'an administrator is no affiliate');
$net->affise(POST => "admin/partner/$p->{id}", "custom_fields[$text]" => 'again');
is_deeply $net->affise(POST => "admin/partner/$p->{id}", custom_fields => '')->{json}{partner}{customFields}, [], 'empty custom_fields takes all answers away';
my $hash = $srv->sql('SELECT password_hash FROM account WHERE id = ?', $p->{id});
$r = $net->affise(POST => "admin/partner/password/$p->{id}");
is $r->{json}{partner}{id}, $p->{id}, 'a random password';
like $r->{json}{partner}{password}, qr/^[0-9a-f]{10}\z/, 'of ten hex digits';
isnt $srv->sql('SELECT password_hash FROM account WHERE id = ?', $p->{id}), $hash, 'is stored';
is_error($net->affise(POST => 'admin/partner/password/9999'), 404, 'Resource Not Found', 'of nobody');
$r = $net->affise(GET => 'admin/partners', with_balance => 1, limit => 1);
is_deeply $r->{json}{partners}[0]{balance}, { USD => { balance => 0, hold => 0, available => 0 } }, 'balances, when asked for';
like $r->{content}, qr/"balance":\{"USD":\{"balance":0,/, 'which are numbers';
is_deeply $net->affise(GET => 'admin/partners', limit => 1)->{json}{partners}[0]{balance}, {}, 'else an empty map';
$srv->ctl_ok(paysystem => 'remove', $pay);
is_deeply [ grep { $_->{id} == $pay } @{ $net->affise(GET => 'admin/payment_systems')->{json}{payment_systems} } ], [], 'a payment system is removed';

done_testing;
