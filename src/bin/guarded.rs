//! The control program.

use std::process::ExitCode;

use guarded_sh::cli;

fn main() -> ExitCode {
    ExitCode::from(cli::run(std::env::args_os().collect()).code())
}
