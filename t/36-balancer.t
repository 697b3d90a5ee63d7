#!/usr/bin/perl
# The configurations that README prints for nginx and HAProxy: each takes its own as it stands, keeps an address on one
# node, and tells the node who the visitor is and whether he came over https.
use strict;
use warnings;

use Fcntl qw(F_SETFD);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Affiliated::Test;

my $dir = tempdir('aff-balancer-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;
sub program { my ($name) = @_; return (grep { -x } map { "$_/$name" } split(/:/, $ENV{PATH}), '/usr/sbin')[0] }
sub write_file { my ($name, $text) = @_; open my $out, '>', "$dir/$name" or die $!; print $out $text; close $out or die $!; return "$dir/$name" }

# The two columns, from the line behind their heads to the next line that begins at the margin.
open my $f, '<', top_dir() . '/README' or die "README: $!";
my @lines = <$f>;
my ($head) = grep { $lines[$_] =~ /^  HAProxy +nginx$/ } 0 .. $#lines;
my $column = index $lines[$head], 'nginx';
my %printed = (nginx => '', haproxy => '');
for my $line (@lines[ $head + 1 .. $#lines ]) {
	last if $line =~ /^\S/;
	chomp $line;
	$printed{haproxy} .= substr($line, 0, $column) =~ s/ +$//r . "\n";
	$printed{nginx} .= (length $line > $column ? substr $line, $column : '') . "\n";
}
like $printed{nginx}, qr/^\s*upstream affiliated \{.*^\s*server \{.*\}\s*\z/ms, 'README prints an upstream and a server';
like $printed{haproxy}, qr/^ *backend affiliated\n(?: .*\n)*? *server b \S+\n\s*\z/, 'and a backend';

my @pids;
END { kill TERM => @pids; waitpid $_, 0 for @pids }
# Until it is ended here; `fd` is 3 in it.
sub run {
	my ($fd, @command) = @_;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDERR, '>>', "$dir/stderr";
		open STDOUT, '>&', \*STDERR;
		if (defined $fd) {
			POSIX::dup2(fileno $fd, 3);
			open my $three, '<&=', 3;
			fcntl $three, F_SETFD, 0;
		}
		exec @command or POSIX::_exit(127);
	}
	push @pids, $pid;
	return;
}
sub end_all { kill TERM => @pids; waitpid $_, 0 for splice @pids; return }

# One request over a socket; all of the answer.
sub ask {
	my ($s, $first, $path, @head) = @_;
	$s or return '';
	print $s "${first}GET $path HTTP/1.1\r\n", map({ "$_\r\n" } 'Host: go.example', 'User-Agent: ' . browser_ua(), 'Connection: close', @head), "\r\n";
	local $/;
	return <$s> // '';
}

# 40 addresses come three times each by get(address, path); each is on one node, and none is left out.
sub keeps_addresses {
	my ($get, @srv) = @_;
	my @address = map { "198.51.100.$_" } 1 .. 40;
	for my $turn (1 .. 3) { $get->($_, '/track/nobody') for @address }
	my $clicks = sub { return $_[0]->rows('SELECT INET6_NTOA(ip) a, COUNT(*) n FROM click GROUP BY ip') };
	poll_until('every click is recorded', sub { my $n = 0; $n += $_->{n} for map { @{ $clicks->($_) } } @srv; $n == 120 });
	my %node;
	for my $i (0, 1) { push @{ $node{ $_->{a} =~ s/^::ffff://r } }, [ $i, $_->{n} ] for @{ $clicks->($srv[$i]) } }
	is_deeply [ sort keys %node ], [ sort @address ], 'under the address of its visitor, whatever he claims';
	is_deeply [ grep { @{ $node{$_} } != 1 } keys %node ], [], 'each on one node';
	is_deeply [ grep { $node{$_}[0][1] != 3 } keys %node ], [], 'all three times';
	my %used = map { $_->[0][0] => 1 } values %node;
	is join(' ', sort keys %used), '0 1', 'and both nodes have some';
	return;
}
# How the visitor came is seen in the flags of the click, which the cookies go by.
sub knows_https {
	my ($https, $plain, @srv) = @_;
	my $https_clicks = sub { my $n = 0; $n += $_->sql('SELECT COUNT(*) FROM click WHERE flags & 8') for @srv; return $n };
	is $https_clicks->(), 0, 'nobody came over https';
	like $https->(), qr{^HTTP/1\.1 404}, 'one who does';
	poll_until('is known to have', sub { $https_clicks->() == 1 });
	like $plain->(), qr{^HTTP/1\.1 404}, 'and the next does not';
	poll_until('and all are booked', sub { my $n = 0; $n += $_->sql('SELECT COUNT(*) FROM click') for @srv; $n == 122 });
	is $https_clicks->(), 1, 'which is seen as well';
	return;
}
sub nodes {
	my (@p) = @_;
	my @srv = map { affiliated_start(workers => 1, config => {@p}) } 1 .. 2;
	return ([ map { $_->{url} =~ m{^http://([^/]+)} } @srv ], @srv);
}

subtest 'nginx' => sub {
	my $nginx = program('nginx') or plan skip_all => 'no nginx';
	my $conf = sub {
		my ($http) = @_;
		return write_file('nginx.conf', "daemon off;\npid $dir/pid;\nerror_log $dir/error.log;\nworker_processes 1;\nevents { }\nhttp {\n"
			. "access_log off;\n" . join('', map { "${_}_temp_path $dir/$_;\n" } qw(client_body proxy fastcgi uwsgi scgi)) . "$http}\n");
	};
	my $checks = sub { my $out = `'$nginx' -p '$dir' -c '$_[0]' -t 2>&1`; return ($? == 0, $out) };
	my ($good, $why) = $checks->($conf->($printed{nginx} =~ s/listen 80;/listen unix:$dir\/test;/r));
	ok $good, 'takes it' or diag $why;
	ok !($checks->($conf->($printed{nginx} =~ s/hash \$remote_addr consistent/hash \$no_such_thing consistent/r)))[0], 'and not anything';

	# Addresses are the test's own; so is the scheme, which nginx would take from a certificate.
	my ($at, @srv) = nodes(trusted_proxies => ['127.0.0.1']);
	my $live = $printed{nginx} =~ s/listen 80;/listen unix:$dir\/sock;\nset_real_ip_from unix:;\nreal_ip_header X-Test-Address;/r;
	$live =~ s/10\.0\.0\.1:8080/$at->[0]/;
	$live =~ s/10\.0\.0\.2:8080/$at->[1]/;
	my $tls = $live =~ s/.*(?=server \{)//sr =~ s/listen unix:\S+;/listen unix:$dir\/tls;/r =~ s/\$scheme/https/r;
	run(undef, $nginx, '-p', $dir, '-c', $conf->($live . $tls));
	my $get = sub {
		my ($address, $path, $sock) = @_;
		return ask(IO::Socket::UNIX->new(Peer => "$dir/" . ($sock // 'sock')), '', $path, "X-Test-Address: $address", 'X-Forwarded-For: 10.9.9.9',
			'X-Forwarded-Proto: https');
	};
	poll_until('answers', sub { $get->('192.0.2.1', '/healthz') =~ m{^HTTP/1\.1 200} });
	keeps_addresses($get, @srv);
	knows_https(sub { $get->('192.0.2.1', '/track/nobody', 'tls') }, sub { $get->('192.0.2.1', '/track/nobody') }, @srv);
	end_all();
};

subtest 'HAProxy' => sub {
	my $haproxy = program('haproxy') or plan skip_all => 'no HAProxy';
	my $conf = sub {
		my ($backend, @bind) = @_;
		return write_file('haproxy.cfg', "defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n"
			. join('', map { "frontend f$_\n  bind $bind[$_]\n  default_backend affiliated\n" } 0 .. $#bind) . $backend);
	};
	my $checks = sub { my $out = `'$haproxy' -c -f '$_[0]' 2>&1`; return ($? == 0, $out) };
	my ($good, $why) = $checks->($conf->($printed{haproxy}, "unix\@$dir/test"));
	ok $good, 'takes it' or diag $why;
	unlike $why, qr/WARNING/, 'without a warning';
	ok !($checks->($conf->($printed{haproxy} =~ s/hash-type consistent/hash-type resistant/r, "unix\@$dir/test")))[0], 'and not anything';

	# It comes from 127.0.0.2: only there are nodes told to expect a PROXY line.
	my ($at, @srv) = nodes(trusted_proxies => ['127.0.0.2'], proxy_protocol => 'true');
	my $live = $printed{haproxy} =~ s/(default-server)/source 127.0.0.2\n      $1/r;
	$live =~ s/10\.0\.0\.1:8080/$at->[0]/;
	$live =~ s/10\.0\.0\.2:8080/$at->[1]/;
	is system("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=go.example -keyout '$dir/pem.key' -out '$dir/pem' 2>>'$dir/stderr'"), 0,
	    'a certificate';
	my $tcp = IO::Socket::INET->new(Listen => 128, LocalAddr => '127.0.0.1:0') or die "listen: $!";
	run($tcp, $haproxy, '-db', '-f', $conf->($live, "unix\@$dir/plain accept-proxy", "fd\@3 ssl crt $dir/pem"));
	my $port = $tcp->sockport;
	close $tcp;
	my $get = sub {
		my ($address, $path) = @_;
		return ask(IO::Socket::UNIX->new(Peer => "$dir/plain"), "PROXY TCP4 $address 192.0.2.1 4711 80\r\n", $path, 'X-Forwarded-For: 10.9.9.9',
			'X-Forwarded-Proto: https');
	};
	poll_until('answers', sub { $get->('192.0.2.1', '/healthz') =~ m{^HTTP/1\.1 200} });
	keeps_addresses($get, @srv);
	my $ua = browser_ua();
	knows_https(sub { scalar `curl -ski -A '$ua' https://127.0.0.1:$port/track/nobody` }, sub { $get->('192.0.2.1', '/track/nobody') }, @srv);
	end_all();
};

done_testing;
