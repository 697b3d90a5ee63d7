# The storm of 70-storm.t for several minutes, denser, with reloads in it.
use strict;
use warnings;

use Affiliated::Storm;
use Test::More;

my $storm = Affiliated::Storm->new(clients => 12, pace => 0.002);
$storm->begin;
$storm->kill_at_random(worker => 60, stats => 60, notifier => 15, mariadbd => 25, master => 25, all => 15, reload => 10);
cmp_ok $storm->kills, '>=', 200, $storm->kills . ' kills';
$storm->end;
$storm->settle;
$storm->check_books;
is $storm->{srv}->stop, 0, 'a clean end';
undef $storm;
done_testing;
