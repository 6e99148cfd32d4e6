//! Rule packs as data: what each tool's command line means and which of its acts destroy. Embedded at build time and
//! indexed by command name; users' packs are read by the edge and handed in.

pub mod schema;
pub mod fields;
pub mod conditions;
pub mod grammar;
pub mod read;
pub mod glob;
pub mod lint;
pub mod skeleton;
mod tool;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

pub use fields::PackError;
pub use schema::{Effect, Examples, Move, Pack, Severity, Shift, Target, Undo};
pub use tool::Tool;

use crate::look::facts::FACTS;

/// A pack as the build left it.
struct Embedded {
    prefix: &'static str,
    pack: &'static [u8],
    examples: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// All packs that hold here.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    user: Vec<Arc<Tool>>,
    /// Base name → positions in `user`.
    user_names: BTreeMap<Vec<u8>, Vec<usize>>,
    /// Those in `user` that are for families of names, or for all.
    user_wide: Vec<usize>,
    user_examples: Vec<Examples>,
    /// Embedded packs that do not hold, by prefix.
    replaced: BTreeSet<String>,
}

impl Packs {
    #[must_use]
    pub fn embedded() -> Self {
        Packs::default()
    }

    /// The embedded packs and users' own, given as (file name, text). All of what is wrong with them is told.
    pub fn with_user(files: &[(&str, &str)]) -> Result<Self, Vec<PackError>> {
        let mut packs = Packs::embedded();
        let mut errors = Vec::new();
        let mut ids: Vec<String> = packs.rules().map(|rule| rule.id.to_string()).collect();
        for (name, text) in files {
            match parse(name, text) {
                Ok((pack, examples)) => {
                    for rule in &pack.rules {
                        if ids.contains(&rule.id) {
                            errors.push(taken(name, text, &rule.id));
                        }
                        ids.push(rule.id.clone());
                    }
                    packs.add(pack, examples);
                }
                Err(more) => errors.extend(more),
            }
        }
        if errors.is_empty() { Ok(packs) } else { Err(errors) }
    }

    /// The embedded packs, and these: one that has the name of an embedded pack takes its place.
    #[must_use]
    pub fn of(read: Vec<(Pack, Vec<Examples>)>) -> Self {
        let mut packs = Packs::embedded();
        for (pack, examples) in read {
            packs.replaced.insert(pack.prefix.clone());
            packs.add(pack, examples);
        }
        packs
    }

    fn add(&mut self, pack: Pack, examples: Vec<Examples>) {
        let number = self.user.len();
        for command in pack.commands.iter().filter(|command| !command.contains('*')) {
            self.user_names.entry(command.as_bytes().to_vec()).or_default().push(number);
        }
        if pack.any_command || pack.commands.iter().any(|command| command.contains('*')) {
            self.user_wide.push(number);
        }
        self.user.push(Arc::new(Tool::new(pack)));
        self.user_examples.extend(examples);
    }

    fn user_tools<'a>(&'a self, numbers: &'a [usize]) -> impl Iterator<Item = &'a Tool> {
        numbers.iter().filter_map(|number| self.user.get(*number)).map(Arc::as_ref)
    }

    /// The tools whose command has this base name, and those that look at every command.
    pub fn tools_for<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a Tool> {
        let exact = NAMES.binary_search_by(|(one, _)| one.as_bytes().cmp(name));
        let exact = exact.ok().and_then(|at| NAMES.get(at)).map_or(&[][..], |(_, packs)| packs);
        let family = GLOBS.iter().filter(move |(glob, _)| tool::names(glob, name)).map(|(_, pack)| *pack);
        let named = self.user_names.get(name).map_or(&[][..], Vec::as_slice);
        let wide = self.user_tools(&self.user_wide).filter(move |tool| tool.is_wide_for(name));
        let embedded = exact.iter().copied().chain(family).chain(ANY.iter().copied());
        embedded.filter_map(|number| self.embedded_tool(number)).chain(self.user_tools(named)).chain(wide)
    }

    /// The tools that look at every command, also one whose name is not known.
    pub fn tools_for_any(&self) -> impl Iterator<Item = &Tool> {
        let user = self.user_tools(&self.user_wide).filter(|tool| tool.pack.any_command);
        ANY.iter().copied().filter_map(|number| self.embedded_tool(number)).chain(user)
    }

    /// Programs that start no others and that no rule names: whatever their words, there is nothing to say of them alone.
    /// Rules that look at every command mind redirections and what leaves the machine; a user's may mind anything.
    #[must_use]
    pub fn is_plain(&self, name: &[u8]) -> bool {
        let mut named = self.tools_for(name).filter(|tool| !tool.pack.any_command).peekable();
        let always = |tool: &Tool| matches!(tool.pack.grammar.leaf.as_slice(), [schema::When::AtLeast(0)]);
        named.peek().is_some()
            && named.all(|tool| always(tool) && tool.rules.is_empty())
            && !self.user.iter().any(|tool| tool.pack.any_command)
    }

    /// Every tool, decoded; for listings and tests.
    pub fn tools(&self) -> impl Iterator<Item = &Tool> {
        (0..PACKS.len()).filter_map(|number| self.embedded_tool(number)).chain(self.user.iter().map(Arc::as_ref))
    }

    fn embedded_tool(&self, number: usize) -> Option<&Tool> {
        decoded(number).filter(|tool| self.replaced.is_empty() || !self.replaced.contains(&tool.pack.prefix))
    }

    /// Every rule.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<crate::rules::Rule>> {
        self.tools().flat_map(|tool| &tool.rules)
    }

    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Arc<crate::rules::Rule>> {
        self.rules().find(|rule| &*rule.id == id)
    }

    /// Every rule's examples, decoded anew.
    #[must_use]
    pub fn examples(&self) -> Vec<Examples> {
        let embedded = PACKS.iter().filter_map(|one| postcard::from_bytes::<Vec<Examples>>(one.examples).ok());
        embedded.flatten().chain(self.user_examples.iter().cloned()).collect()
    }
}

/// One pack's text, under its file's name.
pub fn parse(name: &str, text: &str) -> Result<(Pack, Vec<Examples>), Vec<PackError>> {
    let facts: Vec<&str> = FACTS.iter().map(|(fact, _)| *fact).collect();
    let base = name.rsplit('/').next().unwrap_or(name);
    read::pack(name, base.strip_suffix(".toml").unwrap_or(base), text, &facts)
}

fn taken(name: &str, text: &str, id: &str) -> PackError {
    let file = fields::File { name, text };
    let at = text.find(&format!("\"{id}\"")).unwrap_or_default();
    file.wrong(at, format!("there is a rule `{id}` already"), Some("give it another name".into()))
}

/// An embedded pack, decoded at its first use.
fn decoded(number: usize) -> Option<&'static Tool> {
    static TOOLS: [OnceLock<Option<Tool>>; PACKS.len()] = [const { OnceLock::new() }; PACKS.len()];
    let pack = PACKS.get(number)?;
    TOOLS
        .get(number)?
        .get_or_init(|| {
            let tool = postcard::from_bytes(pack.pack).ok().map(Tool::new);
            debug_assert!(tool.is_some(), "{} was written by this build", pack.prefix);
            tool
        })
        .as_ref()
}
