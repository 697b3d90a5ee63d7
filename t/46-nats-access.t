# Who may use the NATS dialect: full administrators from listed addresses, for every row of the endpoint table.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Digest::SHA qw(sha256_hex);
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $program = build_dir() . '/src/affiliated';
my @rows = grep { $_->[3] eq 'nats' } map { [ split /\t/ ] } split /\n/, `$program -x endpoints`;
cmp_ok scalar @rows, '>', 60, 'there are calls';
is_deeply [ grep { $_->[4] ne 'administrator' } @rows ], [], 'all are for administrators';

# An account of each other type, and administrators who are none any more.
my %type = (affiliate => 100, manager => 120, advertiser => 140, service => 160, partner => 180, subadmin => 200);
my %key;
for my $name (sort keys %type) {
	my $id = $net->affiliate($name);
	$key{$name} = $net->key_of($name);
	$srv->exec_sql('UPDATE account SET type = ? WHERE id = ?', $type{$name}, $id);
}
for my $name (qw(disabled banned deleted)) {
	$srv->ctl_ok('admin', 'add', $name, "$name\@network.example");
	$key{$name} = $net->key_of($name);
}
$srv->exec_sql("UPDATE account SET status = 1 WHERE username = 'disabled'");
$srv->exec_sql("UPDATE account SET status = 2 WHERE username = 'banned'");
$srv->exec_sql("UPDATE account SET deleted = 1 WHERE username = 'deleted'");

sub tables { return join ' ', map { "$_=" . $srv->sql("SELECT COUNT(*) FROM $_") } qw(account offer landing_page payout_rule setting idempotency) }
sub ask {
	my ($method, $path, $user, $k, %more) = @_;
	return $srv->request($method, $path, headers => { (defined $user ? ('api-username' => $user) : ()), (defined $k ? ('api-key' => $k) : ()), %more });
}
my $before = tables();
my $right = '{"result":"error","message":"Full administrator accounts only."}';
for my $row (@rows) {
	my ($name, $method, $path) = @$row;
	my @let_in;
	for my $who (sort keys %key) {
		my $r = ask($method, $path, $who, $key{$who});
		push @let_in, "$who: $r->{status} $r->{content}" if $r->{status} != 403 || $r->{content} ne $right;
	}
	is join(', ', @let_in), '', "$method $path: nobody but an administrator";
}
# Credentials that are none, at each call: few enough not to be counted as an attack.
for my $row (@rows) {
	my ($name, $method, $path) = @$row;
	is ask($method, $path, undef, undef)->{status}, 401, "$method $path: without credentials";
}
is tables(), $before, 'none of these made anything';

# ---- credentials ----
my $key = $net->{key};
my $wrong = '{"result":"error","message":"Invalid api-username or api-key."}';
for my $case ([ 'no key', 'admin', undef ], [ 'no user name', undef, $key ], [ 'an empty key', 'admin', '' ], [ 'an empty name', '', $key ],
	[ 'a wrong key', 'admin', 'f' x 32 ], [ 'the key of another name', 'affiliate', $key ], [ 'the name in other letters', 'Admin', $key ],
	[ 'the key in capitals', 'admin', uc $key ], [ 'a blank behind', 'admin', "$key x" ], [ 'the hash for the key', 'admin', sha256_hex($key) ],
	[ 'another key with that name', 'admin', $key{affiliate} ]) {
	my ($what, $user, $k) = @$case;
	my $r = ask(GET => '/api/ping', $user, $k);
	is "$r->{status} $r->{content}", "401 $wrong", $what;
}
is ask(GET => '/api/ping', 'admin', $key)->{content}, '1', 'the right ones';
is $srv->get("/api/ping?api-key=$key&api-username=admin")->{status}, 401, 'not in the query';
my $rotated = $srv->ctl_ok('key', 'rotate', 'admin', '--now') =~ /([0-9a-f]{32})/ ? $1 : die 'no key';
is ask(GET => '/api/ping', 'admin', $key)->{status}, 401, 'a key that was replaced';
is ask(GET => '/api/ping', 'admin', $rotated)->{content}, '1', 'by this one';

# ---- kept as hashes ----
my @texts;
for my $t (map { values %$_ } @{ $srv->rows('SHOW TABLES') }) {
	for my $row (@{ $srv->rows("SELECT * FROM `$t` LIMIT 5000") }) {
		push @texts, "$t.$_" for grep { defined $row->{$_} && $row->{$_} =~ /\Q$rotated\E|\Q$key\E|\Q$key{affiliate}\E/ } keys %$row;
	}
}
is_deeply \@texts, [], 'no table holds a key';
is $srv->sql('SELECT LOWER(HEX(key_hash)) FROM api_key ORDER BY id DESC LIMIT 1'), sha256_hex($rotated), 'but its SHA-256';
unlike $srv->log_tail, qr/\Q$rotated\E|\Q$key\E/, 'nor does the log';

# ---- the address list ----
sub listed {
	my ($list, $want, $what) = @_;
	$srv->ctl_ok('config', 'set', 'ADMIN_API_ALLOWED_IPS', $list);
	my $r = ask(GET => '/api/ping', 'admin', $rotated);
	return is "$r->{status} $r->{content}", $want, "ADMIN_API_ALLOWED_IPS '$list': $what";
}
my $address = '403 {"result":"error","message":"IP not allowed."}';
listed('', $address, 'nobody');
listed('192.0.2.1, 10.0.0.0/8', $address, 'others');
listed('10.0.0.0/8,127.0.0.0/8', '200 1', 'a block');
listed('127.0.0.1', '200 1', 'the address');
listed('::1', $address, 'another family');
is ask(GET => '/api/ping', 'affiliate', $key{affiliate})->{content}, $right, 'who is no administrator is told that first';
listed('127.0.0.1', '200 1', 'as before');

# ---- the two numbers, the one-element array ----
for my $case ([ 400, 404 ], [ 200, 200 ]) {
	my ($unauthorized, $forbidden) = @$case;
	$srv->stop;
	$srv->{conf}{nats_status_unauthorized} = $unauthorized;
	$srv->{conf}{nats_status_forbidden} = $forbidden;
	$srv->{conf}{nats_bare_account_replies} = 'true';
	$srv->write_config;
	$srv->launch;
	is ask(GET => '/api/ping', 'admin', 'f' x 32)->{status}, $unauthorized, "nats_status_unauthorized: $unauthorized";
	is ask(GET => '/api/ping', 'affiliate', $key{affiliate})->{status}, $forbidden, "nats_status_forbidden: $forbidden";
	is $srv->get('/3.0/balance', headers => { 'API-Key' => 'f' x 32 })->{status} == $unauthorized ? 'moved' : 'stays', 'stays', 'the other dialect stays';
}
my $r = $srv->request(POST => '/api/affiliate/affiliate_login_ips', headers => { 'api-username' => 'admin', 'api-key' => $rotated,
	'Content-Type' => 'application/x-www-form-urlencoded' }, content => 'username=affiliate');
is ref $r->{json}, 'HASH', 'nats_bare_account_replies leaves the brackets out';

done_testing;
