//! The layers hold: which modules may do what (DESIGN: pure stages do no I/O, `unsafe` only in sys, text for people only
//! in show). Clippy's lists cannot name these, so the sources are read.

use std::path::{Path, PathBuf};

const CORE: [&str; 6] = ["parse", "packs", "command", "rules", "decide", "invocation"];
const EDGES: [&str; 8] = ["supervise", "audit", "store", "agents", "cli", "show", "sys", "confirm"];

fn sources(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(below).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn core_modules_touch_neither_files_nor_processes_nor_edges() {
    for module in CORE {
        for file in sources(&root().join(module)) {
            let text = std::fs::read_to_string(&file).expect("a source");
            for word in ["std::fs", "std::env", "std::process", "std::net", "std::io::std", "std::time::"] {
                assert!(!text.contains(word), "{} uses {word}", file.display());
            }
            for edge in EDGES {
                assert!(!text.contains(&format!("crate::{edge}")), "{} imports the edge {edge}", file.display());
            }
        }
    }
}

#[test]
fn unsafe_stands_in_sys_only() {
    for file in sources(&root()) {
        let text = std::fs::read_to_string(&file).expect("a source");
        let inside = file.starts_with(root().join("sys")) || file == root().join("lib.rs");
        assert!(inside || !text.contains("unsafe"), "{} has unsafe code", file.display());
    }
}
