#!/usr/bin/perl
# The network itself is told of its affiliates' accounts, and people get mail.
use strict;
use warnings;
use utf8;

use Test::More;
use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;

my $sink = Affiliated::Sink->new;
my $srv = affiliated_start(workers => 1, config => { notify_private_addresses => 'true', mail_relay => $sink->smtp,
	mail_from => 'robot@network.example' });
my $net = Affiliated::Network->new($srv);
sub form_of { my ($r) = @_; return { map { my ($k, $v) = split /=/, $_, 2; $k => $v } split /&/, $r->{body} } }
sub queued { return $srv->sql('SELECT COUNT(*) FROM notify_queue') }

# ---- accounts ----
$net->affiliate('quiet');
is queued(), 0, 'nobody is told while no URL is set';
my ($rc, undef, $err) = $srv->ctl('config', 'set', 'POST_ACCOUNT_SIGNUP', 'mailto:x');
isnt $rc, 0, 'which must be one';
$srv->ctl_ok('config', 'set', 'POST_ACCOUNT_SIGNUP', $sink->url('/ok?signup'));
my $r = $net->nats(POST => 'affiliate/add_affiliate', username => 'bob', password => 'topsecret', payvia => 1,
	email => 'b&b@affiliate.example', firstname => 'Böb', custom3 => 'three', minimum_payout => '50');
my $bob = $r->{json}[0]{loginid} // die $r->{content};
poll_until('a sign-up', sub { @{ $sink->seen } == 1 });
my ($post) = @{ $sink->seen };
is "$post->{method} $post->{target}", 'POST /ok?signup', 'is posted';
like $post->{head}, qr{^Content-Type: application/x-www-form-urlencoded\r?$}m, 'as a form';
my $f = form_of($post);
my @names = qw(loginid username deleted type skinid payvia_type_id status join_date inhouse api_key llcid origin language rss_pass_code
	payout_period_id affiliate_referral account_rep firstname lastname affiliate_email date_posted join_ip last_login last_login_ip
	reviewed minimum_payout bonus bonus_used verify reason unencoded startpage rep_baseline company url tel icq aim msn address1
	address2 city state country zip_code affiliate_info invoicer req_docs mailok trust_level new_notification latest_news
	default_campaign default_program default_offer payout_approval access_preset custom1 custom2 custom3 custom4 custom5 avatar_ext
	remote_access dob auto_pending is_network emailer);
is_deeply [ sort keys %$f ], [ sort @names ], 'with the fields of the reference, and no password';
is_deeply { map { $_ => $f->{$_} } qw(loginid username type status firstname affiliate_email custom3 minimum_payout api_key) },
	{ loginid => $bob, username => 'bob', type => 100, status => 0, firstname => 'B%C3%B6b', affiliate_email => 'b%26b%40affiliate.example',
	custom3 => 'three', minimum_payout => '50.00', api_key => '' }, 'and its values, the key not among them';
unlike $post->{body}, qr/topsecret|\$argon/, 'nor any trace of the password';
$srv->ctl_ok('config', 'set', 'ALLOW_POST_AFFILIATE_PASSWORD', 1);
$srv->ctl_ok('affiliate', 'add', 'eve', 'eve@affiliate.example');
poll_until('a sign-up from the shell', sub { @{ $sink->seen } == 2 });
is form_of($sink->seen->[1])->{password}, '', 'has a password when asked for: an empty one';
is scalar(grep { $_->{target} =~ /signup/ } @{ $sink->seen }), 2, 'advertisers and administrators are nobody\'s business'
	if $net->advertiser('shop');

# After a delay, and again when it fails.
$srv->ctl_ok('config', 'set', 'POST_ACCOUNT_SIGNUP', $sink->url('/flaky/1?late'));
$srv->ctl_ok('config', 'set', 'POST_ACCOUNT_SIGNUP_DELAY', 12);
isnt +($srv->ctl('config', 'set', 'POST_ACCOUNT_CHANGES_DELAY', 13))[0], 0, 'the delay is one of four';
$srv->ctl_ok('affiliate', 'add', 'joe', 'joe@affiliate.example');
my $row = $srv->rows('SELECT * FROM notify_queue WHERE kind = 2')->[0];
is +($row->{due_us} - $row->{created_us}) / 1e6, 12 * 3600, 'a sign-up waits for its delay';
$srv->exec_sql('UPDATE notify_queue SET due_us = 0');
poll_until('fails, and waits', sub { $srv->sql('SELECT COUNT(*) FROM notify_queue WHERE attempts = 1 AND lease_us = 0') == 1 });
$srv->exec_sql("UPDATE account_person SET city = 'Later' WHERE account_id = (SELECT id FROM account WHERE username = 'joe')");
$srv->exec_sql('UPDATE notify_queue SET due_us = 0');
poll_until('and is told', sub { queued() == 0 });
is form_of($sink->seen->[-1])->{city}, 'Later', 'with what is true by then';

# A change, by whoever makes it.
$srv->ctl_ok('config', 'set', 'POST_ACCOUNT_SIGNUP', '');
$srv->ctl_ok('config', 'set', 'POST_ACCOUNT_CHANGES', $sink->url('/ok?changed'));
is $net->affise(GET => 'balance', key => $net->key_of('bob'))->{status}, 200, 'he was here';
is $net->nats(PATCH => 'affiliate/edit_affiliate', loginid => $bob, city => 'Bonn', company => 'Bob & Co')->{json}[0]{result} // '', 'Success', 'an account is edited';
my @changed;
poll_until('a change', sub { @changed = grep { $_->{target} =~ /changed/ } @{ $sink->seen }; @changed == 1 });
is_deeply { map { $_ => form_of($changed[0])->{$_} } qw(loginid username city company) },
	{ loginid => $bob, username => 'bob', city => 'Bonn', company => 'Bob%20%26%20Co' }, 'is posted with what it is now';
is form_of($changed[0])->{api_key}, '', 'and no key';
is form_of($changed[0])->{last_login_ip}, '127.0.0.1', 'from where he came';
cmp_ok abs(form_of($changed[0])->{last_login} - time), '<', 600, 'and when';
$srv->ctl_ok('config', 'set', 'POST_ACCOUNT_CHANGES', '');

# ---- mail ----
sub notice {
	my (%p) = @_;
	$srv->exec_sql('INSERT INTO notice (created_us, kind, account_id, email, subject, body) VALUES (?, ?, ?, ?, ?, ?)',
		$p{created} // int(time * 1e6), 'cap', $p{account}, $p{email} // '', $p{subject} // 'Cap', $p{body} // 'full');
	return $srv->sql('SELECT MAX(id) FROM notice');
}
sub sent { my ($id) = @_; return $srv->sql('SELECT sent_us FROM notice WHERE id = ?', $id) }
my $n = notice(account => $bob, subject => 'Größe: 90 %', body => "one\n.two\n");
poll_until('a notice', sub { sent($n) });
my ($mail) = @{ $sink->mails };
is_deeply [ @$mail{qw(from to)} ], ['robot@network.example', 'b&b@affiliate.example'], 'is mailed to the account\'s address';
my ($head, $body) = split /\r\n\r\n/, $mail->{text}, 2;
like $head, qr{^Subject: =\?UTF-8\?Q\?=47=72=C3=B6=C3=9F=65.*\?=\r?$}m, 'its subject encoded';
like $head, qr{^Content-Type: text/plain; charset=utf-8\r?$}m, 'its text UTF-8';
is $body, "one\r\n..two\r\n", 'and whole';
my $header = notice(email => 'me@x.example', subject => "plain\r\nBcc: all\@x.example");
poll_until('to an address', sub { sent($header) });
my @to = map { $_->{to} } @{ $sink->mails };
is_deeply \@to, ['b&b@affiliate.example', 'me@x.example'], 'and to nobody else';
unlike $sink->mails->[1]{text}, qr/^Bcc:/m, 'a subject makes no header of its own';
my $wide = notice(email => 'me@x.example', subject => 'é' x 255);
poll_until('a long subject', sub { sent($wide) });
is_deeply [ $sink->mails->[2]{text} =~ /^Subject: (.*?)\r\nMessage-ID/ms ? $1 =~ s/\?=\r\n =\?UTF-8\?Q\?//gr : '' ], [ '=?UTF-8?Q?' . '=C3=A9' x 255 . '?=' ],
	'is whole, in words';
my $net_note = notice(email => '', subject => 'Cap 1 is reached');
poll_until("what is nobody's in particular", sub { sent($net_note) });
is $sink->mails->[3]{to}, 'admin@network.example', 'goes to the network';
$srv->exec_sql("UPDATE account SET email = NULL WHERE username = 'joe'");
my $none = notice(account => $srv->sql("SELECT id FROM account WHERE username = 'joe'"));
my $nobody = notice(email => 'nobody@x.example');
my $bad = notice(email => "x\@y.example>\r\nRCPT TO:<z\@y.example");
my $old = notice(email => 'me@x.example', created => 1);
poll_until('one without an address, and one that is none', sub {
	$srv->sql('SELECT COUNT(*) FROM notify_log WHERE kind = 4 AND given_up AND error LIKE ?', '%no address%') == 2 });
poll_until('one that the relay refuses waits', sub {
	$srv->sql('SELECT COUNT(*) FROM notify_queue WHERE kind = 4 AND subject = ? AND attempts = 1', $nobody) == 1 });
is $srv->sql('SELECT http_code FROM notify_log WHERE subject = ? AND kind = 4', $nobody), 550, 'with what the relay said';
is scalar @{ $sink->mails }, 4, 'nothing else was mailed';
is $srv->sql('SELECT queued_us FROM notice WHERE id = ?', $old), undef, 'not what is years old either';

# ---- a cap of an offer that names whom to tell: whatever the cap itself says ----
{
	my $offer = $net->offer(name => 'Capped', url => 'http://shop.example/?c=%%click_hash%%', commission_type => 'cpa', flat_amount_per_conversion => 1);
	my $told = sub { return [ grep { $_->{to} eq 'caps@network.example' } @{ $sink->mails } ] };
	isnt +($srv->ctl('offer', 'set', $offer, 'admin_threshold_email', $_))[0], 0, "no address: '$_'"
		for 'caps', "caps\@x.example\r\nBcc: y", '<x@y.example>', 'a' x 190 . '@x.example';
	$srv->ctl_ok('offer', 'set', $offer, 'admin_threshold_email', 'caps@network.example');
	is $net->nats(GET => 'offer/get_details', offerid => $offer)->{json}{data}{$offer}{admin_threshold_email}, 'caps@network.example', 'get_details shows it';
	$srv->ctl_ok('cap', 'add', '--offer' => $offer, '--value' => 1, '--on-full' => 'trafficback');
	is $net->pixel(click_hash => $net->click($net->link_of($bob, $offer)), orderid => 'K1'), '*success*', 'a conversion that fills the cap';
	poll_until('the address of the offer is told', sub { @{ $told->() } == 1 });
	like $told->()->[0]{text}, qr/^Subject: .*Capped.*is reached/m, 'of the cap that is reached';
	is $srv->sql("SELECT COUNT(*) FROM notice WHERE kind = 'cap' AND email = ''"), $srv->sql("SELECT COUNT(*) FROM notice WHERE kind = 'cap' AND email = '' AND subject NOT LIKE '%Capped%'"),
		'and nobody besides';
	# Texts are cut between characters.
	my $long = $net->offer(name => 'я' x 127, url => 'http://shop.example/?c=%%click_hash%%', commission_type => 'cpa', flat_amount_per_conversion => 1);
	$srv->ctl_ok('offer', 'set', $long, 'admin_threshold_email', 'caps@network.example');
	$srv->ctl_ok('cap', 'add', '--offer' => $long, '--value' => 1, '--on-full' => 'trafficback');
	is $net->pixel(click_hash => $net->click($net->link_of($bob, $long)), orderid => 'K2'), '*success*', 'the same of an offer with a long name';
	poll_until('is told as well', sub { @{ $told->() } == 2 });
}

# ---- every other mail: caps that only tell, a share of a cap, a decision on a request ----
{
	my $mail = sub { my ($to, $re) = @_; return scalar grep { $_->{to} eq $to && $_->{text} =~ $re } @{ $sink->mails } };
	my $sell = sub {
		my ($offer, $n) = @_;
		is $net->pixel(click_hash => $net->click($net->link_of($bob, $offer)), orderid => "$offer-$_"), '*success*', 'a conversion' for 1 .. $n;
	};
	my $offer = sub { return $net->offer(name => $_[0], commission_type => 'cpa', flat_amount_per_conversion => 1) };
	my ($plain, $tells, $admin, $share) = map { $offer->($_) } qw(Plain Tells Admin Share);
	$srv->ctl_ok('cap', 'add', '--offer' => $plain, '--value' => 1, '--on-full' => 'decline');
	$srv->ctl_ok('cap', 'add', '--offer' => $tells, '--value' => 1, '--on-full' => 'notify');
	$srv->ctl_ok('cap', 'add', '--offer' => $admin, '--value' => 1, '--on-full' => 'decline', '--admin-notify' => 1);
	is $net->affise(POST => "admin/offer/$share", 'caps[0][period]' => 'day', 'caps[0][value]' => 4, notice_percent_overcap => 50)->{status}, 200, 'a share';
	$sell->($_, 1) for $plain, $tells, $admin;
	$sell->($share, 1);
	poll_until("$_->[0]", sub { $mail->('admin@network.example', $_->[1]) == 1 }) for [ 'a cap that only tells', qr/^Subject: Cap \d+ of Tells is reached\r$/m ],
		[ 'one with admin_notify', qr/^Subject: Cap \d+ of Admin is reached\r$/m ];
	is $mail->('admin@network.example', qr/Share/), 0, 'a quarter is not yet half';
	is $net->pixel(click_hash => $net->click($net->link_of($bob, $share)), orderid => 'half'), '*success*', 'half of it';
	poll_until('notice_percent_overcap', sub { $mail->('admin@network.example', qr/^Subject: Cap \d+ of Share is nearly reached\r\n.*2 of 4, 50 percent/ms) == 1 });
	is $mail->('admin@network.example', qr/Plain/), 0, 'a cap that says nothing is not told of';
	my $closed = $net->affise(POST => 'admin/offer', title => 'Closed', advertiser => $net->affise(POST => 'admin/advertiser', title => 'Ad')->{json}{advertiser}{id},
		url => 'http://x.example/', status => 'active', privacy => 'protected')->{json}{offer}{id};
	is $net->affise(POST => 'partner/activation/offer', key => $net->key_of('bob'), offer_id => $closed, comment => 'mail')->{status}, 200, 'an affiliate asks for an offer';
	my ($ticket) = @{ $net->affise(GET => 'admin/tickets')->{json}{tickets} };
	is $net->affise(POST => "admin/ticket/$ticket->{id}/offer", do => 'approve')->{status}, 200, 'it is approved';
	poll_until('he is told', sub { $mail->('b&b@affiliate.example', qr/^Subject: Your request for Closed\r\n.*was approved/ms) == 1 });
}

is $srv->ctl_ok('verify'), '', 'the books are clean';
undef $srv;
done_testing;
