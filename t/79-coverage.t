# The last word over the suite: every row of the endpoint table was called and has succeeded, every parameter of the NATS
# dialect came with a call that did, and every reply that any test has seen fits the OpenAPI document.  Needs the notes that t/run-tests takes when it runs all files.
use strict;
use warnings;

use Affiliated::Schema;
use Affiliated::Test;
use Cpanel::JSON::XS ();
use Test::More;

my $program = build_dir() . '/src/affiliated';
my $api = json_of(scalar `$program -x openapi`);
my $doc = Affiliated::Schema->new($api);
my @rows = map { [ split /\t/ ] } split /\n/, `$program -x endpoints`;

# The list and the document are of one table.
cmp_ok scalar @rows, '>', 20, 'there are endpoints';
my @missing = grep { !$api->{paths}{ $_->[2] }{ lc $_->[1] } } @rows;
is_deeply [ map { "$_->[1] $_->[2]" } @missing ], [], 'every row of -x endpoints is in -x openapi';
my $ops = 0;
$ops += grep { /^(?:get|post|patch|put|delete)$/ } keys %$_ for values %{ $api->{paths} };
is $ops, scalar @rows, 'and the other way round';

# The checker itself can say no.
{
	my $one = Affiliated::Schema->new({ paths => {}, components => { schemas => { n => { type => 'integer' } } } });
	for my $case (
		[ { type => 'integer' }, '"1"', 1 ], [ { type => 'integer' }, '1', 0 ], [ { type => 'number' }, '1', 0 ],
		[ { type => 'integer' }, '1.5', 1 ], [ { type => 'string' }, '"a"', 0 ], [ { type => 'string' }, 'null', 1 ],
		[ { type => [ 'string', 'null' ] }, 'null', 0 ],
		[ { type => [ 'string', 'null' ] }, '1', 1 ], [ { type => 'object', required => ['a'] }, '{}', 1 ],
		[ { type => 'object', properties => { a => { '$ref' => '#/components/schemas/n' } } }, '{"a":"x"}', 1 ],
		[ { type => 'array', items => { type => 'boolean' } }, '[true,false]', 0 ],
		[ { type => 'array', items => { type => 'boolean' } }, '[true,1]', 1 ],
		[ { type => 'object', additionalProperties => { type => 'string' } }, '{"a":1}', 1 ],
		[ { oneOf => [ { type => 'string' }, { type => 'integer' } ] }, '[]', 2 ],
		[ { enum => [ 1, 2 ], type => 'integer' }, '3', 1 ], [ { surprise => 1 }, '1', 1 ],
		[ { type => 'string', pattern => '^[0-9]+$' }, '"1x"', 1 ]) {
		my ($schema, $text, $wrong) = @$case;
		is scalar(() = $one->check($schema, json_of($text))), $wrong, "checker: $text is " . ($wrong ? 'wrong' : 'right');
	}
}

my $log = $ENV{AFFILIATED_CALL_LOG};
if (!defined $log) {
	note 'the rest needs a run of all files';
	done_testing;
	exit;
}

# NATS says most failures with 200 and the word error; Affise has a status of its own in the body.
sub failed {
	my ($json) = @_;
	return ref $json eq 'HASH' && (($json->{result} // '') eq 'error' || ($json->{status} // 0) eq '2');
}

# The value once for each of its leaves, with something else there.
sub spoilt {
	my ($v) = @_;
	return { surprise => 1 } if ref($v) !~ /^(?:HASH|ARRAY)$/;
	return map { my $k = $_; map { +{ %$v, $k => $_ } } spoilt($v->{$k}) } sort keys %$v if ref $v eq 'HASH';
	return map { my $i = $_; map { [ @$v[ 0 .. $i - 1 ], $_, @$v[ $i + 1 .. $#$v ] ] } spoilt($v->[$i]) } 0 .. $#$v;
}

# The names of what a call carried, without their brackets.
sub carried {
	my ($c) = @_;
	my $body = $c->{sent} // '';
	my $json = $body =~ /^\s*\{/ ? eval { json_of($body) } // {} : undef;
	my @names = $json ? keys %$json
	    : $body =~ /^--/ ? $body =~ /^Content-Disposition:.*?\bname="([^"]*)"/mgi : map { s/=.*//sr } split /&/, $body;
	push @names, map { s/=.*//sr } split /&/, $1 if $c->{path} =~ /\?(.*)/s;
	tr/+/ / for @names;
	s/%([0-9A-Fa-f]{2})/chr hex $1/ge, s/\[.*//s for @names;
	return @names;
}

my (%called, %succeeded, %wrong, %checked, %longest, %came);
my %id = map { ("$_->[1] $_->[2]" => $_->[0]) } @rows;
my $calls = 0;
open my $f, '<', $log or die "$log: $!";
while (my $line = <$f>) {
	my $c = Cpanel::JSON::XS->new->decode($line);
	my ($path, $op) = $doc->operation($c->{method}, $c->{path}) or next;
	my $name = ($c->{method} eq 'PUT' ? 'PATCH' : $c->{method}) . " $path";
	$calls++;
	$called{$name} = 1;
	next if $c->{type} !~ m{^application/json};
	my $went_well = $c->{status} == 200 && $c->{content} !~ /^\{"result":"error"/;
	$came{ $id{$name} }{$_} = 1 for $went_well ? carried($c) : ();
	next if $checked{"$name $c->{status} $c->{content}"}++;
	my $json = eval { json_of($c->{content}) };
	my $error = failed($json);
	my $schema = $doc->reply_schema($op, $error ? 'default' : $c->{status});
	if ($c->{status} == 200 && !$error && defined $json) {
		$succeeded{$name} = 1;
		$longest{$name} = [ $schema, $c->{content} ]
		    if length $c->{content} < 6000 && length $c->{content} > length($longest{$name}[1] // '');
	}
	my @why = defined $json ? $doc->check($schema, $json) : 'not JSON';
	$wrong{"$name $c->{status}"} //= "$why[0] ($c->{file}): " . substr $c->{content}, 0, 300 if @why;
}
close $f;

note "$calls calls of the suite";
for my $r (@rows) {
	my $name = "$r->[1] $r->[2]";
	ok $called{$name}, "$name is called by a test";
	ok $succeeded{$name}, 'and has succeeded in one';
}
my @never;
for my $r (grep { $_->[2] =~ m{^/api/} } @rows) {
	my $op = $api->{paths}{ $r->[2] }{ lc $r->[1] };
	my @forms = map { $_->{schema}{properties} // {} } values %{ $op->{requestBody}{content} // {} };
	my @names = ((map { $_->{name} } @{ $op->{parameters} // [] }), map { keys %$_ } @forms);
	push @never, map { "$r->[0] $_" } grep { !$came{ $r->[0] }{$_} } @names;
}
my %seen;
is join("\n", grep { !$seen{$_}++ } @never), '', 'every parameter of the NATS dialect came with a call that succeeded';
is join("\n", map { "$_: $wrong{$_}" } sort keys %wrong), '', 'every reply fits its schema';

# And says of each value in it what it is: with any of them spoilt it fits no more.
for my $name (sort keys %longest) {
	my ($schema, $content) = @{ $longest{$name} };
	my @spoilt = spoilt(json_of($content));
	is scalar(grep { !$doc->check($schema, $_) } @spoilt), 0, "the schema of $name says what each of " . @spoilt . ' values is';
}
done_testing;
