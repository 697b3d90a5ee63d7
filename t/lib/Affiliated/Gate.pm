# A gate between one node and its database, in a process of its own.
#
#   my $gate = Affiliated::Gate->new($mariadb_socket);
#   affiliated_start(config => { database_socket => $gate->socket });
#   $gate->cut;                 # all connections end, new ones are refused
#   $gate->mend;
#   $gate->hold_at('MIN(x)');   # the next statement that is prepared with these words waits, its connection alone
#   $gate->held;                # true: one waits
#   $gate->mend;                # and goes on
package Affiliated::Gate;

use strict;
use warnings;

use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use POSIX ();
use Socket;

sub new {
	my ($class, $to) = @_;
	my $dir = tempdir('aff-gate-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	my $self = bless { dir => $dir, to => $to, owner => $$ }, $class;
	$self->{listen} = IO::Socket::UNIX->new(Local => $self->socket, Listen => 100) or die "gate: $!";
	chmod 0777, $dir, $self->socket;
	socketpair $self->{control}, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!";
	$self->{pid} = fork // die "fork: $!";
	if ($self->{pid} == 0) {
		close $self->{control};
		$self->{control} = $theirs;
		local $SIG{PIPE} = 'IGNORE';
		eval { $self->serve };
		warn $@ if $@;
		POSIX::_exit(0);
	}
	close delete $self->{listen};
	return $self;
}

sub socket { return $_[0]{dir} . '/sock' }
sub cut { my ($self) = @_; return $self->ask('cut') }
sub mend { my ($self) = @_; return $self->ask('mend') }
sub hold_at { my ($self, $words) = @_; return $self->ask("hold $words") }
sub held { my ($self) = @_; return $self->ask('held') eq '1' }

sub ask {
	my ($self, $what) = @_;
	syswrite $self->{control}, "$what\n";
	my $answer = readline $self->{control} // die 'the gate is gone';
	chomp $answer;
	return $answer;
}

# --- in the other process ---

sub serve {
	my ($self) = @_;
	$self->{peer} = {};    # file number to the other end
	while (1) {
		my $r = '';
		my @all = ($self->{control}, $self->{listen}, grep { !$self->{waits}{ fileno $_ } } map { $_->[0] } values %{ $self->{peer} });
		vec($r, fileno $_, 1) = 1 for @all;
		next if select($r, undef, undef, undef) <= 0;
		for my $s (grep { defined fileno $_ && vec $r, fileno $_, 1 } @all) {
			if ($s == $self->{control}) {
				$self->obey // return;
			} elsif ($s == $self->{listen}) {
				$self->take;
			} else {
				$self->pass($s);
			}
		}
	}
	return;
}

sub obey {
	my ($self) = @_;
	my $line = '';
	until ($line =~ /\n\z/) {
		sysread $self->{control}, $line, 4096, length $line or return;
	}
	chomp $line;
	my $answer = 'ok';
	if ($line eq 'cut') {
		$self->{cut} = 1;
		my @ends = map { $_->[0] } values %{ $self->{peer} };
		$self->drop($_) for @ends;
	} elsif ($line eq 'mend') {
		delete @$self{qw(cut words)};
		my $waits = delete $self->{waits} // {};
		put($self->{peer}{$_}[1], $waits->{$_}) for keys %$waits;
	} elsif ($line eq 'held') {
		$answer = %{ $self->{waits} // {} } ? 1 : 0;
	} else {
		$self->{words} = $line =~ s/^hold //r;
	}
	syswrite $self->{control}, "$answer\n";
	return 1;
}

sub take {
	my ($self) = @_;
	my $client = $self->{listen}->accept // return;
	my $server = $self->{cut} ? undef : IO::Socket::UNIX->new(Peer => $self->{to});
	if (!$server) {
		close $client;
		return;
	}
	$self->{peer}{ fileno $client } = [ $client, $server, 1 ];
	$self->{peer}{ fileno $server } = [ $server, $client, 0 ];
	return;
}

sub drop {
	my ($self, $s) = @_;
	my $p = delete $self->{peer}{ fileno $s // -1 } // return;
	delete $self->{peer}{ fileno $p->[1] };
	delete $self->{waits}{ fileno $_ } for @$p[ 0, 1 ];
	close $_ for @$p[ 0, 1 ];
	return;
}

# A statement is sent in one piece and is short, so its words arrive together.
sub pass {
	my ($self, $s) = @_;
	my (undef, $to, $asks) = @{ $self->{peer}{ fileno $s // -1 } // return };
	return $self->drop($s) if !sysread $s, my $buf, 1 << 18;
	if ($asks && defined $self->{words} && index($buf, $self->{words}) >= 0) {
		$self->{waits}{ fileno $s } = $buf;
		delete $self->{words};
	} else {
		put($to, $buf);
	}
	return;
}

sub put {
	my ($to, $buf) = @_;
	while (length $buf) {
		my $n = syswrite $to, $buf or return;
		substr $buf, 0, $n, '';
	}
	return;
}

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$;
	local ($?, $@, $!);
	close $self->{control};    # it ends by itself then
	waitpid $self->{pid}, 0;
	return;
}

1;
