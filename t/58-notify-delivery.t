#!/usr/bin/perl
# Delivery under trouble: servers that fail, are slow or dead, addresses that are nobody's, and a notifier that is
# killed, reloaded and stopped.  No window is slept through: what waits is made due.
use strict;
use warnings;

use Test::More;
use Affiliated::Network;
use Affiliated::Sink;
use Affiliated::Test;
use IO::Socket::INET;
use Time::HiRes qw(time sleep);

my $sink = Affiliated::Sink->new;
my $srv = affiliated_start(workers => 1, config => { notify_private_addresses => 'true', notify_per_host => 2 });
my $net = Affiliated::Network->new($srv);
my $offer = $net->offer;
$net->affise(POST => "admin/offer/$offer", 'payments[0][total]' => 5, 'payments[0][revenue]' => 3, 'payments[0][currency]' => 'USD',
	'payments[0][type]' => 'fixed', 'payments[0][goal]' => 1);
$srv->ctl_ok('config', 'set', @$_) for ['ALLOW_REMOTE_VOID_POSTS', 1], ['global_void_ips', '127.0.0.1'];
my (%id, %hook);
for my $name (qw(bob eve joe sam tom)) {
	$id{$name} = $net->affiliate($name);
}
sub hook {
	my ($name, $url) = @_;
	chomp($hook{$name} = $srv->ctl_ok('hook', 'add', $name, 'postback', $url, '--events', 'conversion,undone,pending'));
	return;
}
sub convert {
	my ($who, $order, @more) = @_;
	my $r = $net->postback(clickid => $net->click("/click?pid=$id{$who}&offer_id=$offer"), action_id => $order, @more);
	die "no conversion: $r->{error}" if $r->{status} != 1;
	return;
}
sub void { return $srv->get('/signup/process_void.php?' . form(orderid => $_[0], type => 'void'))->{content} }
sub told { my ($re) = @_; return grep { $_ =~ $re } @{ $sink->targets } }
sub queue { my ($who) = @_; return $srv->sql('SELECT COUNT(*) FROM notify_queue WHERE hook_id = ?', $hook{$who}) }
sub tries { my ($who) = @_; return $srv->sql('SELECT COUNT(*) FROM notify_log WHERE hook_id = ?', $hook{$who}) }
sub row { my ($who) = @_; return $srv->rows('SELECT * FROM notify_queue WHERE hook_id = ? ORDER BY seq LIMIT 1', $hook{$who})->[0] }
sub last_try { my ($who) = @_; return $srv->rows('SELECT * FROM notify_log WHERE hook_id = ? ORDER BY id DESC LIMIT 1', $hook{$who})->[0] }
sub hurry { my ($who) = @_; return $srv->exec_sql('UPDATE notify_queue SET due_us = 0 WHERE hook_id = ? AND lease_us = 0', $hook{$who}) }

# ---- 500 twice, then 200; in order ----
hook(bob => $sink->url('/flaky/2?o={transactionid}'));
convert(bob => 'F1', status => 2);
poll_until('a failure', sub { tries('bob') == 1 });
my $row = row('bob');
is $row->{attempts}, 1, 'is counted';
my $wait = ($row->{due_us} - last_try('bob')->{at_us}) / 1e6;
cmp_ok abs($wait - 60), '<', 0.001, 'and due again in a minute';
is_deeply [ @{ last_try('bob') }{qw(http_code answer given_up error)} ], [500, 'fine', 0, ''], 'with what came back';
is $net->nats(POST => 'transaction/approve_pending_transaction', orderid => 'F1')->{status}, 200, 'the approval';
poll_until('waits behind it', sub { queue('bob') == 2 });
is void('F1'), '*success*', 'and so does';
poll_until('a void', sub { queue('bob') == 3 });
hurry('bob');
poll_until('the second failure', sub { tries('bob') == 2 });
cmp_ok abs((row('bob')->{due_us} - last_try('bob')->{at_us}) / 1e6 - 300), '<', 0.001, 'five minutes';
is queue('bob'), 3, 'nothing has overtaken it';
cmp_ok $srv->sql('SELECT MIN(due_us) FROM notify_queue WHERE hook_id = ?', $hook{bob}), '>=', row('bob')->{due_us},
	'and what waits behind it is not looked at before';
hurry('bob');
poll_until('then all of them', sub { queue('bob') == 0 });
is_deeply [ map { $_->{told} } @{ $srv->rows("SELECT q.conv_status AS told FROM notify_log q WHERE hook_id = ? AND http_code = 200 ORDER BY id",
	$hook{bob}) } ], [2, 1, 3], 'pending, confirmed, declined: as it happened';

# ---- given up after the sixth ----
hook(eve => $sink->url('/status/404?o={transactionid}'));
convert(eve => 'G1');
for my $n (1 .. 6) {
	poll_until("attempt $n", sub { tries('eve') == $n });
	hurry('eve') if $n < 6;
}
poll_until('is the last', sub { queue('eve') == 0 });
is_deeply [ map { @$_{qw(attempt http_code given_up)} } last_try('eve') ], [6, 404, 1], 'and says so';

like $srv->ctl_ok('hook', 'log', 'eve'), qr{^\S+ \S+\tpostback\t$hook{eve}\tattempt=6,code=404,given_up\t\thttp\S+o=G1\n.*attempt=5,code=404\t}s,
	'as the shell shows it';

# ---- a repaired URL gets what waits; a removed one nothing ----
convert(eve => 'G2');
poll_until('a failure', sub { tries('eve') == 7 });
$srv->ctl_ok('hook', 'set', $hook{eve}, 'url', $sink->url('/ok?repaired={transactionid}'));
hurry('eve');
poll_until('the new URL is called', sub { told(qr/repaired=G2/) == 1 });
$srv->ctl_ok('hook', 'set', $hook{eve}, 'url', $sink->url('/status/503'));
convert(eve => 'G3');
poll_until('another failure', sub { queue('eve') == 1 && row('eve')->{attempts} == 1 });
$srv->ctl_ok('hook', 'remove', $hook{eve});
hurry('eve');
poll_until('nothing is left for it', sub { queue('eve') == 0 });
like last_try('eve')->{error}, qr/was removed/, 'and the log says why';

# ---- redirects are not followed; long answers are cut; 3xx is a success ----
hook(joe => $sink->url('/redirect?o={transactionid}'));
convert(joe => 'R1');
poll_until('a redirect', sub { queue('joe') == 0 && tries('joe') == 1 });
is last_try('joe')->{http_code}, 302, 'is an answer';
$srv->ctl_ok('hook', 'set', $hook{joe}, 'url', $sink->url('/long'));
convert(joe => 'R2');
poll_until('a long answer', sub { tries('joe') == 2 });
is length(last_try('joe')->{answer}), 256, 'is logged with its first bytes';
is scalar(told(qr/inner/)), 0, 'nobody has followed the redirect';

# ---- one dead host does not hold up the others ----
my $deaf = IO::Socket::INET->new(Listen => 64, LocalAddr => '127.0.0.2:0') or die "listen: $!"; # takes, and says nothing
hook(sam => 'http://127.0.0.2:' . $deaf->sockport . '/?o={transactionid}');
hook(tom => $sink->url('/ok?tom={transactionid}'));
convert(sam => "D$_") for 1 .. 12;
my $began = time;
convert(tom => "T$_") for 1 .. 12;
poll_until('the others are told', sub { told(qr/tom=T/) == 12 });
is tries('sam'), 0, 'before the dead one has timed out once';
cmp_ok $srv->sql('SELECT COUNT(*) FROM notify_queue WHERE hook_id = ? AND lease_us > 0', $hook{sam}), '<=', 2, 'which keeps its two places';

# ---- killed in the midst ----
poll_until('something is under way', sub { $srv->sql('SELECT COUNT(*) FROM notify_queue WHERE lease_us > 0') > 0 });
my ($old) = @{ $srv->children->{notifier} };
kill 'KILL', $old;
convert(tom => "K$_") for 1 .. 5;
poll_until('another one goes on', sub { my $c = $srv->children->{notifier}; $c && $c->[0] != $old });
poll_until('with what came meanwhile', sub { told(qr/tom=K/) == 5 });
is queue('sam'), 12, 'and nothing of the dead host\'s is lost';
$srv->ctl_ok('hook', 'set', $hook{sam}, 'url', $sink->url('/ok?sam={transactionid}'));
poll_until('what the dead one had is told at the new URL', sub { hurry('sam'); my %s = map { $_ => 1 } told(qr/sam=D/); keys %s == 12 && queue('sam') == 0 });

# ---- private addresses ----
$srv->{conf}{notify_private_addresses} = 'false';
$srv->write_config;
($old) = @{ $srv->children->{notifier} };
kill 'HUP', $srv->{pid};
poll_until('a reload', sub { my $c = $srv->children->{notifier}; $c && @$c == 1 && $c->[0] != $old });
my $before = @{ $sink->seen };
convert(tom => 'P1');
poll_until('a private address', sub { my $l = last_try('tom'); $l->{attempt} == 1 && $l->{http_code} == 0 });
like last_try('tom')->{error}, qr/private/, 'is refused, and the log says why';
$srv->ctl_ok('hook', 'set', $hook{tom}, 'url', "http://localhost:$sink->{port}{http}/ok");
hurry('tom');
poll_until('and by its name', sub { last_try('tom')->{attempt} == 2 });
like last_try('tom')->{error}, qr/private/, 'as well';
is scalar @{ $sink->seen }, $before, 'nobody was called';

# ---- a reload lets it through again; a stop loses nothing ----
$srv->{conf}{notify_private_addresses} = 'true';
$srv->write_config;
kill 'HUP', $srv->{pid};
$srv->ctl_ok('hook', 'set', $hook{tom}, 'url', $sink->url('/ok?tom={transactionid}'));
poll_until('told after all', sub { hurry('tom'); told(qr/tom=P1/) == 1 && queue('tom') == 0 });
like $srv->get('/metrics')->{content}, qr/^affiliated_notify_attempts_total [1-9]\d+$/m, 'attempts are counted';
like $srv->get('/metrics')->{content}, qr/^affiliated_notify_failures_total [1-9]\d*$/m, 'and failures';
poll_until('and what waits', sub { $srv->get('/metrics')->{content} =~ /^affiliated_notify_queue 0$/m });
is $srv->ctl_ok('verify'), '', 'the books are clean';
is $srv->stop, 0, 'it stops';
is $srv->sql('SELECT COUNT(*) FROM notify_queue WHERE lease_us > 0'), 0, 'and keeps no lease';
undef $srv;
done_testing;
