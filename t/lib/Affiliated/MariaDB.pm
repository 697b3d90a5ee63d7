# A private mariadbd for tests: its own folder, a Unix socket, no network.
package Affiliated::MariaDB;

use strict;
use warnings;

use DBI;
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

# Where eatmydata is installed, fsync does nothing: a killed mariadbd loses nothing by that, only a machine would, and
# a database is made in a quarter of the time.
sub without_fsync { return grep { -x '/usr/bin/eatmydata' } 'eatmydata' }

# Starts one and waits until it answers.  Options: dir (kept by the caller), args (further options), durable (fsync
# as in production).
sub start {
	my ($class, %o) = @_;
	my $dir = $o{dir} // tempdir('aff-db-XXXXXX', TMPDIR => 1);
	my $self = bless { dir => $dir, owner => $$, args => $o{args} // [], by => [$o{durable} ? () : without_fsync()] }, $class;

	# Temporary tables are named by the process number, which machines that share a /tmp have twice.
	local $ENV{TMPDIR} = $dir;
	if (!-d "$dir/data") {
		my @user = $> == 0 ? ('--user=root') : ();
		my $out = `@{ $self->{by} } mariadb-install-db --no-defaults @user --datadir=$dir/data --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve 2>&1`;
		die "mariadb-install-db failed: $out" if $? != 0;
	}
	$self->launch;
	return $self;
}

sub socket { return $_[0]{dir} . '/sock' }

sub launch {
	my ($self) = @_;
	my $dir = $self->{dir};

	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>>', "$dir/out.log";
		open STDERR, '>&', \*STDOUT;
		setpgrp;
		{ exec @{ $self->{by} }, 'mariadbd', '--no-defaults', ($> == 0 ? '--user=root' : ()), "--datadir=$dir/data", "--socket=$dir/sock",
		    "--pid-file=$dir/pid", '--skip-networking', '--skip-name-resolve', '--local-infile=1',
		    '--innodb-buffer-pool-size=256M', '--innodb-log-file-size=128M', '--innodb-flush-log-at-trx-commit=2',
		    '--character-set-server=utf8mb4', '--collation-server=utf8mb4_nopad_bin', '--max-connections=500',
		    '--performance-schema=OFF', @{ $self->{args} } }
		POSIX::_exit(127);
	}
	$self->{pid} = $pid;
	my $until = time + 60;
	until (eval { $self->dbh }) {
		die "mariadbd ended: see $dir/out.log" if waitpid($pid, WNOHANG) != 0;
		die "mariadbd does not come up: see $dir/out.log" if time > $until;
		sleep 0.05;
	}
	return;
}

# A new connection, as root; to one database when named.
sub dbh {
	my ($self, $name) = @_;
	return connect_to($self->socket, $name);
}

sub connect_to {
	my ($socket, $name) = @_;
	return DBI->connect('DBI:MariaDB:' . ($name ? "database=$name;" : '') . "mariadb_socket=$socket", 'root', '',
		{ RaiseError => 1, PrintError => 0, AutoCommit => 1 });
}

sub stop {
	my ($self, $signal) = @_;
	return if !$self->{pid} || $self->{owner} != $$;
	kill $signal // 'TERM', $self->{pid};
	waitpid $self->{pid}, 0;
	delete $self->{pid};
	return;
}

sub DESTROY {
	my ($self) = @_;
	return if $self->{owner} != $$;
	local ($?, $@);
	$self->stop('KILL');
	remove_tree($self->{dir}) if !$ENV{AFFILIATED_KEEP};
	return;
}

1;
