//! Build output: a folder of a known name beside what generates it. Being ignored alone proves nothing (`.env` and
//! databases are ignored too), nor does the name alone where it is also a name for sources.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::git::Found;
use super::git::tracked::Listed;
use super::glob::fits;
use super::ground::{Scene, any};
use crate::answer::Answer;

struct Output {
    names: &'static [&'static str],
    /// One of these stands beside it; empty: nothing is asked for.
    beside: &'static [&'static str],
    /// One of these stands inside it; empty: nothing is asked for.
    inside: &'static [&'static str],
    /// The name means nothing else, so no ignore rule is asked for.
    sure: bool,
}

const fn sure(names: &'static [&'static str], beside: &'static [&'static str]) -> Output {
    Output { names, beside, inside: &[], sure: true }
}

const fn ignored(names: &'static [&'static str], beside: &'static [&'static str]) -> Output {
    Output { names, beside, inside: &[], sure: false }
}

const OUTPUTS: &[Output] = &[
    Output { names: &["target"], beside: &["Cargo.toml"], inside: &["CACHEDIR.TAG"], sure: true },
    Output { names: &[".venv", "venv", "env"], beside: &[], inside: &["pyvenv.cfg"], sure: true },
    Output { names: &["build*", "cmake-build-*", "out"], beside: &[], inside: &["CMakeCache.txt"], sure: true },
    sure(&["node_modules"], &["package.json"]),
    sure(
        &[".next", ".nuxt", ".output", ".svelte-kit", ".turbo", ".parcel-cache", ".angular", ".vite"],
        &["package.json"],
    ),
    sure(&["__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", "*.pyc", "*.pyo"], &[]),
    sure(&["*.egg-info", ".eggs", "htmlcov"], &["pyproject.toml", "setup.py", "setup.cfg"]),
    sure(
        &[".coverage", ".coverage.*"],
        &["pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "pytest.ini", ".coveragerc", "requirements*.txt"],
    ),
    sure(&["zig-out", "zig-cache", ".zig-cache"], &["build.zig"]),
    sure(&["dist-newstyle", ".stack-work"], &["*.cabal", "stack.yaml", "cabal.project"]),
    sure(&["elm-stuff"], &["elm.json", "package.json"]),
    sure(&[".dart_tool"], &["pubspec.yaml"]),
    sure(
        &[
            ".astro",
            ".docusaurus",
            ".expo",
            ".svelte-cache",
            ".rpt2_cache",
            ".eslintcache",
            ".stylelintcache",
            ".nyc_output",
        ],
        &["package.json"],
    ),
    sure(&["playwright-report", "test-results"], &["playwright.config.*"]),
    sure(&["bower_components"], &["bower.json"]),
    sure(&[".hypothesis", ".ipynb_checkpoints", ".pyre", ".pytype"], &[]),
    sure(&["DerivedData"], &["*.xcodeproj", "*.xcworkspace", "Package.swift"]),
    sure(&["bazel-*"], &["WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel"]),
    sure(&["CMakeFiles"], &["CMakeCache.txt", "CMakeLists.txt"]),
    sure(&["autom4te.cache"], &["configure.ac", "configure.in"]),
    sure(&["nimcache"], &["*.nimble"]),
    sure(&["cdk.out"], &["cdk.json"]),
    sure(&[".aws-sam"], &["template.yaml", "template.yml", "samconfig.toml"]),
    sure(&[".bsp", ".metals", ".bloop"], &["build.sbt", "build.sc", "build.gradle", "pom.xml"]),
    sure(&["dbt_packages"], &["dbt_project.yml"]),
    sure(&["_book"], &["book.json"]),
    ignored(&[".terraform"], &["*.tf", "*.tofu"]),
    ignored(&["target"], &["dbt_project.yml", "project.clj"]),
    ignored(&["book"], &["book.toml"]),
    ignored(&["cover"], &["mix.exs"]),
    ignored(&["ebin"], &["rebar.config", "erlang.mk"]),
    ignored(&["lib"], &["shard.yml"]),
    ignored(&["bundle"], &["../Gemfile"]),
    ignored(&["Build"], &["../Cartfile"]),
    ignored(&[".direnv"], &[".envrc"]),
    ignored(&[".devenv"], &["devenv.nix"]),
    ignored(&[".serverless"], &["serverless.y*ml"]),
    ignored(&["target"], &["Cargo.toml", "pom.xml", "build.sbt"]),
    ignored(
        &[
            "dist",
            "build",
            "out",
            "lib",
            "es",
            "coverage",
            ".nyc_output",
            "storybook-static",
            "*.tsbuildinfo",
            ".cache",
        ],
        &["package.json", "tsconfig.json"],
    ),
    ignored(&["dist", "build", "_build", "site"], &["pyproject.toml", "setup.py", "mkdocs.yml", "conf.py"]),
    ignored(&["build", "out", ".gradle", "bin"], &["build.gradle", "build.gradle.kts", "settings.gradle*"]),
    ignored(
        &["build*", "out", "*.o", "*.obj", "*.a"],
        &["CMakeLists.txt", "Makefile", "makefile", "meson.build", "configure*"],
    ),
    ignored(&["bin", "obj", "artifacts"], &["*.csproj", "*.fsproj", "*.sln"]),
    ignored(&["bin", "dist", "vendor"], &["go.mod"]),
    ignored(&["_build", "deps"], &["mix.exs", "dune-project", "rebar.config"]),
    ignored(&["vendor"], &["composer.json", "Gemfile"]),
    ignored(&["Pods"], &["Podfile"]),
    ignored(&[".build"], &["Package.swift"]),
    ignored(&["_site", ".jekyll-cache", "public"], &["_config.yml", "config.toml", "hugo.toml", "Gemfile"]),
    ignored(&["*.class", "*.jar"], &["*.java", "pom.xml", "Makefile"]),
    ignored(
        &["*.o", "*.obj", "*.lo", "*.gcda", "*.gcno", "*.profraw", "*.profdata", "a.out"],
        &["*.c", "*.cc", "*.cpp", "*.cxx", "*.f90", "Cargo.toml"],
    ),
    ignored(
        &["coverage.xml", "junit*.xml", "lcov.info", "*.lcov"],
        &["package.json", "pyproject.toml", "setup.py", "setup.cfg", "go.mod", "Cargo.toml", "pom.xml"],
    ),
    // What programs say while they run, and where: nobody's work.
    ignored(&["*.log", "*.pid", "nohup.out", ".DS_Store", "*.swp", "*.swo"], &[]),
    ignored(&["coverage.out", "cover.out", "*.test", "*.prof"], &["go.mod"]),
    ignored(&["tfplan", "*.tfplan", ".terragrunt-cache"], &["*.tf", "*.tofu", "terragrunt.hcl"]),
    ignored(
        &[
            "test-results",
            "playwright-report",
            "blob-report",
            "allure-results",
            "allure-report",
            ".nx",
            ".swc",
            ".wrangler",
            ".webpack",
            ".rollup.cache",
            ".sass-cache",
            ".quasar",
            ".pnpm-store",
        ],
        &["package.json"],
    ),
    ignored(
        &["videos", "screenshots"],
        &["../cypress.config.js", "../cypress.config.ts", "../cypress.config.mjs", "../cypress.config.cjs"],
    ),
    ignored(&["cache", "pids", "sockets", "assets", "packs"], &["../config.ru"]),
    ignored(&["staticfiles"], &["manage.py"]),
    ignored(&["_build"], &["Makefile", "make.bat", "../conf.py"]),
];

const TELLING: &[&str] = &[
    "target",
    "dist",
    "build",
    "out",
    "coverage",
    ".nyc_output",
    "htmlcov",
    ".coverage",
    "test-results",
    "playwright-report",
    "_build",
    ".gradle",
    "node_modules",
    ".next",
    ".nuxt",
    ".output",
    ".svelte-kit",
    ".turbo",
    ".parcel-cache",
    ".angular",
    ".vite",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    ".venv",
    "venv",
    "*.egg-info",
    "*.pyc",
    "*.o",
    "cmake-build-*",
    "zig-out",
    "zig-cache",
    ".zig-cache",
    "dist-newstyle",
    "elm-stuff",
    ".dart_tool",
    "storybook-static",
    "*.tsbuildinfo",
];

/// Whether a real path is build output or lies in some.
pub fn is_output(scene: &Scene<'_>, path: &Path, exists: bool) -> Answer {
    any(path.ancestors().take_while(|folder| folder.file_name().is_some()).map(|folder| {
        let name = folder.file_name().map(OsStrExt::as_bytes).unwrap_or_default();
        let mut rows =
            OUTPUTS.iter().filter(|row| row.names.iter().any(|known| fits(known.as_bytes(), name))).peekable();
        if rows.peek().is_none() {
            return Answer::No;
        }
        // Of what is not there only the name can be judged: one that is hardly used for sources.
        if !exists && std::fs::symlink_metadata(folder).is_err() {
            let within = scene.project.as_ref().is_some_and(|project| folder.starts_with(project));
            return (within && TELLING.iter().any(|known| fits(known.as_bytes(), name))).into();
        }
        scene.output(folder, || {
            any(rows.filter(|row| generated(row, folder)).map(|row| allowed(scene, folder, row.sure)))
        })
    }))
}

fn generated(row: &Output, folder: &Path) -> bool {
    let beside = row.beside.is_empty() || folder.parent().is_some_and(|parent| holds(parent, row.beside));
    beside && (row.inside.is_empty() || holds(folder, row.inside))
}

fn holds(folder: &Path, names: &[&str]) -> bool {
    names.iter().any(|name| {
        if !name.contains('*') {
            return folder.join(name).is_file();
        }
        let Ok(entries) = std::fs::read_dir(folder) else { return false };
        entries.take(2_000).flatten().any(|entry| fits(name.as_bytes(), entry.file_name().as_bytes()))
    })
}

/// Nothing in it is tracked, and HEAD ignores it where the name alone is not enough.
fn allowed(scene: &Scene<'_>, folder: &Path, sure: bool) -> Answer {
    let Some(parent) = folder.parent() else { return Answer::No };
    let site = scene.site(parent);
    match &site.found {
        Found::Nothing => sure.into(),
        Found::Unreadable => Answer::CannotTell,
        Found::Repository(repository) => {
            let (Some(listed), Some(name)) = (&site.listed, repository.relative(folder)) else {
                return Answer::CannotTell;
            };
            if tracks(listed, name) {
                return Answer::No;
            }
            if sure {
                return Answer::Yes;
            }
            let Some(ignores) = repository.ignores() else { return Answer::No };
            ignores.ignored(name, folder.is_dir()).map_or(Answer::CannotTell, Answer::from)
        }
    }
}

fn tracks(listed: &Listed, name: &[u8]) -> bool {
    !listed.index.below(name).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name or a file of the table, made plain.
    fn plain(glob: &str) -> String {
        glob.replace('*', "x")
    }

    #[test]
    fn each_output_needs_what_generates_it() {
        for (at, row) in OUTPUTS.iter().enumerate() {
            let root = std::env::temp_dir().join(format!("guarded-artifacts-{}-{at}", std::process::id()));
            for name in row.names {
                let parent = root.join("a/b").join(plain(name).replace(['/', '.'], "_"));
                let folder = parent.join(plain(name));
                std::fs::create_dir_all(&folder).expect("a folder");
                let bare = row.beside.is_empty() && row.inside.is_empty();
                assert_eq!(generated(row, &folder), bare, "{name} alone");
                let beside = row.beside.first().map(|file| parent.join(plain(file)));
                let inside = row.inside.first().map(|file| folder.join(plain(file)));
                let files: Vec<_> = beside.into_iter().chain(inside).collect();
                for file in &files {
                    std::fs::write(file, "").expect("a file");
                }
                assert!(generated(row, &folder), "{name} with what generates it");
                for file in &files {
                    std::fs::remove_file(file).expect("the file goes");
                }
            }
            std::fs::remove_dir_all(root).expect("the folder goes");
        }
    }
}
