# A network on a test's server: an administrator with a key, and both APIs under it.
#
#   my $net = Affiliated::Network->new($srv);
#   my $r = $net->nats(POST => 'offer/add_offer', name => 'Shoes', url => 'http://shop.example/');
#   is $r->{json}{message}{offerid}, 1;
#   $r = $net->affise(GET => 'offer/1');                  # the administrator's key
#   $r = $net->affise(GET => 'offer/1', key => $of_an_affiliate);
#
# Parameters are a list, so that names can come twice; a value may be an array.  They go into the query for
# GET and into a form otherwise; `_in => 'query'` or 'json' (one hash as _json) says otherwise.
package Affiliated::Network;

use strict;
use warnings;

use Affiliated::Test;
use IO::Socket::INET;
use JSON::PP;

sub new {
	my ($class, $srv) = @_;
	my $self = bless { srv => $srv }, $class;
	chomp($self->{admin_id} = $srv->ctl_ok('admin', 'add', 'admin', 'admin@network.example'));
	chomp($self->{key} = $srv->ctl_ok('key', 'create', 'admin'));
	$srv->ctl_ok('config', 'set', 'ADMIN_API_ALLOWED_IPS', '127.0.0.1');
	return $self;
}

sub call {
	my ($self, $method, $path, $headers, @p) = @_;
	my (%opt, @send);
	while (@p) {
		my ($k, $v) = splice @p, 0, 2;
		if ($k =~ /^_(in|json)\z/) {
			$opt{$1} = $v;
		} else {
			push @send, $k, $v;
		}
	}
	my %h = %$headers;
	my $in = $opt{in} // ($method eq 'GET' ? 'query' : 'form');
	if ($opt{json}) {
		$h{'Content-Type'} = 'application/json';
		return $self->{srv}->request($method, $path, headers => \%h, content => JSON::PP->new->utf8->allow_bignum->encode($opt{json}));
	}
	if ($in eq 'query') {
		my $q = form(@send);
		return $self->{srv}->request($method, $path . (length $q ? "?$q" : ''), headers => \%h);
	}
	$h{'Content-Type'} = 'application/x-www-form-urlencoded';
	return $self->{srv}->request($method, $path, headers => \%h, content => form(@send));
}

sub nats {
	my ($self, $method, $path, @p) = @_;
	return $self->call($method, "/api/$path", { 'api-key' => $self->{key}, 'api-username' => 'admin' }, @p);
}

sub affise {
	my ($self, $method, $path, @p) = @_;
	my $key = $self->{key};
	for (my $i = 0; $i < @p; $i += 2) {
		$key = (splice @p, $i, 2)[1] if ($p[$i] // '') eq 'key';
	}
	return $self->call($method, "/3.0/$path", { 'API-Key' => $key }, @p);
}

# Those that tests need often; each answers a number.
sub advertiser {
	my ($self, $name) = @_;
	my $r = $self->nats(POST => 'advertiser/add_advertiser', username => $name, password => 'secret',
		email => "$name\@advertiser.example", company => "Company $name");
	return $r->{json}[0]{message}{loginid} // die "no advertiser: $r->{content}";
}

sub affiliate {
	my ($self, $name) = @_;
	my $r = $self->nats(POST => 'affiliate/add_affiliate', username => $name, password => 'secret', payvia => 1,
		email => "$name\@affiliate.example");
	return $r->{json}[0]{loginid} // die "no affiliate: $r->{content}";
}

sub offer {
	my ($self, %p) = @_;
	my $r = $self->nats(POST => 'offer/add_offer', name => 'Offer', url => 'http://shop.example/?c=%%click_hash%%', %p);
	return $r->{json}{message}{offerid} // die "no offer: $r->{content}";
}

# Follows a tracking link; answers the click id that the target carries as c=, or undef.
sub click {
	my ($self, $link, %o) = @_;
	my $r = $self->{srv}->get($link, %o);
	my ($id) = ($r->{headers}{location} // '') =~ /[?&]c=([0-9a-f.]+)/;
	return $id;
}

# The link of an affiliate and an offer, as this API hands it out.
sub link_of {
	my ($self, $affiliate, $offer, @p) = @_;
	my $r = $self->nats(GET => 'affiliate/get_single_link', loginid => $affiliate, offerid => $offer, @p);
	return $r->{json}{message};
}

# Reports a conversion by either script; answers what the script said.
sub pixel {
	my ($self, @p) = @_;
	return $self->{srv}->get('/signup/process_pixel.php?' . form(@p))->{content};
}

sub postback {
	my ($self, @p) = @_;
	return $self->{srv}->get('/postback?' . form(@p))->{json};
}

# The same call of the Affise API by so many clients at the same moment; answers how often there was each status.
sub at_once {
	my ($self, $n, $path, %p) = @_;
	my $f = form(%p);
	my @s = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$self->{srv}{port}") or die "connect: $!" } 1 .. $n;
	for my $s (@s) {
		syswrite $s, "POST /3.0/$path HTTP/1.1\r\nHost: x\r\nAPI-Key: $self->{key}\r\nConnection: close\r\n"
		    . "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " . length($f) . "\r\n\r\n$f";
	}
	my %got;
	for my $s (@s) {
		local $/;
		$got{ (<$s> // '') =~ m{^HTTP/1.1 (\d+)} ? $1 : 'nothing' }++;
	}
	return \%got;
}

sub key_of {
	my ($self, $account) = @_;
	chomp(my $key = $self->{srv}->ctl_ok('key', 'create', $account));
	return $key;
}

1;
