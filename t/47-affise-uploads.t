#!/usr/bin/perl
# Creatives and logos that are uploaded with offers: told by their bytes, all or nothing, and given out so that no
# browser takes them for anything else.
use strict;
use warnings;

use Affiliated::Network;
use Affiliated::Test;
use MIME::Base64 qw(encode_base64);
use Test::More;

my $srv = affiliated_start(workers => 1, config => { max_body => '256KiB' });
my $net = Affiliated::Network->new($srv);
my $adv = $net->advertiser('shop');
my $anna = $net->affiliate('anna');
my $key = $net->key_of('anna');

my $png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0cccc\0\0\0\x04IDATxxxxcccc\0\0\0\0IEND\xae\x42\x60\x82";
my $jpeg = "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\0\x04\0\x05\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0ab\xff\xd9";
my $gif = "GIF89a\x07\0\x06\0\0\0\0,\0\0\0\0\x07\0\x06\0\0\x02\x02\x44\x01\0;";
my $zip = "PK\x03\x04 a file and its directory PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\x1f\0\0\0\0\0";

# A PNG of that many bytes: the rest is a text.
sub big_png {
	my ($size) = @_;
	my $n = $size - length($png) - 12;
	return substr($png, 0, 33) . pack('N', $n) . 'tEXt' . join('', map { chr $_ % 251 } 1 .. 251) x ($n / 251) . 'z' x ($n % 251) .
	    'cccc' . substr $png, 33;
}

# Parts are [name, value] or [name, bytes, filename, type].
sub body {
	my ($boundary, @parts) = @_;
	return join('', map {
		my ($name, $value, $file, $type) = @$_;
		"--$boundary\r\nContent-Disposition: form-data; name=\"$name\"" . (defined $file ? "; filename=\"$file\"" : '') .
		    (defined $type ? "\r\nContent-Type: $type" : '') . "\r\nContent-Length: " . length($value) . "\r\n\r\n$value\r\n"
	} @parts) . "--$boundary--\r\n";
}

sub send_parts {
	my ($path, @parts) = @_;
	return $srv->request(POST => "/3.0/$path", headers => { 'API-Key' => $net->{key}, 'Content-Type' => 'multipart/form-data; boundary=xYz' },
		content => body('xYz', @parts));
}
my @new = ([ title => 'Shoes' ], [ advertiser => $adv ], [ url => 'http://shop.example/?c={clickid}' ], [ status => 'active' ], [ privacy => 'public' ]);

sub stored { return join ' ', map { $srv->sql("SELECT COUNT(*) FROM $_") } qw(offer creative stored_file) }
sub path_of { my ($url) = @_; return $url =~ m{^http://[^/]+(/files/[0-9a-f]{32}\.\w{3})\z} ? $1 : "no URL of ours: $url" }
sub status_of { my ($url) = @_; return $srv->get(path_of($url))->{status} }

# ---- with a new offer ----
my $r = send_parts('admin/offer', @new, [ 'creativeFiles[]', $png, 'C:\\fakepath\\red shoes.png', 'image/png' ],
	[ 'creativeFiles[]', $jpeg, '../../etc/b.jpg', 'image/pjpeg' ], [ 'creativeFiles[7]', $gif, 'c.gif', 'image/gif' ],
	[ 'creativeFiles[]', $zip, 'all.zip', 'application/zip' ], [ logo => $gif, 'logo.gif', 'image/gif' ]);
is $r->{status}, 200, 'four files and a logo' or diag $r->{content};
my $offer = $r->{json}{id};
my @c = @{ $r->{json}{offer}{creatives} };
is_deeply [ map { [ @$_{qw(title file_name type width height size)} ] } @c ], [
	[ 'red shoes.png', 'red shoes.png', 'image/png', 3, 2, length $png ], [ 'b.jpg', 'b.jpg', 'image/jpeg', 5, 4, length $jpeg ],
	[ 'c.gif', 'c.gif', 'image/gif', 7, 6, length $gif ], [ 'all.zip', 'all.zip', 'application/zip', 0, 0, length $zip ] ],
    'shown: the name without folders, what the bytes are, their size';
is $r->{json}{offer}{creatives_zip}, undef, 'creatives_zip is null, as in every sample';
my $logo = $r->{json}{offer}{logo};
is $logo, $r->{json}{offer}{logo_source}, 'the logo is its own source';
is stored(), '1 4 5', 'five files are kept';
unlike join(' ', map { $_->{url} } @c, { url => $logo }), qr/shoes|fakepath|etc|all/, 'under names of our own';

# ---- given out ----
for ([ $c[0], $png, 'image/png' ], [ $c[1], $jpeg, 'image/jpeg' ], [ $c[2], $gif, 'image/gif' ],
	[ $c[3], $zip, 'application/zip', 'attachment' ], [ { url => $logo }, $gif, 'image/gif' ]) {
	my ($k, $bytes, $mime, $how) = @$_;
	my $path = path_of($k->{url});
	$r = $srv->get($path);
	is $r->{status}, 200, "$mime without a key";
	ok $r->{content} eq $bytes, 'its bytes';
	is_deeply { map { $_ => $r->{headers}{$_} } qw(content-type content-length x-content-type-options content-security-policy
		content-disposition cross-origin-resource-policy cache-control) }, { 'content-type' => $mime, 'content-length' => length $bytes,
		'x-content-type-options' => 'nosniff', 'content-security-policy' => "default-src 'none'; sandbox",
		'content-disposition' => $how, 'cross-origin-resource-policy' => 'cross-origin',
		'cache-control' => 'public, max-age=31536000, immutable' }, 'and headers that leave a browser no choice';
}
my $path = path_of($c[0]{url});
$r = $srv->request(HEAD => $path);
is "$r->{status} $r->{headers}{'content-length'} " . length($r->{content} // ''), '200 ' . length($png) . ' 0', 'HEAD';
$r = $srv->post($path, '');
is "$r->{status} $r->{headers}{allow}", '405 GET, HEAD', 'nothing else';
(my $other = $path) =~ s/png\z/gif/;
for ($other, '/files/', '/files/x', '/files/' . '0' x 32 . '.png', "$path/", "/files/..$path", "$path%00", '/files/%2e%2e/%2e%2e/etc/passwd',
	'/files/' . 'x' x 5000, uc $path) {
	$r = $srv->get($_);
	is $r->{status}, 404, '404: ' . substr $_, 0, 60;
}

# ---- seen by affiliates and by the other dialect ----
my $seen = $net->affise(GET => "offer/$offer", key => $key)->{json}{offer};
is_deeply [ map { $_->{url} } @{ $seen->{creatives} } ], [ map { $_->{url} } @c ], 'an affiliate gets them';
is $seen->{logo}, $logo, 'and the logo';
my $nats = $net->nats(GET => 'creative/get_creatives', creative_type_id => 1)->{json}{1}{creatives}{ $c[0]{id} }{details};
is_deeply [ @$nats{qw(name type thumb_ext width height size)} ], [ 'red shoes.png', 1, 'png', 3, 2, length $png ], 'hosted by the network, in NATS';
my $lp = $srv->sql('SELECT default_lp_id FROM offer WHERE id = ?', $offer);
my $comm = $srv->sql('SELECT id FROM commission WHERE offer_id = ?', $offer);
my $code = encode_base64(join('.', $anna, $comm, $offer, $lp, 0, $c[0]{id}, (0) x 6), '') =~ s/=+$//r;
is $srv->get("/imp/$code", headers => { 'User-Agent' => browser_ua() })->{headers}{location}, $path, 'an impression leads there';

# ---- edits ----
my @old = map { $_->{url} } @c;
$r = send_parts("admin/offer/$offer", [ title => 'Boots' ]);
is_deeply [ map { $_->{url} } @{ $r->{json}{offer}{creatives} } ], \@old, 'what is not sent stays';
is $r->{json}{offer}{logo}, $logo, 'the logo too';
$r = send_parts("admin/offer/$offer", [ creativeFiles => '', '', 'application/octet-stream' ], [ logo => '', '', 'application/octet-stream' ]);
is scalar @{ $r->{json}{offer}{creatives} }, 4, 'and what a browser sends of an empty field is not sent';
$r = send_parts("admin/offer/$offer", [ creativeFiles => $jpeg, 'n1.jpg', 'image/jpeg' ], [ creativeFiles => $gif, 'n2.gif', 'text/html' ],
	[ creativeUrls => 'http://img.example/x.png' ], [ logo => $png, 'l.png', 'image/png' ]);
is_deeply [ map { $_->{title} } @{ $r->{json}{offer}{creatives} } ], [ 'n1.jpg', 'n2.gif', 'x.png' ], 'a repeated bare name is an array; files replace files';
is status_of($_), 200, 'what was replaced stays for the pages that show it' for @old, $logo;
my @now = map { $_->{url} } @{ $r->{json}{offer}{creatives} };
$logo = $r->{json}{offer}{logo};
is_deeply [ map { status_of($_) } @now[ 0, 1 ], $logo ], [ 200, 200, 200 ], 'the new ones are';
is $now[2], 'http://img.example/x.png', 'beside what is hosted elsewhere';
$net->nats(PATCH => 'creative/delete_creative', creative_id => $r->{json}{offer}{creatives}[0]{id}, _in => 'query');
is_deeply [ map { $_->{url} } @{ $net->affise(GET => "offer/$offer")->{json}{offer}{creatives} } ], [ @now[ 1, 2 ] ], 'deleted by the other dialect: gone from the list';
$r = $net->affise(POST => "admin/offer/$offer", logo => 'https://img.example/logo.png');
is $r->{json}{offer}{logo}, 'https://img.example/logo.png', 'a logo by its URL';
$r = $net->affise(POST => "admin/offer/$offer", logo => '', creativeFiles => '');
is "[$r->{json}{offer}{logo}]", '[]', 'sent and empty: no logo';
is_deeply [ map { $_->{url} } @{ $r->{json}{offer}{creatives} } ], [ $now[2] ], 'and no files';

# ---- all or nothing ----
my $before = stored();
my @bad = (
	[ 'a page called a picture', [ creativeFiles => '<html><script>1</script>', 'a.png', 'image/png' ], 'creativeFiles' ],
	[ 'an SVG', [ 'creativeFiles[]', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.svg', 'image/svg+xml' ], 'creativeFiles' ],
	[ "a picture's first bytes", [ 'creativeFiles[]', substr($png, 0, 10), 'a.png', 'image/png' ], 'creativeFiles' ],
	[ 'an archive of nothing', [ 'creativeFiles[]', "PK\5\6" . "\0" x 18, 'a.zip', 'application/zip' ], 'creativeFiles' ],
	[ 'a file of nothing', [ 'creativeFiles[]', '', 'a.png', 'image/png' ], 'creativeFiles' ],
	[ 'a text', [ creativeFiles => 'http://img.example/a.png' ], 'creativeFiles' ],
	[ 'an archive for a logo', [ logo => $zip, 'a.zip', 'application/zip' ], 'logo' ],
	[ 'no URL for a logo', [ logo => 'javascript:alert(1)' ], 'logo' ],
	[ 'what only looks like a file', [ 'logo[bytes]' => 'x' ], 'logo' ],
);
for (@bad) {
	my ($what, $part, $name) = @$_;
	$r = send_parts('admin/offer', @new, [ 'creativeFiles[9]', $png, 'good.png', 'image/png' ], $part);
	is "$r->{status} $r->{json}{status}", '400 2', "$what is refused" or diag $r->{content};
	like $r->{json}{error}, qr/^\Q$name\E: /, 'by name';
}
$r = send_parts('admin/offer', @new, [ 'creativeFiles[]', $png, 'good.png', 'image/png' ], [ logo => $png, 'l.png', 'image/png' ],
	[ 'caps[0][period]' => 'never' ]);
is $r->{status}, 400, 'good files beside a bad cap';
$r = send_parts('admin/offer', @new, [ 'creativeFiles[]', $png, 'good.png', 'image/png' ], [ 'strictly_isp[]' => '0' x 24 ]);
is $r->{status}, 400, 'good files, and what is found wrong behind them';
my $whole = body('xYz', @new, [ 'creativeFiles[]', $png, 'good.png', 'image/png' ]);
my %multipart = ('API-Key' => $net->{key}, 'Content-Type' => 'multipart/form-data; boundary=xYz');
$r = $srv->request(POST => '/3.0/admin/offer', headers => \%multipart, content => substr $whole, 0, -10);
is $r->{status}, 400, 'a body without its closing boundary';
$srv->raw("POST /3.0/admin/offer HTTP/1.1\r\nHost: x\r\nAPI-Key: $net->{key}\r\nContent-Type: $multipart{'Content-Type'}\r\nContent-Length: " .
    length($whole) . "\r\n\r\n" . substr($whole, 0, -10));
$r = $srv->request(POST => '/3.0/admin/offer', headers => { %multipart, 'API-Key' => $key }, content => $whole);
is $r->{status}, 403, "an affiliate's key";
is stored(), $before, 'nothing of all that is kept';

# ---- sizes ----
my $big = big_png(8 * 1024 * 1024);
$r = send_parts('admin/offer', @new, [ 'creativeFiles[]', $big, 'big.png', 'image/png' ]);
is $r->{status}, 200, 'a big one' or diag $r->{content};
is $r->{json}{offer}{creatives}[0]{size}, length $big, 'whole';
ok $srv->get(path_of($r->{json}{offer}{creatives}[0]{url}))->{content} eq $big, 'and given out whole';
$before = stored();
$r = send_parts('admin/offer', @new, [ 'creativeFiles[]', big_png(8 * 1024 * 1024 + 1), 'big.png', 'image/png' ]);
is "$r->{status} $r->{json}{error}", '400 creativeFiles: is larger than 8388608 bytes', 'a bigger one';
my $raw = $srv->raw("POST /3.0/admin/offer HTTP/1.1\r\nHost: x\r\nAPI-Key: $net->{key}\r\nContent-Type: $multipart{'Content-Type'}\r\nContent-Length: " .
    (9 * 1024 * 1024 + 1) . "\r\nConnection: close\r\n\r\n--xYz");
like $raw, qr{^HTTP/1\.1 413 .*"error":"Request Entity Too Large"}s, 'max_upload bounds what takes files';
$r = $srv->post('/3.0/admin/category', 'title=' . 'x' x 300_000, headers => { 'API-Key' => $net->{key} });
is "$r->{status} $r->{json}{error}", '413 Request Entity Too Large', 'and max_body all else';
$r = $srv->post('/postback', 'clickid=' . 'x' x 300_000);
is $r->{status}, 413, 'the tracking side too';
is stored(), $before, 'nothing is kept of these';
my ($status, $out) = $srv->ctl('verify');
is $status, 0, 'verify is content' or diag $out;
undef $net;
undef $srv;
done_testing;
