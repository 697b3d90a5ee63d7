# affiliatectl: accounts, keys, settings and rates, against a real database; no server runs.
use strict;
use warnings;

use Affiliated::Test;
use Digest::SHA qw(sha256_hex);
use File::Temp qw(tempfile);
use Test::More;

my $srv = Affiliated::Test->new;

sub fails {
	my ($status, $like, @args) = @_;
	my ($rc, $out, $err) = $srv->ctl(@args);
	is $rc, $status, "@args: exit status $status";
	like $err, $like, "@args: says why";
	is $out, '', "@args: prints no result";
	return;
}

# Options and usage.
{
	my ($rc, $out) = $srv->run_program('affiliatectl', '--help');
	is $rc, 0, 'help is no failure';
	for my $c ('migrate', 'admin add', 'key rotate', 'config set', 'rate set') {
		like $out, qr/^  \Q$c\E\b/m, "help lists $c";
	}
	($rc, $out) = $srv->run_program('affiliatectl', '--version');
	like $out, qr/^affiliated \d/, 'the version';
	fails(2, qr/^usage: affiliatectl/, 'no-such-command');
	fails(2, qr/^usage: affiliatectl admin add/, 'admin', 'add', 'only-a-name');
	fails(2, qr/^usage: affiliatectl key create/, 'key', 'create');
	# Each says in one line what does not fit, behind the usage.
	my $day = '2026-01-01';
	my @dump = (qw(dump clicks --from), $day, '--to', $day);
	for ([ [], 'the command is missing; affiliatectl --help lists the commands' ],
		[ ['nosuch'], 'there is no command nosuch; affiliatectl --help lists the commands' ],
		[ ['key'], 'key is not the whole command: key create, key rotate, key revoke; affiliatectl --help lists the commands' ],
		[ [qw(key make)], 'key make is no command: key create, key rotate, key revoke; affiliatectl --help lists the commands' ],
		[ [qw(migrate now)], "'now' is one argument too many" ],
		[ [qw(admin add only-a-name)], 'EMAIL is missing' ],
		[ [qw(admin add a b c)], "'c' is one argument too many" ],
		[ [qw(admin add a b@c.example --title T)], 'there is no option --title' ],
		[ [qw(advertiser add a b@c.example --title)], '--title needs a value, TITLE' ],
		[ [qw(key create)], 'ACCOUNT is missing' ],
		[ [qw(key rotate root --later)], 'there is no option --later' ],
		[ [qw(config set time_zone)], 'VALUE is missing' ],
		[ [qw(verify --since), $day], 'there is no option --since' ],
		[ [qw(verify --from)], '--from needs a value, DAY' ],
		[ [qw(verify), $day], "'$day' is one argument too many" ],
		[ ['dump'], 'profitloss|traffic|transactions|clicks|conversions|posts is missing' ],
		[ [qw(dump payments)], "'payments' is not profitloss|traffic|transactions|clicks|conversions|posts" ],
		[ [qw(dump clicks --from), $day], '--to is missing' ],
		[ [@dump, qw(--format xml)], "'xml' is not csv|jsonl" ],
		[ [@dump, '--output'], '--output needs a value, FILE' ],
		[ [qw(hook add 1 banner http://x.example/)], "'banner' is not postback|iframe|image|script" ],
		[ [qw(goal notify 1 all)], "'all' is not goal|conversion|continuity|nothing" ],
		[ [qw(redirect geo 1 perhaps)], "'perhaps' is not on|off" ],
		[ [qw(redirect add 1)], 'TARGET is missing' ])
	{
		my ($args, $want) = @$_;
		my ($rc, $out, $err) = $srv->ctl(@$args);
		is "$rc$out", 2, "@$args: no result";
		like $err, qr/\Ausage: affiliatectl .*\naffiliatectl: \Q$want\E\n\z/, '... and why';
	}
	($rc, $out, my $why) = $srv->run_program('affiliatectl', '-x');
	like $why, qr/^affiliatectl: there is no option -x;/m, 'an option that is none';
	($rc, $out, $why) = $srv->run_program('affiliatectl', '-c');
	like $why, qr/^affiliatectl: -c needs a value;/m, 'one without its value';
	($rc, $out, my $err) = $srv->run_program('affiliatectl', '-c', '/nonexistent/x.yaml', 'config', 'list');
	is $rc, 1, 'a configuration that is not there';
	like $err, qr{/nonexistent/x\.yaml}, 'is named';
}

# Migration is a matter of once.
is $srv->ctl_ok('migrate'), "0\n", 'a second migration has nothing to do';

# Accounts.
my $admin = $srv->ctl_ok('admin', 'add', 'root', 'root@example.com');
like $admin, qr/^\d+\n\z/, 'an administrator gets a number';
chomp $admin;
my ($fh, $file) = tempfile(UNLINK => 1);
print $fh "sesame open\nsecond line\n";
close $fh;
chomp(my $aff = $srv->ctl_ok('affiliate', 'add', 'anna', 'anna@example.com', '--password-from', $file));
chomp(my $adv = $srv->ctl_ok('advertiser', 'add', 'shop', 'shop@example.com', '--title', 'Shop Ltd.'));
is_deeply [ map { [ @$_{qw(id type username email title)} ] } @{ $srv->rows('SELECT * FROM account ORDER BY id') } ],
    [ [ $admin, 225, 'root', 'root@example.com', '' ], [ $aff, 100, 'anna', 'anna@example.com', '' ],
	[ $adv, 140, 'shop', 'shop@example.com', 'Shop Ltd.' ] ], 'accounts are stored';
like $srv->sql('SELECT password_hash FROM account WHERE id = ?', $aff), qr/^\$argon2id\$/, 'a password is hashed';
is $srv->sql('SELECT password_hash FROM account WHERE id = ?', $admin), undef, 'without one there is none';
fails(1, qr/^affiliatectl: Username already exists$/, 'affiliate', 'add', 'root', 'other@example.com');
fails(1, qr/^affiliatectl: Email already exists$/, 'affiliate', 'add', 'other', 'root@example.com');
fails(1, qr/^affiliatectl: username may not hold dots/, 'affiliate', 'add', 'a.b', 'ab@example.com');
fails(1, qr/email is no e-mail address/, 'affiliate', 'add', 'ab', 'example.com');
fails(1, qr/no password in/, 'affiliate', 'add', 'ab', 'ab@example.com', '--password-from', '/nonexistent');
fails(2, qr/^usage/, 'affiliate', 'add', 'ab', 'ab@example.com', '--title', 'T');

# What stands with an affiliate.
for my $flag (qw(inhouse mediabuy auto_pending)) {
	is $srv->ctl_ok('affiliate', 'get', 'anna', $flag), "0\n", "$flag: not at first";
	$srv->ctl_ok('affiliate', 'set', $aff, $flag, 1);
	is $srv->ctl_ok('affiliate', 'get', $aff, $flag) . $srv->sql("SELECT $flag FROM account WHERE id = ?", $aff), "1\n1", "$flag is set";
	$srv->ctl_ok('affiliate', 'set', 'anna', $flag, 0);
	is $srv->sql('SELECT inhouse + mediabuy + auto_pending FROM account WHERE id = ?', $aff), 0, 'and taken back';
}
like $srv->sql('SELECT password_hash FROM account WHERE id = ?', $aff), qr/^\$argon2id\$/, 'the password is what it was';
fails(1, qr/^affiliatectl: rich is not inhouse, mediabuy or auto_pending$/, 'affiliate', $_->[0], 'anna', 'rich', @$_[1 .. $#$_]) for ['get'], [ 'set', 1 ];
fails(1, qr/^affiliatectl: mediabuy must be 1 or 0$/, 'affiliate', 'set', 'anna', 'mediabuy', 'yes');
fails(1, qr/^affiliatectl: there is no account nobody$/, 'affiliate', 'set', 'nobody', 'mediabuy', 1);
fails(1, qr/^affiliatectl: shop is no affiliate$/, 'affiliate', 'get', 'shop', 'mediabuy');
fails(2, qr/^usage: affiliatectl affiliate set/, 'affiliate', 'set', 'anna', 'mediabuy');
is $srv->sql('SELECT COUNT(*) FROM account'), 3, 'failures leave nothing behind';

# Keys.
sub hash_of { my ($key) = @_; return sha256_hex($key) }
chomp(my $key = $srv->ctl_ok('key', 'create', 'root'));
like $key, qr/^[0-9a-f]{32}\z/, 'a key is 32 hex digits';
is $srv->sql('SELECT account_id FROM api_key WHERE key_hash = UNHEX(?) AND ends_us IS NULL', hash_of($key)), $admin,
    'its SHA-256 is stored for the account';
is $srv->sql('SELECT COUNT(*) FROM api_key WHERE HEX(key_hash) LIKE ?', "%$key%"), 0, 'the key itself is not';
my $t0 = time;
chomp(my $second = $srv->ctl_ok('key', 'rotate', $admin));
isnt $second, $key, 'a rotated key is another';
my $ends = $srv->sql('SELECT ends_us FROM api_key WHERE key_hash = UNHEX(?)', hash_of($key)) / 1e6;
cmp_ok abs($ends - $t0 - 86400), '<', 60, 'the old one ends in a day';
is $srv->sql('SELECT ends_us FROM api_key WHERE key_hash = UNHEX(?)', hash_of($second)), undef, 'the new one does not';
chomp(my $third = $srv->ctl_ok('key', 'rotate', 'root', '--now'));
cmp_ok $srv->sql('SELECT MAX(ends_us) FROM api_key') / 1e6, '<=', time + 1, 'with --now the old ones end at once';
$srv->ctl_ok('key', 'create', 'root');
is +($srv->ctl('key', 'revoke', 'root'))[2], "2 keys ended\n", 'revoking says how many that were';
$srv->ctl_ok('key', 'create', 'root');
is +($srv->ctl('key', 'revoke', 'root'))[2], "1 key ended\n", 'and of one in the singular';
is $srv->sql('SELECT COUNT(*) FROM api_key WHERE ends_us IS NULL'), 0, 'revoking ends all';
fails(1, qr/there is no account nobody/, 'key', 'create', 'nobody');
fails(1, qr/there is no account 4711/, 'key', 'create', '4711');

# Settings.
my @list = split /\n/, $srv->ctl_ok('config', 'list');
my %listed = map { (split /\t/)[0] => [ (split /\t/)[ 1 .. 3 ] ] } @list;
for my $name (qw(ADMIN_API_ALLOWED_IPS ALLOW_REMOTE_VOID_POSTS STORE_PAYMENTS_BY_PERIOD POST_ACCOUNT_SIGNUP
	POST_ACCOUNT_CHANGES ALLOW_POST_AFFILIATE_PASSWORD unique_visitor_time default_authorized
	default_unauthorized ip_conversion_limit enable_offer_goals display_offer_email_fields
	customer_lifetime_days base_currency time_zone stat_unique_seconds unauthenticated_posts)) {
	ok $listed{$name}, "$name is a setting";
	ok length $listed{$name}[2], "$name says what it is";
	is $listed{$name}[0], $listed{$name}[1], "$name has its default";
	is $srv->ctl_ok('config', 'get', $name), "$listed{$name}[0]\n", "$name is got as it is listed";
}
{
	my ($rc, $out, $err) = $srv->ctl('config', 'set', 'STORE_PAYMENTS_BY_PERIOD', 0);
	is_deeply [ $rc, $err ], [ 0, "affiliatectl: STORE_PAYMENTS_BY_PERIOD is kept; nothing in this version goes by it\n" ],
	    'a setting of what comes later says so';
	is $srv->ctl_ok('config', 'get', 'STORE_PAYMENTS_BY_PERIOD'), "0\n", 'and is kept';
}

# The manual names every command and every setting with its default.
{
	open my $f, '<', top_dir() . '/man/affiliatectl.8' or die "manual: $!";
	my $man = do { local $/; <$f> };
	my $help = ($srv->run_program('affiliatectl', '--help'))[1];
	for my $c ($help =~ /^  ((?:[a-z]+)(?: [a-z]+(?= |$))?)/mg) {
		my $words = join ' Cm ', split / /, $c;
		like $man, qr/^\.It Cm \Q$words\E\b/m, "the manual has the command $c";
	}
	for my $name (sort keys %listed) {
		my $default = length $listed{$name}[1] ? " Pq $listed{$name}[1]" : '';
		like $man, qr/^\.It Va \Q$name$default\E$/m, "the manual has the setting $name and its default";
	}
}
my $version = $srv->sql('SELECT version FROM catalog_version');
$srv->ctl_ok('config', 'set', 'ADMIN_API_ALLOWED_IPS', '127.0.0.1 10.0.0.0/8');
is $srv->ctl_ok('config', 'get', 'admin_api_allowed_ips'), "127.0.0.1,10.0.0.0/8\n", 'a setting is set';
is $srv->sql('SELECT version FROM catalog_version'), $version + 1, 'and every node is told';
fails(1, qr/ADMIN_API_ALLOWED_IPS has an entry that is no address: nowhere/, 'config', 'set',
	'ADMIN_API_ALLOWED_IPS', 'nowhere');
fails(1, qr/time_zone is no zone/, 'config', 'set', 'time_zone', 'Mars/Olympus');
fails(1, qr/no_such is no setting/, 'config', 'get', 'no_such');
fails(1, qr/no_such is no setting/, 'config', 'set', 'no_such', '1');
$srv->ctl_ok('config', 'set', 'time_zone', 'Europe/Berlin');
$srv->exec_sql('INSERT INTO stored_period VALUES (1, 0, 1, 2)');
fails(1, qr/time_zone is fixed/, 'config', 'set', 'time_zone', 'UTC');
fails(1, qr/base_currency is fixed/, 'config', 'set', 'base_currency', 'EUR');

# Rates.
$srv->ctl_ok('rate', 'set', 'eur', '0.92');
$srv->ctl_ok('rate', 'set', 'EUR', '0.95');
$srv->ctl_ok('rate', 'set', 'JPY', '151.5');
is $srv->ctl_ok('rate', 'list'), "EUR\t0.95\nJPY\t151.50\n", 'the rates in force';
is $srv->sql('SELECT COUNT(*) FROM currency_rate'), 3, 'old ones stay';
fails(1, qr/rate must be above 0/, 'rate', 'set', 'EUR', '0');
fails(1, qr/rate must be a decimal number/, 'rate', 'set', 'EUR', '0,95');
fails(1, qr/currency is the base currency/, 'rate', 'set', 'USD', '1');
fails(1, qr/currency must be three letters/, 'rate', 'set', 'EURO', '1');

# The books: empty ones agree; a sum without rows behind it does not.
{
	my ($rc, $out, $err) = $srv->ctl('verify');
	is_deeply [ $rc, $out ], [ 0, '' ], 'empty books are right';
	like $err, qr/: 0 differences$/, 'and it says what was counted';
	$srv->exec_sql('INSERT INTO rollup_booked (bucket, offer_id, landing_page_id, commission_id, affiliate_id, '
		. "advertiser_id, country, currency, node_id, page_view) VALUES (1900000, 3, 1, 1, 1, 1, 0, 'USD', 1, 5)");
	($rc, $out, $err) = $srv->ctl('verify');
	is $rc, 1, 'a sum that no click stands behind';
	like $out, qr/^rollup_booked\t.*\tpage_view\tstored 5\tcounted 0$/m, 'is printed with both numbers';
	like $err, qr/^1 day, 0 clicks, .*: [1-9]\d* differences?$/, 'and counted';
	($rc) = $srv->ctl('verify', '--from', '2001-01-01', '--to', '2001-01-03');
	is $rc, 0, 'days without it are right';
	fails(1, qr/is no day/, 'verify', '--from', 'monday');
	fails(2, qr/^usage: affiliatectl verify/, 'verify', '--since', '2001-01-01');
}

# ---- a migration that was killed between a statement and saying so ----
my $steps = $srv->rows('SELECT step, name, statements FROM schema_step ORDER BY step');
cmp_ok scalar @$steps, '>', 40, 'the steps of the schema';
for my $s (@$steps) {
	$srv->exec_sql('UPDATE schema_step SET statements = statements - 1 WHERE step = ?', $s->{step});
	my ($rc, $out) = $srv->ctl('migrate');
	is "$rc " . $srv->sql('SELECT statements FROM schema_step WHERE step = ?', $s->{step}), "0 $s->{statements}", "$s->{name} goes on" or do {
		diag $out;
		$srv->exec_sql('UPDATE schema_step SET statements = ? WHERE step = ?', $s->{statements}, $s->{step});
	};
}
done_testing;
