# Somebody to be told: an HTTP server, and a mail relay, on loopback, that remember what came.
#
#   my $sink = Affiliated::Sink->new;
#   $sink->url('/ok?x=1')       200
#   $sink->url('/status/404')   that status
#   $sink->url('/flaky/2?x=1')  500 the first two times for this target's `x`, then 200
#   $sink->url('/slow')         no answer
#   $sink->url('/redirect')     302 to /inner of the same sink
#   $sink->url('/long')         200 with 5000 bytes
#   $sink->url('/html/3c61')    a page with those bytes
#   $sink->seen                 [ { method, target, body, at }, ... ] in the order they came
#   $sink->mails                [ { from, to, text }, ... ] that $sink->smtp took
package Affiliated::Sink;

use strict;
use warnings;

use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use POSIX ();
use Time::HiRes qw(time);

sub new {
	my ($class) = @_;
	my $dir = tempdir('aff-sink-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	my %l = map { $_ => IO::Socket::INET->new(Listen => 128, LocalAddr => '127.0.0.1:0', ReuseAddr => 1) // die "listen: $!" }
	    qw(http smtp);
	my $self = bless { file => "$dir/seen", owner => $$, port => { map { $_ => $l{$_}->sockport } keys %l } }, $class;
	open my $f, '>', $self->{file} or die "$self->{file}: $!";
	$self->{pid} = fork // die "fork: $!";
	if ($self->{pid} == 0) {
		$SIG{TERM} = sub { POSIX::_exit(0) };
		$SIG{PIPE} = 'IGNORE';
		serve($self, \%l, $f);
	}
	return $self;
}

sub url { return "http://127.0.0.1:$_[0]{port}{http}$_[1]" }
sub smtp { return "smtp://127.0.0.1:$_[0]{port}{smtp}" }

sub lines {
	my ($self, $kind) = @_;
	open my $f, '<', $self->{file} or die "$self->{file}: $!";
	return [ grep { $_->{kind} eq $kind } map { /\n\z/ ? JSON::PP->new->decode($_) : () } <$f> ];
}

sub seen { return $_[0]->lines('http') }
sub targets { return [ map { $_->{target} } @{ $_[0]->seen } ] }
sub mails { return $_[0]->lines('mail') }

sub note {
	my ($f, $row) = @_;
	syswrite $f, JSON::PP->new->ascii->canonical->encode({ %$row, at => time }) . "\n";
	return;
}

sub answer {
	my ($self, $r) = @_;
	my ($path, $query) = split /\?/, $r->{target}, 2;
	return if $path eq '/slow';
	my ($status, $more, $body) = (200, '', 'fine');
	($status) = $path =~ m{^/status/(\d+)} if $path =~ m{^/status/};
	if ($path =~ m{^/flaky/(\d+)}) {
		$status = 500 if ++$self->{times}{ $r->{target} } <= $1;
	}
	($status, $more) = (302, 'Location: ' . $self->url('/inner') . "\r\n") if $path eq '/redirect';
	($more, $body) = ("Content-Type: text/html\r\n", pack 'H*', $1) if $path =~ m{^/html/([0-9a-f]+)};
	$body = 'x' x 5000 if $path eq '/long';
	return "HTTP/1.1 $status Whatever\r\n${more}Content-Length: " . length($body) . "\r\n\r\n$body";
}

sub http_input {
	my ($self, $c, $f) = @_;
	while ($c->{in} =~ /\A(\S+) (\S+) HTTP[^\n]*\r\n(.*?)\r\n\r\n/s) {
		my ($method, $target, $head, $from) = ($1, $2, $3, $+[0]);
		my ($n) = "\r\n$head" =~ /\r\nContent-Length: *(\d+)/i;
		$n //= 0;
		return if length($c->{in}) < $from + $n;
		my $r = { kind => 'http', method => $method, target => $target, head => $head, body => substr($c->{in}, $from, $n) };
		substr $c->{in}, 0, $from + $n, '';
		note($f, $r);
		my $text = answer($self, $r) // next;
		syswrite $c->{sock}, $text;
	}
	return;
}

sub smtp_input {
	my ($self, $c, $f) = @_;
	while (1) {
		if ($c->{data}) {
			$c->{in} =~ s/\A(.*?)\r\n\.\r\n//s or return;
			note($f, { kind => 'mail', from => $c->{from}, to => $c->{to}, text => $1 });
			$c->{data} = 0;
			syswrite $c->{sock}, "250 taken\r\n";
			next;
		}
		$c->{in} =~ s/\A([^\n]*)\r\n// or return;
		my $line = $1;
		my $reply = '250 ok';
		if ($line =~ /^MAIL FROM:<([^>]*)>/i) { $c->{from} = $1 }
		elsif ($line =~ /^RCPT TO:<([^>]*)>/i) {
			$c->{to} = $1;
			$reply = '550 nobody' if $1 =~ /^nobody@/;
		}
		elsif ($line =~ /^DATA/i) { $c->{data} = 1; $reply = '354 go on' }
		elsif ($line =~ /^QUIT/i) { $reply = '221 bye' }
		syswrite $c->{sock}, "$reply\r\n";
	}
	return;
}

sub serve {
	my ($self, $l, $f) = @_;
	my $sel = IO::Select->new(values %$l);
	my %conn;
	while (1) {
		for my $s ($sel->can_read) {
			if (my ($kind) = grep { $l->{$_} == $s } keys %$l) {
				my $new = $s->accept // next;
				$conn{$new} = { sock => $new, in => '', kind => $kind };
				$sel->add($new);
				syswrite $new, "220 sink\r\n" if $kind eq 'smtp';
				next;
			}
			my $c = $conn{$s};
			if (!sysread $s, $c->{in}, 65536, length $c->{in}) {
				$sel->remove($s);
				delete $conn{$s};
				close $s;
				next;
			}
			$c->{kind} eq 'http' ? http_input($self, $c, $f) : smtp_input($self, $c, $f);
		}
	}
	return;
}

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$;
	local $?;
	kill 'KILL', $self->{pid};
	waitpid $self->{pid}, 0;
	return;
}

1;
