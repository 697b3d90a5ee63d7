# Profit and loss by creative, device, offer group and tracking code: every view with the same filters has the same total,
# and the filters say what the views say.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use Digest::MD5 qw(md5_hex);
use Test::More;

my $srv = affiliated_start(workers => 1);
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my ($bob, $eve) = map { $net->affiliate($_) } qw(bob eve);
my @price = (advertiserid => $adv, advertiser_cost_type => 'conversion', advertiser_cost_flat => 25, commission_type => 'hybrid',
	flat_amount_per_conversion => 10, flat_amount_per_click => '0.01');
chomp(my $group = $srv->ctl_ok('group', 'add', 'Feet'));
my $shoes = $net->offer(name => 'Shoes', offer_groups => "$group,1", @price);
my $clogs = $net->offer(name => 'Clogs', @price);
my $phone = 'Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';
my ($base) = $net->link_of($bob, $shoes, style => 'ids') =~ m{^(.*/track/)};
my $lp = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $shoes);

# Bob at a desk without a creative, Bob by phone with creative 7, Eve by phone for the other offer.
my ($blog, $blog_too, $www) = ('https://bob:pw@Blog.Example:8443/a?b=http://x.example/', 'http://blog.example', 'http://www.blog.example/');
my @click = (
	$net->click("${base}bob.0.$shoes.$lp.0.0"),
	$net->click("${base}bob.0.$shoes.$lp.0.7", headers => { 'User-Agent' => $phone, Referer => $blog }),
	$net->click("${base}bob.0.$shoes.$lp.0.7", headers => { 'User-Agent' => $phone, Referer => $blog_too }),
	$net->click($net->link_of($eve, $clogs), headers => { 'User-Agent' => $phone, Referer => $www }),
);
is scalar(grep { defined } @click), 4, 'four clicks';
is $net->pixel(click_hash => $click[$_], orderid => "O$_"), '*success*', "a sale of click $_" for 0, 1, 3;
is $net->nats(POST => 'transaction/process_void', type => 'void', orderid => 'O3')->{json}{result}, 'success', 'one is voided';
poll_until('all is in the sums', sub { $srv->sql('SELECT SUM(page_view) FROM rollup_booked') == 4 && $srv->sql('SELECT SUM(void_n) FROM rollup_booked') == 1 });

sub pl { my (@p) = @_; return $net->nats(GET => 'report/profitloss', period => 7, @p)->{json} }
# break => clicks/sales
sub rows_of {
	my ($report) = @_;
	return join ' ', map { my $s = $_->{stats}; "$_->{break}:" . ($s->{page_view} // 0) . '/' . ($s->{advertiser_initial} // 0) } @{ $report->{rows} };
}
my $all = pl(view => 'offer');
is_deeply [ @{ $all->{total}{row} }{qw(page_view advertiser_initial void)} ], [ 4, 3, 1 ], 'the whole' or diag(explain($all));
for my $view (qw(period month year landing_page login demographic subid1 subid2 adtool device_type offer_group)) {
	my $r = pl(view => $view);
	is_deeply $r->{total}{row}, $all->{total}{row}, "view $view has the same total";
	is $r->{total}{breakdown}, $view, 'and says which it is';
}
my %want = (adtool => { 0 => [ 2, 2 ], 7 => [ 2, 1 ] }, device_type => { 0 => [ 1, 1 ], 1 => [ 3, 2 ] });
for my $view (sort keys %want) {
	for my $id (sort keys %{ $want{$view} }) {
		my $filter = $view eq 'adtool' ? 'filter_adtoolid' : 'filter_device_type';
		my $row = pl(view => 'period', $filter => $id)->{total}{row};
		is_deeply [ map { $row->{$_} // 0 } qw(page_view advertiser_initial) ], $want{$view}{$id}, "$filter=$id";
		is_deeply pl(view => $view, $filter => $id)->{total}{row}, $row, 'the same by its own view';
		is_deeply pl(view => 'login', $filter => $id)->{total}{row}, $row, 'and by another';
	}
}
is_deeply [ map { pl(view => 'period', filter_adtoolid => $_)->{total}{row}{page_view} // 0 } 6, 8 ], [ 0, 0 ], 'creatives without clicks';

is rows_of(pl(view => 'offer_group')), '0:1/1 1:3/2', 'an offer counts in its first group, or in none';
is rows_of(pl(view => 'adtool')), '0:2/2 7:2/1', 'by creative';
is rows_of(pl(view => 'device_type')), '0:1/1 1:3/2', 'by device';

# ---- makes, models, systems, browsers ----
my %phone = %{ $srv->rows("SELECT * FROM user_agent WHERE ua LIKE '%Pixel 7%'")->[0] };
my %named = (device_brand => $phone{brand}, device_model => "$phone{brand} $phone{model}" =~ s/^ | $//gr, device_os => $phone{os},
	device_os_version => "$phone{os} $phone{os_version}", device_browser => $phone{browser});
ok length $named{$_}, "$_: $named{$_}" for qw(device_os device_browser);
for my $view (sort keys %named) {
	my $r = pl(view => $view);
	is_deeply $r->{total}{row}, $all->{total}{row}, "view $view has the same total";
	my ($row) = grep { $_->{name} eq $named{$view} } @{ $r->{rows} };
	my $both = grep { $_->{name} eq $named{$view} } @{ $r->{rows} };
	is $both, 1, "$named{$view} has one row" or next;
	my $same = $srv->sql('SELECT COUNT(DISTINCT ' . { device_brand => 'brand', device_model => 'brand, model', device_os => 'os',
		device_os_version => 'os, os_version', device_browser => 'browser' }->{$view} . ') FROM user_agent') == 1;
	is $row->{stats}{page_view}, $same ? 4 : 3, 'of its clicks';
	next if $view eq 'device_os_version';
	is_deeply pl(view => 'login', "filter_${view}_id" => $row->{break})->{total}{row}, pl(view => $view, "filter_${view}_id" => $row->{break})->{total}{row},
	    "filter_${view}_id";
	is pl(view => 'period', "filter_${view}_id" => $row->{break})->{total}{row}{page_view}, $row->{stats}{page_view}, 'says what the view says';
	is pl(view => 'period', "filter_${view}_id" => 4_000_000)->{total}{row}{page_view} // 0, 0, 'none like that';
}

# ---- hosts of referrers, carriers ----
# The same by what the rows say with name; their numbers are left to what follows.
sub names_of {
	my ($report) = @_;
	return join ' ', sort map { my $s = $_->{stats}; "$_->{name}:" . ($s->{page_view} // 0) . '/' . ($s->{advertiser_initial} // 0) } @{ $report->{rows} };
}
sub host_number { return unpack 'Q>', pack 'H16', '0000' . substr md5_hex($_[0]), 0, 12 }
my $hosts = pl(view => 'refurl');
is_deeply $hosts->{total}{row}, $all->{total}{row}, 'view refurl has the same total';
is names_of($hosts), ':1/1 blog.example:2/1 www.blog.example:1/1', 'a host is one however it is written, and a sale counts at that of its click';
is_deeply { map { $_->{name} => $_->{break} } @{ $hosts->{rows} } },
    { '' => 0, map { $_ => host_number($_) } qw(blog.example www.blog.example) }, 'their numbers are those of the names';
is names_of(pl(view => 'refurl', filter_loginid => $eve)), 'www.blog.example:1/1', 'with a filter';
is names_of(pl(view => 'refurl', filter_loginid => $bob, filter_offerid => $shoes, filter_landing_pageid => $lp, filter_campaignid => 0, filter_adtoolid => 7,
	filter_device_type => 1, limit_inhouse => 2, map { ("filter_device_${_}_id" => pl(view => "device_$_", filter_adtoolid => 7)->{rows}[0]{break}) }
	qw(brand model os browser))), 'blog.example:2/1', 'with nearly all of them';
is pl(view => '')->{total}{breakdown}, 'period', 'an empty view is the first';
for ([ 'HTTP://WWW.X.example?q' => 'www.x.example' ], [ 'http://[2001:DB8::1]:80/x' => '[2001:db8::1]' ], [ 'android-app://com.app/' => 'com.app' ],
	[ 'http://a@b@c.example#f@g' => 'c.example' ], [ 'http://:80/' => '' ], [ '/page?u=http://x.example/' => '' ], [ 'about:blank' => '' ])
{
	my ($from, $host) = @$_;
	$srv->exec_sql("UPDATE click SET referrer = ? WHERE affiliate_id = ?", $from, $eve);
	my ($row) = grep { ($_->{stats}{page_view} // 0) > 0 } @{ pl(view => 'refurl', filter_loginid => $eve)->{rows} };
	is_deeply [ @{$row}{qw(name break)} ], [ $host, $host eq '' ? 0 : host_number($host) ], "$from: host '$host'";
}

is names_of(pl(view => 'device_carrier')), ':4/3', 'nobody came by a mobile network that is known';
$srv->exec_sql("INSERT INTO isp (hex24, isp_hash, name, country) VALUES (REPEAT(?, 24), ?, ?, 0)", @$_) for [ 'a', 1, 'Rhein Net' ], [ 'b', 2, 'Bay Net' ];
my %isp = map { $_->{name} => $_->{id} } @{ $srv->rows('SELECT id, name FROM isp') };
for my $table (qw(click click_kept)) { # Bob by phone; Eve by a wire
	$srv->exec_sql("UPDATE $table SET isp_id = ?, connection = 2 WHERE affiliate_id = ? AND adtool_id = 7", $isp{'Rhein Net'}, $bob);
	$srv->exec_sql("UPDATE $table SET isp_id = ?, connection = 1 WHERE affiliate_id = ?", $isp{'Bay Net'}, $eve);
}
my $carriers = pl(view => 'device_carrier');
is_deeply $carriers->{total}{row}, $all->{total}{row}, 'view device_carrier has the same total';
is names_of($carriers), ':2/2 Rhein Net:2/1', 'by carrier, which a wire has not';
is rows_of($carriers), "0:2/2 $isp{'Rhein Net'}:2/1", 'under its number';

# ---- a tracking code ----
my $code = "bob.0.$shoes.$lp";
is_deeply pl(view => 'period', productcode => $code)->{total}{row}, pl(view => 'period', filter_loginid => $bob, filter_offerid => $shoes)->{total}{row},
    'productcode: what it names';
is pl(view => 'period', productcode => "$code.0.7")->{total}{row}{page_view}, 2, 'its creative too';
is pl(view => 'period', productcode => $net->link_of($eve, $clogs, code_only => 1))->{total}{row}{page_view}, 1, 'in any style';
is $net->nats(GET => 'report/profitloss', period => 7, productcode => $code, filter_loginid => $eve)->{status}, 404, 'against a filter';
is $net->nats(GET => 'report/profitloss', period => 7, productcode => 'nonsense!')->{status}, 404, 'no code';

# ---- transactions ----
sub orders { my (@p) = @_; return join ' ', $net->nats(GET => 'report/transaction', period => 7, trans_type => 'initial', @p)->{content} =~ /"orderid":"(\w+)"/g }
is orders(filter_adtoolid => 7), 'O1', 'transactions of a creative';
is join(' ', sort split / /, orders(filter_adtoolid => 0)), 'O0 O3', 'of none';

is(($srv->ctl('verify'))[0], 0, 'the books balance');
done_testing;
