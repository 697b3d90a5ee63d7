# A client that takes no bytes of its answers is hung up on after a minute: libh2o itself would wait for ever.
use strict;
use warnings;

use Affiliated::Test;
use IO::Socket::INET;
use Test::More;

my $srv = affiliated_start(workers => 1);

sub metric {
	my ($name) = @_;
	my ($v) = $srv->get('/metrics')->{content} =~ /^affiliated_$name (\d+)/m;
	return $v;
}

# Answers that nobody reads fill the buffers of both ends; then the server's writing stands still.
my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die;
$s->blocking(0);
my $requests = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" x 5000;
while (length $requests) {
	my $n = syswrite $s, $requests;
	last if !defined $n;
	substr $requests, 0, $n, '';
}
is $srv->get('/healthz')->{status}, 200, 'others are served';
poll_until('the connection is closed', sub { metric('http_closed_slow_total') == 1 }, 120);
my $left = 0;
$s->blocking(1);
while (sysread $s, my $buf, 65536) { $left += length $buf }
cmp_ok $left, '>', 0, "$left bytes lay in the buffers";
is metric('http_connections'), 1, 'and its connection is gone';
done_testing;
