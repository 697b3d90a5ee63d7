# What t/45-bad-input.t asks in turns, all of it: some forty thousand requests.
use strict;
use warnings;

use FindBin;

$ENV{AFFILIATED_BAD_INPUT} = 'all';
do "$FindBin::Bin/45-bad-input.t" or die $@ || $!;
