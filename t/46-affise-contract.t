# The Affise API against its contract: every section is a call of the table with every parameter; each is reached by all
# that clients use to carry a key and parameters; a key of somebody else opens nothing.  Generated from the table.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use IO::Socket::INET;
use JSON::PP;
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $doc = json_of(($srv->run_program('affiliated', '-x', 'openapi'))[1]);
my %role = map { (split /\t/)[4] eq 'affiliate' ? (join(' ', (split /\t/)[ 1, 2 ]) => 'affiliate') : (join(' ', (split /\t/)[ 1, 2 ]) => (split /\t/)[4]) }
    split /\n/, ($srv->run_program('affiliated', '-x', 'endpoints'))[1];

sub parameters {
	my ($op) = @_;
	my $form = $op->{requestBody} ? $op->{requestBody}{content}{'application/x-www-form-urlencoded'}{schema} : {};
	my %need = map { $_ => 1 } @{ $form->{required} // [] };
	return ((map { { %$_ } } @{ $op->{parameters} // [] }),
		map { { name => $_, in => 'form', required => $need{$_}, schema => $form->{properties}{$_} } } sort keys %{ $form->{properties} // {} });
}

# ---- all sections, all parameters ----
my ($routes, $sections, @lost) = (0, 0);
open my $in, '<', top_dir() . '/t/contract/affise.txt' or die "contract: $!";
while (<$in>) {
	next if /^#/;
	my ($method, $path, $n, @p) = split;
	$routes++;
	$sections += $n;
	my ($there) = grep { (my $a = $_) =~ s/\{\w+\}/{}/g; (my $b = $path) =~ s/\{\w+\}/{}/g; $a eq $b } keys %{ $doc->{paths} };
	my $op = $there ? $doc->{paths}{$there}{ lc $method } : undef;
	if (!$op) {
		push @lost, "$method $path";
		next;
	}
	my %have = map { my $name = $_; ($name => 1, ($name =~ s/\[.*//r) => 1) } (map { $_->{name} } parameters($op)),
	    keys %{ $op->{requestBody}{content}{'multipart/form-data'}{schema}{properties} // {} };
	my @not = grep { !$have{$_} } @p;
	push @lost, "$method $path: @not" if @not;
}
is "$routes $sections", '90 96', 'the contract has 90 routes in 96 sections';
is join("\n", @lost), '', 'and all of them are in our table, with all parameters';

# ---- a network of two of everything ----
my %id = (admin => $net->{admin_id});
my $adv = $net->affise(POST => 'admin/advertiser', title => 'Marker-A', email => 'marker-adv@shop.example')->{json}{advertiser}{id};
my ($anna, $bert) = map { my $x = $net->affise(POST => 'admin/partner', email => "marker-$_\@affiliate.example", password => 'secret', login => "marker-$_");
	{ id => $x->{json}{id}, key => $x->{json}{partner}{api_key} } } qw(anna bert);
$id{offer} = $net->affise(POST => 'admin/offer', title => 'Marker-Offer', advertiser => $adv, url => 'http://shop.example/?c={clickid}', status => 'active',
	privacy => 'private', 'payments[0][goal]' => 1, 'payments[0][total]' => 10, 'payments[0][revenue]' => 4, 'payments[0][currency]' => 'USD',
	'payments[0][type]' => 'fixed')->{json}{id};
my $open = $net->affise(POST => 'admin/offer', title => 'Open', advertiser => $adv, url => 'http://shop.example/', status => 'active', privacy => 'protected')->{json}{id};
$net->affise(POST => 'offer/enable-affiliate', offer_id => $id{offer}, pid => $anna->{id}, notice => 0);
$id{postback} = $net->affise(POST => 'partner/postback', key => $anna->{key}, url => 'http://marker.example/?s={status}')->{json}{postback}{id};
$id{pixel} = $net->affise(POST => 'partner/pixel', key => $anna->{key}, offer_id => $id{offer}, name => 'Marker', code => '<img src="http://marker.example/">',
	code_type => 'image')->{json}{pixel}{id};
$net->affise(POST => 'partner/activation/offer', key => $anna->{key}, offer_id => $open, comment => 'Marker please');
$net->affise(POST => 'admin/advertiser-invoice', supplier_id => $adv, currency => 'USD', comment => 'Marker', 'detail[0][amount]' => 1);
my $category = $net->affise(POST => 'admin/category', title => 'Shoes')->{json}{category}{id};
my $smart = $net->affise(POST => 'admin/smartlink/category', name => 'Smart')->{json}{data}{_id};
my ($news) = (split ' ', $srv->ctl_ok(news => 'add', 'Hello'))[1];
my $click = $net->click("/click?pid=$anna->{id}&offer_id=$id{offer}&sub1=marker-sub");
poll_until('a sale', sub { $net->postback(clickid => $click, action_id => 'marker-order', status => 1)->{status} == 1 });
my $day = substr $srv->sql('SELECT UTC_TIMESTAMP()'), 0, 10;
my $conversion;
poll_until('is listed', sub { $conversion = $net->affise(GET => 'stats/conversions', date_from => $day, date_to => $day)->{json}{conversions}[0]{id} });
ok $id{$_}, "a $_" for qw(offer postback pixel);

# A path with numbers of Anna's things.
sub target {
	my ($path) = @_;
	my $of = $path =~ m{/postback} ? $id{postback} : $path =~ m{/partner/pixel/} ? $id{pixel} : $path =~ m{/pixels/|/admin/partner/|/admin/affiliate/} ? $anna->{id}
	    : $path =~ m{/admin/advertiser/} ? $adv : $path =~ m{/admin/user} ? $id{admin} : $path =~ m{/source/} ? '51f531f53b7d9b1e0382f6d9'
	    : $path =~ m{/admin/category/} ? $category : $path =~ m{/smartlink/} ? $smart : $path =~ m{/news/} ? $news : $path =~ m{invoice/|ticket/} ? 1 : $id{offer};
	return $path =~ s/\{\w+\}/$of/r;
}

sub value {
	my ($p) = @_;
	my ($n, $s) = @$p{qw(name schema)};
	return $n if $n eq 'title';
	return $conversion if $n eq 'ids';
	return $anna->{id} if $n =~ /^(?:pid|partner_id)$/;
	return $adv if $n =~ /^(?:advertiser|advertisers_id|supplier_id)$/;
	return $id{offer} if $n =~ /^(?:offer_id|offer|filter\[offer\])$/;
	return 'US' if $n eq 'country';
	return $day if ($s->{format} // '') eq 'date';
	return 'USD' if $n eq 'currency';
	return 'image' if $n eq 'code_type';
	return $s->{enum}[0] if $s->{enum};
	return $s->{items}{enum}[0] if $s->{items} && $s->{items}{enum};
	return 'a@b.example' if $n eq 'email';
	return 'http://x.example/' if $n =~ /url/;
	return 1 if $s->{type} =~ /integer|number|boolean/;
	return 'x' x ($s->{minLength} || 6);
}

my @ops;
for my $path (sort keys %{ $doc->{paths} }) {
	next if $path !~ m{^/(?:3\.0|2\.1)/};
	for my $m (sort keys %{ $doc->{paths}{$path} }) {
		push @ops, { method => uc $m, path => $path, role => $role{ uc($m) . " $path" }, p => [ parameters($doc->{paths}{$path}{$m}) ] };
	}
}
sub key_for { my ($op) = @_; return $op->{role} eq 'affiliate' ? $anna->{key} : $net->{key} }

# ---- keys, in all places ----
my $raw = sub {
	my ($request, $leave) = @_;
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die "connect: $!";
	print $s $request;
	shutdown $s, 1 if $leave;
	local $/;
	my $answer = <$s>;
	return $answer;
};
my @wrong;
for my $op (@ops) {
	my $key = key_for($op);
	my ($here) = "$op->{method} $op->{path}";
	# A parameter that is wrong (or an object that is not there) is told only to whom the key lets in: nothing is changed.
	my $path = $op->{path} =~ s/\{\w+\}/ffffffffffffffffffffffff/r;
	my %at = ((map { ("header $_" => [ { $_ => $key }, '' ]) } qw(API-Key api-key Api-Key API-KEY)),
		(map { ("query $_" => [ {}, "$_=$key" ]) } qw(API-Key api-key Api-key API%2DKey)));
	my ($want);
	for my $how (sort keys %at) {
		my ($h, $q) = @{ $at{$how} };
		my $r = $srv->request($op->{method}, "$path?" . join('&', 'limit=x', $q), headers => $h);
		$want //= $r->{status};
		push @wrong, "$here, key in $how: $r->{status}" if $r->{status} == 401 || $r->{status} == 403 || $r->{status} != $want;
	}
	my $r = $srv->request($op->{method}, $path);
	push @wrong, "$here without a key: $r->{status}" if $r->{status} != 401 || $r->{json}{error} ne 'Token is necessary';
	my $absolute = $raw->("$op->{method} http://api.example$path?limit=x HTTP/1.1\r\nHost: api.example\r\napi-key: $key\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n");
	push @wrong, "$here in absolute form: " . substr $absolute // '', 0, 40 if ($absolute // '') !~ m{^HTTP/1\.1 $want .*"status":}s;
}
is join("\n", @wrong), '', 'every call takes its key in header and query, under any case, and a target in absolute form with a stray Content-Type: ' . @ops . ' calls';

# ---- parameters, by all carriers ----
# A value that cannot be is told by name: so it was read.  Text that may be anything may not hold a NUL, which the reader of the
# carrier says, of a structure by the key within.
sub impossible {
	my ($p) = @_;
	my $s = $p->{schema};
	return if $p->{in} eq 'path';
	return 'maybe' if $s->{type} eq 'boolean';
	return 'x1y' if $s->{type} =~ /integer|number/ || $s->{enum} || $s->{format};
	return 'x1y' if $s->{items} && ($s->{items}{type} eq 'integer' || $s->{items}{enum} || $s->{items}{pattern});
	return 'x' x ($s->{maxLength} + 1) if $s->{maxLength} && $s->{maxLength} < 5000;
	return "a\0b";
}

sub multipart {
	my (@p) = @_;
	my $body = '';
	while (my ($k, $v) = splice @p, 0, 2) {
		$body .= "--bnd\r\nContent-Disposition: form-data; name=\"$k\"\r\nContent-Length: " . length($v) . "\r\n\r\n$v\r\n";
	}
	return "$body--bnd--\r\n";
}

my $tried = 0;
@wrong = ();
for my $op (grep { $_->{method} ne 'GET' } @ops) {
	my %h = ('API-Key' => key_for($op));
	my $path = target($op->{path});
	for my $p (@{ $op->{p} }) {
		my $bad = impossible($p) // next;
		my $name = $p->{name};
		my @others = map { ($_->{name} => value($_)) } grep { $_->{required} && $_->{in} ne 'path' && $_->{name} ne $name } @{ $op->{p} };
		my %json = (@others, $name => $p->{schema}{type} eq 'object' ? { x => $bad } : $bad);
		$name .= '[x]' if $p->{schema}{type} eq 'object';
		my %by = (
			'the query, no body' => [ $path . '?' . form(@others, $name => $bad), {}, undef ],
			'the query, an empty JSON body' => [ $path . '?' . form(@others, $name => $bad), { 'Content-Type' => 'application/json' }, '' ],
			'urlencoded' => [ $path, { 'Content-Type' => 'application/x-www-form-urlencoded' }, form(@others, $name => $bad) ],
			'multipart' => [ $path, { 'Content-Type' => 'multipart/form-data; boundary=bnd' }, multipart(@others, $name => $bad) ],
			'JSON' => [ $path, { 'Content-Type' => 'application/json' }, JSON::PP->new->utf8->encode(\%json) ],
		);
		for my $how (sort keys %by) {
			my ($to, $more, $content) = @{ $by{$how} };
			my $r = $srv->request($op->{method}, $to, headers => { %h, %$more }, defined $content ? (content => $content) : ());
			$tried++;
			push @wrong, "$op->{method} $op->{path}: $name by $how: $r->{status} " . ($r->{json}{error} // '')
			    if $r->{status} != 400 || ($r->{json}{error} // '') !~ /^(?:\Q$name\E(?!\w)|x: )/;
		}
	}
}
is join("\n", @wrong), '', "every parameter of every call that changes something is read from query, form, multipart and JSON: $tried requests";

# Lists: the bare name once and repeated, [] and numbered, raw and encoded brackets.
($tried, @wrong) = (0);
for my $op (@ops) {
	my %h = ('API-Key' => key_for($op), 'Content-Type' => 'application/x-www-form-urlencoded');
	for my $p (grep { $_->{schema}{type} eq 'array' } @{ $op->{p} }) {
		my $bad = impossible($p) // next;
		# The many filters by text of reports are of one kind.
		next if $bad =~ /\0/ && $op->{method} eq 'GET';
		$bad =~ s/\0/%00/;
		my $good = value({ %$p, schema => $p->{schema} });
		my $name = $p->{name};
		my $others = form(map { ($_->{name} => value($_)) } grep { $_->{required} && $_->{in} ne 'path' && $_->{name} ne $name } @{ $op->{p} });
		for my $pair ("$name=$bad", "$name=$good&$name=$bad", "$name\[]=$bad", "$name\[0]=$good&$name\[1]=$bad", "$name%5B%5D=$bad", "$name%5B7%5D=$bad") {
			my $q = join '&', grep { length } $others, $pair;
			my $to = target($op->{path});
			my $r = $op->{method} eq 'GET' ? $srv->request(GET => "$to?$q", headers => \%h)
			    : $srv->request($op->{method}, $to, headers => \%h, content => $q);
			$tried++;
			push @wrong, "$op->{method} $op->{path}: $pair: $r->{status} " . ($r->{json}{error} // '')
			    if $r->{status} != 400 || ($r->{json}{error} // '') !~ /^\Q$name\E/;
		}
	}
}
is join("\n", @wrong), '', "every list is read as one value, repeated, in brackets raw and encoded: $tried requests";
cmp_ok $tried, '>', 100, 'which are many';

# ---- bodies that do not come whole ----
# Nothing of a call whose body breaks off, is without its end, or is longer than any that is taken.
sub state_now {
	my $dbh = $srv->dbh;
	# Its own key's last use, and what stats writes by itself, are no changes.
	my @t = grep { !/^(?:account_login|account_last_login|counter|\w*position|node|lease|catalog_change|cube_\w+|places?|refilter\w*|notify_log)$/ }
	    map { $_->[0] } @{ $dbh->selectall_arrayref('SHOW TABLES') };
	return join "\n", map { "$_=" . join ',', grep { defined } $dbh->selectrow_array("CHECKSUM TABLE $_") } @t;
}
sub changed_since { my %b = map { split /=/, $_, 2 } split /\n/, $_[0]; return join ', ', grep { my ($t, $v) = split /=/, $_, 2; ($b{$t} // '') ne ($v // '') } split /\n/, state_now() }

@wrong = ();
my $before = state_now();
for my $op (grep { $_->{method} ne 'GET' } @ops) {
	my $head = "$op->{method} " . target($op->{path}) . " HTTP/1.1\r\nHost: x\r\nAPI-Key: " . key_for($op) . "\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=bnd\r\n";
	my $body = multipart(map { ($_->{name} => value($_)) } grep { $_->{in} ne 'path' && $_->{schema}{type} ne 'object' } @{ $op->{p} });
	my $open = $body =~ s/--bnd--\r\n$//r . "--bnd\r\nContent-Disposition: form-data; name=\"creativeFiles[]\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n";
	for my $c ([ '2 GB', 2147483648, '', 413 ], [ '2 GB and a little', 2147483649, $body, 413 ], [ 'more than there are numbers', '9' x 30, '', qr/^4(?:00|13)$/ ],
		[ 'no end', length $open, $open, 400 ], [ 'an upload that breaks off', 100_000, $open, undef ]) {
		my ($what, $length, $sent, $want) = @$c;
		my $answer = $raw->("${head}Content-Length: $length\r\n\r\n$sent", !defined $want) // '';
		my ($status) = $answer =~ m{^HTTP/1\.1 (\d+)};
		next if !defined $want && !defined $status;
		push @wrong, "$op->{method} $op->{path}, $what: " . substr $answer, 0, 60
		    if !defined $want || ($status // 0) !~ (ref $want ? $want : qr/^$want$/) || ($length < 1e12 && $answer !~ /"status":2/);
	}
}
is join("\n", @wrong), '', 'a body that is too long or has no end is refused in the envelope, on every call';
is changed_since($before), '', 'and nothing is half done';

# ---- methods ----
@wrong = ();
my %methods;
push @{ $methods{ $_->{path} } }, $_->{method} for @ops;
for my $path (sort keys %methods) {
	for my $m (grep { my $x = $_; !grep { $_ eq $x } @{ $methods{$path} } } qw(GET POST DELETE PUT)) {
		# A word where another route has a number, as /offer/{ID}, is that route's.
		next if grep { (my $re = quotemeta $_) =~ s{\\\{\w+\\\}}{[^/]+}g; $_ ne $path && $path =~ /^$re$/ && grep { $_ eq $m } @{ $methods{$_} } } keys %methods;
		my $r = $srv->request($m, target($path), headers => { 'API-Key' => $net->{key} });
		push @wrong, "$m $path: $r->{status}" if $r->{status} != 405 || $r->{json}{status} != 2;
	}
}
is join("\n", @wrong), '', 'any other method is 405 with the envelope';
my $r = $net->affise(GET => 'no/such/route');
is_deeply [ $r->{status}, $r->{json}{error} ], [ 404, 'Page Not Found' ], 'an unknown route';

# ---- pages ----
# Whatever is asked for: a page has at most 500 rows, says how many, and names a next one only where there is one.
@wrong = ();
my $paged = 0;
for my $op (grep { my $o = $_; $o->{method} eq 'GET' && 2 == grep { $_->{name} =~ /^(?:page|limit)$/ } @{ $o->{p} } } @ops) {
	my @p = map { ($_->{name} => value($_)) } grep { $_->{required} && $_->{in} ne 'path' } @{ $op->{p} };
	for my $c ([ 1, 3000 ], [ 1, 1 ], [ 2, 1 ], [ 4_000_000_000, 500 ]) {
		my ($page, $limit) = @$c;
		my $x = $srv->request(GET => target($op->{path}) . '?' . form(@p, page => $page, limit => $limit), headers => { 'API-Key' => key_for($op) });
		my $at = $x->{json}{pagination};
		my ($list) = grep { ref eq 'ARRAY' } values %{ $x->{json} };
		my $here = "$op->{path} page $page of $limit: " . substr $x->{content}, -100;
		$paged++;
		# Far behind the last page: nothing, or a number that is too great.
		next if $page > 2 && $x->{status} == 400 && $x->{json}{error} =~ /^page/;
		push @wrong, $here if $x->{status} != 200 || !$at || !$list;
		next if !$at || !$list;
		push @wrong, "$here: rows" if @$list > $limit || $at->{per_page} != ($limit > 500 ? 500 : $limit) || $at->{page} != $page;
		push @wrong, "$here: next" if exists $at->{next_page} != ($at->{total_count} > $page * $at->{per_page}) || ($at->{next_page} // $page + 1) != $page + 1;
		push @wrong, "$here: what is there" if @$list != (sort { $a <=> $b } $at->{per_page}, ($at->{total_count} > ($page - 1) * $at->{per_page} ? $at->{total_count} - ($page - 1) * $at->{per_page} : 0))[0];
	}
}
is join("\n", @wrong), '', "lists are cut into pages, of 500 at most: $paged requests";
cmp_ok $paged, '>', 80, 'of many lists';

# ---- what an affiliate does not see ----
# Under his own key: neither what the advertiser pays nor who that is, in any reply.
my @seen;
sub look {
	my ($where, $x) = @_;
	if (ref $x eq 'ARRAY') {
		look($where, $_) for @$x;
	} elsif (ref $x eq 'HASH') {
		for my $k (sort keys %$x) {
			my $plain = defined $x->{$k} && !ref $x->{$k};
			push @seen, "$where: $k" if $k =~ /^(?:advertiser|supplier_id|earnings|external_offer_id|notes|note_sales|manager_obj)$/
			    || ($k =~ /^(?:charge|earning)$/ && $x->{$k} != 0) || ($plain && $k eq 'total' && $where !~ m{\.cr\z}) || ($plain && $k eq 'revenue' && $x->{$k} !~ /^[04]$/);
			look("$where.$k", $x->{$k});
		}
	}
	return;
}
my $looked = 0;
for my $op (grep { $_->{method} eq 'GET' } @ops) {
	my @p = map { ($_->{name} => value($_)) } grep { $_->{required} && $_->{in} ne 'path' } @{ $op->{p} };
	my $x = $srv->request(GET => target($op->{path}) . '?' . form(@p), headers => { 'API-Key' => $anna->{key} });
	next if $x->{status} == 403;
	$looked++;
	push @seen, "$op->{path}: $x->{status}" if $x->{status} >= 500;
	push @seen, "$op->{path}: the advertiser" if $x->{content} =~ /marker-a\b|marker-adv|$adv/i;
	look($op->{path}, $x->{json});
}
is join("\n", @seen), '', 'an affiliate sees no money of the advertiser, nor the advertiser';
cmp_ok $looked, '>', 20, "... in $looked calls";

# ---- somebody else's key ----
my $stranger = $net->affise(POST => 'admin/user', email => 'stranger@network.example', password => 'secret', first_name => 'S', last_name => 'X',
	'roles[]' => [qw(ROLE_MANAGER_AFFILIATE ROLE_MANAGER_SALES)])->{json}{user}{api_key};
for my $who ([ "another affiliate's", $bert->{key} ], [ 'that of a manager of other accounts', $stranger ]) {
	my ($what, $key) = @$who;
	$before = state_now();
	my (@told, @asked);
	for my $op (@ops) {
		next if $op->{path} =~ m{/admin/user|activation};
		# New things of his own he may make: what names nobody else's.
		next if $op->{method} eq 'POST' && $op->{path} !~ /\{/ && !grep { $_->{required} && $_->{name} =~ /^(?:pid|offer_id|advertiser|advertisers_id|supplier_id)$/ } @{ $op->{p} };
		# Categories, sources and SmartLinks are the network's.
		next if $op->{method} ne 'GET' && $op->{path} =~ m{/category|/source|/smartlink};
		# His own postback or pixel for an offer that he cannot see is none of anybody's data.
		next if $op->{path} =~ m{^/3.0/partner/(?:postback|pixel)$};
		my @p = map { ($_->{name} => value($_)) } grep { $_->{required} && $_->{in} ne 'path' } @{ $op->{p} };
		push @p, status => 'declined' if $op->{path} =~ m{conversion/edit};
		my $x = $op->{method} eq 'GET' ? $srv->request(GET => target($op->{path}) . '?' . form(@p), headers => { 'API-Key' => $key })
		    : $srv->request($op->{method}, target($op->{path}), headers => { 'API-Key' => $key, 'Content-Type' => 'application/x-www-form-urlencoded' }, content => form(@p));
		push @asked, $op->{path};
		(my $said = $x->{content}) =~ s/"link":"[^"]*"|"message":"[^"]*"|"error":"[^"]*"//g;
		push @told, "$op->{method} $op->{path}: $x->{status} " . substr $x->{content}, 0, 160 if $said =~ /marker-(?!bert)/i || $x->{status} >= 500;
	}
	is join("\n", @told), '', "$what key: nothing of what is not his, over " . @asked . ' calls';
	is changed_since($before), '', "$what key: and nothing is changed";
}
undef $net;
undef $srv;
done_testing;
