//! What the model wants to see, and what a finding puts at stake. An edge that only reads, within a budget, and
//! executes nothing: no git, no helper of any format.

pub mod facts;
pub mod budget;
pub mod sight;
mod glob;
mod walk;
pub mod mounts;
mod precious;
pub mod git;
mod artifacts;
pub mod ground;
pub mod targets;
mod displaced;
mod path_facts;
mod held;
mod branches;
mod git_facts;
mod sql_names;
mod address;
mod given;
mod clients;
mod settings_files;
mod connection;
mod kube;
mod cloud;
mod switches;
mod reach;
mod selections;
mod context;
mod archive;
mod laid_over;
mod touchers;
mod protected;

pub use budget::Budget;
pub use context::leads_to_production;
pub use ground::{Ground, stakes};
pub use laid_over::laid_over;
pub use path_facts::EXCUSES;
pub use protected::{Protection, protected, touches_nothing};
pub use sight::{is_directory, read_until_settled, sight};
pub use touchers::may_touch;
