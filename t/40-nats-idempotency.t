# Idempotency-Key on the writes of the NATS dialect.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Storm;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $bob = $net->affiliate('bob');
my %auth = ('api-key' => $net->{key}, 'api-username' => 'admin');

sub keyed {
	my ($key, $method, $path, @p) = @_;
	return $net->call($method, "/api/$path", { %auth, 'Idempotency-Key' => $key }, @p);
}
sub offers { return $srv->sql('SELECT COUNT(*) FROM offer') }

# ---- the same again ----
my @add = (POST => 'offer/add_offer', name => 'Shoes', url => 'http://shoes.example/');
my $first = keyed('k1', @add);
is $first->{json}{result}, 'Success', 'made';
my $again = keyed('k1', @add);
is "$again->{status} $again->{content}", "$first->{status} $first->{content}", 'the same key and body: the stored answer';
is offers(), 1, 'and nothing else is made';
my $json = $net->call(POST => '/api/offer/add_offer', { %auth, 'Idempotency-Key' => 'k1', 'Content-Type' => 'application/json' },
	_json => { name => 'Shoes', url => 'http://shoes.example/' });
like $json->{status}, qr/^(?:200|422)\z/, 'the same in another form is the same or another, but never a second offer';
is offers(), 1, 'indeed';
my $other = keyed('k1', @add, hidden => 1);
is $other->{status}, 422, 'the same key, another body: 422';
is_deeply $other->{json}, { result => 'error', message => 'This Idempotency-Key was used for another request.' }, 'in the envelope';
is keyed('k1', POST => 'affiliate/add_affiliate', name => 'Shoes', url => 'http://shoes.example/')->{status}, 422, 'another call too';
is keyed('k2', @add)->{json}{result}, 'Success', 'another key: again';
is offers(), 2, 'two';
is $net->nats(@add)->{json}{result}, 'Success', 'no key: again';

# ---- failures are answers too ----
my @bad = (POST => 'affiliate/add_affiliate', username => 'bob', password => 'secret', payvia => 1, email => 'b@b.example');
is keyed('k3', @bad)->{json}{message}, 'Username already exists.', 'a failure';
$srv->exec_sql("UPDATE account SET username = 'robert' WHERE username = 'bob'");
is keyed('k3', @bad)->{json}{message}, 'Username already exists.', 'is repeated';
is keyed('k4', @bad)->{json}[0]{result}, JSON::PP::true, 'while a new key finds the name free';
is keyed('k5', PATCH => 'offer/edit_offer', offerid => 'x')->{status}, 404, 'an invalid parameter';
is keyed('', @add)->{status}, 404, 'an empty key is none';
is keyed('x' x 256, @add)->{status}, 404, 'nor is one of 256 characters';
is keyed('x' x 255, @add)->{json}{result}, 'Success', '255 are fine';

# ---- whose key ----
$srv->ctl_ok('admin', 'add', 'second', 'second@network.example');
my $second = $net->key_of('second');
my $r = $net->call(POST => '/api/offer/add_offer', { 'api-key' => $second, 'api-username' => 'second', 'Idempotency-Key' => 'k1' },
	name => 'Mine', url => 'http://mine.example/');
is $r->{json}{result}, 'Success', 'the keys of another account are others';
is $net->call(POST => '/api/offer/add_offer', { 'api-key' => 'x' x 32, 'api-username' => 'admin', 'Idempotency-Key' => 'k1' },
	name => 'Shoes', url => 'http://shoes.example/')->{status}, 401, 'a stored answer is for whoever may call';

# ---- every write, and no read ----
my $n = $srv->sql('SELECT COUNT(*) FROM idempotency');
keyed('k6', GET => 'offer/get_details', offerid => 1);
is $srv->sql('SELECT COUNT(*) FROM idempotency'), $n, 'a read keeps nothing';
is keyed('k6', GET => 'service/set_currency_exchange_rates', 'rates[EUR]' => '0.9')->{json}{result}, 'success', 'the GET that writes';
is keyed('k6', GET => 'service/set_currency_exchange_rates', 'rates[EUR]' => '0.8')->{status}, 422, 'is a write';
my @writes = grep { $_->[3] eq 'nats' && $_->[1] ne 'GET' } map { [ split /\t/ ] } split /\n/, `@{[ build_dir() ]}/src/affiliated -x endpoints`;
cmp_ok scalar @writes, '>', 30, 'there are writes';
for my $w (@writes) {
	my ($name, $method, $path) = @$w;
	$path =~ s{^/api/}{};
	my $one = keyed("every $method $path", $method => $path);
	my $same = keyed("every $method $path", $method => $path);
	is "$same->{status} $same->{content}", "$one->{status} $one->{content}", "$method $path: the same body is the stored answer";
	my $two = keyed("every $method $path", $method => $path, zzz => 1);
	is $two->{status}, 422, "$method $path: another body is 422" or diag("$one->{content} then $two->{content}");
}

# ---- those that send an event ----
my $offer = $net->offer(name => 'Pays', advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25,
	commission_type => 'cpa', flat_amount_per_conversion => 10);
$srv->exec_sql("UPDATE account SET username = 'bobby' WHERE id = ?", $bob);
my $link = $net->link_of($bob, $offer);
my @click = map { $net->click($link) } 1 .. 2;
is $net->pixel(click_hash => $click[$_], orderid => "A$_"), '*success*', "conversion $_" for 0, 1;
my $void = keyed('v1', POST => 'transaction/process_void', type => 'void', orderid => 'A0');
is $void->{content}, '{"result":"success","message":"*success*"}', 'a void';
is keyed('v1', POST => 'transaction/process_void', type => 'void', orderid => 'A0')->{content}, $void->{content}, 'sent again: success again';
is $net->nats(POST => 'transaction/process_void', type => 'void', orderid => 'A0')->{json}{message}, '*error* - Void transaction exists.',
    'without the key it is told that there is one';
is keyed('v1', POST => 'transaction/process_void', type => 'void', orderid => 'A1')->{status}, 422, 'of another order: 422';
$srv->exec_sql('UPDATE idempotency SET status = NULL, reply = NULL WHERE repeatable');
is keyed('v1', POST => 'transaction/process_void', type => 'void', orderid => 'A0')->{status}, 409, 'an event that was not answered yet: 409';
$srv->exec_sql('UPDATE idempotency SET begun_us = begun_us - 16000000 WHERE repeatable');
is keyed('v1', POST => 'transaction/process_void', type => 'void', orderid => 'A0')->{json}{message}, '*error* - Void transaction exists.',
    'one that was lost is sent again, and the ledger takes it once';

# ---- a claim without an answer ----
$srv->exec_sql("UPDATE idempotency SET status = NULL, reply = NULL WHERE NOT repeatable");
my $before = offers();
$r = keyed('k2', @add);
is $r->{status}, 409, 'who died over a change left it unknown: 409';
is $r->{json}{message}, 'The first request with this Idempotency-Key has not been answered.', 'and says so';
is offers(), $before, 'nothing is done twice';

# ---- a day ----
$srv->exec_sql('UPDATE idempotency SET begun_us = begun_us - 86400 * 1000000');
is keyed('k2', @add, hidden => 1)->{json}{result}, 'Success', 'after a day the key is free';
is keyed('k2', @add, hidden => 1)->{json}{result}, 'Success', 'and keeps the new answer';
is offers(), $before + 1, 'one more';

# ---- parallel copies: one executes ----
sub parallel {
	my ($n, $sub) = @_;
	my @kids;
	for my $i (1 .. $n) {
		pipe my $from, my $to;
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			my $reply = $sub->($i);
			syswrite $to, "$reply->{status} $reply->{content}";
			POSIX::_exit(0);
		}
		close $to;
		push @kids, [ $pid, $from ];
	}
	return map { my ($pid, $from) = @$_; my $text = do { local $/; <$from> }; waitpid $pid, 0; $text } @kids;
}
$before = offers();
my @said = parallel(30, sub { keyed('storm', @add, name => 'Storm') });
is offers(), $before + 1, 'of 30 at once one executes';
my %kinds;
$kinds{ substr $_, 0, 3 }++ for @said;
is join(',', grep { !/^(?:200|409)\z/ } keys %kinds), '', 'the others wait for nothing: the stored answer, or a clear 409' or diag(explain(\%kinds));
my %made = map { $_ => 1 } grep { /^200/ } @said;
is scalar keys %made, 1, 'all that have an answer have the same';

# ---- 50 that make the same name: one is made, with or without keys ----
for my $case ([ 'affiliate/add_affiliate', sub { (username => 'twin', password => 'secret', payvia => 1, email => "twin$_[0]\@x.example") }, 'Username already exists.',
		"SELECT COUNT(*) FROM account WHERE username = 'twin'" ],
	[ 'affiliate/add_affiliate', sub { (username => "mail$_[0]", password => 'secret', payvia => 1, email => 'same@x.example') }, 'Email already exists.',
		"SELECT COUNT(*) FROM account WHERE email = 'same\@x.example'" ],
	[ 'advertiser/add_advertiser', sub { (username => 'buyer', password => 'secret', email => "buyer$_[0]\@x.example") }, 'Username already exists.',
		"SELECT COUNT(*) FROM account WHERE username = 'buyer'" ],
	[ 'offer/add_tracking_domain', sub { (domain => 'https://one.example') }, 'Domain already exists.',
		"SELECT COUNT(*) FROM tracking_domain WHERE host = 'one.example'" ]) {
	my ($path, $params, $sentence, $count) = @$case;
	@said = parallel(50, sub { $net->nats(POST => $path, $params->(@_)) });
	is $srv->sql($count), 1, "$path: one of 50 is made";
	is scalar(grep { !/^200.*\Q$sentence\E/ } @said), 1, 'the others are told that it is there' or diag(join "\n", @said);
}
@said = parallel(20, sub { $net->nats(POST => 'offer/add_offer', name => "New $_[0]", url => 'http://n.example/', categories => 'Everywhere, At once') });
is scalar(grep { /"Success"/ } @said), 20, '20 that name two new categories all succeed' or diag(join "\n", @said);
is $srv->sql('SELECT COUNT(*) FROM offer_category'), 2, 'and make two';

for my $kind (qw(post void hostnpost)) {
	@said = parallel(50, sub { $net->nats(POST => "config/add_global_${kind}_ip", ip => '192.0.2.1') });
	is scalar(grep { /"Ip added"/ } @said), 1, "add_global_${kind}_ip: one of 50 adds the address" or diag(join "\n", @said);
	is scalar(grep { /"Ip already in list"/ } @said), 49, 'the others find it' or diag(join "\n", grep { !/Ip / } @said);
	@said = parallel(20, sub { $net->nats(POST => "config/add_global_${kind}_ip", ip => "192.0.2.@{[ 100 + $_[0] ]}") });
	is scalar(grep { /"Ip added"/ } @said), 20, '20 that add an address each all succeed' or diag(join "\n", @said);
	is_deeply [ sort @{ $net->nats(GET => "config/get_global_${kind}_ips")->{json}{data} } ], [ sort '192.0.2.1', map { "192.0.2.@{[ 100 + $_ ]}" } 1 .. 20 ],
	    'and lose none';
}

# ---- two administrators at one offer lose nothing ----
my $shared = $net->offer(name => 'Shared', authorized => 'US');
chomp(my @group = map { scalar $srv->ctl_ok('group', 'add', "Group $_") } 1 .. 6);
my @more = ((map { [ 'set_offer_categories', categories => "Cat $_" ] } 1 .. 6), (map { [ 'set_offer_groups', offer_groups => $_ ] } @group),
	(map { [ 'set_offer_countries', authorized => $_ ] } qw(DE FR GB IT ES)));
@said = parallel(scalar @more, sub { my ($call, @p) = @{ $more[ $_[0] - 1 ] }; $net->nats(PATCH => "offer/$call", offerid => $shared, append => 1, @p) });
is scalar(grep { /"Success"/ } @said), @more, 'seventeen that append to lists at once' or diag(join "\n", @said);
my $has = $net->nats(GET => 'offer/get_details', offerid => $shared)->{json}{data}{$shared};
is_deeply [ [ sort values %{ $has->{categories} } ], [ sort { $a <=> $b } keys %{ $has->{groups} } ], [ sort @{ $has->{authorized_countries_iso} } ] ],
    [ [ map { "Cat $_" } 1 .. 6 ], [ sort { $a <=> $b } @group ], [qw(DE ES FR GB IT US)] ], 'and all of it is there';

my $page = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $shared);
my $picture = $net->nats(POST => 'creative/add_creative', creative_type_id => 1,
	creative_data => '{"name":"http://img.example/a.gif","type":"2","hosted_url":"http://img.example/a.gif"}')->{json}{message};
my @edit = ((map { [ PATCH => 'offer/edit_landing_page', landing_pageid => $page, @$_ ] } [ name => 'P' ], [ description => 'D' ], [ preview_url => 'http://p.example/' ],
		[ internal_desc => 'I' ], [ redirect_hash => 'R' ]),
	(map { [ PATCH => 'creative/edit_creative', creative_id => $picture, creative_data => $_ ] } '{"alt":"A"}', '{"width":"468"}', '{"height":"60"}'));
@said = parallel(scalar @edit, sub { $net->nats(@{ $edit[ $_[0] - 1 ] }) });
is scalar(grep { /"(?:S|s)uccess"/ } @said), @edit, 'a landing page and a creative, a field each' or diag(join "\n", @said);
is_deeply $srv->rows('SELECT name, description, preview_url, internal_desc, redirect_hash FROM landing_page WHERE id = ?', $page)->[0],
    { name => 'P', description => 'D', preview_url => 'http://p.example/', internal_desc => 'I', redirect_hash => 'R' }, 'the page has all five';
$has = $net->nats(GET => 'creative/get_creatives', creative_type_id => 1)->{json}{1}{creatives}{$picture}{details};
is_deeply { map { $_ => $has->{$_} } qw(alt width height) }, { alt => 'A', width => '468', height => '60' }, 'the creative all three' or diag(explain($has));

# By both dialects at once.
my $supplier = $srv->sql('SELECT hex24 FROM account WHERE id = ?', $adv);
for my $round (1 .. 3) {
	my @both = (sub { $net->nats(PATCH => 'offer/edit_offer', offerid => $shared, commission_description => "c$round") },
		sub { $net->affise(POST => "admin/offer/$shared", title => "T$round") },
		sub { $net->nats(PATCH => 'offer/edit_offer', offerid => $shared, deduct_window => $round) },
		sub { $net->affise(POST => "admin/offer/$shared", advertiser => $supplier, notes => "n$round") },
		sub { $net->nats(PATCH => 'offer/edit_offer', offerid => $shared, subject_lines => "s$round") });
	@said = parallel(scalar @both, sub { $both[ $_[0] - 1 ]->() });
	is scalar(grep { /^200/ && !/"error"|"status":2/ } @said), @both, "round $round: both dialects edit" or diag(join "\n", @said);
	is_deeply $srv->rows('SELECT name, commission_description, deduct_window, subject_lines FROM offer WHERE id = ?', $shared)->[0],
	    { name => "T$round", commission_description => "c$round", deduct_window => $round, subject_lines => "s$round" }, 'and nothing is lost';
}
my @fields = ([ name => 'n', 'name' ], [ offer_description => 'd', 'description' ], [ commission_description => 'c', 'commission_description' ],
	[ subject_lines => 's', 'subject_lines' ], [ cookie_duration => 9, 'cookie_duration' ], [ deduct_window => 8, 'deduct_window' ],
	[ flat_amount_per_conversion => 7, undef ], [ hidden => 1, 'hidden' ], [ featured => 1, 'featured' ], [ conversion_default => 5, undef ]);
for my $round (1 .. 3) {
	my $id = $net->offer(name => 'Both', commission_type => 'cpa', flat_amount_per_conversion => 1);
	@said = parallel(scalar @fields, sub { my $f = $fields[ $_[0] - 1 ]; $net->nats(PATCH => 'offer/edit_offer', offerid => $id, $f->[0] => $f->[1]) });
	is scalar(grep { /"Success"/ } @said), @fields, "round $round: ten edits of one field each succeed" or diag(join "\n", @said);
	my $d = $net->nats(GET => 'offer/get_details', offerid => $id)->{json}{data}{$id};
	$srv->ctl_ok('config', 'set', 'display_offer_email_fields', 1);
	$d = $net->nats(GET => 'offer/get_details', offerid => $id)->{json}{data}{$id};
	is_deeply { map { $_->[0] => $d->{ $_->[0] } } @fields }, { map { $_->[0] => "$_->[1]" } @fields }, 'and each is there';
}

# ---- what is older than a day is forgotten ----
$srv->stop;
$srv->exec_sql('DELETE FROM idempotency');
$srv->exec_sql("INSERT INTO idempotency VALUES (1, REPEAT(CHAR(?), 32), REPEAT('r', 32), ?, 0, 200, '1')", $_->[0], (time - $_->[1]) * 1_000_000)
    for [ 65, 86_500 ], [ 66, 80_000 ], [ 67, 200_000 ];
$srv->exec_sql("INSERT INTO account_login VALUES (1, '192.0.2.1', 1), (1, '192.0.2.1', ?)", (time - 300 * 86400) * 1_000_000);
$srv->launch;
poll_until('stats forgets answers that are older than a day', sub { $srv->sql('SELECT COUNT(*) FROM idempotency') <= 1 });
poll_until('and logins that are older than a year', sub { $srv->sql("SELECT COUNT(*) FROM account_login WHERE ip = '192.0.2.1'") == 1 });
is $srv->sql('SELECT HEX(LEFT(key_hash, 1)) FROM idempotency'), '42', 'and no others';

done_testing;
