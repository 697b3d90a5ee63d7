# Long replies, clients that leave in the middle of one, and stopping while they run.
use strict;
use warnings;

use Affiliated::Test;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(time);

my $offers = 120;
my $srv = affiliated_start(workers => 1, config => { api_threads => 2, drain_timeout => '20s' });
$srv->ctl_ok('admin', 'add', 'root', 'root@example.com');
chomp(my $adv = $srv->ctl_ok('advertiser', 'add', 'shop', 'shop@example.com'));
my ($key) = $srv->ctl_ok('key', 'create', 'root') =~ /([0-9a-f]{32})/;
my %affise = ('API-Key' => $key);
my $path = "/3.0/offers?limit=$offers&status[]=active&status[]=stopped&API-Key=$key";
my $worker = $srv->children->{'worker 0'}[0];

for my $i (1 .. $offers) {
	my $r = $srv->post('/3.0/admin/offer', { title => "Offer $i " . 'x' x 200, advertiser => $adv,
		url => 'https://shop.example/' . 'p' x 1500 . '?c={clickid}', trafficback_url => 'https://tb.example/' . 'q' x 1500 },
		headers => \%affise);
	next if $r->{status} == 200;
	fail("offer $i is made");
	diag($r->{content});
	last;
}

sub metric {
	my ($name) = @_;
	my ($v) = $srv->get('/metrics')->{content} =~ /^affiliated_$name (\d+)/m;
	return $v;
}

my $r = $srv->get($path);
is $r->{status}, 200, 'a long list';
cmp_ok length $r->{content}, '>', 400_000, 'is longer than what is sent in one piece: ' . length $r->{content};
is scalar @{ $r->{json}{offers} // [] }, $offers, 'and whole';
is $r->{headers}{'content-length'}, undef, 'its length is not known in advance';
my $raw = $srv->raw("GET $path HTTP/1.0\r\n\r\n", 20);
like $raw, qr{^HTTP/1.1 200.*"status":1.*\}\z}s, 'a client of HTTP/1.0 gets it too';
is $srv->request('HEAD', $path)->{status}, 200, 'and HEAD its head';

# More readers than threads, none of which reads: each thread waits for its client alone.
my @stuck = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die } 1 .. 2;
for my $s (@stuck) {
	setsockopt $s, SOL_SOCKET, SO_RCVBUF, pack 'i', 4096;
	syswrite $s, "GET $path HTTP/1.1\r\nHost: x\r\n\r\n";
}
is $srv->get('/healthz')->{status}, 200, 'the loop serves on while clients do not read';
close $_ for @stuck;
poll_until('connections that were left are closed', sub { metric('http_connections') <= 2 }, 20);

# Clients that leave: at once, after the first bytes, in the middle.
for my $round (1 .. 30) {
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die;
	syswrite $s, "GET $path HTTP/1.1\r\nHost: x\r\n\r\n";
	my $want = (0, 1, 300_000)[ $round % 3 ];
	while ($want > 0 && sysread $s, my $buf, $want < 65536 ? $want : 65536) {
		$want -= length $buf;
	}
	close $s;
}
is scalar @{ $srv->get($path)->{json}{offers} // [] }, $offers, 'after thirty clients that left, the next gets all';
is $srv->children->{'worker 0'}[0], $worker, 'from the same worker';

# A stop while a reply is being sent.
my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die;
syswrite $s, "GET $path HTTP/1.0\r\n\r\n";
sysread $s, my $all, 1000;
kill 'TERM', $srv->{pid};
poll_until('the worker drains', sub { $srv->log_tail =~ /draining \d+ connection/ });
while (sysread $s, my $buf, 65536) {
	$all .= $buf;
}
like $all, qr/"status":1.*\}\z/s, 'a reply that had begun is finished by the stopping server';
is $srv->stop, 0, 'which then ends well';
undef $srv;

# A call that hangs in the database does not keep a stopping server.
$srv = affiliated_start(workers => 1, config => { drain_timeout => '2s' });
my $lock = $srv->dbh;
$lock->do('LOCK TABLES api_key WRITE');
$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$srv->{port}") or die;
syswrite $s, "GET $path HTTP/1.1\r\nHost: x\r\n\r\n";
poll_until('a call waits for a lock', sub {
	return grep { ($_->{Info} // '') =~ /FROM api_key/ } @{ $srv->rows('SELECT INFO AS Info FROM information_schema.PROCESSLIST WHERE DB = DATABASE()') };
});
my $from = time;
is $srv->stop, 0, 'a server with a call that hangs in the database ends well';
cmp_ok time - $from, '<', 20, 'and soon after its drain_timeout';
$lock->do('UNLOCK TABLES');
undef $srv;
done_testing;
