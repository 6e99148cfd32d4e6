//! The rule packs as plain data: what `read` makes of TOML, what the build embeds, what the matcher walks.
//!
//! `build.rs` shares this file by path, so it uses nothing of the crate.

use serde::{Deserialize, Serialize};

/// What a command does to its target.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    Delete,
    Overwrite,
    Expose,
    Disable,
    Execute,
    Publish,
    Spend,
}

/// What it does it to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    Files,
    Disk,
    Repository,
    History,
    Database,
    Table,
    Backup,
    Snapshot,
    Volume,
    Cluster,
    Infrastructure,
    Account,
    Credential,
    Queue,
    Package,
    System,
    Network,
    Process,
    Guard,
}

impl Target {
    /// It lies in files of a machine; so does the guard, of which each asks by itself.
    #[must_use]
    pub fn lies_in_files(self) -> bool {
        matches!(
            self,
            Target::Files
                | Target::Repository
                | Target::History
                | Target::System
                | Target::Backup
                | Target::Credential
                | Target::Database
                | Target::Table
        )
    }
}

/// How bad it is, before context; steps up and down this list are what `lower` and `raise` count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
    /// Can't be switched off, lowered or waived.
    Catastrophic,
}

/// What brings back what was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    None,
    Vault,
    Provider,
    Reflog,
}

/// A fact that moves a severity: by steps, or to a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Name of a fact in `look`'s closed list.
    pub when: String,
    pub to: Move,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Move {
    By(u8),
    To(Severity),
}

/// One file of rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pack {
    /// The file's name and the prefix of its rules' ids.
    pub prefix: String,
    pub name: String,
    pub about: String,
    /// Base names, with `*` for families (`mkfs.*`).
    pub commands: Vec<String>,
    /// Looks at every command, whatever its name.
    pub any_command: bool,
    /// Name of an HTTP client's dialect.
    pub speaks: Option<String>,
    pub env_code: Vec<String>,
    pub config_files: Vec<String>,
    pub grammar: Grammar,
    pub rules: Vec<RuleData>,
}

/// How a tool reads its command line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Grammar {
    pub style: Style,
    pub global: Options,
    pub verbs: Vec<Verb>,
    /// `default`: whether an unlisted verb is taken for harmless.
    pub unlisted_safe: bool,
    pub options: Vec<(Verbs, Options)>,
    pub aliases: Vec<(Verbs, Verbs)>,
    pub abbreviates: bool,
    pub ignores_case: bool,
    /// `--help` is one more word to it, and it does its work all the same.
    pub ignores_help: bool,
    /// Global options stand before the verb only.
    pub global_first: bool,
    /// A first word without a dash holds options, whose values are the words that follow (`tar xfC a.tar /`).
    pub first_bundles: bool,
    pub operands: Vec<(Verbs, Operands)>,
    pub output_last: bool,
    pub carries: Vec<(Carrier, Carried)>,
    /// Spellings of one option; the first stands for all.
    pub same: Vec<Vec<String>>,
    pub leaf: Vec<When>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    #[default]
    Gnu,
    Posix,
    SingleDash,
    SubcommandOnly,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    pub value: Vec<String>,
    pub flag: Vec<String>,
    pub optional: Vec<String>,
}

/// The words of a verb, each a glob; `**` stands for one word or more. Empty: every verb.
pub type Verbs = Vec<String>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verb {
    pub words: Verbs,
    pub nature: Nature,
}

/// What a verb does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// Reads.
    Safe,
    /// Changes files that it names.
    Writes,
    /// Starts programs.
    Runs,
    /// The rules tell.
    Ruled,
}

/// What operands are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operands {
    Paths,
    /// Only read.
    InputPaths,
    OutputPaths,
    Urls,
    Names,
    Sql,
    Code(String),
    Command,
}

/// Where a command line carries a text in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Carrier {
    Option(String),
    /// The operands, from this one (counted from 1) on.
    Operand(u8),
    Stdin,
}

/// The language of a carried text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Carried {
    Sql(String),
    /// A file with it.
    SqlFile(String),
    /// Statements of a data store, by the name of its language.
    Lines(String),
    /// A file with them.
    LinesFile(String),
    /// Code, which the command stage reads.
    Code(String),
    /// `name=value` for the texts.
    Variables,
}

/// One rule, without its examples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleData {
    pub id: String,
    pub says: String,
    pub why: String,
    pub instead: Vec<String>,
    pub effect: Effect,
    pub target: Target,
    pub severity: Severity,
    pub undo: Undo,
    pub lower: Vec<Shift>,
    pub raise: Vec<Shift>,
    pub when: When,
    pub hits: Vec<Hits>,
}

/// What a finding of a rule hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hits {
    /// The operands, as the grammar says.
    Operands,
    Option(String),
    /// What follows a prefix in an operand (`of=`).
    After(String),
    Redirects,
    /// What the SQL, the requests or the statements name.
    Database,
}

/// A rule's examples; the hot path does not decode them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examples {
    pub id: String,
    pub stops: Vec<String>,
    pub unsure: Vec<String>,
    pub passes: Vec<String>,
    /// Files that the examples need, with their text.
    pub files: Vec<(String, String)>,
    pub dirs: Vec<String>,
}

/// A condition on a command; each is answered in three values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum When {
    All(Vec<When>),
    Any(Vec<When>),
    Not(Box<When>),
    /// The tool's name is one of these globs.
    Command(Vec<String>),
    Verb(Vec<Verbs>),
    /// One of these options is given.
    Has(Vec<String>),
    /// The value of an option.
    Option(String, Pred),
    Operand(Which, Pred),
    AtLeast(u16),
    Redirects(Vec<Direction>, Option<Pred>),
    Writes(Writes),
    /// A secret leaves the machine.
    SendsSecret,
    Sql(Vec<String>),
    Http(Http),
    /// A variable in the command's environment.
    Env(String, Vec<String>),
    /// Runs on another machine or in a container.
    Remote,
    /// Standard input is what a remote machine delivers.
    StdinRemote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    Any,
    All,
    First,
    Last,
    /// Counted from 1.
    Nth(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    Overwrite,
    Append,
    Read,
}

/// Conditions on one file that is written, by a redirection or by an output operand; empty lists demand nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writes {
    pub modes: Vec<Direction>,
    pub by: Vec<By>,
    /// Nothing is put into it.
    pub empties: bool,
    pub later: Vec<Later>,
    pub target: Option<Pred>,
}

/// How a command writes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    Redirection,
    Output,
    Purpose,
}

/// What is known of a content that someone will run later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    Read,
    Unread,
    Door,
}

/// A condition on one word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pred {
    /// One of these globs.
    Glob(Vec<String>),
    Is(Vec<Place>),
    /// At or below one of these folders; `~` is the home.
    Under(Vec<String>),
    /// The word has this prefix, and what follows it meets the rest.
    After(String, Box<Pred>),
    All(Vec<Pred>),
    Not(Box<Pred>),
    /// It is what one of these variables holds, whatever that is.
    Variable(Vec<String>),
    /// It is what one of these programs prints, whatever that is.
    Printed(Vec<String>),
    /// Any value.
    Present,
}

/// Kinds of paths, told from the path alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    Root,
    Home,
    Device,
    TopLevel,
    Everything,
    GitDir,
    Backup,
    Secret,
    Startup,
    System,
}

/// Conditions on one request; empty lists demand nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    pub method: Vec<String>,
    pub host: Vec<String>,
    pub path: Vec<String>,
    pub header: Vec<String>,
    pub graphql: Vec<String>,
    pub body: Vec<String>,
    /// What the request asks for by name, in one spelling: `delete-project`.
    pub deed: Vec<String>,
}
