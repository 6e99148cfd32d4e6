//! The control program.

use std::process::ExitCode;

use guarded_sh::cli::{self, World};

fn main() -> ExitCode {
    let judge = |call: &guarded_sh::invocation::Invocation| cli::not_wired(call);
    let world = World::here(&judge);
    ExitCode::from(cli::run(std::env::args_os().collect(), &world).code())
}
