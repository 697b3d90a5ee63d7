#!/usr/bin/perl
# The creative calls of the NATS dialect: every parameter and alias, what fails and how, and what the rules do to
# impressions.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;

my $srv = affiliated_start(workers => 2, config => { notify_private_addresses => 'true' });
my $sink = Affiliated::Sink->new;
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my ($bob, $eve) = map { $net->affiliate($_) } qw(bob eve);
my ($shoes, $boots) = map { $net->offer(name => $_, advertiserid => $adv) } qw(Shoes Boots);
my $page = sub { my ($o) = @_; return $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $o) };
my %browser = (headers => { 'User-Agent' => browser_ua() });

sub call { my ($method, $name, @p) = @_; return $net->nats($method, "creative/$name", @p)->{json} }
sub data { return JSON::PP->new->canonical->encode({@_}) }
sub shown {
	my ($who, $offer, $creative) = @_;
	my $comm = $srv->sql('SELECT id FROM commission WHERE offer_id = ?', $offer);
	my $code = encode_base64(join('.', $who, $comm, $offer, $page->($offer), 0, $creative, (0) x 6), '') =~ s/=+$//r;
	return $srv->get("/imp/$code", %browser)->{headers}{location} // '-';
}
sub error_like { my ($r, $like, $what) = @_; return ok(($r->{result} // '') eq 'error' && ($r->{message} // '') =~ $like, $what) || diag(explain($r)) }

# ---- fields ----
my $r = call(GET => 'get_creative_fields', creative_type_id => 1);
is $r->{result}, 'success', 'fields';
is_deeply [ sort keys %{ $r->{message}{image_banners}{fields} } ], [qw(alt height hosted_url name size type width)], 'seven of a banner';
is_deeply $r->{message}{image_banners}{types}, { 1 => 'Hosted by network', 2 => 'Hosted elsewhere' }, 'two types';
error_like(call(GET => $_, creative_type_id => 77), qr/^Invalid creative_type_id\.$/, "$_: no such type") for qw(get_creative_fields get_creatives);
is_deeply call(GET => 'get_creatives', creative_type_id => 1), { 1 => { type_details => { name => 'Image Banners', description => 'Image Banners',
	deleted => '0', creative_category_id => '1' }, creatives => {} } }, 'none at first';

# ---- add ----
my $url = 'http://img.example/b/letter-b.jpg';
my $raw = $net->nats(POST => 'creative/add_creative', creative_type_id => 1, creative_data => data(name => $url, type => '2', alt => 'A letter', width => 550));
like $raw->{content}, qr/^\{"result":"success","message":(\d+)\}$/, 'a creative, its number a number';
my $letter = $raw->{json}{message};
my $k = call(GET => 'get_creatives', creative_type_id => 1)->{1}{creatives}{$letter}{details};
like $k->{$_}, qr/^\d{10}$/, "$_ is a time" for qw(date_added last_modified);
delete @$k{qw(date_added last_modified)};
is_deeply $k, { deleted => '0', pending => '0', name => 'letter-b.jpg', height => '0', width => '550', size => '0', thumb_ext => 'jpg',
	alt => 'A letter', type => '2', hosted_url => $url, creativeid => "$letter" }, 'shown back, all values texts';
my $second = $net->nats(POST => 'creative/add_creative', creative_type_id => 1, 'creative_data[name]' => 'http://img.example/two.png?v=1#x',
	'creative_data[type]' => 2, 'creative_data[height]' => 60, 'creative_data[size]' => 1234)->{json}{message};
$k = call(GET => 'get_creatives', creative_type_id => 1)->{1}{creatives}{$second}{details};
is_deeply [ @$k{qw(name thumb_ext height size)} ], [ 'two.png', 'png', '60', '1234' ], 'in brackets, too';
my %bad = (
	'no name' => [ data(type => '2'), qr/Missing required field \(name\)/ ], 'no JSON' => [ '{', qr/^Invalid creative_data\.$/ ],
	'a list' => [ '[1]', qr/^Invalid creative_data\.$/ ], 'an unknown field' => [ data(name => $url, type => '2', nme => 1), qr/\(nme\)/ ],
	'another type' => [ data(name => $url, type => '3'), qr/\(type\)/ ], 'letters for a number' => [ data(name => $url, type => 2, width => 'x'), qr/\(width\)/ ],
	'to be kept, but no URL' => [ data(name => 'b.gif', type => '1'), qr/^name: must begin with http/ ],
	'to be kept, but not there' => [ data(name => $sink->url('/status/404'), type => '1'), qr/\(name\): answers 404/ ],
	'to be kept, but elsewhere' => [ data(name => $sink->url('/redirect')), qr/\(name\): answers 302/ ],
	'to be kept, but a page' => [ data(name => $sink->url('/html/' . unpack 'H*', '<html><script>'), type => '1'), qr/^name: is no GIF, PNG, JPEG/ ],
	'to be kept, but an archive' => [ data(name => $sink->url('/html/' . unpack 'H*', "PK\3\4" . "\0" x 40)), qr/^name: is no GIF/ ],
	'a nested field' => [ '{"name":{"a":1}}', qr/\(name\)/ ],
);
for my $what (sort keys %bad) {
	error_like(call(POST => 'add_creative', creative_type_id => 1, creative_data => $bad{$what}[0]), $bad{$what}[1], "add_creative: $what");
}
is $net->nats(POST => 'creative/add_creative', creative_type_id => 1, creative_data => data(name => 'ftp://x/y.gif', type => 2))->{status}, 404, 'a URL that is none';
is $net->nats(POST => 'creative/add_creative', creative_type_id => 1, creative_data => data(name => $url, type => 2, width => -1))->{status}, 404, 'a negative width';
error_like(call(POST => 'add_creative', creative_type_id => 9, creative_data => data(name => $url, type => 2)), qr/Invalid creative_type_id/, 'no such type');
error_like(call(POST => 'add_creative', creative_type_id => 1), qr/creative_data/, 'no data at all');
is $srv->sql('SELECT COUNT(*) FROM creative'), 2, 'what failed left nothing';

# ---- edit, delete, undelete ----
my $answer = sub { my ($id) = @_; return { result => 'success', message => "$id" } };
is_deeply call(PATCH => 'edit_creative', creative_id => $letter, creative_data => data(alt => '', height => 90)), $answer->($letter), 'edited';
$k = call(GET => 'get_creatives', creative_type_id => 1)->{1}{creatives}{$letter}{details};
is_deeply [ @$k{qw(alt height width hosted_url name)} ], [ '', '90', '550', $url, 'letter-b.jpg' ], 'only what was sent';
is shown($bob, $shoes, $letter), $url, 'an impression shows it';
is_deeply call(PATCH => 'edit_creative', creative_id => $letter, creative_data => data(name => 'http://img.example/c.gif')), $answer->($letter), 'another picture';
is shown($bob, $shoes, $letter), 'http://img.example/c.gif', 'is shown at once';
error_like(call(PATCH => 'edit_creative', creative_id => $letter, creative_data => data(name => '')), qr/name/, 'a name is not cleared');
error_like(call(PATCH => $_, creative_id => 4711, creative_data => '{}'), qr/^Invalid creative_id\.$/, "$_: no such creative")
    for qw(edit_creative delete_creative undelete_creative);
is_deeply call(PATCH => 'delete_creative', creative_id => $letter), $answer->($letter), 'deleted';
is call(GET => 'get_creatives', creative_type_id => 1)->{1}{creatives}{$letter}{details}{deleted}, '1', 'and still listed';
is shown($bob, $shoes, $letter), '-', 'not shown';
is_deeply call(PATCH => 'undelete_creative', creative_id => $letter), $answer->($letter), 'brought back';
is shown($bob, $shoes, $letter), 'http://img.example/c.gif', 'and shown';

# ---- kept by the network ----
my $gif = "GIF89a\x26\x02\x0a\0\x80\0\0" . "\0" x 30 . ';';
my $png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x2c\0\0\0\xfa" ;
sub at { my ($bytes, $name) = @_; return $sink->url('/html/' . unpack('H*', $bytes) . "/$name") }
sub details_of { my ($id) = @_; return call(GET => 'get_creatives', creative_type_id => 1)->{1}{creatives}{$id}{details} }
my $kept = call(POST => 'add_creative', creative_type_id => 1, creative_data => data(name => at($gif, 'sale.jpg'), alt => 'Sale', width => 7))->{message};
is_deeply [ @{ details_of($kept) }{qw(name type hosted_url thumb_ext width height size alt)} ], [ 'sale.jpg', '1', '', 'gif', '550', '10', length $gif, 'Sale' ],
    'type 1, the default: fetched, and its bytes say what it is';
my $path = shown($bob, $shoes, $kept);
like $path, qr{^/files/[0-9a-f]{32}\.gif\z}, 'an impression shows it from here';
for my $try (1, 2) {
	my $f = $srv->get($path);
	is $f->{content}, $gif, "the bytes, try $try";
	is_deeply [ @{ $f->{headers} }{qw(content-type cache-control x-content-type-options)} ], [ 'image/gif', 'public, max-age=31536000, immutable', 'nosniff' ],
	    'as what they are, for good';
}
is $srv->request(HEAD => $path)->{headers}{'content-length'}, length $gif, 'HEAD';
is $srv->request(POST => $path)->{status}, 405, 'but no POST';
is $srv->get($_)->{status}, 404, "$_ is not there" for "/files/" . '0' x 32 . '.gif', '/files/', '/files/x.gif', $path =~ s/gif\z/png/r, "$path/", '/files/../etc/passwd';
call(PATCH => 'edit_creative', creative_id => $kept, creative_data => data(alt => 'Sale!'));
is shown($bob, $shoes, $kept), $path, 'another text, the same picture';
call(PATCH => 'edit_creative', creative_id => $kept, creative_data => data(name => 'autumn.gif'));
is details_of($kept)->{name} . shown($bob, $shoes, $kept), "autumn.gif$path", 'another name, too';
$srv->exec_sql("UPDATE stored_file SET bytes = CONCAT(bytes, REPEAT('x', 700000)), mime = 'image/png', ext = 'png'");
is length($srv->get($path =~ s/gif\z/png/r)->{content}), 700_000 + length $gif, 'a large one, which no worker keeps';
$srv->exec_sql("UPDATE stored_file SET bytes = LEFT(bytes, ?), mime = 'image/gif', ext = 'gif'", length $gif);
call(PATCH => 'edit_creative', creative_id => $kept, creative_data => data(name => at($png, 'b.png')));
is_deeply [ @{ details_of($kept) }{qw(name thumb_ext width height)} ], [ 'b.png', 'png', '300', '250' ], 'another picture';
isnt shown($bob, $shoes, $kept), $path, 'at an address of its own';
call(PATCH => 'edit_creative', creative_id => $kept, creative_data => data(type => 2, name => 'http://img.example/far.gif'));
is shown($bob, $shoes, $kept), 'http://img.example/far.gif', 'moved elsewhere';
error_like(call(PATCH => 'edit_creative', creative_id => $kept, creative_data => data(type => 1)), qr/\(name\): cannot be fetched/, 'back again it would be fetched from there');
is details_of($kept)->{type}, '2', 'and stays when that fails';
call(PATCH => 'edit_creative', creative_id => $kept, creative_data => data(type => 1, hosted_url => at($gif, 'home.gif')));
like shown($bob, $shoes, $kept), qr{^/files/\w+\.gif\z}, 'hosted_url names it as well';
my $zip = call(POST => 'add_creative', creative_type_id => 2, creative_data => data(name => at("PK\3\4" . "\0" x 40, 'all.zip')))->{message};
my $files = call(GET => 'get_creatives', creative_type_id => 2)->{2}{creatives}{$zip}{details};
is "$files->{name} $files->{size}", 'all.zip 44', 'an archive, of the type for archives';
my $archive = $srv->get('/files/' . $srv->sql('SELECT file FROM creative WHERE id = ?', $zip))->{headers};
is "$archive->{'content-type'} $archive->{'content-disposition'}", 'application/zip attachment', 'which browsers save';
call(PATCH => 'delete_creative', creative_id => $_) for $kept, $zip;

# ---- rules ----
sub rules { return call(GET => 'get_creative_rules', creativeids => "$letter,$second", @_)->{rules} }
is_deeply rules(), {}, 'no rules at first';
$r = call(POST => 'add_creative_rule', creativeids => "$letter, 4711,$letter", rule_type => 'HIDE', loginids => $bob);
my $key = $r->{successes}{$letter}{ruleid};
like $key, qr/^[0-9a-f]{13}$/, 'a rule, its key 13 hex digits';
is_deeply $r, { successes => { $letter => { creativeid => "$letter", ruleid => $key } }, failures => [ { creativeid => '4711',
	error => 'Invalid creativeid.' } ], total_successes => 1 }, 'by creative; one that is not there has failed';
$r = rules()->{$letter}{$key};
like $r->{start_time}, qr/^\d{10}$/, 'since now';
like $r->{start_nice}, qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'for people';
delete @$r{qw(start_time start_nice)};
is_deeply $r, { adtool_rule_id => $srv->sql('SELECT id FROM creative_rule'), identid => "$net->{admin_id}", end_time => '0', rule_type => '2',
	adtoolid => "$letter", adtool_type_id => '1', rule_key => $key, end_nice => 'FOREVER', rule_type_nice => 'HIDE', loginid => { $bob => 'bob' },
	offerid => { ALL => 'ALL' }, landing_pageid => { ALL => 'ALL' } }, 'as it is shown';
is shown($bob, $shoes, $letter) . shown($eve, $shoes, $letter), '-http://img.example/c.gif', 'hidden from one';
poll_until('his row says so', sub { $srv->sql('SELECT COUNT(*) FROM impression WHERE verdict = 49 AND affiliate_id = ?', $bob) == 1 });
my $edit = sub { return call(PATCH => 'edit_creative_rules', creativeids => $letter, ruleids => $key, @_) };
is_deeply $edit->(rule_type => 'IGNORE'), { successes => [ { creativeid => "$letter", ruleid => $key } ], failures => [], total_successes => 1 }, 'edited';
isnt shown($bob, $shoes, $letter), '-', 'put aside';
$edit->(rule_type => 'SHOW');
is shown($eve, $shoes, $letter), '-', 'SHOW for one hides it from others';
isnt shown($bob, $shoes, $letter), '-', 'and not from him';
$edit->(loginids => '', 'offerids[]' => [$boots]);
is_deeply rules()->{$letter}{$key}{loginid}, { ALL => 'ALL' }, 'a list that is sent empty is cleared';
is_deeply rules()->{$letter}{$key}{offerid}, { $boots => 'Boots' }, 'another is set';
is shown($eve, $shoes, $letter) . shown($eve, $boots, $letter), '-http://img.example/c.gif', 'for one offer';
$edit->(offerids => '', landing_pageids => $page->($shoes));
is shown($eve, $shoes, $letter), 'http://img.example/c.gif', 'for one landing page';
is shown($eve, $boots, $letter), '-', 'and no other';
$edit->(start_time => '+1 day');
is_deeply rules(), {}, 'a rule of tomorrow is not in force';
isnt shown($eve, $boots, $letter), '-', 'and does nothing';
ok rules($_ => 1)->{$letter}{$key}, "$_ lists it" for qw(show_inactive show_hidden);
$edit->(start_time => '2020-01-01', end_time => '2020-02-01 00:00:00');
is rules(show_inactive => 'yes')->{$letter}{$key}{end_nice}, '2020-02-01 00:00:00', 'its end';
is_deeply rules(), {}, 'is over';
is $net->nats(PATCH => 'creative/edit_creative_rules', creativeids => $letter, ruleids => $key, start_time => '2021-01-01')->{status}, 404, 'no end before its start';
$edit->(end_time => '', start_time => '');
is rules()->{$letter}{$key}{end_nice}, 'FOREVER', 'empty: never';
$r = call(PATCH => 'edit_creative_rule', creativeids => [ $letter, $second ], ruleids => "$key,57c738de72d59,nonsense", rule_type => 'HIDE');
is_deeply $r, { successes => [ { creativeid => "$letter", ruleid => $key } ], failures => [ map { { ruleid => $_, error => 'Invalid ruleid.' } }
	qw(57c738de72d59 nonsense) ], total_successes => 1 }, 'the alias; what none of them has is a failure';
is call(POST => 'add_creative_rules', creativeids => "$letter,$second", rule_type => 'SHOW', loginids => $eve)->{total_successes}, 2, 'the alias adds to several';
is shown($eve, $shoes, $letter), 'http://img.example/c.gif', 'the closer one decides';
{
	# A rule may begin and end when it is made.
	my %when = ('of tomorrow' => [ 1, start_time => '+1 day' ], 'that is over' => [ 1, start_time => '2020-01-01', end_time => '2020-02-01' ],
		'in force until tomorrow' => [ 0, start_time => '-1 day', end_time => '+1 day' ]);
	my $other = call(POST => 'add_creative', creative_type_id => 1, creative_data => data(name => 'http://img.example/when.gif', type => 2))->{message};
	for my $what (sort keys %when) {
		my ($seen, @p) = @{ $when{$what} };
		my $id = call(POST => 'add_creative_rule', creativeids => $other, rule_type => 'HIDE', @p)->{successes}{$other}{ruleid};
		is shown($eve, $shoes, $other), $seen ? 'http://img.example/when.gif' : '-', "HIDE, $what";
		call(POST => 'delete_creative_rules', creativeids => $other, ruleids => $id);
	}
	call(PATCH => 'delete_creative', creative_id => $other);
	$kept .= ", $other";    # its impressions are in the sums as well
}
error_like(call(POST => 'add_creative_rule', creativeids => $letter, rule_type => 'SHOW', $_->[0] => 999999), qr/^Invalid $_->[0]\.$/, "no such $_->[0]")
    for ['offerids'], ['landing_pageids'], ['loginids'];
is $net->nats(POST => 'creative/add_creative_rule', creativeids => $letter, rule_type => 'PEEK')->{status}, 404, 'another word';
is $net->nats(POST => 'creative/add_creative_rule', creativeids => $letter, rule_type => 'SHOW', start_time => 'sometime')->{status}, 404, 'no date';
my @keys = map { keys %$_ } values %{ rules() };
is @keys, 3, 'three rules are there';
$r = call(POST => 'delete_creative_rules', creativeids => "$letter,$second", ruleids => [@keys, 'abc']);
is $r->{total_successes}, 3, 'deleted';
is_deeply $r->{failures}, [ { ruleid => 'abc', error => 'Invalid ruleid.' } ], 'one was none';
is_deeply call(POST => 'delete_creative_rule', creativeids => $letter, ruleids => $key), { successes => [], failures => [ { ruleid => $key,
	error => 'Invalid ruleid.' } ], total_successes => 0 }, 'the alias; not twice';
is_deeply rules(show_inactive => 1), {}, 'none is left';
is $srv->sql("SELECT COUNT(*) FROM rollup_impression WHERE adtool_id NOT IN (?, ?, $kept)", $letter, $second), 0, 'sums are by creative';

# ---- what affiliates get in the other dialect ----
my %hex = map { $_->{id} => $_->{hex24} } @{ $srv->rows('SELECT id, hex24 FROM account') };
my %key_of = map { $_ => $net->key_of($_) } qw(bob eve);
sub seen_by {
	my ($who, $offer) = @_;
	my $one = $net->affise(GET => "offer/$offer", key => $key_of{$who})->{json}{offer}{creatives};
	my ($listed) = grep { $_->{id} == $offer } @{ $net->affise(GET => 'partner/offers', key => $key_of{$who})->{json}{offers} };
	is_deeply $listed->{creatives}, $one, "the list of offers says the same to $who";
	return [ map { $_->{url} } @$one ];
}
my ($c, $two) = ('http://img.example/c.gif', 'http://img.example/two.png?v=1#x');
is_deeply seen_by(bob => $shoes), [ $c, $two ], 'without rules everybody gets all';
call(POST => 'add_creative_rule', creativeids => $letter, rule_type => 'HIDE', loginids => $bob);
call(POST => 'add_creative_rule', creativeids => $second, rule_type => 'SHOW', offerids => $boots);
is_deeply seen_by(bob => $shoes), [], 'one is hidden from him, the other is of another offer';
is_deeply seen_by(eve => $shoes), [$c], 'she gets the first';
is_deeply seen_by(bob => $boots), [$two], 'he the second there';
call(POST => 'add_creative_rule', creativeids => $letter, rule_type => 'SHOW', loginids => $bob, landing_pageids => $page->($boots));
is_deeply seen_by(bob => $boots), [ $c, $two ], 'on one landing page is enough';
call(PATCH => 'delete_creative', creative_id => $second);
is_deeply seen_by(bob => $boots), [$c], 'a deleted one is gone';
my $set = sub { return $net->affise(POST => "admin/offer/$shoes", @_) };
my @urls = map { "http://cdn.example/$_.png" } qw(a b);
$r = $set->('creativeUrls[]' => [ @urls, $urls[0] ])->{json};
is_deeply [ map { [ @$_{qw(url file_name title type width)} ] } @{ $r->{offer}{creatives} } ], [ map { [ "http://cdn.example/$_.png", "$_.png", "$_.png", '', 0 ] } qw(a b) ],
    'creatives of the offer itself, each once';
is_deeply seen_by(eve => $shoes), \@urls, 'shown to affiliates';
is_deeply seen_by(bob => $boots), [$c], 'of that offer alone';
is_deeply seen_by(eve => $boots), [], 'a creative that is shown to another is not shown to her';
my $own = $r->{offer}{creatives}[0]{id};
is shown($eve, $shoes, $own) . shown($eve, $boots, $own), "$urls[0]-", 'and so do impressions';
is call(GET => 'get_creatives', creative_type_id => 1)->{1}{creatives}{$own}{details}{hosted_url}, $urls[0], 'the other dialect lists it';
$r = $set->('creativeUrls[]' => [ $urls[1], 'http://cdn.example/c.png' ])->{json};
is_deeply [ map { $_->{url} } @{ $r->{offer}{creatives} } ], [ $urls[1], 'http://cdn.example/c.png' ], 'what is sent replaces';
is $set->('creativeUrls[]' => ['javascript:alert(1)'])->{status}, 400, 'no such URL';
is @{ $set->(title => 'Shoes 2')->{json}{offer}{creatives} }, 2, 'absent: as they are';
is_deeply $set->(creativeUrls => '')->{json}{offer}{creatives}, [], 'empty: none';

my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'verify' or diag $out;
is $srv->stop, 0, 'a clean end';
undef $srv;
done_testing;
