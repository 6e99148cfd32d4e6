//! Functions of each language that start or destroy something, and those whose value is computed. A name that begins
//! with a dot is a method of whatever stands before it.

mod javascript;
mod libraries;
mod others;
mod python;

pub use javascript::JAVASCRIPT;
pub use libraries::{DEEDS, Deed, ROOTS, Runs};
pub use others::{ELIXIR, ERLANG, GROOVY, HASKELL, JULIA, OCAML, OCTAVE, RAKU};
pub use python::PYTHON;

/// What a call does, by the shape of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The first argument is text for a shell.
    Shell,
    /// One text is for a shell; several, or a list, are a program and its arguments.
    ShellOrWords,
    /// Python's subprocess: a list, or text where `shell=True`.
    Subprocess,
    /// Node's spawn: a program, a list, options.
    Spawn,
    /// A program and the list of its whole argv (`execvp`).
    ProgramAndArgv,
    /// From the n-th argument on, argv (`execl`).
    Argv(usize),
    /// Perl's open: text that ends or begins with `|` runs.
    OpenPipe,
    /// `spawnv(mode, file, argv)`
    SpawnArgv,
    /// A command line on another machine.
    Remote,
    /// A tool, then the arguments.
    Tool(&'static [&'static str]),
    /// A whole command line, whatever the arguments.
    Line(&'static [&'static str]),
    /// The same, where a filter that is given is empty.
    Unfiltered(&'static [&'static str]),
    /// The same, where nothing is given but options.
    Bare(&'static [&'static str]),
    /// The same, where this option is on.
    Flagged(&'static str, &'static [&'static str]),
    /// The same, where a map says that all is meant: `{ truncate: true }`, `{ where: {} }`.
    Everything(&'static [&'static str]),
    /// Words for Redis, in a list or bare.
    Redis,
    /// The SQL is among the values of a map: `rpc("exec_sql", { sql: "…" })`.
    SqlWithin,
    /// A file that a mode opens.
    Open,
    /// A file, and its new text.
    Write,
    ChangeDirectory,
    Remove,
    RemoveDirectory,
    RemoveTree,
    /// Removes; the whole tree where an option says so.
    RemoveMaybeTree,
    MakeDirectory,
    /// An HTTP request of that method: URL, body.
    Http(&'static str),
    /// The method is an argument or option.
    Request,
    Sql,
    /// SQL that ends in the name of a table.
    SqlOn(&'static str),
    /// `boto3.client("rds")`
    Cloud,
    /// Text in the same language.
    Code,
    /// The module that the first argument names.
    Module,
    /// `getattr(object, "name")`
    Member,
    /// The arguments joined as a path.
    Join,
    /// Text to words.
    Split,
    /// Its first argument, or what stands before the dot.
    Same,
    Home,
    Expand,
    Here,
    Variable,
    Base64,
    Hex,
    /// `codecs.decode(text, "rot13")`
    Decode,
    Folder,
    FileName,
    Format,
    /// `",".join(list)`
    Glue,
    /// Runs a callback for each of what stands before the dot.
    Each,
}

impl Function {
    /// It has an effect, and not only a value.
    pub fn acts(self) -> bool {
        !matches!(
            self,
            Function::Cloud
                | Module
                | Member
                | Join
                | Split
                | Same
                | Home
                | Expand
                | Here
                | Variable
                | Base64
                | Function::Hex
                | Function::Decode
                | Function::Folder
                | Function::FileName
                | Format
                | Glue
                | Each
                | MakeDirectory
                | Function::Open
        )
    }

    /// Its value is one of pathlib's.
    pub fn makes_path(name: &[u8]) -> bool {
        name.starts_with(b"pathlib.")
    }
}

use Function::{
    Bare, Base64, Code, Each, Expand, Format, Glue, Here, Home, Http, Join, Line, MakeDirectory, Member, Module,
    OpenPipe, Remove, RemoveDirectory, RemoveMaybeTree, RemoveTree, Same, Shell, ShellOrWords, Spawn, Split, Sql,
    SqlOn, Variable,
};

#[rustfmt::skip]
pub const PERL: &[(&str, Function)] = &[
    ("system", ShellOrWords), ("exec", ShellOrWords), ("qx", Shell), ("open", OpenPipe), ("IPC.System.Simple.system", ShellOrWords), ("capture", ShellOrWords),
    ("unlink", Remove), ("rmdir", RemoveDirectory), ("rmtree", RemoveTree), ("remove_tree", RemoveTree), ("File.Path.rmtree", RemoveTree), ("File.Path.remove_tree", RemoveTree),
    (".flushall", Line(&["redis-cli", "FLUSHALL"])), (".flushdb", Line(&["redis-cli", "FLUSHDB"])), ("LWP.UserAgent.new.delete", Http("DELETE")), ("HTTP.Tiny.new.delete", Http("DELETE")),
    ("mkdir", MakeDirectory), ("make_path", MakeDirectory), (".do", Sql), (".prepare", Sql), ("eval", Code), ("decode_base64", Base64), ("MIME.Base64.decode_base64", Base64),
    ("split", Split), ("catfile", Join), ("catdir", Join), ("cwd", Here), ("getcwd", Here),
];

#[rustfmt::skip]
pub const RUBY: &[(&str, Function)] = &[
    ("system", ShellOrWords), ("exec", ShellOrWords), ("spawn", ShellOrWords), ("Kernel.system", ShellOrWords), ("Kernel.exec", ShellOrWords), ("Kernel.spawn", ShellOrWords), ("Process.spawn", ShellOrWords),
    ("IO.popen", ShellOrWords), ("Open3.capture2", ShellOrWords), ("Open3.capture2e", ShellOrWords), ("Open3.capture3", ShellOrWords), ("Open3.popen3", ShellOrWords), ("sh", ShellOrWords), ("open", OpenPipe), ("PTY.spawn", ShellOrWords),
    ("File.delete", Remove), ("File.unlink", Remove), ("FileUtils.rm", Remove), ("FileUtils.rm_f", Remove), ("FileUtils.remove", Remove), ("FileUtils.remove_file", Remove), ("FileUtils.safe_unlink", Remove),
    ("FileUtils.rm_r", RemoveTree), ("FileUtils.rm_rf", RemoveTree), ("FileUtils.rmtree", RemoveTree), ("FileUtils.remove_dir", RemoveTree), ("FileUtils.remove_entry", RemoveTree), ("FileUtils.remove_entry_secure", RemoveTree),
    ("rm_rf", RemoveTree), ("rm_r", RemoveTree), (".rmtree", RemoveTree), (".delete", Sql), (".unlink", Remove),
    ("Dir.rmdir", RemoveDirectory), ("Dir.delete", RemoveDirectory), ("Dir.unlink", RemoveDirectory), ("FileUtils.rmdir", RemoveDirectory), ("FileUtils.mkdir_p", MakeDirectory), ("Dir.mkdir", MakeDirectory),
    ("HTTParty.delete", Http("DELETE")), ("Faraday.delete", Http("DELETE")), ("RestClient.delete", Http("DELETE")), ("HTTParty.post", Http("POST")), ("Faraday.post", Http("POST")), ("RestClient.post", Http("POST")), ("Net.HTTP.Delete.new", Http("DELETE")), ("Net.HTTP.post", Http("POST")),
    (".flushall", Line(&["redis-cli", "FLUSHALL"])), (".flushdb", Line(&["redis-cli", "FLUSHDB"])), (".drop_table", SqlOn("DROP TABLE")), (".drop", Bare(&["mongosh", "--eval", "db.collection.drop()"])), (".delete_bucket", Line(&["aws", "s3api", "delete-bucket", "--bucket", "bucket"])), (".delete_db_instance", Line(&["aws", "rds", "delete-db-instance", "--db-instance-identifier", "instance"])), (".delete_table", Line(&["aws", "dynamodb", "delete-table", "--table-name", "table"])), (".terminate_instances", Line(&["aws", "ec2", "terminate-instances", "--instance-ids", "instance"])),
    (".exec_query", Sql), (".exec_delete", Sql), (".exec_update", Sql), (".execute", Sql), (".exec", Sql), (".query", Sql), ("eval", Code), ("instance_eval", Code), ("Base64.decode64", Base64), ("Base64.strict_decode64", Base64),
    ("File.join", Join), ("Pathname.new", Join), ("Pathname", Join), ("File.expand_path", Expand), (".split", Split), ("Shellwords.split", Split), ("Shellwords.escape", Same), (".strip", Same), (".to_s", Same), ("URI", Same), ("URI.parse", Same),
    ("Dir.home", Home), ("Dir.pwd", Here), ("ENV.fetch", Variable), (".each", Each), (".join", Glue), ("Object.const_get", Module), (".send", Member),
];

#[rustfmt::skip]
pub const PHP: &[(&str, Function)] = &[
    ("system", Shell), ("exec", Shell), ("shell_exec", Shell), ("passthru", Shell), ("popen", Shell), ("proc_open", ShellOrWords), ("pcntl_exec", Spawn),
    ("unlink", Remove), ("rmdir", RemoveDirectory), ("mkdir", MakeDirectory), (".query", Sql), (".exec", Sql), (".prepare", Sql), ("mysqli_query", Sql), ("pg_query", Sql), (".truncate", Bare(&["psql", "-c", "TRUNCATE TABLE model"])), ("DB.statement", Sql), ("DB.unprepared", Sql), ("DB.delete", Sql), ("DB.update", Sql), (".statement", Sql), (".unprepared", Sql),
    (".flushAll", Line(&["redis-cli", "FLUSHALL"])), (".flushall", Line(&["redis-cli", "FLUSHALL"])), (".flushDB", Line(&["redis-cli", "FLUSHDB"])), (".flushdb", Line(&["redis-cli", "FLUSHDB"])), (".dropDatabase", Line(&["mongosh", "--eval", "db.dropDatabase()"])), (".dropCollection", Line(&["mongosh", "--eval", "db.collection.drop()"])), (".drop", Bare(&["mongosh", "--eval", "db.collection.drop()"])),
    ("eval", Code), ("assert", Code), ("base64_decode", Base64), ("getenv", Variable), ("getcwd", Here), ("escapeshellarg", Same), ("trim", Same), ("sprintf", Format),
];

#[rustfmt::skip]
pub const LUA: &[(&str, Function)] = &[
    ("os.execute", Shell), ("io.popen", Shell), ("os.remove", Remove), ("lfs.rmdir", RemoveDirectory), ("vim.fn.system", ShellOrWords), ("vim.fn.delete", Remove), ("load", Code), ("loadstring", Code), ("string.format", Format), ("os.getenv", Variable),
];

pub const AWK: &[(&str, Function)] = &[("system", Shell), ("sprintf", Format)];

#[rustfmt::skip]
pub const R: &[(&str, Function)] = &[
    ("system", Shell), ("shell", Shell), ("system2", Spawn), ("unlink", RemoveMaybeTree), ("file.remove", Remove), ("file.path", Join), ("dir.create", MakeDirectory), ("dbExecute", Sql), ("dbSendQuery", Sql), ("eval", Code),
];

pub const VIM: &[(&str, Function)] =
    &[("system", ShellOrWords), ("systemlist", ShellOrWords), ("delete", RemoveMaybeTree), ("termopen", ShellOrWords)];
