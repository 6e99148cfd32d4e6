//! JavaScript's modules: Node's own, those of Deno and Bun, and some that many use.

use super::Function::{
    self, Bare, Base64, ChangeDirectory, Code, Each, Everything, FileName, Flagged, Folder, Glue, Here, Home, Http,
    Join, Line, MakeDirectory, Module, Open, Redis, Remove, RemoveDirectory, RemoveMaybeTree, RemoveTree, Request,
    Same, Shell, ShellOrWords, Spawn, Split, Sql, SqlOn, SqlWithin, Tool, Unfiltered, Write,
};

#[rustfmt::skip]
pub const JAVASCRIPT: &[(&str, Function)] = &[
    ("child_process.exec", Shell), ("child_process.execSync", Shell), ("execSync", Shell), ("execa.execaCommand", Shell), ("execa.execaCommandSync", Shell), ("shelljs.exec", Shell),
    ("child_process.spawn", Spawn), ("child_process.spawnSync", Spawn), ("child_process.execFile", Spawn), ("child_process.execFileSync", Spawn), ("execFileSync", Spawn), ("spawnSync", Spawn), ("execa", Spawn), ("execa.execa", Spawn), ("execa.execaSync", Spawn),
    ("child_process.fork", Spawn), ("execa.$", ShellOrWords), ("Bun.spawn", ShellOrWords), ("Bun.spawnSync", ShellOrWords), ("Deno.Command", Spawn),
    ("fs.rm", RemoveMaybeTree), ("fs.rmSync", RemoveMaybeTree), ("rmSync", RemoveMaybeTree), ("fs.unlink", Remove), ("fs.unlinkSync", Remove), ("unlinkSync", Remove),
    ("fs.truncate", Tool(&["truncate", "-s", "0"])), ("fs.truncateSync", Tool(&["truncate", "-s", "0"])), ("fs.rename", Tool(&["mv", "--"])), ("fs.renameSync", Tool(&["mv", "--"])), ("fs.move", Tool(&["mv", "--"])), ("fs.moveSync", Tool(&["mv", "--"])), ("Deno.rename", Tool(&["mv", "--"])),
    ("fs.writeFile", Write), ("fs.writeFileSync", Write), ("fs.outputFile", Write), ("fs.outputFileSync", Write), ("fs.createWriteStream", Open), ("Deno.writeTextFile", Write), ("Deno.writeTextFileSync", Write), ("Deno.writeFile", Write), ("Bun.write", Write), ("process.chdir", ChangeDirectory),
    ("Deno.Command().spawn", Same), ("fs.copyFile", Tool(&["cp", "--"])), ("fs.copyFileSync", Tool(&["cp", "--"])),
    ("fs.rmdir", RemoveDirectory), ("fs.rmdirSync", RemoveDirectory), ("fs.remove", RemoveTree), ("fs.removeSync", RemoveTree), ("fs.emptyDir", RemoveTree), ("fs.emptyDirSync", RemoveTree),
    ("rimraf", RemoveTree), ("rimraf.sync", RemoveTree), ("rimraf.rimraf", RemoveTree), ("rimraf.rimrafSync", RemoveTree), ("del", RemoveTree), ("rimraf.rimraf.sync", RemoveTree), ("del.deleteAsync", RemoveTree), ("del.deleteSync", RemoveTree), ("del.sync", RemoveTree),
    ("Deno.remove", RemoveMaybeTree), ("Deno.removeSync", RemoveMaybeTree), ("fs.mkdirSync", MakeDirectory), ("fs.mkdir", MakeDirectory),
    ("fetch", Request), ("node-fetch", Request), ("got.got", Request), ("ky.delete", Http("DELETE")), ("ky.post", Http("POST")), ("undici.fetch", Request), ("axios", Request), ("axios.request", Request), ("got", Request), ("undici.request", Request), ("https.request", Request), ("http.request", Request),
    ("axios.delete", Http("DELETE")), ("axios.create().delete", Http("DELETE")), ("axios.create().post", Http("POST")), ("axios.default.delete", Http("DELETE")), ("axios.post", Http("POST")), ("axios.put", Http("PUT")), ("axios.patch", Http("PATCH")), ("got.delete", Http("DELETE")), ("got.post", Http("POST")),
    (".query", Sql), (".execute", Sql), (".raw", Sql), (".exec", Sql), (".dropTable", SqlOn("DROP TABLE")), (".dropTableIfExists", SqlOn("DROP TABLE")), (".dropSchema", SqlOn("DROP SCHEMA")), (".dropAllTables", SqlOn("DROP TABLE")), (".dropAllSchemas", SqlOn("DROP SCHEMA")),
    (".flushall", Line(&["redis-cli", "FLUSHALL"])), (".flushAll", Line(&["redis-cli", "FLUSHALL"])), (".flushdb", Line(&["redis-cli", "FLUSHDB"])), (".flushDb", Line(&["redis-cli", "FLUSHDB"])), (".dropDatabase", Line(&["mongosh", "--eval", "db.dropDatabase()"])), (".dropCollection", Line(&["mongosh", "--eval", "db.collection.drop()"])), (".deleteMany", Unfiltered(&["mongosh", "--eval", "db.collection.deleteMany({})"])),
    (".sendCommand", Redis), (".call", Redis), (".drop", Bare(&["mongosh", "--eval", "db.collection.drop()"])), (".truncate", Bare(&["psql", "-c", "TRUNCATE TABLE model"])), (".sync", Flagged("force", &["psql", "-c", "DROP TABLE model"])), (".destroy", Everything(&["psql", "-c", "DELETE FROM model"])), (".rpc", SqlWithin), (".deleteNamespace", Line(&["kubectl", "delete", "namespace", "name"])),
    (".$executeRawUnsafe", Sql), (".$queryRawUnsafe", Sql),
    ("eval", Code), ("Function", Code), ("vm.runInThisContext", Code), ("vm.runInNewContext", Code),
    ("require", Module), ("import", Module), ("process.mainModule.require", Module), ("path.join", Join), ("path.resolve", Join), (".split", Split), (".trim", Same), (".toString", Same),
    ("util.promisify", Same), ("promisify", Same), ("String", Same), ("JSON.stringify", Same), ("os.homedir", Home), ("process.cwd", Here), ("atob", Base64), ("path.dirname", Folder), ("path.basename", FileName), ("path.normalize", Same), ("url.fileURLToPath", Same), ("fileURLToPath", Same), ("shell-quote.quote", Glue), ("Buffer.from", Base64),
    (".join", Glue), (".concat", Join), (".forEach", Each), (".map", Each),
];
