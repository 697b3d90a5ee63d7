# Every parameter of every endpoint with what it does not take, generated from the table that the server prints:
# the dialect's error names it, the worker lives, its memory is bounded.  And every endpoint with the wrong key.
use strict;
use warnings;

use Affiliated::Test;
use HTTP::Tiny;
use Test::More;

my ($rc, $text) = Affiliated::Test->can('run_program')->(undef, 'affiliated', '-x', 'openapi');
is $rc, 0, 'the table is printed';
my $doc = json_of($text);
my $srv = affiliated_start(workers => 1);
$srv->ctl_ok('admin', 'add', 'root', 'root@example.com');
$srv->ctl_ok('affiliate', 'add', 'anna', 'anna@example.com');
$srv->ctl_ok('advertiser', 'add', 'shop', 'shop@example.com');
my %key = map { $_ => $srv->ctl_ok('key', 'create', $_) =~ /([0-9a-f]{32})/ } qw(root anna shop);
$srv->ctl_ok('config', 'set', 'ADMIN_API_ALLOWED_IPS', '127.0.0.1');
my $worker = $srv->children->{'worker 0'}[0];
my $rss = rss();
# AddressSanitizer keeps 256 MB of freed memory back.
my $bound = 100_000 + (do { open my $f, '<', "/proc/$worker/maps" or die; local $/; <$f> } =~ /libasan/ ? 400_000 : 0);
my $http = HTTP::Tiny->new(keep_alive => 0, timeout => 60, max_redirect => 0);
my ($asked, %tried) = (0);

sub rss {
	open my $f, '<', "/proc/$worker/status" or die;
	my ($kb) = do { local $/; <$f> } =~ /^VmRSS:\s+(\d+)/m;
	return $kb;
}

# One call; parameters are sent as they stand, the caller escapes.
sub call {
	my ($op, $params, $who) = @_;
	my $path = $op->{path};
	my @rest;
	for (@$params) {
		my ($name, $value) = @$_;
		next if ($op->{in}{$name} // '') eq 'path' && $path =~ s/\{\Q$name\E\}/$value/;
		push @rest, "$name=$value";
	}
	my %h = $op->{nats} ? ('api-username' => $who, 'api-key' => $key{$who} // '') : ('API-Key' => $key{$who} // '');
	my %body;
	if ($op->{method} eq 'GET') {
		$path .= '?' . join '&', @rest;
	} else {
		$h{'Content-Type'} = 'application/x-www-form-urlencoded';
		%body = (content => join '&', @rest);
	}
	$asked++;
	my $r = $http->request($op->{method}, $srv->{url} . $path, { headers => \%h, %body });
	$r->{json} = eval { json_of($r->{content}) };
	return $r;
}

sub message { my ($r) = @_; return ref $r->{json} eq 'HASH' ? $r->{json}{message} // '' : '' }

# Refused with the dialect's status, by a sentence that begins with the name; NATS has a sentence of its own for what is
# missing.
sub names {
	my ($op, $params, $name, $status, $what) = @_;
	my $r = call($op, $params, role($op->{id}) eq 'affiliate' ? 'anna' : 'root');
	my $says = $what =~ /missing|empty/ ? qr/(?<!\w)\Q$name\E(?!\w)/ : qr/^\Q$name\E: /;
	my $good = $r->{status} == $status && message($r) =~ $says
	    && ($op->{nats} ? $r->{json}{result} eq 'error' : $r->{json}{status} == 2);
	$tried{$what}++;
	return 1 if $good;
	fail("$op->{id}: $name, $what");
	diag("$r->{status} $r->{content}, expected $status");
	return 0;
}

# Some value that the argument reader takes.
sub good_value {
	my ($s) = @_;
	$s = { %$s, %{ $s->{items} } } if $s->{items};
	return $s->{enum}[0] if $s->{enum};
	return '2024-01-01' if ($s->{format} // '') eq 'date';
	return '1' if $s->{pattern};
	return $s->{minimum} // 1 if $s->{type} =~ /integer|number/;
	return '1' if $s->{type} =~ /boolean|object/;
	return 'a' x ($s->{minLength} || 1);
}

# Values that it does not take, by what is wrong with them.
sub bad_values {
	my ($s) = @_;
	$s = { %$s, %{ $s->{items} } } if $s->{items};
	my %bad;
	return \%bad if $s->{type} eq 'object';
	$bad{'wrong type'} = 'x1' if $s->{type} =~ /integer|number/ || $s->{enum} || $s->{format} || $s->{pattern};
	$bad{'wrong type'} = 'perhaps' if $s->{type} eq 'boolean';
	$bad{'a fraction'} = '1.5' if $s->{type} eq 'integer';
	$bad{'an exponent'} = '1e1' if $s->{type} eq 'number';
	$bad{'too small'} = $s->{minimum} - 1 if defined $s->{minimum} && abs $s->{minimum} < 1e15;
	$bad{'too big'} = $s->{maximum} + 1 if defined $s->{maximum} && $s->{maximum} < 1e15;
	$bad{'far too big'} = '9' x 40 if $s->{type} =~ /integer|number/;
	$bad{'too short'} = 'a' x ($s->{minLength} - 1) if ($s->{minLength} // 0) > 1;
	$bad{'too long'} = 'a' x ($s->{maxLength} + 1) if defined $s->{maxLength} && $s->{maxLength} < 100_000;
	return \%bad;
}

sub parameters {
	my ($o) = @_;
	my @p = map { { name => $_->{name}, in => $_->{in}, required => $_->{required}, schema => $_->{schema} } }
	    @{ $o->{parameters} };
	my $form = $o->{requestBody} ? $o->{requestBody}{content}{'application/x-www-form-urlencoded'}{schema} : {};
	my %required = map { $_ => 1 } @{ $form->{required} // [] };
	return @p, map { { name => $_, in => 'form', required => $required{$_}, schema => $form->{properties}{$_} } }
	    sort keys %{ $form->{properties} // {} };
}

sub try_parameter {
	my ($op, $p, @others) = @_;
	my $invalid = $op->{nats} ? 404 : 400;
	my $good = good_value($p->{schema});
	my $bad = bad_values($p->{schema});
	my $n = $p->{name};
	my $ok = 1;
	$ok &= names($op, [ [ $n, $bad->{$_} ], @others ], $n, $invalid, $_) for sort keys %$bad;
	return $ok if $p->{in} eq 'path';
	$ok &= names($op, [ [ $n, "${good}%00" ], @others ], $n, $invalid, 'NUL');
	$ok &= names($op, [ [ $n, "${good}%ff" ], @others ], $n, $invalid, 'UTF-8');
	$ok &= names($op, [ [ $n . '[x]' x 9, $good ], @others ], $n . '[x]' x 9, 400, 'nested brackets');
	if ($p->{schema}{type} !~ /array|object/) {
		$ok &= names($op, [ [ $n . '[x]', $good ], @others ], $n, $invalid, 'an array');
	}
	return $ok;
}

my %seen;
for my $path (sort keys %{ $doc->{paths} }) {
	for my $method (sort keys %{ $doc->{paths}{$path} }) {
		my $o = $doc->{paths}{$path}{$method};
		my @p = parameters($o);
		my %op = (id => $o->{operationId}, method => uc $method, path => $path, nats => $path =~ m{^/api/} ? 1 : 0,
			in => { map { $_->{name} => $_->{in} } @p });
		next if $o->{operationId} =~ /_alias\d+$/;
		my $before = $asked;
		my $ok = 1;
		my %value = map { $_->{name} => [ $_->{name}, good_value($_->{schema}) ] } grep { $_->{required} } @p;
		for my $p (@p) {
			my @others = map { $value{$_} } grep { $_ ne $p->{name} } sort keys %value;
			$ok &= try_parameter(\%op, $p, @others);
			next if !$p->{required} || $p->{in} eq 'path';
			$ok &= names(\%op, \@others, $p->{name}, $op{nats} ? 200 : 400, 'missing');
			$ok &= names(\%op, [ [ $p->{name}, '' ], @others ], $p->{name}, $op{nats} ? 200 : 400, 'empty');
		}

		# The wrong key.
		is call(\%op, [ values %value ], 'nobody')->{status}, 401, "$op{id}: no key";
		is call(\%op, [ values %value ], 'shop')->{status}, 403, "$op{id}: an advertiser's key";
		$seen{ $op{id} }++;
		is call(\%op, [ values %value ], 'anna')->{status}, 403, "$op{id}: an affiliate's key" if role($op{id}) eq 'administrator';
		ok $ok, "$op{id}: @{[ scalar @p ]} parameters, @{[ $asked - $before ]} calls";
	}
}

my %roles;

sub role {
	my ($id) = @_;
	if (!%roles) {
		my (undef, $list) = $srv->run_program('affiliated', '-x', 'endpoints');
		%roles = map { (split /\t/)[ 0, 4 ] } split /\n/, $list;
	}
	return $roles{$id};
}

is scalar keys %seen, scalar(() = do { my %n; grep { !$n{$_}++ } map { (split /\t/)[0] } split /\n/, ($srv->run_program('affiliated', '-x', 'endpoints'))[1] }),
    'every endpoint was tried';
cmp_ok $tried{$_} // 0, '>', 0, "tried: $_ ($tried{$_})"
    for 'wrong type', 'too small', 'too big', 'too long', 'missing', 'NUL', 'UTF-8', 'nested brackets';
is $srv->children->{'worker 0'}[0], $worker, 'the worker lived through all of this';
cmp_ok rss() - $rss, '<', $bound, 'and did not grow';
is $srv->sql('SELECT COUNT(*) FROM offer'), 0, 'nothing was made by any of it';
done_testing;
