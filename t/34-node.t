# One node_id belongs to one journal, and a journal's sizes must fit together.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Affiliated::Test;
use Test::More;

my $first = affiliated_start(workers => 1, config => { node_id => 5 });
is($first->sql('SELECT COUNT(*) FROM node WHERE node_id = 5'), 1, 'a node is registered before it serves');
is($first->sql('SELECT LENGTH(journal_uuid) FROM node'), 16, 'with its journal');

# Another machine with the same number on the same database.
my %shared = (map { $_ => $first->{conf}{$_} } qw(database_name node_id));
my $second = Affiliated::Test->new(workers => 1, config => \%shared, no_migrate => 1);
my ($status, $out, $err) = $second->run_program('affiliated', '-c', $second->config_file);
isnt($status, 0, 'a second node with its number is refused');
like($err, qr{^\S+ master \[\d+\] error: database: node_id 5 is registered .* another journal: give .*$}m, "in one line");

# The first one comes back with its own state directory.
is($first->stop, 0, 'the first one ends');
$first->launch;
is($first->get('/healthz')->{status}, 200, 'and starts again');

$first->{conf}{journal_disk_budget} = '8MiB';
$first->write_config;
($status, $out, $err) = $first->run_program('affiliated', '-t', '-c', $first->config_file);
isnt($status, 0, 'a budget of two segments is refused');
like($err, qr/journal_disk_budget: must be at least four times journal_segment_bytes/, 'and says so');

undef $second;
undef $first;
done_testing;
