# Categories and traffic sources of offers, many offers at once, and what the Affise API shows of an offer to people.
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
my $hex = qr/^[0-9a-f]{24}\z/;
my $adv = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
my %who = map { my $x = $net->affise(POST => 'admin/partner', email => "$_\@affiliate.example", password => 'secret', login => $_);
	($_ => { id => $x->{json}{id}, key => $x->{json}{partner}{api_key} }) } qw(anna bert);
my $r;

sub is_error {
	my ($reply, $status, $text, $what) = @_;
	is $reply->{status}, $status, "$what: status" or diag($reply->{content});
	is $reply->{json}{error}, $reply->{json}{message}, "$what: the text twice";
	ref $text ? like($reply->{json}{error}, $text, "$what: named") : is($reply->{json}{error}, $text, "$what: the text");
	return;
}

sub offer {
	my ($title, @p) = @_;
	my $x = $net->affise(POST => 'admin/offer', title => $title, advertiser => $adv, url => 'http://shop.example/?c={clickid}', status => 'active', @p);
	is $x->{status}, 200, "offer $title" or diag($x->{content});
	return $x->{json}{offer};
}

# ---- categories ----
is_deeply $net->affise(GET => 'offer/categories')->{json}, { status => 1, categories => [], pagination => { per_page => 100, total_count => 0, page => 1 } },
    'no categories';
my %cat;
for my $title ('Dating', 'Größe') {
	$r = $net->affise(POST => 'admin/category', title => $title);
	is $r->{json}{category}{title}, $title, "category $title";
	like $cat{$title} = $r->{json}{category}{id}, $hex, 'has an id';
}
is_error($net->affise(POST => 'admin/category'), 400, qr/^title/, 'no title');
is_error($net->affise(POST => 'admin/category', title => 'Dating'), 409, qr/^title/, 'a title that exists');
is_deeply $net->affise(POST => "admin/category/$cat{Dating}", title => 'Love')->{json}, { status => 1, category => { id => $cat{Dating}, title => 'Love' } },
    'a category gets another title';
is_error($net->affise(POST => "admin/category/$cat{Dating}", title => 'Größe'), 409, qr/^title/, 'but not that of another');
is_error($net->affise(POST => 'admin/category/' . 'f' x 24, title => 'x'), 404, 'Resource Not Found', 'an unknown category');
$r = $net->affise(GET => 'offer/categories', key => $who{anna}{key}, limit => 1);
is_deeply $r->{json}, { status => 1, categories => [ { id => $cat{Dating}, title => 'Love' } ],
	pagination => { per_page => 1, total_count => 2, page => 1, next_page => 2 } }, 'a page of them, for affiliates too';

# Two at the same moment, and a fault of ours.
is_deeply $net->at_once(8, 'admin/category', title => "Both $_"), { 200 => 1, 409 => 7 }, 'of eight who make the same category one does' for 1 .. 4;
is_deeply $net->at_once(8, 'admin/user', email => 'both@network.example', password => 'secret', first_name => 'A', last_name => 'B', roles => 'ROLE_SECTION_NEWS'),
    { 200 => 1, 409 => 7 }, 'of eight who make the same user too';
is_deeply $net->at_once(8, 'admin/partner', email => 'both@affiliate.example', password => 'secret'), { 200 => 1, 409 => 7 }, 'and the same affiliate';
$srv->exec_sql('RENAME TABLE offer_category TO gone');
is_error($_, 500, 'Server error, Please contact your administrator', 'what fails on our side') for $net->affise(GET => 'offer/categories'), $net->affise(POST => 'admin/category', title => 'x');
$srv->exec_sql('RENAME TABLE gone TO offer_category');
is $net->affise(POST => 'admin/category', title => 'x')->{status}, 200, 'and goes on when it does not';
$srv->exec_sql("DELETE FROM offer_category WHERE name = 'x' OR name LIKE 'Both %'");

# ---- sources ----
$r = $net->affise(GET => 'admin/offer/sources');
is scalar @{ $r->{json}{sources} }, 12, 'the sources of every installation';
is_deeply $r->{json}{sources}[0], { id => '51f531f53b7d9b1e0382f6d9', title => 'Web sites', allowed => 1,
	title_lang => { map { $_ => 'Web sites' } qw(en ru es) } }, 'with their known ids';
$r = $net->affise(POST => 'admin/offer/source/', 'title_lang[ru]' => 'Сайты', 'title_lang[en]' => 'Push');
is $r->{status}, 200, 'a new one, with a slash at the end' or diag($r->{content});
my $push = $r->{json}{source}{id};
is_deeply $r->{json}{source}, { id => $push, title => 'Push', title_lang => { en => 'Push', ru => 'Сайты' } }, 'title is the English one';
is_deeply $net->affise(POST => "admin/offer/source/$push", 'title_lang[es]' => 'Empuje')->{json}{source}, { id => $push, title => 'Empuje',
	title_lang => { es => 'Empuje' } }, 'an edit replaces the titles';
is_error($net->affise(POST => 'admin/offer/source'), 400, qr/^title_lang/, 'no title');
is_error($net->affise(POST => 'admin/offer/source', title_lang => 'x'), 400, qr/^title_lang/, 'a title of no language');
is_error($net->affise(POST => 'admin/offer/source', 'title_lang[english]' => 'x'), 400, qr/^title_lang/, 'or of none that is one');
is_error($net->affise($_ => 'admin/offer/source/' . 'f' x 24, 'title_lang[en]' => 'x'), 404, 'Resource Not Found', "$_ of an unknown source") for qw(POST DELETE);

# ---- what is shown of an offer ----
my %plain = (external_offer_id => 'X-77', notes => 'inside', note_aff => 'for you', note_sales => 'for sales', is_top => 1, is_cpi => 1, hide_payments => 1);
my $o = offer('All', %plain, description => 'English', 'description_lang[ru]' => 'Русский', 'kpi[en]' => 'CR > 1 %', 'sources[]' => [ $push, '51f532873b7d9b5e03e88a74' ],
	'categories[]' => [ $cat{Dating}, $cat{'Größe'} ], 'tags[]' => [ 'hot', 'new one' ],
	'payments[0][goal]' => 1, 'payments[0][total]' => 10, 'payments[0][revenue]' => 5, 'payments[0][currency]' => 'USD', 'payments[0][type]' => 'percent');
is_deeply { map { $_ => $o->{$_} } keys %plain }, { %plain, is_cpi => JSON::PP::true, hide_payments => JSON::PP::true }, 'what was sent is shown';
is_deeply $o->{description_lang}, { en => 'English', ru => 'Русский' }, 'texts by language';
is_deeply $o->{kpi}, { en => 'CR > 1 %' }, 'kpi';
is_deeply $o->{sources}, [ { id => '51f532873b7d9b5e03e88a74', title => 'Emailing', allowed => 1 }, { id => $push, title => 'Empuje', allowed => 1 } ], 'sources';
is_deeply $o->{categories}, [ 'Love', 'Größe' ], 'categories by title';
is_deeply $o->{full_categories}, [ { id => $cat{Dating}, title => 'Love' }, { id => $cat{'Größe'}, title => 'Größe' } ], 'and with their ids';
is_deeply $o->{tags}, [ 'hot', 'new one' ], 'tags';
my $seen = $net->affise(GET => "offer/$o->{id}", key => $who{anna}{key})->{json}{offer};
is_deeply $seen->{payments}, [], 'affiliates do not see payments by percent that are hidden';
is_deeply [ @$seen{qw(description is_cpi)}, map { $_->{id} } @{ $seen->{sources} } ], [ 'English', JSON::PP::true, '51f532873b7d9b5e03e88a74', $push ],
    'but the rest';
ok !exists $seen->{$_}, "not $_" for qw(notes note_sales);
like $net->nats(GET => 'offer/get_details', offerid => $o->{id})->{content}, qr/"Love"/, 'the other API shows the categories';
is_deeply [ map { $_->{title} } @{ $net->affise(GET => 'offers', 'categories[]' => $cat{Dating})->{json}{offers} } ], ['All'], 'a list by category';
is_deeply $net->affise(GET => 'offers', 'categories[]' => 'f' x 24)->{json}{offers}, [], 'of which nothing is in an unknown one';
my $os = offer('Phones', 'strictly_os[0][os]' => 'ios', 'strictly_os[0][versions][]' => 'ios 9');
is_deeply [ map { $_->{title} } @{ $net->affise(GET => 'offers', 'os[]' => 'android')->{json}{offers} } ], ['All'], 'a list by operating system';
is scalar @{ $net->affise(GET => 'offers', 'os[]' => 'ios')->{json}{offers} }, 2, 'in which who takes all is there too';
$r = $net->affise(POST => "admin/offer/$o->{id}", title => 'Still');
my %same = map { $_ => $o->{$_} } keys %plain, qw(description_lang kpi sources categories tags);
is_deeply { map { $_ => $r->{json}{offer}{$_} } keys %same }, \%same, 'what an edit does not name stays';
$r = $net->affise(POST => "admin/offer/$o->{id}", 'description_lang[es]' => 'Hola', tags => '', sources => '', categories => '', kpi => '', notes => '', hide_payments => 0);
is_deeply [ @{ $r->{json}{offer} }{qw(description_lang tags sources categories kpi notes)} ], [ { en => 'English', es => 'Hola' }, [], [], [], {}, undef ],
    'what is sent empty is cleared';
is_deeply $net->affise(POST => "admin/offer/$o->{id}", description_lang => '')->{json}{offer}{description_lang}, {}, 'texts too';
is scalar @{ $net->affise(GET => "offer/$o->{id}", key => $who{anna}{key})->{json}{offer}{payments} }, 1, 'and the payment is seen';
for my $bad ([ 'sources[]' => 'f' x 24 ], [ 'categories[]' => 'f' x 24 ], [ 'categories[]' => 'Love' ], [ 'kpi[english]' => 'x' ], [ description_lang => 'x' ],
	[ 'tags[]' => "a\nb" ], [ external_offer_id => 'x' x 256 ]) {
	my ($name) = $bad->[0] =~ /^(\w+)/;
	is_error($net->affise(POST => "admin/offer/$o->{id}", @$bad), 400, qr/^$name/, "$bad->[0]");
}
is $net->affise(DELETE => "admin/offer/source/$push")->{json}{source}{title}, 'Empuje', 'a source is removed, and answered';
is scalar @{ $net->affise(GET => 'admin/offer/sources')->{json}{sources} }, 12, 'and gone';

# ---- mails ----
my $private = offer('Closed', privacy => 'private', send_emails => 1);
is $srv->sql("SELECT COUNT(*) FROM notice WHERE kind = 'offer'"), 0, 'nobody is told of an offer that nobody may run';
$r = $net->affise(POST => 'offer/enable-affiliate', offer_id => $private->{id}, pid => $who{bert}{id});
poll_until('who is connected is told', sub { grep { $_->{to} eq 'bert@affiliate.example' && $_->{text} =~ /Closed/ } @{ $sink->mails } });
$net->affise(POST => 'offer/enable-affiliate', offer_id => $private->{id}, pid => $who{anna}{id}, notice => 0);
$net->affise(POST => 'offer/disable-affiliate', offer_id => $private->{id}, pid => $who{anna}{id}, notice => 0);
is scalar(() = grep { $_->{to} eq 'anna@affiliate.example' } @{ $sink->mails }), 0, 'or not, when that is asked';
$net->affise(POST => "admin/offer/$private->{id}", notes => 'x', send_emails => 1);
poll_until('a change', sub { grep { $_->{to} eq 'bert@affiliate.example' && $_->{text} =~ /has changed/ } @{ $sink->mails } });
$net->affise(POST => "admin/offer/$private->{id}", notes => 'y');
is $srv->sql("SELECT COUNT(*) FROM notice WHERE kind = 'offer'"), 1, 'goes to those who may run it, once, and only when asked';
$net->affise(POST => 'offer/disable-affiliate', offer_id => $private->{id}, pid => $who{bert}{id});
poll_until('who is disconnected is told, too', sub { grep { $_->{to} eq 'bert@affiliate.example' && $_->{text} =~ /no more traffic to:.*Closed/s } @{ $sink->mails } });

# ---- many at once ----
my @ids = map { offer("Mass $_")->{id} } 1 .. 3;
is_deeply $net->affise(POST => 'admin/offer/mass-update', 'offer_id[]' => \@ids, status => 'stopped')->{json}, { status => 1, message => 'status updated' },
    'the state of many';
is_deeply [ map { $net->affise(GET => "offer/$_")->{json}{offer}{status} } @ids ], [ ('stopped') x 3 ], 'is set';
$net->affise(POST => 'admin/offer/mass-update', offer_id => $ids[0], status => 'active', privacy => 'private');
is_deeply [ @{ $net->affise(GET => "offer/$ids[0]")->{json}{offer} }{qw(status privacy)} ], [qw(active private)], 'and privacy, of one';
is $net->click("/click?pid=$who{anna}{id}&offer_id=$ids[0]"), undef, 'which counts for clicks at once';
$net->affise(POST => 'admin/offer/mass-update', offer_id => $ids[0], privacy => 'public');
like $net->click("/click?pid=$who{anna}{id}&offer_id=$ids[0]"), $hex, 'and back';
is_error($net->affise(POST => 'admin/offer/mass-update', 'offer_id[]' => [ @ids, 9999 ], status => 'active'), 404, 'Resource Not Found', 'one unknown');
is_deeply [ map { $net->affise(GET => "offer/$_")->{json}{offer}{status} } @ids ], [qw(active stopped stopped)], 'changes none';
is_error($net->affise(POST => 'admin/offer/mass-update', status => 'active'), 400, qr/^offer_id/, 'no offers');
is_error($net->affise(POST => 'admin/offer/mass-update', offer_id => $ids[0]), 400, qr/^status/, 'nothing to change');
is_error($net->affise(POST => 'admin/offer/mass-update', offer_id => $ids[0], status => 'gone'), 400, qr/^status/, 'an unknown state');
is_error($net->affise(POST => 'admin/offer/mass-update', offer_id => $ids[0], privacy => 'open'), 400, qr/^privacy/, 'an unknown privacy');
my $body = join "\r\n", (map { ('--b', 'Content-Disposition: form-data; name="offer_id[]"', '', $_) } @ids),
    '--b', 'Content-Disposition: form-data; name="status"', '', 'suspended', '--b--', '';
$r = $srv->request(POST => '/3.0/admin/offer/mass-update', headers => { 'Api-Key' => $net->{key}, 'Content-Type' => 'multipart/form-data; boundary=b' }, content => $body);
is $r->{json}{message}, 'status updated', 'as multipart, as the sample has it';
# Five thousand of them, which the database is given at once.
$srv->exec_sql("INSERT INTO offer (hex24, name, status, created_us, updated_us, click_session) SELECT LPAD(seq, 24, '0'), CONCAT('Bulk ', seq), 2, 1, 1, ''
	FROM seq_1_to_5000");
my @bulk = map { $_->{id} } @{ $srv->rows("SELECT id FROM offer WHERE name LIKE 'Bulk %' ORDER BY id") };
$r = $net->affise(POST => 'admin/offer/mass-update', 'offer_id[]' => \@bulk, status => 'suspended');
is_error($r, 400, qr/more than 1000 parameters/, 'five thousand as an array: refused');
is $srv->sql("SELECT COUNT(*) FROM offer WHERE name LIKE 'Bulk %' AND status = 3"), 0, 'and none is changed';
is_error($net->affise(POST => 'admin/offer/mass-update', offer_id => join(',', @bulk), status => 'suspended'), 400, qr/^offer_id: has more than 1000 values/, 'in one text too');
is $srv->sql("SELECT COUNT(*) FROM offer WHERE name LIKE 'Bulk %' AND status = 3"), 0, 'and none is changed';
my @some = @bulk[ 0 .. 899 ];
is $net->affise(POST => 'admin/offer/mass-update', 'offer_id[]' => \@some, status => 'suspended')->{json}{message}, 'status updated', 'nine hundred: taken';
is $srv->sql("SELECT COUNT(*) FROM offer WHERE name LIKE 'Bulk %' AND status = 3"), 900, 'and all are changed';
is_error($net->affise(POST => 'admin/offer/mass-update', 'offer_id[]' => [ @some, 99999 ], status => 'active'), 404, 'Resource Not Found', 'one unknown among them');
is $srv->sql("SELECT COUNT(*) FROM offer WHERE name LIKE 'Bulk %' AND status = 3"), 900, 'changes none';

# ---- delete ----
is_error($net->affise(POST => 'admin/offer/delete', 'offer_id[0]' => $ids[0], 'offer_id[1]' => 9999), 404, 'Resource Not Found', 'one unknown');
is $net->affise(GET => "offer/$ids[0]")->{status}, 200, 'deletes none';
is_deeply $net->affise(POST => 'admin/offer/delete', 'offer_id[0]' => $ids[0])->{json}, { status => 1, message => "Offer $ids[0] is removed successfully." }, 'one';
is_error($net->affise(GET => "offer/$ids[0]"), 404, 'Resource Not Found', 'is gone');
is $net->click("/click?pid=$who{anna}{id}&offer_id=$ids[0]"), undef, 'a click on it is none';
poll_until('but one of an unknown offer', sub { $srv->sql('SELECT COUNT(*) FROM click WHERE verdict = 19') >= 1 });
is $net->affise(POST => 'admin/offer/delete', 'offer_id[]' => [ @ids[ 1, 2 ] ])->{json}{message}, "Offers $ids[1],$ids[2] are removed successfully.", 'several';
is_error($net->affise(POST => 'admin/offer/delete'), 400, qr/^offer_id/, 'none named');
my ($rc, $out) = $srv->ctl('verify');
is $rc, 0, 'the books balance' or diag($out);
done_testing;
