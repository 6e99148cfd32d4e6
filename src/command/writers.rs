//! The table of tools that write a file which their command line names: for each, its options and where the name stands.
//! Sources: the tools' manual pages.

use super::WrittenBy;
use super::options::Style;

/// Where operands name what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outputs {
    None,
    /// Counted from 1.
    Nth(usize),
    /// The last of two or more.
    Last,
    /// The last, which may be a folder; the others are copied to it.
    Copies,
    All,
    /// What follows a prefix (`of=`).
    After(&'static str),
    /// The last part of each address, where one of these options is given.
    Address(&'static [&'static str]),
    /// Each operand with this ending, or without it where it has it.
    Ending(&'static str),
}

/// What is put into the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Something that the tool makes.
    Itself,
    Input,
    /// What the other operand holds.
    Operand,
}

pub struct Writer {
    pub names: &'static [&'static str],
    /// The first operand, for tools with verbs.
    pub verb: &'static [&'static str],
    pub style: Style,
    pub value: &'static [&'static str],
    pub flag: &'static [&'static str],
    pub optional: &'static [&'static str],
    /// Another command follows the first operand.
    pub wraps: bool,
    /// Options whose value is written.
    pub options: &'static [&'static str],
    pub outputs: Outputs,
    /// Nothing that is there is written over without one of these.
    pub needs: &'static [&'static str],
    /// Nor with one of these.
    pub spares: &'static [&'static str],
    pub append: &'static [&'static str],
    pub from: From,
    pub by: WrittenBy,
}

/// Whether its command line can name a file to write.
#[must_use]
pub fn can_write(tool: &[u8]) -> bool {
    writers(tool).next().is_some()
}

pub(super) fn writers(tool: &[u8]) -> impl Iterator<Item = &'static Writer> {
    WRITERS.iter().filter(move |writer| writer.names.iter().any(|name| is_named(name, tool)))
}

fn is_named(name: &str, tool: &[u8]) -> bool {
    match name.strip_suffix('*') {
        Some(family) => {
            tool.strip_prefix(family.as_bytes()).is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
        }
        None => name.as_bytes() == tool,
    }
}

const PLAIN: Writer = Writer {
    names: &[],
    verb: &[],
    style: Style::Gnu,
    value: &[],
    flag: &[],
    optional: &[],
    wraps: false,
    options: &[],
    outputs: Outputs::None,
    needs: &[],
    spares: &[],
    append: &[],
    from: From::Itself,
    by: WrittenBy::Output,
};

#[rustfmt::skip]
const CURL: &[&str] = &["-H", "--header", "-X", "--request", "-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "--json", "-u", "--user", "-A", "--user-agent", "-e", "--referer", "-b", "--cookie", "-F", "--form", "-T", "--upload-file", "-x", "--proxy", "-m", "--max-time", "--connect-timeout", "--retry", "--retry-delay", "--retry-max-time", "-w", "--write-out", "-r", "--range", "-C", "--continue-at", "-K", "--config", "-E", "--cert", "--key", "--cacert", "--capath", "--resolve", "--url", "--interface", "--limit-rate", "-y", "-Y", "-z", "--time-cond", "-Q", "-U", "--output-dir", "--max-redirs", "--proto", "--ciphers", "--tls-max", "--max-filesize", "--unix-socket"];

#[rustfmt::skip]
const WGET: &[&str] = &["-o", "--output-file", "-a", "--append-output", "-P", "--directory-prefix", "-U", "--user-agent", "-t", "--tries", "-T", "--timeout", "-w", "--wait", "-Q", "--quota", "-e", "--execute", "-i", "--input-file", "-B", "--base", "-A", "--accept", "-R", "--reject", "-D", "--domains", "-I", "-X", "-l", "--level", "--header", "--post-data", "--post-file", "--body-data", "--body-file", "--method", "--user", "--password", "--http-user", "--http-password", "--limit-rate", "--ca-certificate", "--certificate", "--private-key", "--load-cookies", "--referer"];

#[rustfmt::skip]
const COMPILER: &[&str] = &["-I", "-L", "-l", "-x", "-include", "-isystem", "-iquote", "-idirafter", "-imacros", "-MT", "-MQ", "-Xlinker", "-Xclang", "-Xassembler", "-Xpreprocessor", "-target", "-arch", "-T", "-u", "-z", "-framework", "-D", "-U", "--param", "-isysroot", "--sysroot"];

/// One row a tool, or a family with the same command line.
#[rustfmt::skip]
pub const WRITERS: &[Writer] = &[
    Writer { names: &["tee", "gtee", "sponge"], flag: &["-i", "-p", "--ignore-interrupts"], outputs: Outputs::All, append: &["-a", "--append"], from: From::Input, by: WrittenBy::Purpose, ..PLAIN },
    Writer { names: &["cp", "gcp"], value: &["-t", "--target-directory", "-S", "--suffix", "--sparse", "--no-preserve"], flag: &["-a", "-b", "-d", "-f", "-H", "-i", "-l", "-L", "-n", "-P", "-p", "-R", "-r", "-s", "-T", "-u", "-v", "-x"], outputs: Outputs::Copies, spares: &["--help", "--version"], from: From::Operand, by: WrittenBy::Purpose, ..PLAIN },
    Writer { names: &["mv", "gmv"], value: &["-t", "--target-directory", "-S", "--suffix"], flag: &["-b", "-f", "-i", "-n", "-T", "-u", "-v"], outputs: Outputs::Copies, spares: &["--help", "--version"], from: From::Operand, by: WrittenBy::Purpose, ..PLAIN },
    Writer { names: &["ln", "gln"], value: &["-t", "--target-directory", "-S", "--suffix"], flag: &["-s", "-f", "-n", "-v", "-b", "-i", "-r", "-T", "-L", "-P"], outputs: Outputs::Copies, spares: &["--help", "--version"], from: From::Operand, by: WrittenBy::Purpose, ..PLAIN },
    Writer { names: &["install", "ginstall"], value: &["-m", "--mode", "-o", "--owner", "-g", "--group", "-t", "--target-directory", "-S", "--suffix"], flag: &["-b", "-C", "-c", "-D", "-p", "-s", "-T", "-v"], outputs: Outputs::Copies, spares: &["-d", "--directory", "--help", "--version"], from: From::Operand, by: WrittenBy::Purpose, ..PLAIN },
    Writer { names: &["scp", "rsync"], value: &["-P", "-i", "-o", "-F", "-e", "--rsh", "--exclude", "--include", "--rsync-path", "-J", "-S", "-l", "-c"], flag: &["-r", "-a", "-v", "-z", "-q", "-p", "-C", "-n", "-u", "-H"], outputs: Outputs::Copies, spares: &["-n", "--dry-run", "--help"], from: From::Operand, by: WrittenBy::Purpose, ..PLAIN },
    Writer { names: &["dd", "gdd", "dcfldd"], outputs: Outputs::After("of="), from: From::Itself, by: WrittenBy::Purpose, ..PLAIN },
    Writer { names: &["curl"], value: CURL, flag: &["-s", "-S", "-f", "-L", "-k", "-i", "-I", "-v", "-g", "-G", "-N", "-J", "-O", "-R", "-Z", "-#", "-q", "-4", "-6", "--remote-name"], options: &["-o", "--output", "-D", "--dump-header", "-c", "--cookie-jar", "--trace", "--trace-ascii", "--stderr", "--hsts", "--etag-save"], outputs: Outputs::Address(&["-O", "--remote-name", "--remote-name-all"]), append: &["-C", "--continue-at"], ..PLAIN },
    Writer { names: &["wget"], value: WGET, flag: &["-q", "-v", "-nv", "-c", "-N", "-r", "-k", "-p", "-S", "-m", "-b", "-nc", "-np", "-nd", "-H", "-L", "-E", "-K"], options: &["-O", "--output-document", "-o", "--output-file"], append: &["-c", "--continue"], ..PLAIN },
    Writer { names: &["http", "https", "xh", "xhs"], value: &["--auth", "-a", "--verify", "--timeout", "--session"], options: &["-o", "--output"], append: &["-c", "--continue"], ..PLAIN },
    Writer { names: &["aria2c", "yt-dlp", "youtube-dl"], value: &["-d", "-x", "-s", "-f", "-P"], options: &["-o", "--out", "--output"], needs: &["--allow-overwrite", "--force-overwrites"], ..PLAIN },
    Writer { names: &["sort", "gsort"], value: &["-k", "--key", "-t", "--field-separator", "-T", "--temporary-directory", "-S", "--buffer-size", "--compress-program", "--batch-size", "--parallel", "--files0-from", "--random-source"], flag: &["-b", "-d", "-f", "-g", "-i", "-M", "-h", "-n", "-R", "-r", "-V", "-c", "-C", "-m", "-s", "-u", "-z"], options: &["-o", "--output"], ..PLAIN },
    Writer { names: &["shuf"], value: &["-i", "--input-range", "-n", "--head-count", "--random-source"], flag: &["-e", "-r", "-z"], options: &["-o", "--output"], ..PLAIN },
    Writer { names: &["uniq"], value: &["-f", "--skip-fields", "-s", "--skip-chars", "-w", "--check-chars"], flag: &["-c", "-d", "-D", "-i", "-u", "-z"], outputs: Outputs::Nth(2), ..PLAIN },
    Writer { names: &["gcc", "g++", "cc", "c++", "clang", "clang++", "tcc", "gfortran", "gcc-*", "g++-*", "clang-*", "clang++-*", "emcc", "em++", "nvcc", "ld", "ld.lld", "ld.gold", "as", "nasm", "yasm", "ghc", "ldc2", "dmd", "gdc", "swiftc", "ocamlopt", "ocamlc", "ocamlfind", "crystal"], style: Style::SingleDash, value: COMPILER, options: &["-o", "-MF"], ..PLAIN },
    Writer { names: &["rustc"], value: &["--crate-name", "--crate-type", "--edition", "-C", "-L", "-l", "--target", "--emit", "--cfg", "--extern", "--out-dir"], flag: &["-O", "-g", "-v"], options: &["-o"], ..PLAIN },
    Writer { names: &["go"], verb: &["build", "test"], style: Style::SingleDash, value: &["-C", "-p", "-tags", "-ldflags", "-gcflags", "-mod", "-modfile", "-run", "-bench", "-count", "-timeout", "-cpu", "-buildmode"], options: &["-o", "-coverprofile", "-cpuprofile", "-memprofile", "-blockprofile", "-trace"], ..PLAIN },
    Writer { names: &["gzip", "pigz"], value: &["-S", "--suffix"], flag: &["-d", "-k", "-n", "-N", "-q", "-r", "-v", "-1", "-9", "--decompress", "--keep"], outputs: Outputs::Ending(".gz"), needs: &["-f", "--force"], spares: &["-c", "--stdout", "--to-stdout", "-l", "--list", "-t", "--test"], ..PLAIN },
    Writer { names: &["gunzip", "unpigz"], flag: &["-k", "-n", "-N", "-q", "-r", "-v"], outputs: Outputs::Ending(".gz"), needs: &["-f", "--force"], spares: &["-c", "--stdout", "-l", "-t"], ..PLAIN },
    Writer { names: &["bzip2", "bunzip2", "pbzip2"], flag: &["-d", "-k", "-q", "-s", "-v", "-z", "-1", "-9", "--decompress"], outputs: Outputs::Ending(".bz2"), needs: &["-f", "--force"], spares: &["-c", "--stdout", "-t"], ..PLAIN },
    Writer { names: &["xz", "unxz"], value: &["-S", "-C", "-T", "--threads", "-M"], flag: &["-d", "-k", "-q", "-v", "-z", "-e", "-0", "-9", "--decompress"], outputs: Outputs::Ending(".xz"), needs: &["-f", "--force"], spares: &["-c", "--stdout", "-l", "-t"], ..PLAIN },
    Writer { names: &["zstd", "unzstd", "pzstd"], value: &["-D", "-M"], optional: &["-T"], flag: &["-d", "-k", "-q", "-v", "-z", "--rm"], options: &["-o"], outputs: Outputs::Ending(".zst"), needs: &["-f", "--force"], spares: &["-c", "--stdout", "-l", "-t"], ..PLAIN },
    Writer { names: &["openssl", "gpg", "gpg2", "age", "sops", "minisign"], style: Style::SingleDash, value: &["-in", "-key", "-keyout-format", "-r", "-i", "-k", "-pass", "-days", "-subj", "-config"], options: &["-out", "-keyout", "-o", "--output"], ..PLAIN },
    Writer { names: &["tar", "gtar", "bsdtar"], value: &["-C", "--directory", "-X", "-T", "--exclude", "--transform", "-I", "--use-compress-program", "--strip-components"], flag: &["-c", "--create", "-x", "-t", "-r", "-u", "-A", "-v", "-z", "-j", "-J", "-p", "-a", "-k"], options: &["-f", "--file"], needs: &["-c", "--create"], ..PLAIN },
    Writer { names: &["ffmpeg"], style: Style::SingleDash, value: &["-i", "-f", "-c", "-c:v", "-c:a", "-vf", "-af", "-ss", "-t", "-to", "-r", "-s", "-b:v", "-b:a", "-crf", "-preset", "-map", "-codec", "-vcodec", "-acodec", "-loglevel", "-v", "-frames:v", "-filter_complex", "-pix_fmt", "-ar", "-ac", "-q:v", "-threads", "-loop", "-framerate"], outputs: Outputs::Nth(1), needs: &["-y"], ..PLAIN },
    Writer { names: &["pandoc", "dot", "neato", "asciidoctor", "typst", "rst2html", "protoc-gen-doc", "sassc", "esbuild", "iconv", "strip", "wasm-opt", "wat2wasm", "jpegoptim", "pngquant", "diff", "gdiff"], value: &["-f", "-t", "-T", "-K", "--from", "--to", "--template"], options: &["-o", "--output", "--outfile"], ..PLAIN },
    Writer { names: &["convert", "magick", "sox", "pdftotext", "qpdf", "wkhtmltopdf", "objcopy", "rsvg-convert"], style: Style::SingleDash, value: &["-resize", "-quality", "-density", "-background", "-crop", "-gravity", "-geometry", "-O", "-I", "-j", "-f", "-l"], outputs: Outputs::Last, ..PLAIN },
    Writer { names: &["xxd", "hexyl"], value: &["-c", "-g", "-l", "-s", "-o"], flag: &["-r", "-p", "-i", "-u", "-b"], outputs: Outputs::Nth(2), ..PLAIN },
    Writer { names: &["strace", "ltrace", "perf"], value: &["-e", "-p", "-s", "-S", "-u", "-E", "-a", "-I", "-P", "-n"], flag: &["-f", "-c", "-C", "-t", "-T", "-q", "-v", "-x", "-y", "-i", "-r"], wraps: true, options: &["-o", "--output"], append: &["-A"], ..PLAIN },
    Writer { names: &["time", "gtime"], value: &["-f", "--format"], flag: &["-p", "-v"], wraps: true, options: &["-o", "--output"], append: &["-a", "--append"], ..PLAIN },
    Writer { names: &["script"], value: &["-c", "--command", "-T", "-E", "-m"], flag: &["-q", "-f", "-e"], outputs: Outputs::Nth(1), append: &["-a", "--append"], ..PLAIN },
    Writer { names: &["tcpdump", "tshark", "dumpcap"], value: &["-i", "-c", "-s", "-C", "-G", "-r", "-F", "-E", "-f", "-Y"], options: &["-w"], ..PLAIN },
    Writer { names: &["find", "gfind"], style: Style::SingleDash, value: &["-name", "-iname", "-path", "-type", "-maxdepth", "-mindepth", "-mtime", "-newer", "-size", "-user", "-perm", "-printf"], options: &["-fprint", "-fprint0", "-fls", "-fprintf"], ..PLAIN },
    Writer { names: &["pg_dump", "pg_dumpall", "mysqldump", "mariadb-dump"], value: &["-h", "--host", "-p", "--port", "-U", "-u", "--username", "--user", "-d", "--dbname", "-F", "--format", "-t", "--table", "-n", "--schema"], options: &["-f", "--file", "-r", "--result-file"], ..PLAIN },
    Writer { names: &["docker", "podman"], verb: &["save", "export"], options: &["-o", "--output"], ..PLAIN },
    Writer { names: &["git"], verb: &["diff", "log", "show", "archive", "format-patch"], value: &["-n", "-S", "-G", "--format", "--prefix"], options: &["--output", "-o"], spares: &["--output-directory"], ..PLAIN },
    Writer { names: &["patch"], value: &["-p", "-d", "-i", "-B", "-D", "-F", "-V", "-Y", "-z"], options: &["-o", "--output", "-r", "--reject-file"], ..PLAIN },
    Writer { names: &["redis-cli", "valkey-cli"], value: &["-h", "-p", "-a", "-n", "-u"], options: &["--rdb"], ..PLAIN },
];
