//! `guarded backups verify`: which backups whoever asks could delete.

use clap::ArgMatches;

use super::check::is_json;
use super::{Here, Outcome};
use crate::backups::{Deletable, Surroundings, deletable, locations};
use crate::show::{self, Exit, Explain, print};

pub fn verify(given: &ArgMatches, here: &Here) -> Outcome {
    let policy = here.world.policy(&here.directory, &[], crate::policy::Versions::Written);
    let policy = policy.map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)?;
    let around = Surroundings { home: here.world.places.home.as_deref(), variable: &|name| std::env::var(name).ok() };
    let found: Vec<_> = locations(&around)
        .into_iter()
        .map(|one| {
            let deletable = deletable(&one, &policy.read_only);
            (one, deletable)
        })
        .collect();
    print::out(&if is_json(given) { show::backups::json(&found) } else { show::backups::text(&found) });
    let safe = found.iter().all(|(_, deletable)| matches!(deletable, Deletable::No(_)));
    Ok(if safe { Exit::Fine } else { Exit::Unmet })
}
