#!/usr/bin/perl
# Perl with nothing but core modules: forks four servers, a directory as memory shared between them, 204.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::INET;

# A grammar of JSON; JSON::PP takes longer for 5 MB than Okta waits.
my $JSON = qr{
  (?(DEFINE)
    (?<ws> [ \t\r\n]*+ )
    (?<string> " (?: [^"\\\x00-\x1f]++ | \\ (?: ["\\/bfnrt] | u[0-9a-fA-F]{4} ) )*+ " )
    (?<number> -? (?: 0 | [1-9][0-9]*+ ) (?: \.[0-9]++ )? (?: [eE][+-]?[0-9]++ )? )
    (?<pair> (?&ws) (?&string) (?&ws) : (?&value) )
    (?<value> (?&ws) (?: (?&string) | (?&number) | true | false | null
      | \{ (?: (?&pair) (?: , (?&pair) )*+ | (?&ws) ) \}
      | \[ (?: (?&value) (?: , (?&value) )*+ | (?&ws) ) \] ) (?&ws) )
  )
}x;

my $secret = $ENV{HOOK_SECRET};
my $folder = tempdir(CLEANUP => 1);
my $parent = $$;
my $server = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1, Proto => 'tcp',
) or die "can't listen: $!";

my @children;
$SIG{TERM} = $SIG{INT} = sub { kill TERM => @children; exit 0 };
$SIG{PIPE} = 'IGNORE';
for (1 .. 4) {
    my $pid = fork() // die "can't fork: $!";
    if ($pid) { push @children, $pid; next }
    $SIG{TERM} = 'DEFAULT';
    while (1) {
        my $client = $server->accept() or next;
        eval { local $SIG{ALRM} = sub { die "too slow\n" }; alarm 10; serve($client); 1 } or warn $@;
        alarm 0;
        close $client;
    }
}
waitpid $_, 0 for @children;

sub serve {
    my ($client) = @_;
    local $/ = "\r\n";
    my $first = <$client> // return;
    my ($method, $path) = $first =~ m{^([A-Z]+) (\S+) HTTP/1\.[01]\r\n$} or return answer($client, 400);
    my %header;
    while (defined(my $line = <$client>)) {
        last if $line eq "\r\n";
        my ($name, $value) = $line =~ /^([^:\s]+):[ \t]*(.*?)[ \t]*\r\n$/ or return answer($client, 400);
        $header{lc $name} = $value;
    }
    my $length = $header{'content-length'} // 0;
    return answer($client, 413) if $length > 10_000_000;
    my $body = '';
    while (length $body < $length) {
        read($client, $body, $length - length $body, length $body) or return;
    }
    if ($path eq '/handled') {
        my @files = glob "$folder/*";
        return answer($client, 200, '{"count":' . @files . '}');
    }
    return answer($client, 404) if $path ne '/cgi-bin/okta';
    return answer($client, 401) if !same($header{authorization} // '', $secret);
    if ($method eq 'GET') {
        my $challenge = $header{'x-okta-verification-challenge'} // return answer($client, 400);
        $challenge =~ s/(["\\])/\\$1/g;
        return answer($client, 200, qq({"verification":"$challenge"}));
    }
    return answer($client, 405) if $method ne 'POST';
    my @uuids = uuids($body) or return answer($client, 400);
    for my $uuid (@uuids) {
        open my $file, '>', "$folder/$uuid" or die "can't store: $!";
        close $file;
    }
    return answer($client, 204);
}

sub uuids {
    my ($body) = @_;
    return if !utf8::decode($body) || $body !~ /\A(?&value)\z$JSON/;
    # The document is JSON, so a member of an event is a string, a colon and a value at a known depth.
    my ($events) = $body =~ /\A\s*\{(?:(?&pair),)*?\s*"data"\s*:\s*\{(?:(?&pair),)*?\s*"events"\s*:\s*\[((?:(?&value),?)*)\]$JSON/
        or return;
    my @found;
    while ($events =~ /\G((?&value)),?$JSON/gc) {
        my ($uuid) = $1 =~ /\A\s*\{(?:(?&pair),)*?\s*"uuid"\s*:\s*"([0-9A-Za-z-]{1,64})"$JSON/ or return;
        push @found, $uuid;
    }
    return @found;
}

sub same {
    my ($given, $wanted) = @_;
    my $different = length($given) ^ length($wanted);
    $different |= ord(substr $given, $_, 1) ^ ord(substr $wanted, $_ % length $wanted, 1) for 0 .. length($given) - 1;
    return $different == 0;
}

sub answer {
    my ($client, $status, $body) = @_;
    my %reason = (200 => 'OK', 204 => 'No Content', 400 => 'Bad Request', 401 => 'Unauthorized', 404 => 'Not Found',
        405 => 'Method Not Allowed', 413 => 'Content Too Large');
    my $head = "HTTP/1.1 $status $reason{$status}\r\nConnection: close\r\n";
    $head .= "Content-Type: application/json\r\n" if defined $body;
    $head .= 'Content-Length: ' . length($body // '') . "\r\n" if $status != 204;
    print {$client} "$head\r\n", $body // '';
    return;
}
