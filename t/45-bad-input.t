# Every parameter of every endpoint, and of the tracking scripts, with what does not belong there: the dialect's error with
# its status names the parameter, nothing is stored, nothing crashes and nothing grows.  Walks the endpoint table.  Each
# parameter gets all that is wrong for its type, and in turns a fourth of what is wrong for any; t/84-bad-input.t asks all.
use strict;
use utf8;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Test::More;

# Under sanitizers what was freed is kept a while; that much of it would look like growth.
local $ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (), 'quarantine_size_mb=2';
my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $program = build_dir() . '/src/affiliated';
my $api = json_of(scalar `$program -x openapi`);
my $adv = $net->advertiser('shop');
my $aff = $net->affiliate('anna');
my $offer = $net->offer(name => 'Shoes', advertiserid => $adv, advertiser_cost_type => 'conversion',
	advertiser_cost_flat => '10', commission_type => 'cpa', flat_amount_per_conversion => '2');
my %headers = ('/api/' => { 'api-username' => 'admin', 'api-key' => $net->{key} }, '/3.0/' => { 'API-Key' => $net->{key} });
# Calls that only an affiliate may make are made with his key.
my %affiliates = map { (split /\t/)[4] eq 'affiliate' ? (join(' ', (split /\t/)[ 1, 2 ]) => 1) : () } split /\n/, `$program -x endpoints`;
my $affiliate_key = $net->key_of('anna');
my $worker = $srv->children->{'worker 0'}[0];
my $unique = 0;
my %stored = map { $_ => 1 } qw(account account_person offer landing_page commission payout_rule cap setting api_key
	catalog_version);

# --- what is good -----------------------------------------------------------------------------------------------

# A value that gets past the checks of type and range, so that those behind it are reached.
sub good {
	my ($name, $s) = @_;
	return $adv if $name =~ /^(?:advertiser|supplier_id)$/;
	return 'DE' if $name eq 'country';
	return 1 if $name =~ /^(?:offer_id\b|advertisers_id\b|filter\[offer\]|offer\z)/;
	return 'u' . ++$unique . '@x.example' if $name =~ /mail/;
	return 'user' . ++$unique if $name =~ /^(?:username|login)$/;
	return 'http://shop.example/' if $name =~ /url/;
	return $s->{enum}[0] if $s->{enum};
	return '2026-01-02' if ($s->{format} // '') eq 'date';
	return good($name, $s->{items}) if $s->{type} eq 'array';
	return $s->{type} =~ /^(?:integer|number|boolean)$/ ? 1 : 'x' x ($s->{minLength} || 1);
}

# --- what is bad ------------------------------------------------------------------------------------------------

# By type: texts that are no value of it.
sub wrong_texts {
	my ($s) = @_;
	my $t = $s->{type};
	return qw(maybe 2 -1) if $t eq 'boolean';
	return ('no such', 'x', '0x1', '1;DROP TABLE offer') if $s->{enum} || $s->{items}{enum};
	return qw(2026-13-01 2026-02-30 20260101 x 2026-1-1 0000-00-00) if ($s->{format} // '') eq 'date';
	return ('9,95', qw(NaN inf 1e400 --1 0x10 x 1.2.3)) if $t eq 'number';
	if ($t eq 'integer' || ($s->{items}{type} // '') eq 'integer') {
		my ($of, @out) = ($t eq 'integer' ? $s : $s->{items}, qw(x 1.5 0x10 1e3 -99999999999999999999 1'--));
		push @out, $of->{maximum} + 1 if defined $of->{maximum} && $of->{maximum} < 2**53;
		push @out, $of->{minimum} - 1 if defined $of->{minimum};
		push @out, '9' x 5000;
		push @out, '1,x' if $t eq 'array';
		return @out;
	}
	my $max = $s->{maxLength} // $s->{items}{maxLength};
	return defined $max ? ('x' x ($max + 1), 'ö' x ($max + 1)) : ();
}

# [what, text of the pairs, named | error | any]: what must be said of them.
sub bad_pairs {
	my ($name, $s) = @_;
	my $n = form($name => '') =~ s/=$//r;
	my $tree = $s->{type} eq 'object';
	return (
		[ 'invalid UTF-8', "$n=%ff%fe", 'named' ], [ 'an overlong form', "$n=%c0%af", 'named' ],
		[ 'a surrogate', "$n=%ed%a0%80", 'named' ], [ 'half a character', "$n=a%e2%82", 'named' ],
		[ 'a NUL', "$n=a%00b", 'named' ], [ 'ten levels of brackets', $n . '[a]' x 10 . '=1', 'error' ],
		[ 'nested brackets', "${n}[x][y]=1", $tree ? 'any' : 'named' ], [ 'an open bracket', "${n}[=1", 'any' ],
		[ 'a closing bracket', "${n}]=1", 'any' ], [ 'bare and bracketed', "$n=1&${n}[a]=2", 'any' ],
		[ 'brackets first', "[]$n=1", 'any' ], [ 'nothing', "$n=", 'any' ], [ 'no value', $n, 'any' ],
		[ 'three letters of no currency', "$n=%C3%B6%C3%B6%C3%B6", 'any' ], [ 'another plane', "$n=%F0%9F%98%80", 'any' ],
		$s->{maxLength} ? [ 'the longest, of four bytes each', "$n=" . '%F0%9F%98%80' x $s->{maxLength}, 'any' ] : (),
		(map { [ '"' . (length > 20 ? substr($_, 0, 8) . '... of ' . length : $_) . '"', "$n=" . form(x => $_) =~ s/^x=//r, 'named' ] }
		    wrong_texts($s)),
		$tree ? (map { [ "a tree: $_", $_, 'any' ] } "$n=x", "$n=%5B1%2C2", "${n}[]=x", "${n}[0]=x", "${n}[0][nosuch]=1",
			"${n}[x][y][z]=1", "${n}[0][][]=1", "${n}[99999999999999999999]=1", "${n}[-1][0]=", "${n}[0][0][0]=1&${n}[0]=1")
		    : ([ 'twenty thousand characters', "$n=" . 'x' x 20_000, defined $s->{maxLength} || $s->{type} ne 'string' || $s->{enum}
			? 'named' : 'any' ]),
	);
}

# Values that only a JSON body can carry.
sub bad_json {
	my ($name, $s) = @_;
	my $tree = $s->{type} eq 'object';
	(my $plain = $name) =~ s/\[.*//;
	return () if $plain ne $name;
	return map { [ "JSON $_->[0]", qq({"$name":$_->[1]}), $_->[2] ] } (
		[ 'an object', '{"a":{"b":[]}}', $tree ? 'any' : 'named' ], [ 'null', 'null', 'any' ],
		[ 'a list of lists', '[[1],[2]]', $tree ? 'any' : 'named' ], [ 'a huge number', '1e999', 'any' ],
		[ 'a big integer', '123456789012345678901234567890', 'any' ], [ 'a NUL', '"a\\u0000b"', 'named' ],
		[ 'half a surrogate pair', '"\\ud800"', 'any' ], [ 'true', 'true', 'any' ], [ 'an empty list', '[]', 'any' ],
	);
}

# --- what is said -----------------------------------------------------------------------------------------------

my %fine = (nats => { map { $_ => 1 } 200, 400, 404 }, affise => { map { $_ => 1 } 200, 400, 404, 409 });

# What is wrong with a reply; nothing: it is as its dialect says.
sub complaint {
	my ($r, $dialect, $must, $name) = @_;
	my $j = $r->{json};
	return "status $r->{status} $r->{content}" if !$fine{$dialect}{ $r->{status} };
	return "no JSON: $r->{content}" if !defined $j;
	my $is_error = ref $j eq 'HASH' && (($j->{result} // '') eq 'error' || ($j->{status} // '') eq '2');
	return "$r->{status} without an error: $r->{content}" if $r->{status} != 200 && !$is_error;
	return "accepted: $r->{content}" if !$is_error && $must ne 'any';
	return if !$is_error;
	# The family of /api/config says `data` where others say `message`.
	my $text = $dialect eq 'nats' ? $j->{message} // $j->{data} : $j->{error};
	return "no text: $r->{content}" if !length($text // '');
	my %form = (nats => qr/\A(?:data|message),result\z/, affise => qr/\Aerror,message,status\z/);
	return "keys: $r->{content}" if join(',', sort keys %$j) !~ $form{$dialect};
	return "two texts: $r->{content}" if $dialect eq 'affise' && $j->{message} ne $j->{error};
	return "200 for Affise: $r->{content}" if $dialect eq 'affise' && $r->{status} == 200;
	return "control characters: $r->{content}" if $text =~ /[\x00-\x1f\x7f]/;
	return "does not name $name: $text" if $must eq 'named' && $text !~ /\Q$name\E/;
	return "a text of " . length($text) . ' characters' if length $text > 400;
	return;
}

# The operations with their arguments, each once.
sub operations {
	my @out;
	for my $path (sort keys %{ $api->{paths} }) {
		for my $method (sort keys %{ $api->{paths}{$path} }) {
			my $op = $api->{paths}{$path}{$method};
			next if $op->{operationId} =~ /_alias/;
			my $form = $op->{requestBody}{content}{'application/x-www-form-urlencoded'}{schema};
			my %need = map { $_ => 1 } @{ $form->{required} // [] };
			push @out, { path => $path, method => uc $method, dialect => $path =~ m{^/api} ? 'nats' : 'affise',
				args => [ (map { { %$_ } } @{ $op->{parameters} }),
					map { { name => $_, in => 'form', required => $need{$_}, schema => $form->{properties}{$_} } }
					sort keys %{ $form->{properties} // {} } ] };
		}
	}
	# Those that only read first: later there is more to read.
	return sort { ($a->{method} ne 'GET') <=> ($b->{method} ne 'GET') || $a->{path} cmp $b->{path} } @out;
}

# Sends the pairs, with good values for what else is required.
sub ask {
	my ($op, $but, $pairs, $json) = @_;
	my $path = $op->{path} =~ s/\{\w+\}/$offer/r;
	my @q;
	for my $a (@{ $op->{args} }) {
		push @q, form($a->{name} => good($a->{name}, $a->{schema}))
		    if $a->{required} && $a->{in} ne 'path' && $a->{name} ne $but;
	}
	my %h = %{ $headers{ substr $path, 0, 5 } };
	%h = ('API-Key' => $affiliate_key) if $affiliates{"$op->{method} $op->{path}"};
	return $srv->request($op->{method}, "$path?" . join('&', @q),
		headers => { %h, 'Content-Type' => 'application/json' }, content => $json) if defined $json;
	push @q, $pairs if length $pairs;
	return $srv->request($op->{method}, "$path?" . join('&', @q), headers => \%h) if $op->{method} eq 'GET';
	return $srv->request($op->{method}, $path, headers => { %h, 'Content-Type' => 'application/x-www-form-urlencoded' },
		content => join '&', @q);
}

sub state_now {
	my $dbh = $srv->dbh;
	my @t = grep { $stored{$_} } map { $_->[0] } @{ $dbh->selectall_arrayref('SHOW TABLES') };
	return join ' ', map { "$_=" . join ',', $dbh->selectrow_array("CHECKSUM TABLE $_") } @t;
}

sub memory {
	open my $f, '<', "/proc/$worker/status" or die "the worker is gone";
	my ($kb) = do { local $/; <$f> } =~ /^VmRSS:\s+(\d+)/m;
	return $kb;
}

my ($requests, $turn, $rss) = (0, 0, undef);
my $all = ($ENV{AFFILIATED_BAD_INPUT} // '') eq 'all';
my @operations = operations();
for my $op (@operations) {
	my (@wrong, @any, %before);
	my $here = "$op->{method} $op->{path}";
	my $slow = grep { $_->{name} eq 'password' } @{ $op->{args} };
	$before{state} = state_now();
	for my $a (@{ $op->{args} }) {
		my ($name, $s) = @$a{qw(name schema)};
		(my $base = $name) =~ s/\[.*//;
		if ($a->{in} eq 'path') {
			for my $bad ('x', '0', '-1', '9' x 40, '%ff', 'a%00b', '%2e%2e%2f', 'x' x 5000) {
				my $r = ask({ %$op, path => $op->{path} =~ s/\{\Q$name\E\}/$bad/r }, '', '');
				my $why = complaint($r, $op->{dialect}, 'error', $base);
				push @wrong, "$name $bad: $why" if $why;
				$requests++;
			}
			next;
		}
		my @cases = ((map { [ @$_, undef ] } bad_pairs($name, $s)), map { [ $_->[0], '', @$_[ 2, 1 ] ] } bad_json($name, $s));
		if ($a->{required}) {
			unshift @cases, [ 'missing', '', 'named', undef ];
			unshift @cases, [ 'empty', form($name => ''), 'named', undef ] if $s->{type} ne 'boolean';
		}
		for my $c (@cases) {
			my ($what, $pairs, $must, $json) = @$c;
			next if !$all && $what !~ /^(?:"|missing|empty|twenty|a tree|JSON an object)/ && $turn++ % 4;
			if ($must eq 'any') {
				# A new account hashes its password, which is slow on purpose: only what may not fit its column.
				push @any, [ $a, $c ] if !$slow || $what =~ /longest|tree/;
				next;
			}
			my $why = complaint(ask($op, $name, $pairs, $json), $op->{dialect}, $must, $base);
			push @wrong, "$name, $what: $why" if $why;
			$requests++;
		}
	}
	is join("\n", map { substr $_, 0, 300 } @wrong), '', "$here: refused by name";
	is state_now(), $before{state}, "$here: and nothing was stored";
	@wrong = ();
	for (@any) {
		my ($a, $c) = @$_;
		my $why = complaint(ask($op, $a->{name}, $c->[1], $c->[3]), $op->{dialect}, 'any', '');
		push @wrong, "$a->{name}, $c->[0]: $why" if $why;
		$requests++;
	}
	is join("\n", map { substr $_, 0, 300 } @wrong), '', "$here: answered in form";
	$rss //= memory();
}

note "$requests requests";
is $srv->children->{'worker 0'}[0], $worker, 'the worker lived through all of this';
my $grown = memory() - $rss;
cmp_ok $grown, '<', 20_000, "and did not grow ($grown KiB)";
unlike do { local (@ARGV, $/) = $srv->log_file; <> }, qr/\berror:|was killed|assert/i, 'its log holds no error';
is $net->nats(GET => 'service/ping')->{content}, 1, 'it answers as ever';
undef $net;
undef $srv;
done_testing;
