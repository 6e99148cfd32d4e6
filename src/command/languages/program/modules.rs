//! Imports: of modules that only the table knows, and of files beside the program, whose functions are then its own.

use bstr::{BString, ByteSlice};

use super::super::calls::module;
use super::evaluate::Evaluator;
use super::frames::Frame;
use super::syntax::{Class, Declared, Import};
use super::things::{Cell, Defined, Thing};

/// Files that one program takes in.
const FILES: usize = 16;
const BYTES: usize = 256 << 10;

/// Modules that come with Python, or that everybody has: not looked for beside the program.
const COMMON: &[&str] = &[
    "os",
    "sys",
    "re",
    "json",
    "subprocess",
    "shutil",
    "pathlib",
    "time",
    "datetime",
    "typing",
    "collections",
    "functools",
    "itertools",
    "random",
    "math",
    "logging",
    "argparse",
    "tempfile",
    "glob",
    "io",
    "csv",
    "urllib",
    "http",
    "socket",
    "threading",
    "multiprocessing",
    "asyncio",
    "hashlib",
    "base64",
    "codecs",
    "string",
    "textwrap",
    "dataclasses",
    "enum",
    "abc",
    "copy",
    "contextlib",
    "traceback",
    "unittest",
    "pytest",
    "numpy",
    "pandas",
    "requests",
    "yaml",
    "tomllib",
    "sqlite3",
    "struct",
    "signal",
    "stat",
    "uuid",
    "inspect",
    "importlib",
    "pprint",
    "platform",
    "getpass",
    "shlex",
    "zipfile",
    "tarfile",
    "gzip",
    "pickle",
    "operator",
    "heapq",
    "bisect",
    "decimal",
    "fractions",
    "statistics",
    "secrets",
    "warnings",
    "weakref",
    "types",
    "ast",
    "dis",
    "click",
    "rich",
    "boto3",
    "botocore",
    "django",
    "flask",
    "fastapi",
    "pydantic",
    "sqlalchemy",
    "torch",
    "tensorflow",
    "matplotlib",
    "scipy",
    "sklearn",
    "PIL",
    "httpx",
    "aiohttp",
    "__future__",
    "difflib",
    "queue",
    "select",
    "ssl",
    "email",
    "html",
    "xml",
    "configparser",
    "ctypes",
    "errno",
    "fcntl",
    "pty",
    "readline",
    "resource",
    "sched",
    "selectors",
    "site",
    "venv",
];

/// Whether a module may be a file of the project.
pub(in super::super) fn is_own(name: &[u8]) -> bool {
    let first = name.split_str(".").next().unwrap_or_default();
    !COMMON.iter().chain(COMMANDS).any(|one| one.as_bytes() == first)
}

/// Modules that are run by name (`python -m pip`).
const COMMANDS: &[&str] = &[
    "pip",
    "build",
    "twine",
    "black",
    "ruff",
    "mypy",
    "flake8",
    "pylint",
    "isort",
    "coverage",
    "timeit",
    "cProfile",
    "pdb",
    "doctest",
    "compileall",
    "ensurepip",
    "virtualenv",
    "pipx",
    "poetry",
    "uvicorn",
    "gunicorn",
    "jupyter",
    "notebook",
    "IPython",
    "pre_commit",
    "tox",
    "nox",
    "sphinx",
    "mkdocs",
    "celery",
    "playwright",
    "this",
];

impl Evaluator<'_> {
    pub fn import(&mut self, import: &Import) {
        let name = module(&import.module);
        let own = self.own_module(import);
        for (member, key) in &import.names {
            let thing = match (&own, member) {
                (Some(own), Some(member)) => match self.member(own, member) {
                    // `from package import module`
                    Thing::Unknown => self.submodule(import, member).unwrap_or(Thing::Unknown),
                    thing => thing,
                },
                (Some(own), None) => own.clone(),
                (None, Some(member)) => {
                    if let Some(thing) = self.submodule(import, member) {
                        thing
                    } else {
                        let whole = module(&[name.as_slice(), b".", member].concat());
                        self.member(&Thing::Name(name.clone()), member).or_name(whole)
                    }
                }
                (None, None) => Thing::Name(name.clone()),
            };
            self.define(key, thing, Declared::Found);
        }
        if import.all {
            self.everything(&name, own);
        }
    }

    /// `from module import *`
    fn everything(&mut self, name: &BString, own: Option<Thing>) {
        if let Some(Thing::Class(class)) = own {
            let frame = self.classes.get(class).map_or(0, |defined| defined.frame);
            let names: Vec<(BString, usize)> =
                self.frames.get(frame).into_iter().flat_map(|frame| frame.names.clone()).collect();
            for (key, place) in names {
                if let Cell::One(thing) = self.store.get(place).clone() {
                    self.define(&key, thing, Declared::Found);
                }
            }
            return;
        }
        let prefix = [name.as_slice(), b"."].concat();
        let known: Vec<(BString, BString)> = self
            .language
            .functions
            .iter()
            .filter_map(|(whole, _)| {
                let short = whole.as_bytes().strip_prefix(prefix.as_slice())?;
                (!short.contains(&b'.')).then(|| (BString::from(short), BString::from(*whole)))
            })
            .collect();
        for (short, whole) in known {
            self.define(&short, Thing::Name(whole), Declared::Found);
        }
    }

    fn own_module(&mut self, import: &Import) -> Option<Thing> {
        if !self.python {
            return if import.relative { self.required(&import.module) } else { None };
        }
        if import.module.is_empty() {
            return None;
        }
        let first = import.module.split_str(".").next().unwrap_or_default();
        if !import.relative && !is_own(first) {
            return None;
        }
        // `import a.b` gives `a`.
        let whole = import.names.iter().any(|(member, key)| member.is_some() || *key != first) || import.all;
        let module = if whole { import.module.as_slice() } else { first };
        self.python_file(&module.replace(".", "/"))
    }

    /// A module inside a package of the program's own.
    fn submodule(&mut self, import: &Import, member: &BString) -> Option<Thing> {
        if !self.python || !import.relative && !import.module.is_empty() {
            return None;
        }
        let path = if import.module.is_empty() {
            member.to_vec()
        } else {
            [import.module.replace(".", "/"), b"/".to_vec(), member.to_vec()].concat()
        };
        self.python_file(&path)
    }

    fn python_file(&mut self, path: &[u8]) -> Option<Thing> {
        if path.contains_str("..") {
            return None;
        }
        self.file(&[[path, b".py"].concat(), [path, b"/__init__.py"].concat()])
    }

    /// `require("./x")`
    pub fn required(&mut self, path: &[u8]) -> Option<Thing> {
        if !path.starts_with(b".") {
            return None;
        }
        let path = path.strip_prefix(b"./").unwrap_or(path);
        let mut names = vec![path.to_vec()];
        if !path.ends_with(b".js") && !path.ends_with(b".mjs") && !path.ends_with(b".cjs") && !path.ends_with(b".ts") {
            names = vec![[path, b".js"].concat(), [path, b".ts"].concat(), [path, b"/index.js"].concat()];
        }
        self.file(&names)
    }

    /// The first of these files that is there, evaluated once.
    fn file(&mut self, names: &[Vec<u8>]) -> Option<Thing> {
        for name in names {
            let path: BString = if self.folder.is_empty() {
                name.as_slice().into()
            } else {
                [self.folder.as_slice(), b"/", name].concat().into()
            };
            if let Some(thing) = self.modules.get(&path) {
                return Some(thing.clone());
            }
            if self.modules.len() >= FILES {
                return None;
            }
            let Some(text) = self.around.file(&path) else { continue };
            if text.len() > BYTES {
                self.unread = true;
                return None;
            }
            return Some(self.evaluated(path, &text));
        }
        None
    }

    fn evaluated(&mut self, path: BString, text: &BString) -> Thing {
        self.frames.push(Frame { parent: Some(0), ..Frame::default() });
        let frame = self.frames.len() - 1;
        let class = Class { name: BString::default(), bases: Vec::new(), body: Vec::new() };
        self.classes.push(Defined { class: std::rc::Rc::new(class), frame, bases: Vec::new(), main: false });
        let thing = Thing::Class(self.classes.len() - 1);
        self.modules.insert(path.clone(), thing.clone());
        let folder = path.rfind_byte(b'/').map_or(BString::default(), |slash| path[..slash].into());
        let before = (
            std::mem::replace(&mut self.frame, frame),
            std::mem::replace(&mut self.main, false),
            std::mem::replace(&mut self.folder, folder),
            self.fixed_line.replace(self.line),
        );
        let exports = Thing::Map(self.store.make(Cell::Maps(vec![Vec::new()])));
        let module = Thing::Map(self.store.make(Cell::Maps(vec![vec![("exports".into(), exports.clone())]])));
        if self.python {
            self.define(&"__name__".into(), Thing::known("module"), Declared::Block);
        } else {
            self.define(&"exports".into(), exports.clone(), Declared::Block);
            self.define(&"module".into(), module.clone(), Declared::Block);
        }
        self.deeper((), |evaluator| evaluator.program(text));
        (self.frame, self.main, self.folder, self.fixed_line) = before;
        if !self.python {
            let given = self.member_of_map(&module, &"exports".into());
            let empty = self.pairs(&given).is_some_and(|pairs| pairs.is_empty());
            if given != exports || !empty {
                self.modules.insert(path, given.clone());
                return given;
            }
        }
        thing
    }
}

impl Thing {
    /// What is already there before the program begins (`sys.argv`), else the name itself.
    fn or_name(self, name: BString) -> Thing {
        match self {
            Thing::Name(_) | Thing::Unknown => Thing::Name(name),
            there => there,
        }
    }
}
