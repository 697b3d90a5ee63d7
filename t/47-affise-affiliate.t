# What affiliates do themselves in the Affise API: offers they may see and run, asking for one, news, their balance; and
# what managers decide.  With the ways in from the shell: news, currencies, domains.
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
my $time = qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\z/;
my $adv = $net->affise(POST => 'admin/advertiser', title => 'Shop')->{json}{advertiser}{id};
my %who = map { my $r = $net->affise(POST => 'admin/partner', email => "$_\@affiliate.example", password => 'secret', login => $_);
	($_ => { id => $r->{json}{id}, key => $r->{json}{partner}{api_key} }) } qw(anna bert);
my ($anna, $bert) = @who{qw(anna bert)};
my $r;

sub is_error {
	my ($reply, $status, $text, $what) = @_;
	is $reply->{status}, $status, "$what: status" or diag($reply->{content});
	is $reply->{json}{error}, $reply->{json}{message}, "$what: the text twice";
	ref $text ? like($reply->{json}{error}, $text, "$what: named") : is($reply->{json}{error}, $text, "$what: the text");
	return;
}

sub offer {
	my ($title, %p) = @_;
	my $x = $net->affise(POST => 'admin/offer', title => $title, advertiser => $adv, url => "http://shop.example/$title?c={clickid}",
		status => 'active', 'payments[0][goal]' => 1, 'payments[0][total]' => 10, 'payments[0][revenue]' => 4, 'payments[0][currency]' => 'USD',
		'payments[0][type]' => 'fixed', 'payments[0][title]' => 'Sale', %p);
	is $x->{status}, 200, "offer $title" or diag($x->{content});
	return $x->{json}{id};
}

sub titles { my ($path, $key, @p) = @_; return [ map { $_->{title} } @{ $net->affise(GET => $path, key => $key, @p)->{json}{offers} } ] }

my %o = (Public => offer('Public'), Protected => offer('Protected', privacy => 'protected', hold_period => 10), Private => offer('Private', privacy => 'private'),
	Stopped => offer('Stopped', status => 'stopped'), Blocked => offer('Blocked'));
$net->affise(POST => 'offer/disable-affiliate', offer_id => $o{Blocked}, pid => $anna->{id}, notice => 0);

# ---- lists ----
is_deeply titles('partner/offers', $anna->{key}), [qw(Public Protected)], 'offers he may look at';
is_deeply titles('partner/live-offers', $anna->{key}), [qw(Public)], 'and those he can send traffic to';
is_deeply titles('partner/offers', $bert->{key}), [qw(Public Protected Blocked)], 'who is not blocked sees that one too';
is_deeply titles('partner/offers', $anna->{key}, 'sort[title]' => 'asc'), [qw(Protected Public)], 'sorted';
is_deeply titles('partner/offers', $anna->{key}, q => 'prot'), [qw(Protected)], 'searched';
is_deeply titles('partner/offers', $anna->{key}, 'int_id[]' => $o{Public}), [qw(Public)], 'by number';
is_deeply titles('partner/offers', $anna->{key}, 'int_id[]' => $o{Private}), [], 'but none he may not see';
my $category = $net->affise(POST => 'admin/category', title => 'Boots')->{json}{category}{id};
my $hex = $net->affise(POST => "admin/offer/$o{Protected}", 'categories[]' => $category, 'payments[0][goal]' => 1, 'payments[0][total]' => 10,
	'payments[0][revenue]' => 4, 'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed', 'payments[0][title]' => 'Sale',
	'payments[0][countries][]' => 'DE')->{json}{offer}{offer_id};
for my $path (qw(partner/offers partner/live-offers offers)) {
	my @all = $path =~ /live/ ? () : ('Protected');
	is_deeply titles($path, $anna->{key}, @$_), \@all, "$path: @$_" for [ 'ids[]' => $hex ], [ 'categories[]' => $category ], [ 'int_id[]' => $hex ], [ 'ids[]' => $o{Protected} ];
	is_deeply titles($path, $anna->{key}, 'countries[]' => 'FR'), ['Public'], "$path: paid for there";
	is_deeply titles($path, $anna->{key}, 'countries[]' => 'DE'), [ 'Public', @all ], "$path: and there";
	is_deeply titles($path, $anna->{key}, @$_), [], "$path: @$_" for [ 'ids[]' => 'f' x 24 ], [ 'categories[]' => 'f' x 24 ], [ q => 'prxt' ];
}
is_deeply titles('offers', $anna->{key}, 'status[]' => 'stopped'), [qw(Public Protected)], 'stopped ones are none of his, whatever he asks for';
$net->affise(POST => 'admin/advertiser/disable-affiliate', 'advertisers_id[]' => $adv, pid => $bert->{id});
is_deeply titles($_, $bert->{key}), [], "$_: nothing of an advertiser who has him on his black list" for qw(partner/offers partner/live-offers offers);
is_error($net->affise(GET => "offer/$o{Public}", key => $bert->{key}), 404, 'Resource Not Found', 'nor by number');
is $net->click("/click?pid=$bert->{id}&offer_id=$o{Public}"), undef, 'nor do his clicks count';
$net->affise(POST => 'admin/advertiser/enable-affiliate', 'advertisers_id[]' => $adv, pid => $bert->{id});
is_deeply titles('partner/offers', $bert->{key}), [qw(Public Protected Blocked)], 'off it again';
$net->affise(POST => "admin/offer/$o{Protected}", 'payments[0][goal]' => 1, 'payments[0][total]' => 10, 'payments[0][revenue]' => 4,
	'payments[0][currency]' => 'USD', 'payments[0][type]' => 'fixed', 'payments[0][title]' => 'Sale');
$r = $net->affise(GET => 'partner/offers', key => $anna->{key}, limit => 1);
is_deeply $r->{json}{pagination}, { per_page => 1, total_count => 2, page => 1, next_page => 2 }, 'with pages';
my ($public, $protected) = @{ $net->affise(GET => 'partner/offers', key => $anna->{key})->{json}{offers} };
is_deeply [ map { $_->{required_approval} } $public, $protected ], [ JSON::PP::false, JSON::PP::true ], 'whether he must ask';
is_deeply $public->{payments}, [ { countries => [], cities => [], devices => [], os => [], goal => '1', revenue => 4, currency => 'usd', title => 'Sale',
	type => 'fixed', country_exclude => JSON::PP::false } ], 'payments without what the advertiser pays';
like $public->{link}, qr{/click\?pid=$anna->{id}&offer_id=$o{Public}\z}, 'the link is his';
is $public->{links}[0]{url}, $public->{link}, 'and stands in links';
like $net->click($public->{link} =~ s{^https?://[^/]+}{}r), qr/^[0-9a-f]{24}\z/, 'and works';
is_error($net->affise(GET => $_), 403, 'Auth Denied', "$_ with an administrator's key") for qw(partner/offers partner/live-offers balance);

# ---- asking ----
$r = $net->affise(POST => 'partner/activation/offer', key => $anna->{key}, _in => 'query', offer_id => $o{Protected}, comment => 'Mail, 10k a day é');
is_deeply $r->{json}, { status => 1, message => 'Request is successfully' }, 'a request, in the query of a POST' or diag($r->{content});
is_error($net->affise(POST => 'partner/activation/offer', key => $anna->{key}, offer_id => $o{Protected}, comment => 'again'), 409, qr/already/, 'asked already');
is_error($net->affise(POST => 'partner/activation/offer', key => $anna->{key}, offer_id => $o{Public}, comment => 'x'), 409, qr/already/, 'one that he may run');
is_error($net->affise(POST => 'partner/activation/offer', key => $anna->{key}, offer_id => $o{$_} // 999, comment => 'x'), 404, 'Resource Not Found', "offer $_")
    for qw(Private Stopped Blocked None);
is_error($net->affise(POST => 'partner/activation/offer', key => $anna->{key}, comment => 'x'), 400, qr/^offer_id/, 'no offer');
is_error($net->affise(POST => 'partner/activation/offer', key => $anna->{key}, offer_id => $o{Protected}), 400, qr/^comment/, 'no comment');
$net->affise(POST => 'partner/activation/offer', key => $bert->{key}, offer_id => $o{Protected}, comment => 'me');
$r = $net->affise(GET => 'admin/tickets');
my ($second, $first) = @{ $r->{json}{tickets} };
is $r->{json}{pagination}{total_count}, 2, 'two tickets';
like $r->{content}, qr/"tickets":\[\{"id":"\d+","status":"open","type":"offer_request"/, 'their numbers are strings';
is_deeply [ @$first{qw(status title description updated attachments comments)} ], [ 'open', 'Protected', 'Mail, 10k a day é', undef, [],
	{ answers => 0, unread => 0 } ], 'with what was said';
like $first->{created}, $time, 'and when';
is_deeply [ $first->{partner}{login}, $second->{partner}{login} ], [ 'anna', 'bert' ], 'who asked';
is_deeply [ $first->{offer}{id}, $first->{offer}{goals} ], [ $o{Protected}, { 1 => 'Sale' } ], 'for what, with its goals';
ok !exists $first->{offer}{payments}[0]{total}, 'as affiliates see it';
my $link = "/click?pid=$anna->{id}&offer_id=$o{Protected}";
is $net->click($link), undef, 'no click is counted before';
is_error($net->affise(POST => "admin/ticket/$first->{id}/offer"), 400, qr/^do/, 'nothing decided');
is_error($net->affise(POST => "admin/ticket/$first->{id}/offer", do => 'maybe'), 400, qr/^do/, 'something else');
is_error($net->affise(POST => 'admin/ticket/999/offer', do => 'approve'), 404, 'Resource Not Found', 'no such ticket');
$r = $net->affise(POST => "admin/ticket/$first->{id}/offer", do => 'approve');
is_deeply $r->{json}, { status => 1, message => 'Request is successfully' }, 'approved';
like $net->click($link), qr/^[0-9a-f]{24}\z/, 'and his clicks count';
is_deeply titles('partner/live-offers', $anna->{key}), [qw(Public Protected)], 'it is among those he can run';
is $net->nats(GET => 'affiliate/get_single_link', loginid => $anna->{id}, offerid => $o{Protected}, code_only => 1)->{json}{result}, 'Success',
    'in the other API too';
poll_until('a mail tells him', sub { grep { $_->{to} eq 'anna@affiliate.example' && $_->{text} =~ /approved/ } @{ $sink->mails } });
$net->affise(POST => "admin/ticket/$second->{id}/offer", do => 'reject');
is $net->click("/click?pid=$bert->{id}&offer_id=$o{Protected}"), undef, 'who was rejected is not connected';
is_error($net->affise(POST => "admin/ticket/$second->{id}/offer", do => 'approve'), 409, qr/closed/, 'a closed ticket');
is_deeply [ map { $_->{status} } @{ $net->affise(GET => 'admin/tickets', status => 'closed')->{json}{tickets} } ], [qw(closed closed)], 'both are closed';
is_deeply $net->affise(GET => 'admin/tickets', status => 'open')->{json}{tickets}, [], 'none is open';
like $net->affise(GET => 'admin/tickets', limit => 1)->{json}{tickets}[0]{updated}, $time, 'when it was decided';
is $net->affise(POST => 'partner/activation/offer', key => $bert->{key}, offer_id => $o{Protected}, comment => 'please')->{status}, 200,
    'who was rejected may ask again';
$net->affise(POST => "admin/offer/$o{Protected}", title => 'x' x 255);
my ($third) = @{ $net->affise(GET => 'admin/tickets', status => 'open')->{json}{tickets} };
is $net->affise(POST => "admin/ticket/$third->{id}/offer", do => 'approve')->{status}, 200, 'and is answered, however long the title';
is $net->affise(POST => "admin/offer/$o{Public}", title => 'y' x 255, send_emails => 1)->{status}, 200, 'as affiliates are told of a change';
$net->affise(POST => "admin/offer/$o{$_}", title => $_) for qw(Protected Public);

# ---- news ----
is_deeply $net->affise(GET => 'news', key => $anna->{key})->{json}, { status => 1, items => {}, all_items => 0 }, 'no news is an empty map';
my @news = map { [ split ' ', $srv->ctl_ok(news => 'add', @$_) ] } [ 'Old', '--short', 's', '--text', 'Ünï' ], [ 'Pinned', '--fixed', 1 ], ['New'];
$r = $net->affise(GET => 'news', key => $anna->{key});
is $r->{json}{all_items}, 3, 'three entries';
is_deeply [ $r->{content} =~ /"title":"(\w+)"/g ], [qw(Pinned New Old)], 'pinned ones first, then the newest';
my $old = $r->{json}{items}{ $news[0][1] };
ok abs($old->{created_at}{sec} - time) < 100, 'with a time';
is_deeply [ @$old{qw(_id title small_desc desc status)} ], [ { '$id' => $news[0][1] }, 'Old', 's', 'Ünï', 1 ], 'and the whole shape';
is_deeply $net->affise(GET => "news/$news[0][1]", key => $anna->{key})->{json}{news}, $old, 'one by its id';
is_error($net->affise(GET => 'news/' . 'f' x 24, key => $anna->{key}), 404, 'Resource Not Found', 'an unknown one');
is_deeply [ $net->affise(GET => 'news', key => $anna->{key}, fixed => 1)->{content} =~ /"title":"(\w+)"/g ], ['Pinned'], 'pinned ones alone';
is_deeply [ $net->affise(GET => 'news', key => $anna->{key}, fixed => 0)->{content} =~ /"title":"(\w+)"/g ], [qw(New Old)], 'the others alone';
is_deeply [ $net->affise(GET => 'news', key => $anna->{key}, limit => 1, skip => 1)->{content} =~ /"title":"(\w+)"/g ], ['New'], 'by limit and skip';
like $srv->ctl_ok('news', 'list'), qr/^$news[1][0]\t$news[1][1]\tfixed\tPinned$/m, 'listed in the shell';
$srv->ctl_ok(news => 'remove', $news[2][0]);
isnt +($srv->ctl(news => 'remove', $news[2][0]))[0], 0, 'removed once';
is $net->affise(GET => 'news', key => $anna->{key})->{json}{all_items}, 2, 'and gone';
for my $c ([ add => '' ], [ add => ' ' ], [ add => "two\nlines" ], [ add => 'x' x 256 ], [ add => 'x', '--fixed', 'yes' ], [ add => 'x', '--text' ], [ add => 'x', '--colour', 'red' ],
	['add'], [ remove => 'x' ], [ remove => 99 ], [ list => 'x' ]) {
	my ($rc, $out, $err) = $srv->ctl(news => @$c);
	isnt $rc, 0, "news " . join(" ", map { s{\n}{ }r } @$c) . ": refused";
	is $out, '', '... nothing on standard output';
	like $err, qr/\S/, '... and why';
}
is $srv->sql('SELECT COUNT(*) FROM news'), 2, 'none of it came in';

# ---- currencies and domains ----
$srv->ctl_ok(currency => 'add', 'EUR', '0.92');
$srv->ctl_ok(currency => 'add', 'RUB', '59.312599');
$r = $net->affise(GET => 'admin/currency');
is_deeply $r->{json}{quotes}, { USD => 1, EUR => 0.92, RUB => 59.312599 }, 'currencies by code';
like $r->{content}, qr/"USD":1[,}]/, 'with numbers';
is $net->call(GET => $_, { 'API-Key' => $net->{key} })->{content}, $r->{content}, "the same at $_" for qw(/2.1/currencies /3.0/admin/currencies);
$srv->ctl_ok(currency => 'remove', 'RUB');
isnt +($srv->ctl(currency => 'remove', 'USD'))[0], 0, 'the base currency stays';
isnt +($srv->ctl(currency => 'remove', 'XXX'))[0], 0, 'one that is none';
is_deeply [ sort keys %{ $net->affise(GET => 'admin/currency', get_only_active => 1)->{json}{quotes} } ], [qw(EUR USD)], 'ended ones are left out';
is_deeply [ sort keys %{ $net->affise(GET => 'admin/currency')->{json}{quotes} } ], [qw(EUR RUB USD)], 'or not';
is_deeply $net->affise(GET => 'admin/currency', extended => 1)->{json}{quotes}[1], { _id => 12_014, code => 'RUB', active => JSON::PP::false,
	default => JSON::PP::false, rate => 59.312599, min_payment => undef, is_crypto => JSON::PP::false }, 'in the longer form';
for my $c ([qw(EURO 1)], [qw(EUR 0)], [qw(EUR -1)], [qw(EUR 0,9)], [qw(EUR 1e5)], [qw(EUR 99999999999999)], ['EUR'], []) {
	isnt +($srv->ctl(currency => 'add', @$c))[0], 0, "currency add @$c: refused";
}
is $srv->ctl_ok('currency', 'list'), "EUR\t0.92\t\nRUB\t59.312599\tended\nUSD\t1.00\tbase\n", 'and in the shell';
$srv->ctl_ok(currency => 'add', 'RUB', '60');
is $net->affise(GET => 'admin/currency', get_only_active => 1)->{json}{quotes}{RUB}, 60, 'a new rate takes it back';
isnt +($srv->ctl(domain => 'add', $_))[0], 0, "domain add $_: refused" for '', 'ftp://t.example', 'http://', 'https://t.example/path', 'http://' . 'a' x 300 . '.example';
chomp(my $domain = $srv->ctl_ok(domain => 'add', 'https://t.example'));
is_deeply $net->affise(GET => 'admin/domains')->{json}{domains}, [ { id => $domain, url => 't.example', use_https => JSON::PP::true } ], 'a domain';
$net->affise(POST => "admin/offer/$o{Public}", domain_url => $domain);
isnt +($srv->ctl(domain => 'remove', 't.example'))[0], 0, 'which an offer names stays';
$net->affise(POST => "admin/offer/$o{Public}", domain_url => '');
$srv->ctl_ok(domain => 'remove', 't.example');
is_deeply $net->affise(GET => 'admin/domains')->{json}{domains}, [], 'else it is removed';

# ---- balance ----
my $click = $net->click("/click?pid=$anna->{id}&offer_id=$o{Public}");
poll_until('the click', sub { $net->postback(clickid => $click, action_id => 'a1', status => 1)->{status} == 1 });
poll_until('a sale in hold', sub {
	$net->postback(clickid => $net->click("/click?pid=$anna->{id}&offer_id=$o{Protected}"), action_id => 'a' . rand, status => 5)->{status} == 1 });
poll_until('the balance', sub { $net->affise(GET => 'balance', key => $anna->{key})->{json}{balance}{USD}{balance} == 8 });
$r = $net->affise(GET => 'balance', key => $anna->{key});
is_deeply $r->{json}{balance}{USD}, { balance => 8, hold => 4, available => 4 }, 'what is earned, what is held, what is payable';
is_deeply $r->{json}{balance}{EUR}, { balance => 0, hold => 0, available => 0 }, 'and zeros of other currencies';
like $r->{content}, qr/"hold":4,/, 'numbers';
is $net->affise(GET => 'balance', key => $bert->{key})->{json}{balance}{USD}{balance}, 0, 'somebody else sees his own';

my ($rc, $out) = $srv->ctl('verify');
is $rc, 0, 'the books balance' or diag($out);
done_testing;
