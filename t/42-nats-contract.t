# The endpoint table against the contract of NATS for Networks (t/contract/nats.txt): every call, path, synonym of a
# method and parameter is there, with its default and its words; and a running server knows every path by every method.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

# ---- the contract ----
my (@calls, $params);
open my $in, '<', top_dir() . '/t/contract/nats.txt' or die "nats.txt: $!";
while (my $line = <$in>) {
	next if $line =~ /^#/;
	my @words = split ' ', $line;
	if ($line =~ /^\S/) {
		my ($method, @paths) = @words;
		push @calls, { method => $method, paths => \@paths, params => [] };
		next;
	}
	push @{ $calls[-1]{params} }, map {
		m{^([^!=(]+)(!?)(?:=([^(]*))?(?:\((.*)\))?\z} or die "cannot read: $_";
		+{ names => [ split m{/}, $1 ], required => $2, default => $3, words => [ map { tr/_/ /r } split /\|/, $4 // '' ] };
	} @words;
}
is scalar @calls, 64, 'the contract has 64 calls';
is eval { my $n = 0; $n += @{ $_->{params} } for @calls; $n }, 571, 'and 571 parameters';

# ---- our table ----
my $program = build_dir() . '/src/affiliated';
my @rows = map { [ split /\t/ ] } split /\n/, `$program -x endpoints`;
my %row = map { ("$_->[1] $_->[2]" => $_->[0]) } @rows;
my $api = json_of(scalar `$program -x openapi`);
my %wire;
for my $file (glob top_dir() . '/src/tbl/ep_nats_*.h') {
	open my $f, '<', $file or die "$file: $!";
	while (my $line = <$f>) {
		$wire{$1}{$_} = $line for $line =~ /^ARG\((\w+),\s*\w+,\s*(\w+)\s*,/ ? $2 : $line =~ /^ARGW\((\w+),\s*\w+,\s*\w+\s*,\s*"([^"]+)"/ ? split /\|/, $2 : ();
	}
}

# What a parameter of an operation is said to be.
sub described {
	my ($op, $name) = @_;
	for my $p (@{ $op->{parameters} }) {
		return { required => $p->{required}, %{ $p->{schema} } } if $p->{name} =~ /^\Q$name\E(?:\[\])?\z/;
	}
	my ($form) = values %{ $op->{requestBody}{content} // {} };
	my $schema = $form->{schema} // {};
	for my $n (keys %{ $schema->{properties} }) {
		next if $n !~ /^\Q$name\E(?:\[\])?\z/;
		return { required => !!(grep { $_ eq $n } @{ $schema->{required} // [] }), %{ $schema->{properties}{$n} } };
	}
	return;
}

# Where this server takes more than the contract asks for, or the reference asks it to: needs may be left out where the
# reference says to be lenient.
my %lenient = map { $_ => 1 } 'process_chargeback type', 'process_reversal reverse', # their own sentences
    map { my $verb = $_; map { "${verb}_global_${_}_ip ip" } qw(void post hostnpost) } qw(add remove); # without: Invalid ip
my $creatives = grep { m{ /api/creative/} } keys %row;
for my $c (@calls) {
	my ($path, @further) = @{ $c->{paths} };
	next if $path =~ m{^/api/creative/} && !$creatives;
	my $name = $row{"$c->{method} $path"};
	ok defined $name, "$c->{method} $path" or next;
	is $row{"$c->{method} $_"}, $name, "$c->{method} $_ is the same call" for @further;
	my $op = $api->{paths}{$path}{ lc $c->{method} };
	for my $p (@{ $c->{params} }) {
		my ($first) = @{ $p->{names} };
		for my $wire (@{ $p->{names} }) {
			if (my ($outer, $inner) = $wire =~ /^(\w+)\[n\]\[(\w+)\]\z/) {
				like $wire{$name}{$outer} // '', qr/\b$inner\b/, "$path: $outer says that it holds $inner";
				next;
			}
			if ($wire eq 'params') {
				ok scalar(grep { /^params\[/ } keys %{ $wire{$name} }), "$path: parameters within params";
				next;
			}
			if ($wire =~ /^(\w+)\[\w*\]/) {
				ok $wire{$name}{$1} || $wire{$name}{$wire}, "$path: $wire";
				next;
			}
			ok $wire{$name}{$wire} || described($op, $wire), "$path: $wire";
		}
		next if $first =~ /\[|^params\z/;
		# Of two names of one thing the first one is what is described.
		my ($main) = ($wire{$name}{$first} // '') =~ /"([^"|]+)\|/;
		my $d = described($op, $first) // described($op, $main // $first);
		ok $d, "$path: $first is described" or next;
		is !!$d->{required}, !!$p->{required}, "$path: $first is " . ($p->{required} ? 'required' : 'optional')
		    if !$lenient{ ($path =~ m{/(\w+)\z})[0] . " $first" };
		my $words = $d->{enum} // ($d->{items} // {})->{enum};
		if (@{ $p->{words} } && $words) {
			my %has = map { lc(tr/_/ /r) => 1 } @$words;
			is join(',', grep { !$has{ lc $_ } } @{ $p->{words} }), '', "$path: $first takes all words";
		} elsif (@{ $p->{words} } && !grep { /\D/ } @{ $p->{words} }) {
			my $of = $d->{items} // $d;
			cmp_ok $of->{minimum} // 0, '<=', $p->{words}[0], "$path: $first from $p->{words}[0]";
			cmp_ok $of->{maximum} // 1, '>=', $p->{words}[-1], "$path: $first to $p->{words}[-1]";
		}
		if (defined $p->{default} && defined $d->{default}) {
			my %false = (false => 1, 0 => 1);
			is $false{ $d->{default} } ? 0 : $d->{default}, $false{ $p->{default} } ? 0 : $p->{default}, "$path: the default of $first";
		}
	}
}

# ---- and the server: every path, by the documented method and its synonyms, in the forms that are tolerated ----
my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my %post_too = map { $_ => 1 } '/api/transaction/transaction_update_revenue_by_orderid', '/api/transaction/transaction_update_revenue_by_transaction_hash',
    '/api/service/set_currency_exchange_rates';
my %auth = ('api-key' => $net->{key}, 'api-username' => 'admin');
sub known {
	my ($method, $path) = @_;
	my $r = $srv->request($method, $path, headers => \%auth);
	my $said = ref $r->{json} eq 'HASH' ? $r->{json}{message} // '' : '';
	return ok $r->{status} != 405 && $said ne 'No such endpoint.', "$method $path" or diag("$r->{status} $r->{content}");
}
for my $c (@calls) {
	next if $c->{paths}[0] =~ m{^/api/creative/} && !$creatives;
	for my $path (@{ $c->{paths} }) {
		known($c->{method}, $path);
		known(PUT => $path) if $c->{method} eq 'PATCH';
		known(POST => $path) if $post_too{$path};
	}
	my $path = $c->{paths}[0];
	known($c->{method}, "$path/");
	known($c->{method}, "/$path");
	known($c->{method}, $path =~ s{^/api/}{/api//}r);
	known($c->{method}, $path =~ s{^/api/}{/api/v1/}r);
	my $wrong = $c->{method} eq 'GET' ? 'DELETE' : 'GET';
	next if $row{"$wrong $path"};
	my $r = $srv->request($wrong, $path, headers => \%auth);
	is $r->{status}, 405, "$wrong $path: 405";
	like $r->{headers}{allow} // '', qr/\b$c->{method}\b/, 'with Allow';
}
is $srv->get('/api/offer/no_such_call', headers => \%auth)->{status}, 404, 'an unknown path is 404';

# ---- known failures, in the words and the envelope of the reference ----
my $anna = $net->affiliate('anna');
my $shop = $net->advertiser('shop');
my $offer = $net->offer(name => 'Shoes');
my @person = (password => 'secret', payvia => 1);
my $none = 999_999;
my $said = sub { my ($message) = @_; return qq({"result":"error","message":"$message"}) };
for my $case (
	(map { [ POST => "affiliate/$_", [ username => 'anna', @person, email => 'x@x.example' ], 'Username already exists.' ],
		[ POST => "affiliate/$_", [ username => 'other', @person, email => 'anna@affiliate.example' ], 'Email already exists.' ] } qw(add_affiliate addaffiliate add add_advertiser)),
	(map { my $call = $_; map { my $gone = $_; [ POST => $call, [ map { $_ eq $gone ? () : ($_ => 'x') } qw(username password email) ], "Missing required field ($gone)." ] }
		qw(username password email) } qw(advertiser/add_advertiser)),
	[ PATCH => 'advertiser/edit_advertiser', [ loginid => $none, city => 'x' ], 'Invalid loginid.' ],
	[ PATCH => 'advertiser/edit_advertiser', [ loginid => $shop, email => 'anna@affiliate.example' ], 'Email already exists.' ],
	[ PATCH => 'affiliate/edit_affiliate', [ loginid => $none, city => 'x' ], 'Invalid loginid.' ],
	[ PATCH => 'affiliate/edit_affiliate', [ loginid => $anna, email => 'shop@advertiser.example' ], 'Email already exists.' ],
	(map { [ GET => "affiliate/$_", [ loginid => $none, offerid => $offer ], 'Invalid loginid.' ], [ GET => "affiliate/$_", [ loginid => $anna, offerid => $none ], 'Invalid offerid.' ] }
		qw(get_links get_single_link)),
	[ GET => 'affiliate/get_single_link', [ loginid => $anna, offerid => $offer, landing_pageid => $none ], 'Invalid landing_pageid.' ],
	[ GET => 'affiliate/decode_trackingcode', [ ocode => '!!!' ], 'Invalid ocode.' ],
	[ POST => 'affiliate/affiliate_login_ips', [], 'Missing loginid or username.' ],
	[ GET => 'service/set_currency_exchange_rates', [ currency => 'EURO', rate => 1 ], 'Invalid currency.' ],
	[ GET => 'service/set_currency_exchange_rates', [ currency => 'EUR', rate => 0 ], 'Invalid rate.' ],
	(map { [ GET => "creative/$_", [ creative_type_id => $none ], 'Invalid creative_type_id.' ] } qw(get_creatives get_creative_fields)),
	(map { [ PATCH => "offer/$_", [ offerid => $none, categories => 1, offer_groups => 1, marketing_types => 1, authorized => 'US', 'goal_vars[0][goal_id]' => 1, changeid => 0 ],
		'Invalid offerid.' ] } qw(activate_offer pause_offer edit_offer set_offer_categories set_offer_countries set_offer_goals set_offer_groups set_offer_marketing_types
		set_commission_change_payouts)),
	[ GET => 'offer/get_commission_changes', [ offerid => $none ], 'Invalid offerid.' ],
	[ PATCH => 'offer/edit_landing_page', [ landing_pageid => $none, name => 'x' ], 'Invalid landing_pageid.' ],
	[ PATCH => 'offer/pause_offer', [ offerid => $offer, expiration_landing_page_id => $none ], 'Invalid landing page.' ],
	[ PATCH => 'offer/set_commission_change_payouts', [ offerid => $offer, changeid => $none ], 'Invalid changeid.' ],
	[ PATCH => 'offer/set_enabled_affiliates', [ action => 'enable', offerids => $offer ], 'Missing loginids or all_users.' ],
	[ PATCH => 'offer/set_enabled_affiliates', [ action => 'allow', all_users => 1, all_landers => 1 ], 'Invalid action.' ],
	[ PATCH => 'offer/set_offer_countries', [ offerid => $offer, authorized => 'US,XQ' ], 'Invalid country (XQ).' ],
	[ PATCH => 'offer/set_offer_goals', [ offerid => $offer, 'goal_vars[0][amount]' => 1 ], 'Missing goal_id or offer_goal_id.' ],
	[ POST => 'offer/add_commission_change', [ offerid => $none, type => 'standard' ], 'Invalid offerid.' ],
	[ POST => 'offer/add_landing_page', [ offerid => $none, name => 'x', url => 'http://x.example/' ], 'Invalid offerid.' ],
	[ POST => 'offer/add_landing_page', [ offerid => $offer, name => 'x' ], 'Missing required field (url).' ],
	[ POST => 'offer/add_offer', [ url => 'http://x.example/' ], 'Missing required field (name).' ], [ POST => 'offer/add_offer', [ name => 'x' ], 'Missing required field (url).' ],
	[ POST => 'offer/add_tracking_domain', [ domain => 'no domain' ], 'Invalid domain.' ],
	(map { [ PATCH => "customer/$_", [], 'Customer not found.' ], [ PATCH => "customer/$_", [ customer_id => $none ], 'Customer not found.' ] } qw(lock unlock forget)),
	[ GET => 'customer/export', [ orderid => 'nobody' ], 'Customer not found.' ],
	[ GET => 'transaction/transaction_payout_preview', [ transaction_hash => '156097c947ece92.38318951' ], 'Invalid transaction.' ],
	[ PATCH => 'transaction/transaction_update_revenue_by_orderid', [ orderid => 'nobody', amount => 1 ], 'Invalid transaction.' ],
	[ PATCH => 'transaction/transaction_update_revenue_by_transaction_hash', [ transaction_hash => '4590c9a7f415651.29006866', amount => 1 ], 'Invalid transaction.' ],
	[ POST => 'transaction/process_void', [ orderid => 'nobody' ], '*error* - Invalid transaction.' ],
	[ POST => 'transaction/process_chargeback', [ orderid => 'nobody' ], 'Missing required field for chargeback (type).' ],
	[ POST => 'transaction/process_chargeback', [ type => 'chargeback', orderid => 'nobody' ], '*error* - Invalid transaction.' ],
	[ POST => 'transaction/process_reversal', [ orderid => 'nobody' ], 'Missing required flag (reverse).' ],
	[ POST => 'transaction/process_reversal', [ reverse => 1, orderid => 'nobody' ], '*error* - Invalid transaction.' ],
	(map { [ GET => "transaction/$_", [], 'Invalid transaction.' ], [ GET => "transaction/$_", [ orderid => 'nobody' ], 'Invalid transaction.' ] } qw(click_detail click_details)),
	[ POST => 'transaction/approve_pending_transaction', [ orderid => 'nobody' ], 'Invalid transaction.' ]) {
	my ($method, $path, $params, $message) = @$case;
	my $r = $net->nats($method, $path, @$params);
	is "$r->{status} $r->{content}", '200 ' . $said->($message), "$method $path: $message";
}
# Where nothing is found and nothing is wrong.
my @rule = (creativeids => $none, ruleids => '57c738de72d59', rule_type => 'HIDE');
for my $case ([ 'affiliate/search', [ username => 'nobody' ], qr/^(?:\{\}|\[\])\z/ ], [ 'report/transaction', [ filter_orderid => 'nobody', period => 7 ], qr/^(?:\{\}|\[\])\z/ ],
	[ 'offer/get_details', [ offerid => $none ], qr/^\{"result":"success","data":(?:\{\}|\[\])\}\z/ ], [ 'offer/get_details', [], qr/^\{"result":"success","data":(?:\{\}|\[\])\}\z/ ],
	[ 'offer/get_conversion_caps', [], qr/^\{"result":"success","message":"No caps found\.","data":\[\]\}\z/ ],
	[ 'offer/check_orderid_exists', [ orderid => 'nobody' ], qr/^\{"result":"success","message":"FALSE"\}\z/ ],
	(map { [ "config/get_global_${_}_ips", [], qr/^\{"result":"success","data":\[\]\}\z/ ] } qw(void post hostnpost))) {
	my ($path, $params, $like) = @$case;
	my $r = $net->nats(GET => $path, @$params);
	is $r->{status}, 200, "GET $path: 200";
	like $r->{content}, $like, 'nothing is there';
}
for my $kind (qw(void post hostnpost)) {
	is $net->nats(POST => "config/${_}_global_${kind}_ip", ip => '203.0.113.300')->{content}, '{"result":"error","data":"Invalid ip"}', "$_ $kind: no address" for qw(add remove);
	is $net->nats(POST => "config/remove_global_${kind}_ip", ip => '203.0.113.3')->{content}, '{"result":"success","data":"Ip list not set"}', 'no list';
}
for my $path (qw(edit_creative_rules edit_creative_rule delete_creative_rules delete_creative_rule)) {
	my $r = $net->nats(($path =~ /edit/ ? 'PATCH' : 'POST'), "creative/$path", @rule)->{json};
	is "$r->{total_successes} " . @{ $r->{failures} }, '0 1', "$path: among the failures" or diag(explain($r));
}
for my $case ([ POST => 'offer/add_commission_change', [ offerid => $offer, type => 'odd' ] ],
	[ GET => 'report/profitloss', [ view => 'moon' ] ], [ GET => 'report/profitloss', [ period => 'moon' ] ], [ POST => 'creative/add_creative_rule', [ creativeids => 1, rule_type => 'PEEK' ] ]) {
	my ($method, $path, $params) = @$case;
	my $r = $net->nats($method, $path, @$params);
	is $r->{status}, 404, "$path: a word that is not in its list is 404";
	is $r->{json}{result}, 'error', 'in the envelope';
}

done_testing;
