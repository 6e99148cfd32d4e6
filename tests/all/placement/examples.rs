//! examples/agents shows what init changes in a home that holds nothing yet. `BLESS=1 cargo test placement::examples`
//! writes it.

use std::path::Path;

use guarded_sh::placement::{AGENTS, Scope};
use guarded_sh::show::placement::diff;

use super::{Ground, planned};
use crate::programs::guarded_sh;

#[test]
fn examples_show_what_init_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/agents");
    for agent in AGENTS {
        for (scope, ending) in [(Scope::User, ""), (Scope::Project, "-project")] {
            if !agent.scopes().contains(&scope) {
                continue;
            }
            let ground = Ground::new();
            let text = diff(&planned(agent.name, &ground.means(scope)).expect("a plan"));
            let built = guarded_sh().parent().expect("a folder").display().to_string();
            let home = ground.home().display().to_string();
            let text = text.replace(&built, "/home/ada/.local/bin").replace(&home, "/home/ada");
            let file = folder.join(format!("{}{ending}.diff", agent.name));
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&file, &text).expect("written");
            }
            let found = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(found == text, "{} is not what init writes; BLESS=1 cargo test writes it", file.display());
        }
    }
}
