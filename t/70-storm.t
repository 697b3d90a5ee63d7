# Clicks and postbacks in parallel while each kind of process is killed with -9 at random moments: nothing that was
# acknowledged is lost, nothing is counted twice, the books balance.
use strict;
use warnings;

use Affiliated::Storm;
use Test::More;

my $storm = Affiliated::Storm->new;
$storm->begin;
$storm->kill_at_random(worker => 9, stats => 9, notifier => 4, mariadbd => 4, master => 4, all => 2);
cmp_ok $storm->kills, '>=', 30, $storm->kills . ' kills';
$storm->end;
$storm->settle;
$storm->check_books;
is $storm->{srv}->stop, 0, 'a clean end';
undef $storm;
done_testing;
