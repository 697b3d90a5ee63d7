#!/usr/bin/perl
# The nginx configuration that README prints: nginx takes it as it stands, and it keeps an address on one node.
use strict;
use warnings;

use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h);
use Test::More;
use Affiliated::Test;

my ($nginx) = grep { -x } map { "$_/nginx" } split(/:/, $ENV{PATH}), '/usr/sbin';
plan skip_all => 'no nginx' unless $nginx;

# The right-hand column, from "upstream" on.
open my $f, '<', top_dir() . '/README' or die "README: $!";
my @lines = <$f>;
my ($head) = grep { $lines[$_] =~ /^  HAProxy +nginx$/ } 0 .. $#lines;
my $column = index $lines[$head], 'nginx';
my $printed = '';
for my $line (@lines[ $head + 1 .. $#lines ]) {
	last if $line =~ /^\S/;
	$printed .= length $line > $column ? substr $line, $column : "\n";
}
like $printed, qr/^\s*upstream affiliated \{.*^\s*server \{.*\}\s*\z/ms, 'README prints an upstream and a server';

my $dir = tempdir('aff-nginx-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;
sub conf {
	my ($http) = @_;
	open my $out, '>', "$dir/nginx.conf" or die $!;
	print $out "daemon off;\npid $dir/pid;\nerror_log $dir/error.log;\nworker_processes 1;\nevents { }\nhttp {\naccess_log off;\n",
		(map { "${_}_temp_path $dir/$_;\n" } qw(client_body proxy fastcgi uwsgi scgi)), $http, "}\n";
	close $out or die $!;
	return;
}
sub checks { my $out = `'$nginx' -p '$dir' -c '$dir/nginx.conf' -t 2>&1`; return ($? == 0, $out) }

conf($printed =~ s/listen 80;/listen unix:$dir\/test;/r);
my ($good, $why) = checks();
ok $good, 'nginx takes it' or diag $why;
conf($printed =~ s/hash \$remote_addr consistent/hash \$no_such_thing consistent/r);
ok !(checks())[0], 'and not anything';

# Two nodes behind it; addresses are the tests' own.
my @srv = map { affiliated_start(workers => 1, config => { trusted_proxies => ['127.0.0.1'] }) } 1 .. 2;
my @at = map { $_->{url} =~ m{^http://([^/]+)} } @srv;
my $live = $printed =~ s/listen 80;/listen unix:$dir\/sock;\nset_real_ip_from unix:;\nreal_ip_header X-Test-Address;/r;
$live =~ s/10\.0\.0\.1:8080/$at[0]/;
$live =~ s/10\.0\.0\.2:8080/$at[1]/;
conf($live);
my $pid = fork // die "fork: $!";
if ($pid == 0) {
	open STDERR, '>', "$dir/stderr";
	exec $nginx, '-p', $dir, '-c', "$dir/nginx.conf" or POSIX::_exit(127);
}
END { if ($pid) { kill TERM => $pid; waitpid $pid, 0 } }

sub get {
	my ($address, $path) = @_;
	my $s = IO::Socket::UNIX->new(Peer => "$dir/sock") or return '';
	print $s "GET $path HTTP/1.1\r\nHost: go.example\r\nX-Test-Address: $address\r\nX-Forwarded-For: 10.9.9.9\r\nUser-Agent: " . browser_ua()
		. "\r\nConnection: close\r\n\r\n";
	local $/;
	return <$s> // '';
}
poll_until('nginx answers', sub { get('192.0.2.1', '/healthz') =~ m{^HTTP/1\.1 200} });

my @address = map { "198.51.100.$_" } 1 .. 40;
for my $turn (1 .. 3) { get($_, '/track/nobody') for @address }
sub clicks { my ($s) = @_; return $s->rows('SELECT INET6_NTOA(ip) a, COUNT(*) n FROM click GROUP BY ip') }
sub sum { my $n = 0; $n += $_->{n} for map { @{ clicks($_) } } @srv; return $n }
poll_until('every click is recorded', sub { sum() == 120 });
my %node;
for my $i (0, 1) { push @{ $node{ $_->{a} =~ s/^::ffff://r } }, [ $i, $_->{n} ] for @{ clicks($srv[$i]) } }
is_deeply [ sort keys %node ], [ sort @address ], 'under the address of its visitor, whatever he claims';
is_deeply [ grep { @{ $node{$_} } != 1 } keys %node ], [], 'each on one node';
is_deeply [ grep { $node{$_}[0][1] != 3 } keys %node ], [], 'all three times';
my %used = map { $_->[0][0] => 1 } values %node;
is join(' ', sort keys %used), '0 1', 'and both nodes have some';

kill TERM => $pid;
waitpid $pid, 0;
undef $pid;
undef @srv;
done_testing;
