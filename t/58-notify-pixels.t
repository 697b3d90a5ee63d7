#!/usr/bin/perl
# Affiliates' pixels in the page of an iframe pixel, and the calls by which postbacks and pixels are kept.
use strict;
use warnings;

use Test::More;
use Affiliated::Network;
use Affiliated::Test;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my ($bob, $eve) = map { $net->affiliate($_) } qw(bob eve);
my ($bobs, $eves) = map { $net->key_of($_) } qw(bob eve);
my $offer = $net->offer(url => 'http://shop.example/?c=%%click_hash%%');
my $lp = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $offer);
my $r = $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $lp, conversion_type => 'iframe');
$srv->exec_sql("UPDATE landing_page SET conversion_type = 'iframe' WHERE id = ?", $lp) if $r->{status} != 200;
$net->affise(POST => "admin/offer/$offer", 'payments[0][total]' => 5, 'payments[0][revenue]' => 3.75,
	'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed', 'payments[0][goal]' => 1);

# ---- the calls ----
my %pixel = (offer_id => $offer, name => 'Mine', code => '<img src="http://third.example/p?s={sub1}&amp;c=%%commission%%&amp;o=%%offer_id%%">',
	code_type => 'image');
$r = $net->affise(POST => 'partner/pixel', key => $bobs, %pixel, pid => $eve, moderation_status => 1, is_active => 0);
my $own = $r->{json}{pixel};
is_deeply [ @$own{qw(name code_type offer_id pid is_active moderation_status)} ], ['Mine', 'image', "$offer", "$bob", '1', '0'],
	'an affiliate adds a pixel: his own, and waiting for approval' or diag $r->{content};
$r = $net->affise(GET => 'partner/pixels', key => $bobs);
is_deeply $r->{json}, { status => 1, pixel => { $own->{id} => $own } }, 'listed';
is_deeply $net->affise(GET => "partner/pixels/$bob")->{json}{pixel}, { $own->{id} => $own }, 'and for administrators';
is_deeply $net->affise(GET => 'partner/pixels', key => $eves)->{json}, { status => 1, pixel => {} }, 'an empty list is an object';
is $net->affise(GET => "partner/pixels/$offer$offer$offer$offer")->{status}, 404, 'of nobody';
is $net->affise(POST => "partner/pixel/$own->{id}", key => $eves, name => 'x')->{status}, 404, "somebody else's is not there";
is $net->affise(DELETE => "partner/pixel/$own->{id}/remove", key => $eves)->{status}, 404, 'nor can it be removed';
is $net->affise(POST => "partner/postback/$own->{id}", key => $bobs, url => 'http://x.example/')->{status}, 404, 'a pixel is no postback';
for my $name (qw(name code code_type)) {
	like $net->affise(POST => "partner/pixel/$own->{id}", $name => '')->{json}{error}, qr/^$name/, "an empty $name is none";
}
$net->affise(POST => "partner/pixel/$own->{id}", moderation_status => 1);
is $net->affise(POST => "partner/pixel/$own->{id}", moderation_status => '')->{json}{pixel}{moderation_status}, '0', 'an empty state of review is the first one';
$r = $net->affise(POST => "partner/pixel/$own->{id}", moderation_status => 1);
is $r->{json}{pixel}{moderation_status}, '1', 'an administrator approves it';
is $r->{json}{pixel}{code}, $pixel{code}, 'and changes nothing else';
$r = $net->affise(POST => "partner/pixel/$own->{id}", key => $bobs, name => 'Ours', is_active => 0);
is_deeply [ @{ $r->{json}{pixel} }{qw(name moderation_status is_active)} ], ['Ours', '1', '1'], 'a new name needs no approval';
$r = $net->affise(POST => "partner/pixel/$own->{id}", key => $bobs, code => $pixel{code} . ' ');
is $r->{json}{pixel}{moderation_status}, '0', 'new markup does';
$net->affise(POST => "partner/pixel/$own->{id}", moderation_status => 1);
for my $bad ([ name => undef ], [ code => undef ], [ code_type => undef ], [ offer_id => undef ], [ code_type => 'flash' ],
	[ pid => undef ], [ moderation_status => 7 ]) {
	my %p = (%pixel, pid => $bob, @$bad);
	delete @p{ grep { !defined $p{$_} } keys %p };
	is $net->affise(POST => 'partner/pixel', %p)->{status}, 400, "a pixel with a bad $bad->[0]";
}
is $net->affise(POST => 'partner/pixel', %pixel, pid => $bob, offer_id => 4711)->{status}, 404, 'an unknown offer';
is $net->affise(POST => 'partner/pixel', %pixel, pid => 4711)->{status}, 404, 'an unknown affiliate';
is $net->affise(GET => 'partner/pixels')->{status}, 403, 'the list of one\'s own is for affiliates';
is $net->affise(GET => "partner/pixels/$bob", key => $bobs)->{status}, 403, 'and the other for administrators';

my @post = (url => 'http://third.example/?t={transactionid}');
is $net->affise(POST => 'partner/postback', @post)->{status}, 400, 'a postback without pid under an administrator\'s key';
is $net->affise(POST => 'partner/postback', pid => $bob)->{status}, 400, 'without URL';
is $net->affise(POST => 'partner/postback', pid => $bob, url => $_)->{status}, 400, "a URL that is none: $_"
	for 'ftp://x.example/', 'http://{sub1}/', 'http://%%subaff%%.example/', 'javascript:1', 'http://u:p@x.example/';
is $net->affise(POST => 'partner/postback', pid => $bob, @post, status => 'sometimes')->{status}, 400, 'a status that is none';
is $net->affise(POST => 'partner/postback', pid => $bob, @post, offer_id => 4711)->{status}, 404, 'an unknown offer';
$r = $net->affise(POST => 'partner/postback', pid => $bob, @post, status => 'hold', goal => 'lead', offer_id => $offer);
my $p = $r->{json}{postback};
is_deeply [ @$p{qw(status goal offer_id forced pid)} ], ['hold', 'lead', "$offer", '0', "$bob"], 'a postback' or diag $r->{content};
$r = $net->affise(POST => "partner/postback/$p->{id}", key => $bobs, url => 'https://other.example/');
is_deeply [ @{ $r->{json}{postback} }{qw(url status goal)} ], ['https://other.example/', 'hold', 'lead'], 'another URL, nothing else';
$r = $net->affise(POST => "partner/postback/$p->{id}", url => 'https://other.example/', status => '', goal => '');
is_deeply [ @{ $r->{json}{postback} }{qw(status goal)} ], [undef, undef], 'sent and empty: any';
is $net->affise(POST => "partner/postback/$p->{id}", url => 'https://o.example/', pid => $eve)->{status}, 404, 'not of that pid';
is $net->affise(POST => "partner/postback/$p->{id}", key => $eves, url => 'https://o.example/')->{status}, 404, "somebody else's";
is $net->affise(DELETE => "partner/postback/$p->{id}/remove", key => $eves)->{status}, 404, 'not removed either';
$r = $net->affise(GET => 'admin/postbacks', partner_id => $bob);
is_deeply [ map { @$_{qw(id status goal offer_id)} } @{ $r->{json}{postbacks} } ], [$p->{id}, undef, '', "$offer"], 'the list';
is $r->{json}{pagination}{total_count}, 1, 'has one';
is $net->affise(GET => 'admin/postbacks')->{status}, 400, 'partner_id is required';
$r = $net->affise(DELETE => "partner/postback/$p->{id}/remove", key => $bobs);
is $r->{json}{postback}{url}, 'https://other.example/', 'removed; it says what it was';
is $net->affise(DELETE => "partner/postback/$p->{id}/remove", key => $bobs)->{status}, 404, 'once';
is_deeply $net->affise(GET => 'admin/postbacks', partner_id => $bob)->{json}{postbacks}, [], 'and gone';
is $net->affise(GET => 'stats/affiliatepostbacks', date_from => '2026-01-01')->{status}, 400, 'the log wants both dates';
is $net->affise(GET => 'stats/affiliatepostbacks', key => $bobs, date_from => '2026-01-01', date_to => '2026-01-02')->{status}, 403,
	'and an administrator';

# ---- the page ----
sub click {
	my ($pid, %p) = @_;
	my $r = $srv->get("/click?pid=$pid&offer_id=$offer&" . form(%p));
	my ($hash) = $r->{headers}{location} =~ /c=(.+)/ or die 'no click';
	my $us = hex(substr $hash, 1, 8) * 1_000_000 + hex substr $hash, 9, 5;
	# Who converts before his click is booked is answered before anybody knows whose he is.
	poll_until('the click is booked', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE click_us = ?', $us) == 1 });
	return $hash;
}
sub page {
	my ($hash, %p) = @_;
	return $srv->get('/signup/process_pixel.php?' . form(offerid => $offer, %p), headers => { Cookie => "oc_$offer=$hash" });
}
for (['bob', 'iframe', 'http://third.example/i?t=%%transid%%&s=%%subaff%%'], ['bob', 'script', "<script>f('{sub1}')</script>"],
	['eve', 'image', 'http://eve.example/x']) {
	$srv->ctl_ok('hook', 'add', @$_, '--offer', $offer);
}
my $hash = click($bob, sub1 => q{a"'&<b>\\});
$r = page($hash, orderid => 'P1');
is $r->{headers}{'content-type'}, 'text/html; charset=utf-8', 'a page';
like $r->{content}, qr{\A<!DOCTYPE html>.*<body><!-- \*success\* -->.*</body></html>\n\z}s, 'with the outcome';
my $sub = 'a%22%27%26%3Cb%3E%5C';
my @want = (qq{<img src="http://third.example/p?s=$sub&amp;c=3.75&amp;o=$offer"> },
	qq{<iframe src="http://third.example/i?t=$hash&#38;s=$sub" width="1" height="1"></iframe>},
	q{<script>f('a&#34;&#39;&#38;&#60;b&#62;&#92;')</script>});
is $r->{content} =~ s/.*--> *//sr, join('', map { "$_\n" } @want) . "</body></html>\n", 'and the pixels of the affiliate who is credited';
ok $r->{headers}{'set-cookie'}, 'who has converted is marked all the same';
is_deeply [ map { $_->{url} } @{ $srv->rows('SELECT url FROM notify_log WHERE kind = 5 ORDER BY hook_id') } ], \@want, 'logged as shown';
is scalar(() = $srv->ctl_ok('hook', 'log', 'bob') =~ /^\S+ \S+\tshown\t/mg), 3, 'as the shell says';
unlike page($hash, orderid => 'P1')->{content}, qr/third\.example/, 'a repetition shows none';
unlike $srv->get('/signup/process_pixel.php?' . form(click_hash => click($bob), orderid => 'P2'))->{content}, qr/third/, 'a server sees none';
is $srv->sql('SELECT COUNT(*) FROM notify_queue'), 0, 'nothing waits for a page that never comes';
$net->affise(POST => "partner/pixel/$own->{id}", is_active => 0);
unlike page(click($bob), orderid => 'P3')->{content}, qr{third\.example/p\?}, 'one that is off is not shown';
like page(click($eve), orderid => 'P4')->{content}, qr{<img src="http://eve\.example/x" width="1" height="1" alt="">}, "another affiliate's";
like $net->affise(DELETE => "partner/pixel/$own->{id}/remove", key => $bobs)->{json}{pixel}{name}, qr/Ours/, 'removed';

is $srv->ctl_ok('verify'), '', 'the books are clean';
undef $srv;
done_testing;
