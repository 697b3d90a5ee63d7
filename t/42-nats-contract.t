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
my (%wire, %later);
for my $file (glob top_dir() . '/src/tbl/ep_nats_*.h') {
	open my $f, '<', $file or die "$file: $!";
	while (my $line = <$f>) {
		$wire{$1}{$_} = $line for $line =~ /^ARG\((\w+),\s*\w+,\s*(\w+)\s*,/ ? $2 : $line =~ /^ARGW\((\w+),\s*\w+,\s*\w+\s*,\s*"([^"]+)"/ ? split /\|/, $2 : ();
		$later{$1}{$_} = 1 for $line =~ /^NOTYET\((\w+),\s*"([^"]+)"/ ? split /\|/, $2 : ();
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
			next if $later{$name}{$wire}; # README lists them; its row answers with an error
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
		next if $first =~ /\[|^params\z/ || $later{$name}{$first};
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

done_testing;
