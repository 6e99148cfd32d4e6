//! Functions of each language that start or destroy something, and those whose value is computed. A name that begins
//! with a dot is a method of whatever stands before it.

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
    Format,
    /// `",".join(list)`
    Glue,
    /// Runs a callback for each of what stands before the dot.
    Each,
}

use Function::{
    Argv, Base64, Cloud, Code, Each, Expand, Format, Glue, Here, Home, Http, Join, MakeDirectory, Member, Module,
    OpenPipe, ProgramAndArgv, Remove, RemoveDirectory, RemoveMaybeTree, RemoveTree, Request, Same, Shell, ShellOrWords,
    Spawn, Split, Sql, Subprocess, Variable,
};

#[rustfmt::skip]
pub const PYTHON: &[(&str, Function)] = &[
    ("os.system", Shell), ("os.popen", Shell), ("subprocess.getoutput", Shell), ("subprocess.getstatusoutput", Shell), ("commands.getoutput", Shell),
    ("pty.spawn", ShellOrWords), ("asyncio.create_subprocess_shell", Shell), ("asyncio.create_subprocess_exec", Argv(0)),
    ("subprocess.run", Subprocess), ("subprocess.call", Subprocess), ("subprocess.Popen", Subprocess), ("subprocess.check_call", Subprocess), ("subprocess.check_output", Subprocess),
    ("os.execv", ProgramAndArgv), ("os.execvp", ProgramAndArgv), ("os.execve", ProgramAndArgv), ("os.execvpe", ProgramAndArgv), ("os.posix_spawn", ProgramAndArgv), ("os.posix_spawnp", ProgramAndArgv),
    ("os.execl", Argv(1)), ("os.execlp", Argv(1)), ("os.spawnlp", Argv(2)), ("os.spawnl", Argv(2)),
    ("os.remove", Remove), ("os.unlink", Remove), ("os.rmdir", RemoveDirectory), ("os.removedirs", RemoveDirectory), ("shutil.rmtree", RemoveTree),
    (".unlink", Remove), (".rmdir", RemoveDirectory), (".rmtree", RemoveTree),
    ("os.mkdir", MakeDirectory), ("os.makedirs", MakeDirectory),
    ("requests.delete", Http("DELETE")), ("requests.post", Http("POST")), ("requests.put", Http("PUT")), ("requests.patch", Http("PATCH")), ("requests.request", Request),
    ("httpx.delete", Http("DELETE")), ("httpx.post", Http("POST")), ("httpx.put", Http("PUT")), ("httpx.patch", Http("PATCH")), ("httpx.request", Request),
    ("urllib.request.Request", Request),
    (".execute", Sql), (".executescript", Sql), (".executemany", Sql),
    ("boto3.client", Cloud), ("boto3.Session.client", Cloud), (".client", Cloud),
    ("exec", Code), ("eval", Code), ("compile", Same), ("__import__", Module), ("importlib.import_module", Module), ("getattr", Member),
    ("os.path.join", Join), ("pathlib.Path", Join), ("pathlib.PosixPath", Join), ("Path", Join), (".joinpath", Join),
    ("shlex.split", Split), (".split", Split), ("shlex.quote", Same), ("str", Same), ("os.fspath", Same), ("sqlalchemy.text", Same), ("text", Same), ("json.dumps", Same),
    ("os.path.abspath", Same), ("os.path.realpath", Same), (".resolve", Same), (".absolute", Same), (".strip", Same), (".decode", Same), (".encode", Same), (".as_posix", Same),
    ("pathlib.Path.home", Home), ("Path.home", Home), ("os.path.expanduser", Expand), (".expanduser", Expand), ("os.path.expandvars", Expand),
    ("os.getcwd", Here), ("pathlib.Path.cwd", Here), ("Path.cwd", Here), ("os.environ.get", Variable), ("os.getenv", Variable), ("base64.b64decode", Base64),
    (".format", Format), (".join", Glue),
];

#[rustfmt::skip]
pub const JAVASCRIPT: &[(&str, Function)] = &[
    ("child_process.exec", Shell), ("child_process.execSync", Shell), ("execSync", Shell), ("execa.execaCommand", Shell), ("execa.execaCommandSync", Shell), ("shelljs.exec", Shell),
    ("child_process.spawn", Spawn), ("child_process.spawnSync", Spawn), ("child_process.execFile", Spawn), ("child_process.execFileSync", Spawn), ("execFileSync", Spawn), ("spawnSync", Spawn), ("execa", Spawn), ("execa.execa", Spawn), ("execa.execaSync", Spawn),
    ("Bun.spawn", ShellOrWords), ("Bun.spawnSync", ShellOrWords), ("Deno.Command", Spawn),
    ("fs.rm", RemoveMaybeTree), ("fs.rmSync", RemoveMaybeTree), ("rmSync", RemoveMaybeTree), ("fs.unlink", Remove), ("fs.unlinkSync", Remove), ("unlinkSync", Remove),
    ("fs.rmdir", RemoveDirectory), ("fs.rmdirSync", RemoveDirectory), ("fs.remove", RemoveTree), ("fs.removeSync", RemoveTree), ("fs.emptyDir", RemoveTree), ("fs.emptyDirSync", RemoveTree),
    ("rimraf", RemoveTree), ("rimraf.sync", RemoveTree), ("rimraf.rimraf", RemoveTree), ("rimraf.rimrafSync", RemoveTree), ("del", RemoveTree), ("shelljs.rm", RemoveTree),
    ("Deno.remove", RemoveMaybeTree), ("Deno.removeSync", RemoveMaybeTree), ("fs.mkdirSync", MakeDirectory), ("fs.mkdir", MakeDirectory),
    ("fetch", Request), ("axios", Request), ("axios.request", Request), ("got", Request), ("undici.request", Request), ("https.request", Request), ("http.request", Request),
    ("axios.delete", Http("DELETE")), ("axios.post", Http("POST")), ("axios.put", Http("PUT")), ("axios.patch", Http("PATCH")), ("got.delete", Http("DELETE")), ("got.post", Http("POST")),
    (".query", Sql), (".execute", Sql), (".raw", Sql), (".exec", Sql), (".$executeRawUnsafe", Sql), (".$queryRawUnsafe", Sql),
    ("eval", Code), ("Function", Code), ("vm.runInThisContext", Code), ("vm.runInNewContext", Code),
    ("require", Module), ("import", Module), ("process.mainModule.require", Module), ("path.join", Join), ("path.resolve", Join), (".split", Split), (".trim", Same), (".toString", Same),
    ("util.promisify", Same), ("promisify", Same), ("String", Same), ("JSON.stringify", Same), ("os.homedir", Home), ("process.cwd", Here), ("atob", Base64), ("Buffer.from", Base64),
    (".join", Glue), (".concat", Join), (".forEach", Each), (".map", Each),
];

#[rustfmt::skip]
pub const PERL: &[(&str, Function)] = &[
    ("system", ShellOrWords), ("exec", ShellOrWords), ("qx", Shell), ("open", OpenPipe), ("IPC.System.Simple.system", ShellOrWords), ("capture", ShellOrWords),
    ("unlink", Remove), ("rmdir", RemoveDirectory), ("rmtree", RemoveTree), ("remove_tree", RemoveTree), ("File.Path.rmtree", RemoveTree), ("File.Path.remove_tree", RemoveTree),
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
    (".execute", Sql), (".exec", Sql), (".query", Sql), ("eval", Code), ("instance_eval", Code), ("Base64.decode64", Base64), ("Base64.strict_decode64", Base64),
    ("File.join", Join), ("Pathname.new", Join), ("Pathname", Join), ("File.expand_path", Expand), (".split", Split), ("Shellwords.split", Split), ("Shellwords.escape", Same), (".strip", Same), (".to_s", Same), ("URI", Same), ("URI.parse", Same),
    ("Dir.home", Home), ("Dir.pwd", Here), ("ENV.fetch", Variable), (".each", Each), (".join", Glue), ("Object.const_get", Module), (".send", Member),
];

#[rustfmt::skip]
pub const PHP: &[(&str, Function)] = &[
    ("system", Shell), ("exec", Shell), ("shell_exec", Shell), ("passthru", Shell), ("popen", Shell), ("proc_open", ShellOrWords), ("pcntl_exec", Spawn),
    ("unlink", Remove), ("rmdir", RemoveDirectory), ("mkdir", MakeDirectory), (".query", Sql), (".exec", Sql), (".prepare", Sql), ("mysqli_query", Sql), ("pg_query", Sql),
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
