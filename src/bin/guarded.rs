//! The control program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(guarded_sh::cli::run(std::env::args_os().collect()).code())
}
