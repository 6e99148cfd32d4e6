//! Functions of languages that are seldom met in a command line. Sources: their manuals' chapters on processes and files.

use super::Function::{
    self, Argv, ChangeDirectory, Code, Here, Home, Join, MakeDirectory, Remove, RemoveDirectory, RemoveMaybeTree,
    RemoveTree, Same, Shell, ShellOrWords, Spawn, Split, Variable,
};

#[rustfmt::skip]
pub const JULIA: &[(&str, Function)] = &[
    ("rm", RemoveMaybeTree), ("Base.rm", RemoveMaybeTree), ("Base.Filesystem.rm", RemoveMaybeTree), ("joinpath", Join), ("homedir", Home), ("pwd", Here), ("cd", ChangeDirectory), ("mkdir", MakeDirectory), ("mkpath", MakeDirectory), ("include_string", Code),
];

#[rustfmt::skip]
pub const OCTAVE: &[(&str, Function)] = &[
    ("system", Shell), ("shell_cmd", Shell), ("unix", Shell), ("dos", Shell), ("popen", Shell), ("unix_g", Shell), ("unix_s", Shell), ("unix_w", Shell), ("host", Shell), ("eval", Code), ("evalc", Code),
    ("delete", Remove), ("unlink", Remove), ("deletefile", Remove), ("mdelete", Remove), ("rmdir", RemoveDirectory), ("confirm_recursive_rmdir", Same), ("removedir", RemoveTree), ("fullfile", Join), ("pwd", Here), ("getenv", Variable), ("mkdir", MakeDirectory),
];

#[rustfmt::skip]
pub const ELIXIR: &[(&str, Function)] = &[
    ("System.cmd", Spawn), ("System.shell", Shell), ("os.cmd", Shell), ("Port.open", Shell), ("Code.eval_string", Code), ("String.to_charlist", Same), ("to_charlist", Same),
    ("File.rm", Remove), ("File.rm!", Remove), ("File.rm_rf", RemoveTree), ("File.rm_rf!", RemoveTree), ("File.rmdir", RemoveDirectory), ("File.rmdir!", RemoveDirectory), ("Path.join", Join), ("Path.expand", Same), ("System.user_home", Home), ("System.user_home!", Home), ("File.cwd!", Here), ("System.get_env", Variable), ("File.cd!", ChangeDirectory), ("File.mkdir_p!", MakeDirectory),
];

#[rustfmt::skip]
pub const ERLANG: &[(&str, Function)] = &[
    ("os:cmd", Shell), ("file:delete", Remove), ("file:del_dir", RemoveDirectory), ("file:del_dir_r", RemoveTree), ("filename:join", Join), ("os:getenv", Variable), ("file:set_cwd", ChangeDirectory), ("filelib:ensure_dir", MakeDirectory),
];

#[rustfmt::skip]
pub const RAKU: &[(&str, Function)] = &[
    ("shell", Shell), ("run", Argv(0)), ("qx", Shell), ("qqx", Shell), ("unlink", Remove), ("rmdir", RemoveDirectory), ("rmtree", RemoveTree), (".unlink", Remove), (".rmdir", RemoveDirectory), (".IO", Same), ("EVAL", Code), ("chdir", ChangeDirectory), ("mkdir", MakeDirectory),
];

#[rustfmt::skip]
pub const GROOVY: &[(&str, Function)] = &[
    (".execute", ShellOrWords), (".exec", ShellOrWords), ("ProcessBuilder", ShellOrWords), ("File", Join), ("Path.of", Join), ("Paths.get", Join), ("Files.delete", Remove), ("Files.deleteIfExists", Remove), (".deleteDir", RemoveTree), (".deleteRecursively", RemoveTree), (".delete", Remove), ("FileUtils.deleteDirectory", RemoveTree), (".split", Split), ("System.getenv", Variable),
];

#[rustfmt::skip]
pub const OCAML: &[(&str, Function)] = &[
    ("Sys.command", Shell), ("Unix.system", Shell), ("Unix.open_process_in", Shell), ("Unix.open_process_out", Shell), ("Unix.open_process", Shell), ("Unix.execvp", Spawn), ("Unix.execv", Spawn), ("Sys.remove", Remove), ("Unix.unlink", Remove), ("Sys.rmdir", RemoveDirectory), ("Unix.rmdir", RemoveDirectory), ("Sys.getenv", Variable), ("Sys.getcwd", Here), ("Filename.concat", Join), ("Sys.chdir", ChangeDirectory),
];

#[rustfmt::skip]
pub const HASKELL: &[(&str, Function)] = &[
    ("callCommand", Shell), ("system", Shell), ("spawnCommand", Shell), ("shell", Shell), ("System.Process.callCommand", Shell), ("System.Process.system", Shell), ("System.Process.spawnCommand", Shell), ("System.Process.shell", Shell), ("System.Cmd.system", Shell),
    ("removeFile", Remove), ("System.Directory.removeFile", Remove), ("removeDirectory", RemoveDirectory), ("removeDirectoryRecursive", RemoveTree), ("removePathForcibly", RemoveTree), ("System.Directory.removeDirectory", RemoveDirectory), ("System.Directory.removeDirectoryRecursive", RemoveTree), ("System.Directory.removePathForcibly", RemoveTree),
];
