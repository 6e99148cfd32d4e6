//! Python's modules.

use super::Function::{
    self, Argv, Base64, ChangeDirectory, Cloud, Code, Decode, Expand, FileName, Folder, Format, Glue, Here, Hex, Home,
    Http, Join, Line, MakeDirectory, Member, Module, Open, ProgramAndArgv, Remote, Remove, RemoveDirectory, RemoveTree,
    Request, Same, Shell, ShellOrWords, SpawnArgv, Split, Sql, SqlOn, Subprocess, Tool, Unfiltered, Variable, Write,
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
    ("os.truncate", Tool(&["truncate", "-s", "0"])), ("os.rename", Tool(&["mv", "--"])), ("os.replace", Tool(&["mv", "--"])), ("os.renames", Tool(&["mv", "--"])), ("shutil.move", Tool(&["mv", "--"])),
    ("shutil.copy", Tool(&["cp", "--"])), ("shutil.copy2", Tool(&["cp", "--"])), ("shutil.copyfile", Tool(&["cp", "--"])), 
    ("open", Open), ("io.open", Open), ("codecs.open", Open), (".open", Open), (".write_text", Write), (".write_bytes", Write), ("os.chdir", ChangeDirectory),
    ("os.spawnv", SpawnArgv), ("os.spawnvp", SpawnArgv), ("os.spawnve", SpawnArgv), ("os.spawnvpe", SpawnArgv), ("os.spawnle", Argv(2)), ("os.spawnlpe", Argv(2)), ("os.execle", Argv(1)), ("os.execlpe", Argv(1)),
    ("os.popen2", Shell), ("os.popen3", Shell), ("popen2.popen2", Shell), ("subprocess.check_output_text", Subprocess), ("asyncio.subprocess.create_subprocess_shell", Shell), ("asyncio.subprocess.create_subprocess_exec", Argv(0)), ("trio.run_process", Subprocess), ("anyio.run_process", Subprocess), ("pexpect.spawn", Shell), ("pexpect.run", Shell), ("commands.getstatusoutput", Shell),
    ("invoke.run", Shell), ("invoke.Context().run", Shell), ("fabric.Connection().run", Remote), ("fabric.Connection().sudo", Remote), ("fabric.api.run", Remote), ("fabric.api.sudo", Remote), ("fabric.api.local", Shell), (".exec_command", Remote),
    ("pathlib.Path.unlink", Remove), ("pathlib.Path.rmdir", RemoveDirectory), ("os.mkdir", MakeDirectory), ("os.makedirs", MakeDirectory),
    ("requests.delete", Http("DELETE")), ("requests.post", Http("POST")), ("requests.put", Http("PUT")), ("requests.patch", Http("PATCH")), ("requests.request", Request),
    ("httpx.delete", Http("DELETE")), ("httpx.post", Http("POST")), ("httpx.put", Http("PUT")), ("httpx.patch", Http("PATCH")), ("httpx.request", Request),
    ("urllib.request.Request", Request), ("http.client.HTTPSConnection().request", Request), ("http.client.HTTPConnection().request", Request), ("requests.Session().delete", Http("DELETE")), ("requests.Session().post", Http("POST")), ("requests.Session().put", Http("PUT")), ("requests.Session().request", Request), ("requests.session().delete", Http("DELETE")),
    ("httpx.Client().delete", Http("DELETE")), ("httpx.Client().post", Http("POST")), ("httpx.Client().request", Request), ("httpx.AsyncClient().delete", Http("DELETE")), ("httpx.AsyncClient().post", Http("POST")), ("httpx.AsyncClient().request", Request),
    ("aiohttp.ClientSession().delete", Http("DELETE")), ("aiohttp.ClientSession().post", Http("POST")), ("aiohttp.ClientSession().request", Request),
    (".execute", Sql), (".executescript", Sql), (".executemany", Sql),
    ("aiosqlite.execute", Sql), (".run_sync", Same), (".drop_all", SqlOn("DROP TABLE")), (".flushall", Line(&["redis-cli", "FLUSHALL"])), (".flushdb", Line(&["redis-cli", "FLUSHDB"])),
    (".drop_database", Line(&["mongosh", "--eval", "db.dropDatabase()"])), (".drop_collection", Line(&["mongosh", "--eval", "db.collection.drop()"])), (".delete_many", Unfiltered(&["mongosh", "--eval", "db.collection.deleteMany({})"])),
    ("boto3.client", Cloud), ("boto3.Session.client", Cloud), (".client", Cloud),
    ("exec", Code), ("eval", Code), ("compile", Same), ("__import__", Module), ("importlib.import_module", Module), ("getattr", Member),
    ("os.path.join", Join), ("pathlib.Path", Join), ("pathlib.PosixPath", Join), ("Path", Join), (".joinpath", Join),
    ("shlex.split", Split), (".split", Split), ("shlex.quote", Same), ("str", Same), ("sqlalchemy.text", Same), ("text", Same), ("json.dumps", Same),
    ("os.path.abspath", Same), ("os.path.realpath", Same), (".resolve", Same), (".absolute", Same), (".strip", Same), (".decode", Same), (".encode", Same), (".as_posix", Same),
    ("pathlib.Path.home", Home), ("Path.home", Home), ("os.path.expanduser", Expand), (".expanduser", Expand), ("os.path.expandvars", Expand),
    ("os.getcwd", Here), ("pathlib.Path.cwd", Here), ("Path.cwd", Here), ("os.environ.get", Variable), ("os.getenv", Variable), ("base64.b64decode", Base64),
    ("base64.standard_b64decode", Base64), ("base64.urlsafe_b64decode", Base64), ("base64.decodebytes", Base64), ("binascii.a2b_base64", Base64), ("bytes.fromhex", Hex), ("bytearray.fromhex", Hex), ("binascii.unhexlify", Hex), ("base64.b16decode", Hex), ("codecs.decode", Decode),
    ("os.path.dirname", Folder), ("os.path.basename", FileName), ("os.path.normpath", Same), ("os.fsencode", Same), ("os.fsdecode", Same), ("os.fspath", Same), ("pathlib.PurePath", Join), ("pathlib.PosixPath.home", Home), ("psycopg2.sql.SQL", Same), ("psycopg.sql.SQL", Same), ("textwrap.dedent", Same), ("inspect.cleandoc", Same),
    (".format", Format), (".join", Glue),
];
