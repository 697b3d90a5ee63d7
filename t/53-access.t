#!/usr/bin/perl
# Who may run an offer: exceptions, private pages, privacy, black lists, account and offer states, in both dialects.
# A change is in force on this node before its call returns, so no click here is tried twice.
use strict;
use warnings;

use Test::More;
use Affiliated::Network;
use Affiliated::Test;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $shop = $net->advertiser('shop');
my ($bob, $eve) = map { $net->affiliate($_) } qw(bob eve);
my $bobs_key = $net->key_of('bob');
my %ua = (headers => { 'User-Agent' => browser_ua() });

sub ok_affise {
	my ($what, $r) = @_;
	return is(($r->{json} // {})->{status}, 1, $what) || diag $r->{content};
}
sub done { my ($what, $r) = @_; return is(lc(($r->{json} // {})->{result} // ''), 'success', $what) || diag $r->{content} }

# Where a click ends: the target's word, or - for the page that says it is not available.
sub ends {
	my ($link) = @_;
	my $l = $srv->get($link, %ua)->{headers}{location} // '';
	return $l =~ m{^http://(\w+)\.} ? $1 : '-';
}
sub by_affise { my ($pid, $offer) = @_; return ends("/click?pid=$pid&offer_id=$offer") }
my $id_of = sub { my ($r) = @_; return $r->{json}{offer}{id} // die $r->{content} };

# ---- the offer level, as Affise writes it ----
my %hex = map { $_->{id} => $_->{hex24} } @{ $srv->rows('SELECT id, hex24 FROM account') };
my $o = $id_of->($net->affise(POST => 'admin/offer', title => 'Boots', advertiser => $hex{$shop}, url => 'http://boots.example/?c={clickid}',
	status => 'active', privacy => 'private'));
is $net->affise(GET => "offer/$o")->{json}{offer}{privacy}, 'private', 'an offer is made private';
is by_affise($bob, $o), '-', 'and nobody may run it';
ok_affise('an affiliate is connected', $net->affise(POST => 'offer/enable-affiliate', offer_id => $o, pid => $bob));
is by_affise($bob, $o), 'boots', 'he may';
is by_affise($eve, $o), '-', 'another one may not';
is $net->affise(POST => 'offer/enable-affiliate', 'offer_id[]' => [$o], pid => $eve, notice => 0)->{json}{message},
    "Request for offer $o is successfully", 'the answer is the documented one';
is by_affise($eve, $o), 'boots', 'a list of one works too';
ok_affise('all are disconnected', $net->affise(POST => "admin/offer/$o/disable-affiliates"));
is by_affise($bob, $o) . by_affise($eve, $o), '--', 'neither may';
ok_affise('the offer becomes public', $net->affise(POST => "admin/offer/$o", privacy => 'public'));
is by_affise($bob, $o), 'boots', 'disconnecting all left no block';
is $net->affise(POST => "admin/offer/$o/disable-affiliates")->{status}, 400, 'of a public offer nobody is disconnected';
ok_affise('one is blocked', $net->affise(POST => 'offer/disable-affiliate', offer_id => $o, pid => $bob));
is by_affise($bob, $o) . by_affise($eve, $o), '-boots', 'on a public offer too';
for my $p (qw(private protected public)) {
	ok_affise("privacy $p", $net->affise(POST => "admin/offer/$o", privacy => $p));
	is by_affise($bob, $o), '-', "the block outlives $p";
}
ok_affise('he is connected again', $net->affise(POST => 'offer/enable-affiliate', offer_id => $o, pid => $bob));
ok_affise('protected', $net->affise(POST => "admin/offer/$o", privacy => 'protected'));
is by_affise($bob, $o) . by_affise($eve, $o), 'boots-', 'a protected offer runs for who is connected';
ok_affise('an affiliate leaves all', $net->affise(POST => "admin/affiliate/$bob/disable-offers"));
is by_affise($bob, $o), '-', 'protected offers among them';
for my $c ([ 'offer/enable-affiliate', offer_id => 9999, pid => $bob ], [ 'offer/enable-affiliate', 'offer_id[]' => [ $o, 9999 ], pid => $bob ],
	[ 'offer/disable-affiliate', offer_id => 'f' x 24, pid => $bob ], [ 'offer/enable-affiliate', offer_id => $o, pid => 9999 ],
	[ 'offer/disable-affiliate', offer_id => $o, pid => $shop ], [ 'offer/enable-affiliate', offer_id => $o, pid => $net->{admin_id} ],
	[ 'admin/advertiser/disable-affiliate', advertisers_id => 'f' x 24, pid => $bob ], [ 'admin/advertiser/enable-affiliate', advertisers_id => $hex{$shop}, pid => 9999 ],
	[ 'admin/advertiser/disable-affiliate', 'advertisers_id[]' => [ $hex{$shop}, $hex{$bob} ], pid => $bob ]) {
	my ($path, @p) = @$c;
	my $r = $net->affise(POST => $path, @p);
	is_deeply [ $r->{status}, $r->{json} ], [ 404, { status => 2, error => 'Resource Not Found', message => 'Resource Not Found' } ], "$path @p: not there";
}
is $srv->sql('SELECT COUNT(*) FROM advertiser_blacklist'), 0, 'of two advertisers, one of whom is none, neither is listed';
is by_affise($bob, $o), '-', 'and of two offers neither is opened';
is $net->affise(POST => 'offer/enable-affiliate', offer_id => $o)->{status}, 400, 'no affiliate named';
is $net->affise(POST => 'admin/offer/9999/disable-affiliates')->{status}, 404, 'no such offer to close';
is $net->affise(POST => 'admin/affiliate/9999/disable-offers')->{status}, 404, 'no such affiliate to take out';
is $net->affise(POST => 'offer/enable-affiliate', key => $bobs_key, offer_id => $o, pid => $bob)->{status}, 403,
    'an affiliate connects nobody';

# ---- advertisers' black lists ----
my $p = $net->offer(name => 'Clogs', url => 'http://clogs.example/?c=%%click_hash%%', advertiserid => $shop);
is by_affise($bob, $p), 'clogs', 'a public offer';
ok_affise('black-listed', $net->affise(POST => 'admin/advertiser/disable-affiliate', advertisers_id => $hex{$shop}, pid => $bob));
is by_affise($bob, $p) . by_affise($eve, $p), '-clogs', 'none of the advertiser\'s offers';
ok_affise('but connected to one', $net->affise(POST => 'offer/enable-affiliate', offer_id => $p, pid => $bob));
is by_affise($bob, $p), 'clogs', 'access to an offer beats the advertiser';
done('the exception is taken back', $net->nats(PATCH => 'offer/set_enabled_affiliates', action => 'revert', loginids => $bob, offerids => $p));
is by_affise($bob, $p), '-', 'and the list counts';
is $net->affise(POST => 'admin/advertiser/enable-affiliate', 'advertisers_id[]' => [ $hex{$shop} ], pid => $bob)->{json}{message},
    'Request is successfully', 'off the list';
is by_affise($bob, $p), 'clogs', 'he runs it';
like $net->affise(POST => 'admin/advertiser/enable-affiliate', advertisers_id => $hex{$shop}, pid => $bob)->{json}{message},
    qr/^Request is successfully: Partner #$bob doesn't exist in blacklist for advertiser $hex{$shop}$/, 'off it twice';

# ---- landing pages, as NATS writes them ----
my $boots_page = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $p);
my $second = $net->nats(POST => 'offer/add_landing_page', offerid => $p, name => 'Sandals', url => 'http://sandals.example/?c=%%click_hash%%',
	private => 1, requestable => 1)->{json}{message}{landing_pageid};
my $row = $net->nats(GET => 'offer/get_details', offerid => $p)->{json}{data}{$p}{landing_pages}{$second};
is "$row->{private}$row->{requestable}", '11', 'a private page that may be asked for';
my $hidden = $net->link_of($bob, $p, landing_pageid => $second);
is ends($hidden), 'clogs', 'who may not use it sees the other page of the offer';
is $srv->sql('SELECT COUNT(*) FROM access_exception'), $srv->sql('SELECT COUNT(*) FROM access_exception WHERE allowed IS NOT NULL'),
    'no exception says nothing';
sub set { my (@p) = @_; return $net->nats(PATCH => 'offer/set_enabled_affiliates', @p) }
is set(action => 'enable', loginids => $bob, landing_pageids => $second)->{json}{message}, 'Access modified', 'enabled for the page';
is ends($hidden), 'sandals', 'and he gets there';
is ends($net->link_of($eve, $p, landing_pageid => $second)), 'clogs', 'nobody else';
done('disabled for the whole offer', set(action => 'disable', loginids => $bob, offerids => $p));
is ends($hidden), '-', 'that takes all its landing pages';
done('reverted', set(action => 'revert', loginids => $bob, offerids => $p));
is ends($hidden), 'clogs', 'what the pages say themselves counts again';
done('all users', set(action => 'enable', all_users => 1, landing_pageids => $second));
is ends($net->link_of($eve, $p, landing_pageid => $second)), 'sandals', 'everybody is let in';
done('but one', set(action => 'disable', loginids => $eve, landing_pageids => $second));
is ends($net->link_of($eve, $p, landing_pageid => $second)) . ends($hidden), 'clogssandals', 'who is named counts before all';
my $kim = $net->affiliate('kim');
is ends($net->link_of($kim, $p, landing_pageid => $second)), 'sandals', 'an affiliate who came later is in';
done('reverted for all', set(action => 'revert', all_users => 1, landing_pageids => $second));
is ends($hidden), 'clogs', 'nobody is';
is $srv->sql('SELECT COUNT(*) FROM access_exception WHERE landing_page_id = ?', $second), 0, 'and no rows are left';
done('by name', set(action => 'enable', 'loginids[]' => [ $bob, $eve ], landing_page_name_like => 'SANDA', offer_name_like => 'log'));
is ends($hidden), 'sandals', 'pages are found by part of their name';
done('by address', set(action => 'disable', loginids => "$bob,$eve", url_like => 'sandals.example', advertiser_ids => $shop));
is ends($hidden), 'clogs', 'and by part of their URL';
done('all landing pages', set(action => 'disable', loginids => $bob, all_landers => 1));
is by_affise($bob, $p) . by_affise($bob, $o), '--', 'of all offers';
done('reverted', set(action => 'revert', loginids => $bob, all_landers => 1));
is by_affise($bob, $p), 'clogs', 'as before';
done('the right to ask', set(action => 'enable_requestable', loginids => $bob, landing_pageids => $second));
is $srv->sql('SELECT requestable FROM access_exception WHERE landing_page_id = ? AND affiliate_id = ?', $second, $bob), 1, 'is kept';
is ends($hidden), 'clogs', 'and opens nothing';
done('taken back', set(action => 'revert_requestable', loginids => $bob, landing_pageids => $second));
is $srv->sql('SELECT COUNT(*) FROM access_exception WHERE requestable IS NOT NULL'), 0, 'nothing is said any more';
{
	my $clogs_page = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $p);
	my $offered = sub { my ($l) = grep { $_->{id} == $p } @{ $net->affise(GET => 'partner/offers', key => $bobs_key, limit => 100)->{json}{offers} };
		return $l ? $l->{required_approval} ? 'ask' : 'run' : '-' };
	my $seen = sub { return $offered->() . ' ' . $net->affise(GET => "offer/$p", key => $bobs_key)->{status} };
	my $asks = sub { return $net->affise(POST => 'partner/activation/offer', key => $bobs_key, offer_id => $p, comment => 'Let me')->{status} };
	done('the page is closed', $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $clogs_page, private => 1));
	is $seen->() . ' ' . $asks->(), '- 404 404', 'a private offer he neither sees nor may ask for';
	done('he may ask', set(action => 'enable_requestable', loginids => $bob, offerids => $p));
	is $seen->(), 'ask 200', 'he sees it';
	is by_affise($bob, $p), '-', 'though it is closed to him';
	done('nobody may ask for that page', set(action => 'disable_requestable', all_users => 1, landing_pageids => $clogs_page));
	is $seen->(), 'ask 200', 'who is named counts before all';
	done('all may', set(action => 'revert_requestable', all_users => 1, landing_pageids => $clogs_page));
	done('nor he', set(action => 'disable_requestable', loginids => $bob, offerids => $p));
	done('to others it may be asked for', $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $clogs_page, requestable => 1));
	is $seen->() . ' ' . $asks->(), '- 404 404', 'but not by him';
	done('as the page says', set(action => 'revert_requestable', loginids => $bob, offerids => $p));
	is $seen->() . ' ' . $asks->(), 'ask 200 200', 'like everybody he asks';
	is $net->affise(GET => 'admin/tickets', status => 'open')->{json}{tickets}[0]{offer}{id} // 'none', $p, 'and an administrator is told';
	my $links = sub { return join ' ', map { $_->{'Landing Page Id'} } @{ $net->nats(GET => 'affiliate/get_links', loginid => $bob, offerid => $p, @_)->{json}{message} } };
	is $links->(get_hidden => 2), "$clogs_page $second", 'get_links: all pages of the offer';
	is $links->() . '|' . $links->(get_hidden => 1), "|$clogs_page $second", 'those closed to him are hidden';
	done('one is opened', set(action => 'enable', loginids => $bob, landing_pageids => $second));
	is $links->(get_hidden => 0) . '|' . $links->(get_hidden => 1), "$second|$clogs_page", 'an exception opens';
	done('and closed', set(action => 'revert', loginids => $bob, landing_pageids => $second));
	done('the page is open again', $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $clogs_page, private => 0, requestable => 0));
	is $seen->() . ' ' . $links->(), "run 200 $clogs_page", 'to all';
}
is set(action => 'open', loginids => $bob, offerids => $p)->{json}{message}, 'Invalid action.', 'no such action';
is set(action => 'enable', offerids => $p)->{json}{message}, 'Missing loginids or all_users.', 'nobody named';
is set(action => 'enable', loginids => 9999, offerids => $p)->{json}{message}, 'Invalid loginids.', 'no such affiliate';
is set(action => 'enable', loginids => $bob, offerids => 9999)->{json}{message}, 'Invalid offerids.', 'no such offer';
is set(action => 'enable', loginids => $bob)->{json}{message}, 'Missing landing pages or offers.', 'nothing named';

# ---- one thing in both dialects ----
my $q = $net->offer(name => 'Mules', url => 'http://mules.example/?c=%%click_hash%%', private => 1, requestable => 1);
is $net->affise(GET => "offer/$q")->{json}{offer}{privacy}, 'protected', 'a private page that may be asked for is protected to Affise';
is by_affise($eve, $q), '-', 'and closed at its door';
ok_affise('Affise opens it', $net->affise(POST => "admin/offer/$q", privacy => 'public'));
is $net->nats(GET => 'offer/get_details', offerid => $q)->{json}{data}{$q}{landing_pages}{ $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $q) }{private},
    '0', 'which the other dialect shows';
is by_affise($eve, $q), 'mules', 'and clicks see';
my $mules_page = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $q);
done('closed again', $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $mules_page, private => 1));
is by_affise($eve, $q) . $net->affise(GET => "offer/$q")->{json}{offer}{privacy}, '-private', 'by an edit of the page';
ok_affise('protected', $net->affise(POST => "admin/offer/$q", privacy => 'protected'));
done('opened', $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $mules_page, private => 0));
is by_affise($eve, $q) . $net->affise(GET => "offer/$q")->{json}{offer}{privacy}, 'mulespublic', 'which opens what Affise had closed';

# ---- what an affiliate sees ----
sub seen { return join ',', sort { $a <=> $b } map { $_->{id} } @{ $net->affise(GET => 'offers', key => $bobs_key)->{json}{offers} } }
is seen(), "$o,$p,$q", 'public and protected offers';
is $net->affise(GET => "offer/$o", key => $bobs_key)->{json}{offer}{required_approval}, JSON::PP::true, 'a protected one must be asked for';
ok_affise('connected', $net->affise(POST => 'offer/enable-affiliate', offer_id => $o, pid => $bob));
is $net->affise(GET => "offer/$o", key => $bobs_key)->{json}{offer}{required_approval}, JSON::PP::false, 'unless he is connected';
ok_affise('private', $net->affise(POST => "admin/offer/$q", privacy => 'private'));
is seen(), "$o,$p", 'a private one is not shown';
is $net->affise(GET => "offer/$q", key => $bobs_key)->{status}, 404, 'by its number neither';
ok_affise('connected', $net->affise(POST => 'offer/enable-affiliate', offer_id => $q, pid => $bob));
is seen(), "$o,$p,$q", 'unless he is connected';
ok_affise('blocked', $net->affise(POST => 'offer/disable-affiliate', 'offer_id[]' => [ $o, $p ], pid => $bob));
is seen(), $q, 'what he is locked out of is not shown';
is $net->affise(GET => "offer/$p", key => $bobs_key)->{status}, 404, 'by its number neither';
is_deeply [ map { $_->{id} } @{ $net->affise(GET => 'offers', 'privacy[]' => [2])->{json}{offers} } ], [$q], 'an administrator filters by privacy';

# ---- countries, pause and activate ----
sub countries { my ($of) = @_; my $d = $net->nats(GET => 'offer/get_details', offerid => $of)->{json}{data}{$of};
	return join ' ', map { join ',', @{ $d->{"${_}authorized_countries_iso"} } } '', 'un' }
done('countries are set', $net->nats(PATCH => 'offer/set_offer_countries', offerid => $p, authorized => 'us,GB', unauthorized => 'FR'));
is countries($p), 'US,GB FR', 'as sent';
done('appended', $net->nats(PATCH => 'offer/set_offer_countries', offerid => $p, 'authorized[]' => ['DE', 'US'], append => 1));
is countries($p), 'US,GB,DE FR', 'each once, the other list as it was';
is $net->nats(PATCH => 'offer/set_offer_countries', offerid => $p, authorized => 'XX')->{json}{message}, 'Invalid country (XX).', 'no country';
is $net->nats(PATCH => 'offer/set_offer_countries', offerid => 9999, authorized => 'US')->{json}{message}, 'Invalid offerid.', 'no offer';
is by_affise($eve, $p), '-', 'a visitor from nowhere is refused';
done('cleared', $net->nats(PATCH => 'offer/set_offer_countries', offerid => $p, authorized => '', unauthorized => ''));
is countries($p), ' ', 'an empty list clears';
is by_affise($eve, $p), 'clogs', 'and all are let in';
is $net->nats(PATCH => 'offer/pause_offer', offerid => $p, expire_url => 'http://gone.example/', _in => 'query')->{json}{message}, 'Offer expired.', 'paused';
is by_affise($eve, $p), 'gone', 'its traffic goes to the URL';
is $net->affise(GET => "offer/$p")->{json}{offer}{status}, 'suspended', 'which is suspended to Affise';
done('with a page', $net->nats(PATCH => 'offer/pause_offer', offerid => $p, expiration_landing_page_id => $boots_page));
is by_affise($eve, $p), 'clogs', 'the landing page counts before the URL';
is $net->nats(PATCH => 'offer/pause_offer', offerid => $p, expire_landing_pageid => 9999)->{json}{message}, 'Invalid landing page.', 'no such page';
is $net->nats(PATCH => 'offer/activate_offer', offerid => $p, _in => 'query')->{json}{message}, 'Offer activated.', 'activated';
is $net->affise(GET => "offer/$p")->{json}{offer}{status}, 'active', 'to Affise too';
done('later', $net->nats(PATCH => 'offer/pause_offer', offerid => $p, date_expire => '2099-01-01'));
is $net->affise(GET => "offer/$p")->{json}{offer}{status}, 'active', 'a day to come is not reached';
is $net->nats(PATCH => 'offer/activate_offer', offerid => 9999)->{json}{message}, 'Invalid offerid.', 'no such offer';

# ---- conversions of accounts that are not active any more (C6) ----
my $link = "/click?pid=$eve&offer_id=$q";
ok_affise('eve may', $net->affise(POST => 'offer/enable-affiliate', offer_id => $q, pid => $eve));
my @click = map { $srv->get($link, %ua)->{headers}{location} =~ /c=([0-9a-f.]+)/ ? $1 : '' } 1 .. 3;
sub status_after {
	my ($status, $click) = @_;
	$srv->exec_sql('UPDATE account SET status = ? WHERE id = ?', $status, $eve);
	$srv->exec_sql('UPDATE catalog_version SET version = version + 1 WHERE one = 1');
	$srv->exec_sql('INSERT INTO catalog_change SELECT version, 2, ? FROM catalog_version', $eve);
	my $got = $net->pixel(click_hash => $click, amount => 5, orderid => "S$status");
	my $r = $srv->rows('SELECT c.status, t.reason FROM conversion c JOIN txn t ON t.txn_us = c.conv_us WHERE c.orderid = ?', "S$status")->[0];
	return "$got " . ($r->{status} // '') . ' ' . ($r->{reason} // '');
}
like status_after(1, $click[0]), qr/^\*success\* 2 account not active$/, 'not active: pending';
like status_after(2, $click[1]), qr/^\*(?:success|error)\*.* 3 Partner is banned$/, 'banned: declined';
poll_until('and no clicks of it', sub { ends($link) eq '-' });
like status_after(0, $click[2]), qr/^\*success\* 1 $/, 'active again: booked';

poll_until('every refusal has its reason', sub {
	$srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 26') > 10
	    && $srv->sql('SELECT SUM(n) FROM rollup_refused WHERE verdict = 26') == $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 26') });
my ($code, $out) = $srv->ctl('verify');
is $code, 0, 'verify is clean' or diag $out;
$srv->stop;
done_testing;
