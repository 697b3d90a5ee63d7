# The OpenAPI document before a judge of its own: python3-jsonschema with the schema that the OpenAPI Initiative publishes
# for 3.1 (t/contract/openapi-3.1.json, Apache-2.0, of spec.openapis.org), and what that leaves to prose.  In a run of all
# files the replies of the suite are held against the document once more, by another checker than t/79-coverage.t has.
use strict;
use warnings;

use Affiliated::Schema;
use Affiliated::Test;
use File::Temp qw(tempfile);
use Cpanel::JSON::XS ();
use JSON::PP;
use Test::More;

my $program = build_dir() . '/src/affiliated';
my $text = `$program -x openapi`;
my $api = json_of($text);

my $judge = <<'PYTHON';
import json, sys
from jsonschema import Draft202012Validator as V
oas = V(json.load(open(sys.argv[1])))
def schemas(x, path=()):
    if isinstance(x, dict):
        for k, v in x.items():
            if k == 'schema' or path[-2:] == ('components', 'schemas'):
                yield v
            yield from schemas(v, path + (k,))
    elif isinstance(x, list):
        for v in x:
            yield from schemas(v, path)
def expand(x, all):
    if isinstance(x, dict):
        if '$ref' in x:
            return expand(all[x['$ref'].rsplit('/', 1)[1]], all)
        return {k: expand(v, all) for k, v in x.items()}
    return [expand(v, all) for v in x] if isinstance(x, list) else x
known = set()
for line in sys.stdin:
    job = json.loads(line)
    if 'document' in job:
        d = job['document']
        document = d
        wrong = ['/'.join(map(str, e.absolute_path)) + ': ' + e.message[:150] for e in oas.iter_errors(d)]
        n = 0
        for s in schemas(d):
            n += 1
            text = json.dumps(s, sort_keys=True)
            if text in known:
                continue
            try:
                V.check_schema(s)
                known.add(text)
            except Exception as e:
                wrong.append(str(e)[:150])
        print(json.dumps({'wrong': wrong[:5], 'schemas': n}), flush=True)
    else:
        root = expand(job['schema'], document['components']['schemas'])
        print(json.dumps({'wrong': [e.message[:200] for e in V(root).iter_errors(job['value'])][:2]}), flush=True)
PYTHON

my ($fh, $script) = tempfile('judge-XXXXXX', TMPDIR => 1, SUFFIX => '.py', UNLINK => 1);
print $fh $judge;
close $fh;
my $schema = top_dir() . '/t/contract/openapi-3.1.json';

sub judged {
	my (@jobs) = @_;
	my ($out, $in) = tempfile('jobs-XXXXXX', TMPDIR => 1, UNLINK => 1);
	print $out JSON::PP->new->ascii->canonical->allow_bignum->allow_nonref->encode($_), "\n" for @jobs;
	close $out;
	return map { json_of($_) } split /\n/, `/usr/bin/python3 $script $schema < $in`;
}

# ---- the document, and that the judge can say no ----
sub copy { return JSON::PP->new->utf8->decode($text) }
# Enough of it to spoil.
sub part {
	my $d = copy();
	$d->{paths} = { map { $_ => $d->{paths}{$_} } '/api/service/ping', '/api/offer/get_details' };
	delete $d->{components}{schemas};
	return $d;
}
my @spoilt = (
	[ 'no info', sub { delete $_[0]{info}{title} } ],
	[ 'an operation without responses', sub { $_[0]{paths}{'/api/service/ping'}{get}{responses} = [] } ],
	[ 'a parameter that is nowhere', sub { delete $_[0]{paths}{'/api/offer/get_details'}{get}{parameters}[0]{in} } ],
	[ 'a parameter without a schema', sub { delete $_[0]{paths}{'/api/offer/get_details'}{get}{parameters}[0]{schema} } ],
	[ 'a path that is no path', sub { $_[0]{paths}{'api/x'} = {} } ],
	[ 'a response without a description', sub { delete $_[0]{paths}{'/api/service/ping'}{get}{responses}{200}{description} } ],
	[ 'a schema of no type', sub { $_[0]{paths}{'/api/offer/get_details'}{get}{parameters}[0]{schema}{type} = 'text' } ],
	[ 'a security scheme of no kind', sub { $_[0]{components}{securitySchemes}{nats_key}{type} = 'password' } ],
);
my @jobs = ({ document => copy() }, { document => part() });
for my $s (@spoilt) {
	my $d = part();
	$s->[1]->($d);
	push @jobs, { document => $d };
}
my @said = judged(@jobs);
is_deeply $said[0]{wrong}, [], 'affiliated -x openapi is valid OpenAPI 3.1';
cmp_ok $said[0]{schemas}, '>', 1000, 'and its schemas are valid JSON Schema';
is_deeply $said[1]{wrong}, [], 'a part of it too';
ok scalar @{ $said[ $_ + 2 ]{wrong} }, "the judge refuses $spoilt[$_][0]" for 0 .. $#spoilt;

# ---- what the published schema leaves to prose ----
my (%ids, @missing, %schemes);
for my $path (sort keys %{ $api->{paths} }) {
	for my $method (sort keys %{ $api->{paths}{$path} }) {
		my $op = $api->{paths}{$path}{$method};
		push @{ $ids{ $op->{operationId} } }, "$method $path";
		my %declared = map { ($_->{name} => 1) } grep { $_->{in} eq 'path' } @{ $op->{parameters} };
		my %used = map { ($_ => 1) } $path =~ /\{(\w+)\}/g;
		push @missing, "$method $path: $_" for grep { !$declared{$_} || !$used{$_} } keys %{ { %declared, %used } };
		my %twice;
		push @missing, "$method $path: $_ twice" for grep { $twice{$_}++ } map { "$_->{in} $_->{name}" } @{ $op->{parameters} };
		$schemes{$_} = 1 for map { keys %$_ } @{ $op->{security} // [] };
	}
}
is_deeply [ map { "@{ $ids{$_} }" } grep { @{ $ids{$_} } > 1 } sort keys %ids ], [], 'operation ids are unique';
is_deeply \@missing, [], 'path parameters are declared, and nothing twice';
is_deeply [ grep { !$api->{components}{securitySchemes}{$_} } sort keys %schemes ], [], 'security schemes are there';
my @dangling = grep { my $v = $api; $v = ref $v eq 'HASH' ? $v->{$_} : undef for split m{/}, $_; !defined $v } $text =~ m{"\$ref":"#/([^"]+)"}g;
is_deeply \@dangling, [], 'every reference leads somewhere';

# ---- replies ----
my $log = $ENV{AFFILIATED_CALL_LOG};
if (defined $log && open my $f, '<', $log) {
	my $doc = Affiliated::Schema->new($api);
	my (%n, %seen, @what);
	@jobs = ({ document => $api });
	while (my $line = <$f>) {
		my $c = Cpanel::JSON::XS->new->decode($line);
		next if $c->{type} !~ m{^application/json} || length $c->{content} > 20_000;
		my ($path, $op) = $doc->operation($c->{method}, $c->{path}) or next;
		next if $n{"$op->{operationId} $c->{status}"} && $n{"$op->{operationId} $c->{status}"} >= 6 || $seen{"$op->{operationId} $c->{content}"}++;
		my $json = eval { json_of($c->{content}) };
		my $failed = ref $json eq 'HASH' && (($json->{result} // '') eq 'error' || ($json->{status} // 0) eq '2');
		$n{"$op->{operationId} $c->{status}"}++;
		push @what, "$c->{method} $path $c->{status} ($c->{file}): " . substr $c->{content}, 0, 200;
		push @jobs, { schema => $doc->reply_schema($op, $failed ? 'default' : $c->{status}), value => $json };
	}
	@said = judged(@jobs);
	shift @said, shift @jobs;
	is scalar @said, scalar @jobs, scalar(@jobs) . ' replies are judged';
	my @wrong = grep { @{ $said[$_]{wrong} } } 0 .. $#said;
	is join("\n", map { "$said[$_]{wrong}[0]: $what[$_]" } @wrong), '', 'and fit the document';
}
done_testing;
