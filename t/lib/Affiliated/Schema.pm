# JSON values against the schemas of an OpenAPI 3.1 document: the part of it that ours uses.
#
#   my $doc = Affiliated::Schema->new($openapi);           # decoded
#   my @wrong = $doc->check($schema, $value);              # "at /a/0: want integer, got a text"
#   my ($path, $op) = $doc->operation('GET', '/3.0/offer/7');
#
# Anything in a schema that this does not know is an error: a test that looks away would prove nothing.  So is anything
# in a value that its schema does not describe, which OpenAPI would let pass.
package Affiliated::Schema;

use strict;
use warnings;

use B ();

my %known = map { $_ => 1 } qw($ref type enum required properties additionalProperties items minItems maxItems minLength
	maxLength minimum maximum pattern oneOf anyOf allOf description format default example title);

sub new {
	my ($class, $doc) = @_;
	my $self = bless { doc => $doc, routes => [] }, $class;
	# Words beat {names}: /3.0/offer/{ID} does not take /3.0/offer/categories.
	for my $path (sort { ($a =~ tr/{//) <=> ($b =~ tr/{//) || $a cmp $b } keys %{ $doc->{paths} }) {
		my $re = join '/', map { /^\{/ ? '[^/]+' : quotemeta } split m{/}, $path, -1;
		push @{ $self->{routes} }, [ qr{^$re/?$}, $path ];
	}
	return $self;
}

# Which path of the document a request has gone to, and its operation; nothing: none.
sub operation {
	my ($self, $method, $target) = @_;
	(my $path = $target) =~ s/[?#].*//s;
	$path =~ s{/+}{/}g;
	my $verb = lc($method eq 'PUT' ? 'PATCH' : $method);
	for my $r (@{ $self->{routes} }) {
		my $op = $self->{doc}{paths}{ $r->[1] }{$verb};
		return ($r->[1], $op) if $op && $path =~ $r->[0];
	}
	return;
}

# The schema of a reply with this status.
sub reply_schema {
	my ($self, $op, $status) = @_;
	my $reply = $op->{responses}{$status} // $op->{responses}{default} // return;
	return $reply->{content}{'application/json'}{schema};
}

sub check {
	my ($self, $schema, $value) = @_;
	return $self->walk($schema, $value, '');
}

# null, boolean, integer, number, string, array, object
sub kind {
	my ($v) = @_;
	return 'null' if !defined $v;
	return 'array' if ref $v eq 'ARRAY';
	return 'object' if ref $v eq 'HASH';
	return 'boolean' if JSON::PP::is_bool($v);
	return $v->is_int ? 'integer' : 'number' if ref $v;    # Math::BigInt, Math::BigFloat
	my $flags = B::svref_2object(\$v)->FLAGS;
	return 'string' if $flags & B::SVf_POK;
	return $v == int $v ? 'integer' : 'number';
}

sub walk {
	my ($self, $s, $v, $at) = @_;
	if (my $ref = $s->{'$ref'}) {
		my ($name) = $ref =~ m{^#/components/schemas/(.+)} or return "at $at: reference $ref";
		my $to = $self->{doc}{components}{schemas}{$name} // return "at $at: there is no schema $name";
		return $self->walk($to, $v, $at);
	}
	my @unknown = grep { !$known{$_} } keys %$s;
	return "at $at: the schema says @unknown" if @unknown;
	return $self->choice($s, $v, $at) if $s->{oneOf} || $s->{anyOf};
	my @all = map { $self->walk($_, $v, $at) } @{ $s->{allOf} // [] };
	my $kind = kind($v);
	my @want = ref $s->{type} ? @{ $s->{type} } : $s->{type} // $kind;
	return (@all, "at $at: want @want, got $kind")
	    if !grep { $_ eq $kind || $_ eq 'number' && $kind eq 'integer' } @want;
	if ($s->{enum} && !grep { ($_ // "\0") eq ($v // "\0") } @{ $s->{enum} }) {
		return (@all, "at $at: '$v' is none of @{ $s->{enum} }");
	}
	return (@all, $kind eq 'object' ? $self->object($s, $v, $at)
	    : $kind eq 'array' ? $self->list($s, $v, $at) : scalar_bounds($s, $v, $kind, $at));
}

sub choice {
	my ($self, $s, $v, $at) = @_;
	my (@why, $fits);
	for my $one (@{ $s->{oneOf} // $s->{anyOf} }) {
		my @w = $self->walk($one, $v, $at);
		$fits++ if !@w;
		push @why, @w;
	}
	return @why if !$fits;
	return $s->{oneOf} && $fits > 1 ? "at $at: fits $fits of oneOf" : ();
}

sub object {
	my ($self, $s, $v, $at) = @_;
	my @wrong = map { exists $v->{$_} ? () : "at $at: no $_" } @{ $s->{required} // [] };
	for my $k (sort keys %$v) {
		my $of = $s->{properties}{$k} // $s->{additionalProperties};
		push @wrong, ref $of eq 'HASH' ? $self->walk($of, $v->{$k}, "$at/$k") : "at $at: unexpected $k";
	}
	return @wrong;
}

sub list {
	my ($self, $s, $v, $at) = @_;
	my @wrong;
	push @wrong, "at $at: fewer than $s->{minItems}" if defined $s->{minItems} && @$v < $s->{minItems};
	push @wrong, "at $at: more than $s->{maxItems}" if defined $s->{maxItems} && @$v > $s->{maxItems};
	return (@wrong, "at $at: nothing says of what this list is") if @$v && !$s->{items};
	push @wrong, map { $self->walk($s->{items}, $v->[$_], "$at/$_") } 0 .. $#$v;
	return @wrong;
}

sub scalar_bounds {
	my ($s, $v, $kind, $at) = @_;
	my @wrong;
	if ($kind eq 'string') {
		push @wrong, "at $at: '$v' is not /$s->{pattern}/" if defined $s->{pattern} && $v !~ /$s->{pattern}/;
		push @wrong, "at $at: too short" if defined $s->{minLength} && length $v < $s->{minLength};
		push @wrong, "at $at: too long" if defined $s->{maxLength} && length $v > $s->{maxLength};
	} elsif ($kind eq 'integer' || $kind eq 'number') {
		push @wrong, "at $at: $v is below $s->{minimum}" if defined $s->{minimum} && $v < $s->{minimum};
		push @wrong, "at $at: $v is above $s->{maximum}" if defined $s->{maximum} && $v > $s->{maximum};
	}
	return @wrong;
}

1;
