//! The table of programs that send what they are given to another machine: by which words and inputs they take it.
//! Sources: the tools' manual pages.

/// How a program is given what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Input,
    /// Its input, where an operand says so.
    Dash,
    /// The files that operands behind the first ones name.
    Operands(usize),
    /// The files that all operands but the last name, where the last is a place elsewhere.
    Sources(Elsewhere),
    /// Values of these options are files; `-` is the input.
    File(&'static [&'static str]),
    /// Values of these options hold a file's name behind `@` (`@f`, `name@f`, `name=@f`, `name=<f`).
    At(&'static [&'static str]),
    /// Operands that hold one.
    AtOperands,
    /// What the words themselves say.
    Words,
    /// Text for it, in its input or these options, that puts files: `put .env`.
    Puts(&'static [&'static str]),
}

/// How the last operand says that it is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// `host:path`, `rsync://…`
    Host,
    /// `s3://…`
    Scheme,
    Any,
}

pub struct Channel {
    pub names: &'static [&'static str],
    /// The first operands, for tools with verbs; empty for any.
    pub verbs: &'static [&'static str],
    pub value: &'static [&'static str],
    pub ways: &'static [Way],
    /// With one of these it sends nothing of the kind.
    pub spares: &'static [&'static str],
    /// Options whose value is meant to be a secret of its own: it says who asks.
    pub credentials: &'static [&'static str],
}

const PLAIN: Channel = Channel { names: &[], verbs: &[], value: &[], ways: &[], spares: &[], credentials: &[] };

/// Headers that say who asks, by what is in their names.
pub const CREDENTIAL_HEADERS: [&str; 7] = ["authorization", "token", "api-key", "apikey", "auth", "cookie", "secret"];

#[rustfmt::skip]
const CURL_DATA: &[&str] = &["-d", "--data", "--data-ascii", "--data-binary", "--data-urlencode", "--json", "-F", "--form", "--url-query", "--variable", "-H", "--header", "--expand-data"];
#[rustfmt::skip]
const CURL: &[&str] = &["--data-raw", "--form-string", "-X", "--request", "-u", "--user", "-A", "--user-agent", "-e", "--referer", "-b", "--cookie", "-x", "--proxy", "-m", "--max-time", "--connect-timeout", "--retry", "--retry-delay", "--retry-max-time", "-w", "--write-out", "-r", "--range", "-C", "--continue-at", "-K", "--config", "-E", "--cert", "--key", "--pass", "--cacert", "--capath", "--resolve", "--url", "--interface", "--limit-rate", "-o", "--output", "-D", "--dump-header", "-c", "--cookie-jar", "-y", "-Y", "-z", "-Q", "-U", "--proxy-user", "--output-dir", "--max-redirs", "--proto", "--ciphers", "--unix-socket", "--oauth2-bearer", "--netrc-file", "--aws-sigv4", "--trace", "--stderr", "--pubkey"];
#[rustfmt::skip]
const CURL_CREDENTIALS: &[&str] = &["-u", "--user", "-E", "--cert", "--key", "--pass", "-b", "--cookie", "-K", "--config", "--oauth2-bearer", "--netrc-file", "-U", "--proxy-user", "-o", "--output", "--cacert", "--pubkey"];
#[rustfmt::skip]
const WGET: &[&str] = &["-O", "--output-document", "-o", "--output-file", "-a", "-P", "--directory-prefix", "-U", "--user-agent", "-t", "--tries", "-T", "--timeout", "-w", "--wait", "-Q", "-e", "-i", "--input-file", "--header", "--post-data", "--body-data", "--method", "--user", "--password", "--http-user", "--http-password", "--ca-certificate", "--certificate", "--private-key", "--load-cookies", "--referer"];
#[rustfmt::skip]
const WGET_CREDENTIALS: &[&str] = &["--user", "--password", "--http-user", "--http-password", "--ca-certificate", "--certificate", "--private-key", "--load-cookies", "-O", "--output-document"];
#[rustfmt::skip]
const SSH: &[&str] = &["-i", "-P", "-p", "-o", "-F", "-J", "-l", "-c", "-S", "-e", "-w", "-D", "-X", "-b", "-B", "-E", "-I", "-L", "-m", "-O", "-Q", "-R", "-W"];
#[rustfmt::skip]
const NETCAT: &[&str] = &["-p", "-s", "-w", "-i", "-q", "-X", "-x", "-e", "-c", "-g", "-G", "-I", "-O", "-T", "-V", "--proxy", "--proxy-type", "--ssl-cert", "--ssl-key"];
#[rustfmt::skip]
const AWS: &[&str] = &["--profile", "--region", "--output", "--endpoint-url", "--sse-kms-key-id", "--acl", "--storage-class", "--exclude", "--include", "--content-type", "--metadata"];
const MAIL: &[&str] = &["-s", "-r", "-c", "-b", "-F", "-f", "-S", "-e"];
const GH: &[&str] =
    &["-R", "--repo", "-d", "--desc", "-t", "--title", "-l", "--label", "-n", "--notes", "-b", "--body"];

/// One row a tool, or a family with the same command line; a tool may have several rows.
#[rustfmt::skip]
pub const CHANNELS: &[Channel] = &[
    Channel { names: &["curl"], value: CURL, ways: &[Way::At(CURL_DATA), Way::File(&["-T", "--upload-file"]), Way::Words], credentials: CURL_CREDENTIALS, ..PLAIN },
    Channel { names: &["wget", "wget2"], value: WGET, ways: &[Way::File(&["--post-file", "--body-file"]), Way::Words], credentials: WGET_CREDENTIALS, ..PLAIN },
    Channel { names: &["http", "https", "xh", "xhs"], value: &["-a", "--auth", "-A", "--auth-type", "-o", "--output", "--cert", "--cert-key", "--verify", "--session", "--timeout", "--proxy"], ways: &[Way::AtOperands, Way::Input, Way::Words], spares: &["-I", "--ignore-stdin", "--offline"], credentials: &["-a", "--auth", "--cert", "--cert-key", "-o", "--output"], ..PLAIN },
    Channel { names: &["scp"], value: SSH, ways: &[Way::Sources(Elsewhere::Host)], ..PLAIN },
    Channel { names: &["rsync"], value: &["-e", "--rsh", "--exclude", "--include", "--exclude-from", "--rsync-path", "-f", "--filter", "--partial-dir", "--backup-dir", "--password-file", "--bwlimit", "--timeout", "--port", "-B", "-T", "--log-file", "--chmod", "--chown", "--link-dest", "--compare-dest"], ways: &[Way::Sources(Elsewhere::Host), Way::File(&["--files-from"])], spares: &["-n", "--dry-run", "--list-only"], ..PLAIN },
    Channel { names: &["sftp", "ftp", "lftp", "tftp", "psftp"], value: SSH, ways: &[Way::Puts(&["-e", "-c"])], ..PLAIN },
    Channel { names: &["ncftpput", "curlftpfs", "wput"], value: &["-u", "-p", "-P"], ways: &[Way::Operands(0)], ..PLAIN },
    Channel { names: &["ssh", "autossh", "mosh", "sshpass"], value: SSH, ways: &[Way::Input, Way::Words], spares: &["-n", "-N"], credentials: &["-i", "-o", "-F"], ..PLAIN },
    Channel { names: &["nc", "ncat", "netcat", "nc.openbsd", "nc.traditional", "telnet", "websocat", "wscat", "nsupdate", "gnutls-cli", "cryptcat", "sbd"], value: NETCAT, ways: &[Way::Input, Way::Words], spares: &["-z"], credentials: &["--ssl-cert", "--ssl-key"], ..PLAIN },
    Channel { names: &["socat"], ways: &[Way::Input, Way::Words], ..PLAIN },
    Channel { names: &["openssl"], verbs: &["s_client"], ways: &[Way::Input], ..PLAIN },
    Channel { names: &["dig", "nslookup", "host", "drill", "kdig", "resolvectl", "getent", "ping", "ping6", "traceroute", "mtr", "whois", "finger"], ways: &[Way::Words], ..PLAIN },
    Channel { names: &["mail", "mailx", "s-nail", "mutt", "neomutt", "heirloom-mailx"], value: MAIL, ways: &[Way::Input, Way::File(&["-a", "-A", "--attach", "-i"]), Way::Operands(0), Way::Words], ..PLAIN },
    Channel { names: &["sendmail", "msmtp", "ssmtp", "swaks", "sendemail", "sendEmail", "mpack"], value: MAIL, ways: &[Way::Input, Way::File(&["-a", "--attach", "--body", "-d", "--data"]), Way::Operands(0), Way::Words], ..PLAIN },
    Channel { names: &["pastebinit", "wgetpaste", "pastebin", "gist", "nopaste", "dpaste", "ix", "sprunge", "haste", "hastebin", "pb", "rpaste", "transfer", "transfer.sh", "ffsend", "imgur", "slackcat", "telegram-send", "ntfy", "pushover", "termbin"], value: &["-d", "-f", "-i", "-t"], ways: &[Way::Input, Way::File(&["-i", "--file", "-f"]), Way::Operands(0), Way::Words], ..PLAIN },
    Channel { names: &["croc", "wormhole", "magic-wormhole", "toss", "portal"], verbs: &["send"], value: &["--code", "-c"], ways: &[Way::Dash, Way::Operands(1), Way::Words], ..PLAIN },
    Channel { names: &["gh"], verbs: &["gist"], value: GH, ways: &[Way::Dash, Way::Operands(2), Way::Words], ..PLAIN },
    Channel { names: &["gh"], verbs: &["issue", "pr", "release", "discussion"], value: GH, ways: &[Way::File(&["-F", "--body-file", "--notes-file"]), Way::Operands(3), Way::Words], ..PLAIN },
    Channel { names: &["gh", "glab"], verbs: &["api"], value: &["-X", "--method", "-H", "--header", "-q", "-t", "-f", "--raw-field"], ways: &[Way::At(&["-F", "--field"]), Way::File(&["--input"]), Way::Words], ..PLAIN },
    Channel { names: &["glab"], verbs: &["snippet", "issue", "mr", "release"], value: &["-t", "--title", "-d", "--description", "-R"], ways: &[Way::Input, Way::Operands(2), Way::Words], ..PLAIN },
    Channel { names: &["hub"], verbs: &["gist", "release"], ways: &[Way::Operands(2), Way::Words], ..PLAIN },
    Channel { names: &["aws"], verbs: &["s3"], value: AWS, ways: &[Way::Sources(Elsewhere::Scheme), Way::Dash], spares: &["--dryrun"], ..PLAIN },
    Channel { names: &["aws"], verbs: &["s3api", "sns", "sqs", "ses", "sesv2", "lambda", "glacier", "events", "kinesis", "firehose"], value: AWS, ways: &[Way::File(&["--body", "--payload", "--data"]), Way::Words], ..PLAIN },
    Channel { names: &["gsutil"], verbs: &["cp", "mv", "rsync"], value: &["-x", "-o", "-h"], ways: &[Way::Sources(Elsewhere::Scheme), Way::Dash], ..PLAIN },
    Channel { names: &["gcloud"], verbs: &["storage"], value: &["--project"], ways: &[Way::Sources(Elsewhere::Scheme), Way::Dash], ..PLAIN },
    Channel { names: &["az"], verbs: &["storage"], value: &["-n", "-c", "--account-name", "--container-name", "--name"], ways: &[Way::File(&["-f", "--file", "-s", "--source"])], ..PLAIN },
    Channel { names: &["azcopy"], verbs: &["copy", "cp", "sync"], ways: &[Way::Sources(Elsewhere::Scheme)], ..PLAIN },
    Channel { names: &["rclone"], verbs: &["copy", "copyto", "sync", "move", "moveto", "rcat"], value: &["--config", "--exclude", "--include", "--filter", "--transfers", "--log-file", "-P"], ways: &[Way::Sources(Elsewhere::Host), Way::Input], spares: &["-n", "--dry-run"], ..PLAIN },
    Channel { names: &["mc", "mcli"], verbs: &["cp", "mv", "mirror", "put", "pipe"], ways: &[Way::Sources(Elsewhere::Any), Way::Input], ..PLAIN },
    Channel { names: &["s3cmd", "s4cmd", "s5cmd"], verbs: &["put", "sync", "cp", "mv", "pipe"], value: &["-c", "--config", "--exclude"], ways: &[Way::Sources(Elsewhere::Scheme), Way::Input], spares: &["-n", "--dry-run"], ..PLAIN },
    Channel { names: &["b2"], verbs: &["upload-file", "sync", "file"], ways: &[Way::Operands(1)], ..PLAIN },
    Channel { names: &["oci"], verbs: &["os"], ways: &[Way::File(&["--file"])], ..PLAIN },
    Channel { names: &["swift"], verbs: &["upload"], ways: &[Way::Operands(2)], ..PLAIN },
    Channel { names: &["mosquitto_pub", "kcat", "kafkacat"], value: &["-h", "-p", "-t", "-u", "-b", "-i"], ways: &[Way::File(&["-f"]), Way::Input, Way::Words], credentials: &["-P", "--cert", "--key", "--cafile"], ..PLAIN },
];
