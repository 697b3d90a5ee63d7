# What offers are filed under and what is said of them: categories, marketing types, languages, thumbnails, texts for
# those who promote them, and whether landing pages learn the tracking code.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

my $srv = affiliated_start(workers => 2);
my $net = Affiliated::Network->new($srv);
my $bob = $net->affiliate('bob');

sub details { my ($id) = @_; return $net->nats(GET => 'offer/get_details', offerid => $id)->{json}{data}{$id} }
sub named { my ($id, $what) = @_; return join ',', sort values %{ details($id)->{$what} } }

# ---- categories ----
my $shoes = $net->offer(name => 'Shoes', categories => 'Apparel, Größe,');
is named($shoes, 'categories'), 'Apparel,Größe', 'add_offer makes categories of new names; a trailing comma is fine';
my %number = reverse %{ details($shoes)->{categories} };
my $clogs = $net->offer(name => 'Clogs', 'categories[]' => [ $number{Apparel}, 'Wood' ]);
is named($clogs, 'categories'), 'Apparel,Wood', 'a number and a name';
is $srv->sql('SELECT COUNT(*) FROM offer_category'), 3, 'no category comes twice';

my $r = $net->nats(PATCH => 'offer/set_offer_categories', offerid => $clogs, categories => 'Garden', append => 1);
is $r->{content}, '{"result":"Success"}', 'set_offer_categories: the reply, to the byte';
is named($clogs, 'categories'), 'Apparel,Garden,Wood', 'appended';
$net->nats(PUT => 'offer/set_offer_categories', offerid => $clogs, categories => 'Garden');
is named($clogs, 'categories'), 'Garden', 'replaced, by PUT';
$net->nats(PATCH => 'offer/set_offer_categories', offerid => $clogs, 'categories[]' => [ 'Garden', 'Garden', $number{Apparel} ], append => 'false');
is named($clogs, 'categories'), 'Apparel,Garden', 'one named twice is in once';
for my $case ([ { offerid => 9999, categories => 'A' }, 'Invalid offerid.' ],
	[ { offerid => $clogs, categories => '9999' }, 'Invalid categories.' ],
	[ { offerid => $clogs, categories => 'f' x 24 }, 'Invalid categories.' ],
	[ { offerid => $clogs, categories => 'New one,9999' }, 'Invalid categories.' ]) {
	$r = $net->nats(PATCH => 'offer/set_offer_categories', %{ $case->[0] });
	is_deeply $r->{json}, { result => 'error', message => $case->[1] }, "@{[ %{ $case->[0] } ]}: $case->[1]";
}
is $net->nats(PATCH => 'offer/set_offer_categories', offerid => $clogs)->{json}{result}, 'error', 'categories are required';
is named($clogs, 'categories'), 'Apparel,Garden', 'a failure changes nothing';
is $srv->sql("SELECT COUNT(*) FROM offer_category WHERE name = 'New one'"), 0, 'and makes nothing';
$net->nats(PATCH => 'offer/edit_offer', offerid => $clogs, name => 'Wooden clogs');
is named($clogs, 'categories'), 'Apparel,Garden', 'an edit that does not name them leaves them';
my $seen = $net->affise(GET => "offer/$clogs")->{json}{offer};
is_deeply [ sort @{ $seen->{categories} } ], [ 'Apparel', 'Garden' ], 'Affise shows the titles';
is_deeply { map { $_->{title} => $_->{id} } @{ $seen->{full_categories} } },
    { map { @$_ } @{ $srv->dbh->selectall_arrayref("SELECT name, hex24 FROM offer_category WHERE name IN ('Apparel', 'Garden')") } },
    'and their ids';
my $hex = $srv->sql("SELECT hex24 FROM offer_category WHERE name = 'Wood'");
$net->nats(PATCH => 'offer/edit_offer', offerid => $clogs, categories => $hex);
is named($clogs, 'categories'), 'Wood', 'a 24-hex id names one here too';
$net->nats(PATCH => 'offer/edit_offer', offerid => $clogs, categories => '');
is_deeply details($clogs)->{categories}, {}, 'sent and empty: none';

# ---- marketing types ----
chomp(my $mail = $srv->ctl_ok('marketing', 'add', 'E-mail'));
chomp(my $search = $srv->ctl_ok('marketing', 'add', 'Search'));
like $srv->ctl_ok('marketing', 'list'), qr/^$mail\tE-mail\n$search\tSearch\n\z/, 'affiliatectl makes and lists them';
is +($srv->ctl('marketing', 'add', 'Search'))[0], 1, 'no name twice';
$net->nats(PATCH => 'offer/edit_offer', offerid => $shoes, marketing_types => $mail);
is named($shoes, 'marketing_types'), 'E-mail', 'edit_offer';
is $net->nats(PATCH => 'offer/set_offer_marketing_types', offerid => $shoes, marketing_types => "$search,", append => 'true')->{content},
    '{"result":"Success"}', 'set_offer_marketing_types: the reply, to the byte';
is named($shoes, 'marketing_types'), 'E-mail,Search', 'appended';
$net->nats(PATCH => 'offer/set_offer_marketing_types', offerid => $shoes, 'marketing_types[]' => [$search]);
is named($shoes, 'marketing_types'), 'Search', 'replaced';
is $net->nats(PATCH => 'offer/set_offer_marketing_types', offerid => $shoes, marketing_types => $_)->{json}{message},
    'Invalid marketing_types.', "existing ones only: $_" for '999', 'Fax';
is $net->nats(PATCH => 'offer/set_offer_marketing_types', offerid => 999, marketing_types => $mail)->{json}{message},
    'Invalid offerid.', 'no such offer';
is $net->nats(POST => 'offer/add_offer', name => 'X', url => 'http://x.example/', marketing_types => 77)->{json}{message},
    'Invalid marketing_types.', 'add_offer takes existing ones only';
is $srv->sql("SELECT COUNT(*) FROM offer WHERE name = 'X'"), 0, 'and makes no offer with others';

# ---- texts and pictures ----
$net->nats(PATCH => 'offer/edit_offer', offerid => $shoes, featured => 1, subject_lines => 'Walk well, Run well',
	from_addresses => 'news@shop.example', thumb_url => 'https://pic.example/t.png', force_url => 'https://shop.example/front');
my $d = details($shoes);
is $d->{featured}, 1, 'featured';
is "$d->{subject_lines}$d->{from_addresses}", '', 'e-mail fields are hidden as long as the network hides them';
$srv->ctl_ok('config', 'set', 'display_offer_email_fields', '1');
$d = details($shoes);
is "$d->{subject_lines}/$d->{from_addresses}", 'Walk well, Run well/news@shop.example', 'and shown when it shows them';
my ($page) = values %{ $d->{landing_pages} };
is "$page->{thumb_url} $page->{force_url}", 'https://pic.example/t.png https://shop.example/front', 'pictures are the default landing page\'s';
chomp(my $dutch = $srv->ctl_ok('language', 'add', 'Dutch'));
like $srv->ctl_ok('language', 'list'), qr/^1\tEnglish\n$dutch\tDutch\n\z/, 'languages';
my $lp = $net->nats(POST => 'offer/add_landing_page', offerid => $shoes, name => 'Second', url => 'http://shop.example/2?o=%%ocode%%&c=%%click_hash%%',
	language => $dutch, thumb_url => 'http://pic.example/2.png', force_url => 'http://shop.example/2')->{json}{message}{landing_pageid};
$page = details($shoes)->{landing_pages}{$lp};
is "$page->{language} $page->{thumb_url} $page->{force_url}", "$dutch http://pic.example/2.png http://shop.example/2", 'of another landing page';
is $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $lp, language => 99)->{json}{message}, 'Invalid language.', 'no such language';
like $net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $lp, thumb_url => 'ftp://x')->{json}{message}, qr/thumb_url/, 'no URL';
$net->nats(PATCH => 'offer/edit_landing_page', landing_pageid => $lp, language => '', thumb_url => '', force_url => '');
$page = details($shoes)->{landing_pages}{$lp};
is "$page->{language}$page->{thumb_url}$page->{force_url}", '', 'cleared';
my $dutch_offer = $net->offer(name => 'Dutch', language => $dutch, thumb_url => 'http://pic.example/3.png');
is_deeply [ map { @$_{qw(language thumb_url)} } values %{ details($dutch_offer)->{landing_pages} } ],
    [ $dutch, 'http://pic.example/3.png' ], 'add_offer says it of the default landing page';

# ---- the commission in words ----
sub commission { return $net->nats(GET => 'affiliate/get_links', loginid => $bob, offerid => $shoes, get_commission => 1)->{json}{message}[0]{Commission} }
$net->nats(PATCH => 'offer/edit_offer', offerid => $shoes, commission_type => 'cpa', flat_amount_per_conversion => '25',
	commission_description => 'A pair of shoes each');
is commission(), 'USD 25.00 per conversion', 'made of the rates';
$net->nats(PATCH => 'offer/edit_offer', offerid => $shoes, hide_payout_string => 1);
is commission(), 'A pair of shoes each', 'hide_payout_string: the own text';
is_deeply [ @{ details($shoes) }{qw(hide_payout_string commission_description)} ], [ '1', 'A pair of shoes each' ], 'both are shown';

# ---- every documented column can be asked for ----
my @columns = split /, /, 'active, admin_threshold_email, adv_cpm_click, advertiser_username, advertiserid, affiliate_payout, allow_s2s_ip, '
    . 'allowed_hours, allowed_states, approved, authorized_countries, authorized_countries_iso, categories, commission, commission_description, '
    . 'conversion, conversion_cap, conversion_trans_type, continuity, conversion_type, cookie_duration, cost_flat, cost_perc, cost_type, '
    . 'created_by, date_added, date_expire, date_live, deduct_full_customer_commission, deduct_window, deleted, expire_offer, expire_program, '
    . 'expire_url, featured, geoip_group_redirect, groups, hidden, hide_payout_string, ip_conversion_group, ip_conversion_limit, '
    . 'ip_conversion_limit_flag, ip_lookup, ip_uniqueness_seconds, landing_pages, marketing_types, min_deduct_date, mobile_landing_page, name, '
    . 'no_personal_member_info, offer, offer_description, offer_group, offer_limit, offer_limit_addition, offer_limit_deduction, offer_note, '
    . 'offer_quantity';
$r = $net->nats(GET => 'offer/get_details', offerid => $shoes, return_columns => join ',', @columns);
is_deeply [ sort keys %{ $r->{json}{data}{$shoes} } ], [ sort 'offerid', @columns ], 'every documented column, and offerid';

# ---- remove_ocode ----
sub target { my ($link) = @_; return $srv->get($link)->{headers}{location} }
my $link = $net->link_of($bob, $shoes, landing_pageid => $lp);
my ($code) = $link =~ m{/track/([^?]+)};
like target($link), qr{^http://shop\.example/2\?o=\Q$code\E&c=}, 'a landing page learns the code as %%ocode%%';
like target("$srv->{url}/track/?ocode=$code"), qr{\?o=\Q$code\E&}, 'also of a link that carries it as a variable';
$net->nats(PATCH => 'offer/edit_offer', offerid => $shoes, remove_ocode => 1);
like target($link), qr{^http://shop\.example/2\?o=&c=}, 'remove_ocode: no more';
is details($shoes)->{remove_ocode}, 1, 'shown';
$net->nats(PATCH => 'offer/edit_offer', offerid => $shoes, remove_ocode => '');
like target($link), qr{\?o=\Q$code\E&}, 'and back';
my $secret = $net->offer(name => 'Secret', remove_ocode => 1, url => 'http://s.example/?o=%%ocode|default:none%%&c=%%click_hash%%');
like target($net->link_of($bob, $secret)), qr{^http://s\.example/\?o=none&}, 'add_offer takes it';

done_testing;
