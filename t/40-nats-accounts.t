# /api/advertiser and /api/affiliate: new accounts, links and codes.  Reply, database, effect.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use MIME::Base64 qw(encode_base64);
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);

sub row { my ($id) = @_; return $srv->rows('SELECT * FROM account LEFT JOIN account_person ON id = account_id WHERE id = ?', $id)->[0] }

sub is_error {
	my ($r, $status, $message, $what) = @_;
	is $r->{status}, $status, "$what: status";
	is_deeply $r->{json}, { result => 'error', message => $message }, "$what: names it"
	    or diag($r->{content});
	return;
}

# add_advertiser: every documented parameter.
my %person = (firstname => 'Ada', lastname => 'L', company => 'Ada & Co.', url => 'http://ada.example', tel => '1',
	icq => '2', aim => '3', msn => '4', address1 => 'A', address2 => 'B', city => 'Köln', state => 'NW',
	country => 'USA', zip_code => '50667', join_ip => '192.0.2.1');
my $r = $net->nats(POST => 'advertiser/add_advertiser', username => 'ada', password => 'pw', email => 'ada@example.com',
	%person);
is $r->{status}, 200, 'an advertiser is made';
like $r->{content}, qr/^\[\{"result":"Success","message":\{"loginid":"\d+"\}\}\]\z/, 'the reply, to the byte';
my $adv = $r->{json}[0]{message}{loginid};
my $row = row($adv);
is $row->{type}, 140, 'of type advertiser';
is_deeply { map { $_ => $row->{$_} } keys %person }, \%person, 'every field is stored';
like $row->{password_hash}, qr/^\$argon2id\$/, 'the password is a hash';
is $row->{title}, 'Ada & Co.', 'the company is the title of the other API';
is $net->nats(POST => 'affiliate/add_advertiser', username => 'ada2', password => 'pw', email => 'ada2@example.com')
    ->{json}[0]{result}, 'Success', 'the alias';
is row($adv + 1)->{title}, 'ada2', 'without a company the user name is the title';

# add_affiliate: every documented parameter.
my %more = (skype => '5', tax_id_or_ssn => '6', map { ("custom$_" => "c$_") } 1 .. 5);
$r = $net->nats(POST => 'affiliate/add_affiliate', username => 'ben', password => 'pw', payvia => 4,
	email => 'ben@example.com', status => 4, minimum_payout => '25.50', %person, %more,
	'payvia_info[0][field]' => 'Email', 'payvia_info[0][value]' => 'ben@pay.example',
	'payvia_info[1][field]' => 'Name', 'payvia_info[1][value]' => 'Ben');
like $r->{content}, qr/^\[\{"result":true,"loginid":"\d+"\}\]\z/, 'an affiliate: the reply, to the byte';
my $aff = $r->{json}[0]{loginid};
$row = row($aff);
is_deeply [ @$row{qw(type status payvia_type_id minimum_payout)} ], [ 100, 4, 4, 25500000 ], 'type, status, payment';
is_deeply { map { $_ => $row->{$_} } keys %person, keys %more }, { %person, %more }, 'every field is stored';
is_deeply $srv->rows('SELECT field, value FROM account_payvia WHERE account_id = ? ORDER BY field', $aff),
    [ { field => 'Email', value => 'ben@pay.example' }, { field => 'Name', value => 'Ben' } ], 'payment details';
my $n = 0;
for my $alias ('offer/add_affiliate', 'affiliate/addaffiliate', 'affiliate/add') {
	$n++;
	is $net->nats(POST => $alias, username => "alias$n", password => 'pw', payvia => 1, email => "alias$n\@example.com")
	    ->{json}[0]{result}, JSON::PP::true, "$alias makes one too";
}

# What is refused.
my @new = (password => 'pw', payvia => 1);
is_error($net->nats(POST => 'affiliate/add_affiliate', @new, username => 'ben', email => 'b@example.com'), 200,
	'Username already exists.', 'a user name that an affiliate has');
is_error($net->nats(POST => 'affiliate/add_affiliate', @new, username => 'ada', email => 'b@example.com'), 200,
	'Username already exists.', 'a user name that an advertiser has');
is_error($net->nats(POST => 'affiliate/add_affiliate', @new, username => 'b', email => 'ada@example.com'), 200,
	'Email already exists.', 'an e-mail address that somebody has');
for my $field (qw(username password email payvia)) {
	my %p = (username => 'x', password => 'x', email => 'x@example.com', payvia => 1);
	delete $p{$field};
	is_error($net->nats(POST => 'affiliate/add_affiliate', %p), 200, "Missing required field ($field).",
		"without $field");
	is_error($net->nats(POST => 'affiliate/add_affiliate', %p, $field => ''), 200,
		"Missing required field ($field).", "with an empty $field");
}
is_error($net->nats(POST => 'affiliate/add_affiliate', @new, username => 'b', email => 'b@example.com', payvia => 99),
	200, 'Invalid payvia.', 'an unknown payment method');
is_error($net->nats(POST => 'affiliate/add_affiliate', @new, username => 'b', email => 'b@example.com', ref => '!!'),
	200, 'Invalid ref.', 'a referring code that is none');
for my $bad ([ payvia => 'x' ], [ status => 6 ], [ status => 'active' ], [ minimum_payout => '1,5' ],
	[ minimum_payout => '-1' ], [ username => 'a.b' ], [ username => 'a/b' ], [ email => 'nobody' ],
	[ join_ip => '1.2.3' ], [ custom1 => 'x' x 256 ], [ city => 'x' x 256 ],
	[ 'payvia_info[0][field]' => 'lonely' ]) {
	$r = $net->nats(POST => 'affiliate/add_affiliate', username => 'b', email => 'b@example.com', @new, @$bad);
	is $r->{status}, 404, "$bad->[0] = " . substr($bad->[1], 0, 10) . ' is of the wrong kind';
	my ($name) = $bad->[0] =~ /^(\w+)/;
	like $r->{json}{message} // '', qr/\Q$name\E/, 'and named';
}
is $srv->sql("SELECT COUNT(*) FROM account WHERE username IN ('b', 'x', 'a.b', 'a/b')"), 0, 'none of them was made';

# Links.  An account of somebody, an offer with two landing pages.
my $offer = $net->offer(name => 'Shoes');
my ($lp, $commission) = @{ $srv->rows('SELECT default_lp_id, c.id AS cid FROM offer o JOIN commission c ON c.offer_id = o.id WHERE o.id = ?', $offer)->[0] }{qw(default_lp_id cid)};
my $lp2 = $net->nats(POST => 'offer/add_landing_page', offerid => $offer, name => 'Two', url => 'http://two.example/')
    ->{json}{message}{landing_pageid};
$srv->exec_sql("UPDATE landing_page SET shortname = 'second' WHERE id = ?", $lp2);
$srv->exec_sql("UPDATE commission SET shortname = 'std' WHERE id = ?", $commission);

sub code_of { my @f = @_; (my $c = encode_base64(join('.', @f, (0) x (12 - @f)), '')) =~ s/=+\z//; return $c }

sub link_is {
	my ($want, $what, @p) = @_;
	my $reply = $net->nats(GET => 'affiliate/get_single_link', loginid => $aff, offerid => $offer, @p);
	is $reply->{status}, 200, "$what: status";
	is_deeply $reply->{json}, { result => 'Success', message => $want }, $what or diag($reply->{content});
	return;
}
my $code = code_of($aff, $commission, $offer, $lp);
my $code2 = code_of($aff, $commission, $offer, $lp2);
link_is("$srv->{url}/track/$code", 'the default link');
link_is("$srv->{url}/track/$code2", 'of another landing page', landing_pageid => $lp2);
link_is($code, 'the code alone', code_only => 1);
link_is("ben.$commission.$offer.$lp.0.0.0.0.0.0.0.0", 'with ids', code_only => 'true', style => 'ids');
link_is("ben.std.$offer.second.0.0.0.0.0.0.0.0", 'with short names, where there are some', code_only => 1,
	style => 'shortnames', landing_pageid => $lp2);
link_is("$srv->{url}/track/$code?subaff=a%20b&subaff2=2&subaff3=3&subaff4=4&subaff5=5&subids=x%2Cy&_ocid={token}",
	'with variables', subaff => 'a b', (map { ("subaff$_" => $_) } 2 .. 5), subids => 'x, y', _ocid => '{token}');
$srv->ctl_ok('config', 'set', 'tracking_domain', 'https://track.example/');
link_is("https://track.example/track/$code", 'with the scheme and host of the tracking domain');
$srv->ctl_ok('config', 'set', 'tracking_domain', '');
is_error($net->nats(GET => 'affiliate/get_single_link', loginid => 9999, offerid => $offer), 200, 'Invalid loginid.',
	'an unknown affiliate');
is_error($net->nats(GET => 'affiliate/get_single_link', loginid => $adv, offerid => $offer), 200, 'Invalid loginid.',
	'an advertiser');
is_error($net->nats(GET => 'affiliate/get_single_link', loginid => $aff, offerid => 9999), 200, 'Invalid offerid.',
	'an unknown offer');
is_error($net->nats(GET => 'affiliate/get_single_link', loginid => $aff, offerid => $offer, landing_pageid => 9999),
	200, 'Invalid landing_pageid.', 'an unknown landing page');
like $net->link_of($aff, $offer, style => 'tiny'), qr{/track/[0-9A-Za-z]{6}\z}, 'a tiny code';
is $net->nats(GET => 'affiliate/get_single_link', loginid => $aff, offerid => $offer, style => 'round')->{status}, 404,
    'a style there is none of';

# Codes.
for my $style ($code2, "ben.$commission.$offer.$lp2", "ben.std.$offer.second.0.0.0.0.0.0.0.0", "$aff..$offer.$lp2") {
	next if $style =~ /\.\./;    # an empty field is no number
	$r = $net->nats(GET => 'affiliate/decode_trackingcode', ocode => $style);
	is $r->{status}, 200, "$style is read";
	is_deeply [ @{ $r->{json} }{qw(loginid payoutid offerid landing_pageid username)} ],
	    [ $aff, $commission, $offer, $lp2, 'ben' ], 'as what it stands for';
	is $r->{json}{is_unencoded}, $style =~ /\./ ? 1 : 0, 'and how it is written';
}
$r = $net->nats(GET => 'affiliate/decode_trackingcode', ocode => code_of($aff, $commission, $offer, $lp, 24, 6, 11, 12, 0, 62));
is_deeply $r->{json}, {
	loginid => $aff + 0, offerid => $offer + 0, landing_pageid => $lp + 0, campaignid => 24, adtoolid => 6, subid1 => 11,
	subid2 => 12, promotionalid => 0, additional_trackingid => 62, is_unencoded => 0, old_code => 0, inhouse => 0,
	affsubid => 0, affsource => 0, payoutid => $commission + 0, campaign_name => '', additional_tracking => [],
	creativeid => 6, username => 'ben',
	tracked_details => {
		login_details => { loginid => $aff + 0, inhouse => 0, username => 'ben', type => 100, status => 4, deleted => 0,
			affiliate_percentage_override => 0 },
		lp_details => { landing_pageid => $lp + 0, redirect_hash => '', disable_url_sanitization => 0,
			disable_deep_linking => 0, third_party_partner_id => 0, url => 'http://shop.example/?c=%%click_hash%%' },
	},
}, 'the whole reply';
$r = $net->nats(GET => 'affiliate/decode_trackingcode', ocode => code_of($aff, 0, $offer));
is $r->{json}{landing_pageid}, $lp, 'what a code leaves out is filled in';
for my $bad ('x', '!!!', code_of(9999, $commission, $offer, $lp), code_of($aff, $commission, 9999, $lp),
	code_of($aff, $commission, $offer, 9999), code_of($aff, 9999, $offer, $lp), "nobody.$commission.$offer.$lp") {
	is_error($net->nats(GET => 'affiliate/decode_trackingcode', ocode => $bad), 200, 'Invalid ocode.', "code $bad");
}
is_error($net->nats(GET => 'affiliate/decode_trackingcode'), 200, 'Missing required field (ocode).', 'no code');

# A referring code names the affiliate.
$r = $net->nats(POST => 'affiliate/add_affiliate', @new, username => 'carl', email => 'carl@example.com', ref => $code);
is row($r->{json}[0]{loginid})->{ref_account_id}, $aff, 'a referrer is stored';

# Bare replies are a setting.
undef $net;
$srv->stop;
$srv = affiliated_start(workers => 1, config => { nats_bare_account_replies => 'true' });
$net = Affiliated::Network->new($srv);
$r = $net->nats(POST => 'advertiser/add_advertiser', username => 'ada', password => 'pw', email => 'ada@example.com');
like $r->{content}, qr/^\{"result":"Success","message":\{"loginid":"\d+"\}\}\z/, 'an advertiser without brackets';
$r = $net->nats(POST => 'affiliate/add_affiliate', @new, username => 'ben', email => 'ben@example.com');
like $r->{content}, qr/^\{"result":true,"loginid":"\d+"\}\z/, 'an affiliate without brackets';

done_testing;
