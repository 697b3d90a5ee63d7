#!/usr/bin/perl
# Affiliates are told: postbacks from the booking to somebody's server, at least once, in order, whatever dies.
use strict;
use warnings;

use Test::More;
use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;

my $sink = Affiliated::Sink->new;
my $srv = affiliated_start(workers => 2, config => { notify_private_addresses => 'true' });
my $net = Affiliated::Network->new($srv);
my $offer = $net->offer(name => 'Shoes & more');
my $other = $net->offer(name => 'Hats');
my $bob = $net->affiliate('bob');
my $eve = $net->affiliate('eve');
my $key = $net->key_of('bob');
for my $o ($offer, $other) {
	my $r = $net->affise(POST => "admin/offer/$o", 'payments[0][total]' => 5, 'payments[0][revenue]' => 3.75,
		'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed', 'payments[0][goal]' => 1,
		map({ ("payments[$_->[0]][total]" => 2, "payments[$_->[0]][revenue]" => 1.5, "payments[$_->[0]][currency]" => 'USD',
			"payments[$_->[0]][type]" => 'fixed', "payments[$_->[0]][goal]" => $_->[1]) } [1, 'lead'], [2, 'sale'], [3, 'secret']));
	is $r->{status}, 200, 'an offer that pays' or diag $r->{content};
}

sub click {
	my ($offer, $who, %p) = @_;
	my $id = $net->click("/click?pid=$who&offer_id=$offer&" . form(%p)) // die 'no click';
	return $id;
}
sub told { my ($re) = @_; return grep { $_ =~ $re } @{ $sink->targets } }
sub queued { return $srv->sql('SELECT COUNT(*) FROM notify_queue') }
# What waits for its next attempt is due now.
sub hurry { return $srv->exec_sql('UPDATE notify_queue SET due_us = 0') }

# Every name of both dialects that is the same whenever it is run.
my $all = '/ok?' . join '&', map({ "$_=%%$_%%" } qw(aff_id offer_id aff_campaign aff_approved commission subaff subaff2
	aff_username offer_name device_type_name trans_type goal_id goal_name currency my_own _ocid cust_email)),
	map({ "b_$_={$_}" } qw(status sum currency goal transactionid offerid offer_name sub1 sub6 ext1 custom_field1
	custom_field_2 comment device_type referrer clickid order_sum)),
	'md5=%%my_own|transform:md5%%', 'dflt=%%nothing|default:none%%', 'if=%%if|device_type_name=Desktop:1%%',
	'both=%%my_own|transform:base64|transform:md5%%', 'h=%%transid%%', 't=%%unixtime%%', 'd={date}', 'bt={timestamp}';
my $r = $net->affise(POST => 'partner/postback', key => $key, url => $sink->url($all), offer_id => $offer, pid => 4711);
is $r->{json}{postback}{pid}, "$bob", 'a postback of his own, whatever pid he sends' or diag $r->{content};
is_deeply [ @{ $r->{json}{postback} }{qw(forced status goal offer_id)} ], ['0', undef, undef, "$offer"], 'for one offer';
my $local = $r->{json}{postback}{id};

my $c = click($offer, $bob, sub1 => 'a b&c', sub6 => 'six', my_own => '12345', ref_id => 'R');
is $net->postback(clickid => $c, action_id => 'A 1', custom_field1 => 'c/1', custom_field2 => 'two', sum => 60,
	comment => 'x=y')->{status}, 1, 'a conversion';
poll_until('his server is called', sub { @{ $sink->seen } == 1 });
my %q = map { my ($k, $v) = split /=/, $_, 2; $k => $v } split /&/, ($sink->targets->[0] =~ s/^[^?]*\?//r);
my %want = (aff_id => $bob, offer_id => $offer, aff_campaign => 0, aff_approved => 1, commission => '3.75', subaff => 'a%20b%26c',
	subaff2 => '', aff_username => 'bob', offer_name => 'Shoes%20%26%20more', device_type_name => 'Desktop',
	trans_type => 'conversion', goal_id => 0, goal_name => '', currency => 'USD', my_own => '12345', _ocid => '', cust_email => '',
	b_status => 1, b_sum => '3.75', b_currency => 'USD', b_goal => 1, b_transactionid => 'A%201', b_offerid => $offer,
	b_offer_name => 'Shoes%20%26%20more', b_sub1 => 'a%20b%26c', b_sub6 => 'six', b_ext1 => '', b_custom_field1 => 'c%2F1',
	b_custom_field_2 => 'two', b_comment => 'x%3Dy', b_device_type => 'desktop', b_referrer => '', b_clickid => '{clickid}',
	b_order_sum => 60, md5 => '827ccb0eea8a706c4c34a16891f84e7b', dflt => 'none', if => 1,
	both => 'ccf5d885346fc01f0ca95698142cd103');
$q{b_clickid} =~ s/%7B(.*)%7D/{$1}/;
is_deeply { map { $_ => $q{$_} } keys %want }, \%want, 'with everything filled in';
is $q{h}, $c, 'and the hash of the click';
cmp_ok abs($q{t} - time), '<', 3600, 'and the time';
is $q{bt}, $q{t}, 'which is the same in both dialects';
poll_until('nothing is left to be said', sub { queued() == 0 });
my $day = POSIX::strftime('%Y-%m-%d', gmtime);
my @days = (date_from => POSIX::strftime('%Y-%m-%d', gmtime time - 86400), date_to => POSIX::strftime('%Y-%m-%d', gmtime time + 86400));
$r = $net->affise(GET => 'stats/affiliatepostbacks', @days);
is scalar @{ $r->{json}{postbacks} }, 1, 'the attempt is in the log' or diag $r->{content};
my $row = $r->{json}{postbacks}[0];
is_deeply [ @$row{qw(pid http_code goal status answer error)} ], [$bob, 200, '1', 1, 'fine', ''], 'with what came back';
is $row->{postback_url}, $sink->url($sink->targets->[0]), 'and the URL as it was sent';
my $conv = $net->affise(GET => 'stats/conversions')->{json}{conversions}[0];
is $row->{lead_id}, $conv->{id}, 'of that conversion';
is $row->{offer_id}, $conv->{offer}{offer_id}, 'of that offer';

# A repetition is told once; another affiliate hears nothing.
is $net->postback(clickid => $c, action_id => 'A 1')->{error}, 'Conversion exists', 'the same again';
$net->pixel(click_hash => click($offer, $eve), orderid => 'E1');
$net->affise(POST => "partner/postback/$local", key => $key, url => $sink->url('/ok?o={transactionid}&s={status}&e=%%trans_type%%'));

# Statuses: local ones in place of global ones, by word and by creation.
sub add { my (%p) = @_; return $net->affise(POST => 'partner/postback', pid => $bob, %p)->{json}{postback}{id} // die 'no postback' }
add(url => $sink->url('/ok?g={transactionid}'));
add(url => $sink->url('/ok?made={transactionid}&s={status}'), offer_id => $offer, status => 'by_creating');
add(url => $sink->url('/ok?declined={transactionid}&c=%%commission%%'), offer_id => $offer, status => 'declined');
add(url => $sink->url('/ok?goal={transactionid}'), offer_id => $offer, goal => 'lead');
$c = click($offer, $bob);
$net->postback(clickid => $c, action_id => 'B1', status => 2);
poll_until('a pending one: every status, and creation', sub { told(qr/B1/) == 2 && queued() == 0 });
is_deeply [ sort(told(qr/B1/)) ], ['/ok?made=B1&s=2', '/ok?o=B1&s=2&e=pending'], 'and nobody else';
$net->postback(clickid => $c, action_id => 'B1', status => 1);
poll_until('its approval', sub { told(qr/B1/) == 3 && queued() == 0 });
is_deeply [ told(qr/B1&s=1/) ], ['/ok?o=B1&s=1&e=conversion'], 'is told as such, and creation only once';
$srv->ctl_ok('config', 'set', 'ALLOW_REMOTE_VOID_POSTS', 1);
$srv->ctl_ok('config', 'set', 'global_void_ips', '127.0.0.1');
is $srv->get('/signup/process_void.php?' . form(orderid => 'B1', type => 'void'))->{content}, '*success*', 'a void';
poll_until('is told', sub { told(qr/B1/) == 5 && queued() == 0 });
is_deeply [ sort(told(qr/B1&s=3|declined/)) ], ['/ok?declined=B1&c=-3.75', '/ok?o=B1&s=3&e=void'], 'with what it takes back';
$net->postback(clickid => click($offer, $bob), action_id => 'B2', goal => 'lead');
poll_until('a goal', sub { told(qr/B2/) == 3 && queued() == 0 });
is scalar(told(qr/goal=B2/)), 1, 'has a postback of its own as well';
$net->postback(clickid => click($other, $bob), action_id => 'B3');
poll_until('another offer has the global one', sub { told(qr/g=B3/) == 1 && queued() == 0 });

# The network's own kinds: campaigns, events, forced ones; and what a goal is told as.
my $nats = $srv->ctl_ok('hook', 'add', 'eve', 'postback', $sink->url('/ok?n=%%trans_type%%&g=%%goal_name%%&o={transactionid}'));
chomp $nats;
$srv->ctl_ok('hook', 'add', 'eve', 'postback', $sink->url('/ok?forced={transactionid}'), '--forced', 1, '--events', 'conversion,pending');
$srv->ctl_ok('goal', 'notify', 'sale', 'continuity');
$srv->ctl_ok('goal', 'notify', 'secret', 'nothing');
like $srv->ctl_ok('hook', 'list', 'eve'), qr/^$nats\tpostback\tforced=0,active=1,moderation=1\tconversion,continuity,undone,goal,kept\thttp/m, 'listed';
my %c = map { $_ => click($offer, $eve) } qw(pending sale secret);
$net->postback(clickid => $c{pending}, action_id => 'N1', status => 2);
$net->postback(clickid => $c{sale}, action_id => 'N2', goal => 'sale');
$net->postback(clickid => $c{secret}, action_id => 'N3', goal => 'secret');
$net->postback(clickid => click($offer, $eve), action_id => 'N4', status => 3);
$net->postback(clickid => click($offer, $eve), action_id => 'N5');
poll_until('eve is told', sub { told(qr/=N5/) == 2 && queued() == 0 });
is_deeply [ sort(told(qr/=N\d/)) ], ['/ok?forced=N1', '/ok?forced=N5', '/ok?n=continuity&g=sale&o=N2', '/ok?n=conversion&g=&o=N5'],
	'pending ones when asked for, rejected ones and secret goals never';
$srv->ctl_ok('hook', 'add', 'eve', 'postback', $sink->url('/ok?narrow={transactionid}'), '--offer', $offer, '--goal', 'none-such');
$net->postback(clickid => click($offer, $eve), action_id => 'N6');
poll_until('a narrower one that does not match keeps the offer quiet', sub { told(qr/=N6/) == 1 && queued() == 0 });
is_deeply [ told(qr/=N6/) ], ['/ok?forced=N6'], 'but for the forced one';
$srv->ctl_ok('config', 'set', 'consider_global_postback', 1);
$net->postback(clickid => click($offer, $eve), action_id => 'N7');
poll_until('unless the setting says otherwise', sub { told(qr/=N7/) == 2 && queued() == 0 });

# What his account does not show is not told (C9).
$r = $net->nats(PATCH => 'offer/edit_offer', offerid => $other, hide_conversions => 1, hide_deductions => 1);
is $r->{json}{result}, 'Success', 'an offer that hides' or diag $r->{content};
$net->affise(POST => "admin/offer/$other", 'payments[0][total]' => 5, 'payments[0][revenue]' => 0,
	'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed', 'payments[0][goal]' => 1);
$net->postback(clickid => click($other, $eve), action_id => 'H1');
$net->nats(PATCH => 'offer/edit_offer', offerid => $other, hide_conversions => 0);
$net->postback(clickid => click($other, $eve), action_id => 'H2');
$srv->get('/signup/process_void.php?' . form(orderid => 'H2', type => 'void'));
$net->postback(clickid => click($other, $eve), action_id => 'H3');
poll_until('those that are shown', sub { told(qr/=H3/) == 2 && queued() == 0 });
is_deeply [ sort(told(qr{=H\d})) ], [ map({ "/ok?forced=$_" } qw(H2 H3)), map({ "/ok?n=conversion&g=&o=$_" } qw(H2 H3)) ], 'and no others'
	or diag explain [told(qr/=H\d/)];

# Nor is it in his lists and counts; an administrator sees all of it.
my $eves = $net->key_of('eve');
sub counts {
	my (@key) = @_;
	my @day = ('filter[date_from]' => $days[1], 'filter[date_to]' => $days[3], 'filter[offer]' => $other, 'filter[partner]' => $eve);
	my $total = sub { my $n = 0; $n += $_->{actions}{total}{count} for @{ $net->affise(GET => 'stats/custom', @key, @day, @_)->{json}{stats} }; $n };
	my $clicks = $net->affise(GET => 'stats/clicks', @key, date_from => $days[1], date_to => $days[3], offer => $other, partner => $eve);
	return join ' ', scalar @{ $net->affise(GET => 'stats/conversions', @key, offer => $other, partner => $eve)->{json}{conversions} },
		$total->('slice[]' => 'offer'), $total->('slice[]' => 'device'),
		scalar grep { $_->{has_conversions} } @{ $clicks->{json}{clicks} };
}
is counts(), '3 3 3 3', 'three without money of his';
is counts(key => $eves), '3 3 3 3', 'are shown';
$net->nats(PATCH => 'offer/edit_offer', offerid => $other, hide_conversions => 1);
is counts(key => $eves), '0 0 0 0', 'or not';
$net->nats(PATCH => 'offer/edit_offer', offerid => $other, hide_conversions => 0, hide_continuities => 1);
is counts(key => $eves), '3 3 3 3', 'continuities are something else';
$net->nats(PATCH => 'offer/edit_offer', offerid => $other, hide_conversions => 1);
is counts(), '3 3 3 3', 'and the network sees all of them';

# A hold is told, and its end, whoever brings it.
{
	my $held = $net->offer(name => 'Held');
	is $net->affise(POST => "admin/offer/$held", hold_period => 7, 'payments[0][total]' => 5, 'payments[0][revenue]' => 3, 'payments[0][currency]' => 'USD',
		'payments[0][type]' => 'fixed')->{json}{offer}{hold_period}, 7, 'an offer with a hold period';
	is $net->postback(clickid => click($held, $bob), action_id => "P$_")->{status}, 1, 'a conversion' for 1, 2;
	add(url => $sink->url('/ok?h={transactionid}&s={status}&e=%%trans_type%%'), offer_id => $held);
	is $net->postback(clickid => click($held, $bob), action_id => "Q$_")->{status}, 1, 'and another' for 1, 2;
	poll_until('a hold', sub { told(qr/h=Q/) == 2 && queued() == 0 });
	is_deeply [ sort(told(qr/h=Q/)) ], [ map { "/ok?h=Q$_&s=5&e=conversion" } 1, 2 ], 'is told as one, what was before the postback not at all';
	my ($id) = map { $_->{id} } grep { $_->{action_id} eq 'Q1' } @{ $net->affise(GET => 'stats/conversions')->{json}{conversions} };
	is $net->affise(POST => 'admin/conversion/edit', 'ids[]' => $id, status => 'confirmed')->{status}, 200, 'confirmed by hand';
	poll_until('the end of it', sub { told(qr/h=Q1/) == 2 });
	$srv->exec_sql("UPDATE conversion SET hold_until_us = 1 WHERE orderid = 'Q2'");
	poll_until('and of one whose days are over', sub { told(qr/h=Q2/) == 2 });
	is_deeply [ sort(told(qr/h=.*s=1/)) ], [ map { "/ok?h=Q$_&s=1&e=released" } 1, 2 ], 'are told alike';
	$srv->exec_sql("UPDATE payout_row p JOIN txn t USING (txn_us, node_id) SET p.payable_from_us = p.booked_us WHERE t.orderid = 'Q2'");
}

# The log by each of its filters, against the table; a server that does not take one.
{
	add(url => $sink->url('/status/404?x={transactionid}'), offer_id => $offer, status => 'pending');
	$net->postback(clickid => click($offer, $bob), action_id => 'R1', status => 2);
	my $from = 'FROM notify_log l LEFT JOIN goal g ON g.id = l.goal_id WHERE l.kind = 1 AND';
	poll_until('an attempt that failed', sub { $srv->sql("SELECT COUNT(*) $from http_code = 404") });
	$srv->exec_sql('UPDATE notify_queue SET due_us = 9000000000000000000');
	my $hex = $srv->sql('SELECT hex24 FROM offer WHERE id = ?', $other);
	for ([ 'TRUE' ], [ "offer_id = $offer", 'offer[]' => $offer ], [ "offer_id = $other", offer => $hex ], [ "offer_id IN ($offer, $other)", 'offer[]' => [ $offer, $hex ] ],
		[ "account_id = $bob", partner => $bob ], [ "account_id = $eve", 'partner[]' => $eve ], [ "g.value = 'lead'", goal => 'lead' ], [ "g.value = 'lead'", goal => 'LEAD' ],
		[ 'l.goal_id = 0', goal => 1 ], (map { [ "conv_status = $_", status => $_ ] } 1 .. 5), [ 'http_code = 404', http_code => 404 ],
		[ 'http_code = 200', http_code => 200 ], [ 'FALSE', http_code => 500 ], [ "offer_id = $offer AND conv_status = 2 AND http_code = 404", offer => $offer, status => 2, http_code => 404 ])
	{
		my ($where, @p) = @$_;
		my $r = $net->affise(GET => 'stats/affiliatepostbacks', @days, limit => 500, @p)->{json};
		my $n = $srv->sql("SELECT COUNT(*) $from $where");
		is_deeply [ $r->{pagination}{total_count}, scalar @{ $r->{postbacks} } ], [ $n, $n ], "the log by $where";
	}
	my $whole = $net->affise(GET => 'stats/affiliatepostbacks', @days, limit => 500)->{json}{postbacks};
	is_deeply [ map { @{ $net->affise(GET => 'stats/affiliatepostbacks', @days, limit => 9, page => $_)->{json}{postbacks} } } 1 .. @$whole / 9 + 1 ], $whole, 'pages of it';
	is $net->affise(GET => 'stats/affiliatepostbacks', @days, limit => 100_000)->{json}{pagination}{per_page}, 500, 'a limit that is cut';
	is $net->affise(GET => 'stats/affiliatepostbacks', @days, @$_)->{status}, 400, "$_->[0] $_->[1]"
	    for [ status => 6 ], [ http_code => 'x' ], [ partner => 'x' ], [ date_from => '2026-13-01' ], [ offer => 'zz' ];
}

is_deeply $srv->ctl_ok('verify'), '', 'the books are clean';
undef $srv;
done_testing;
