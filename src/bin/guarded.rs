//! The control program.

#![expect(clippy::disallowed_methods, reason = "edge: reads its arguments")]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(guarded_sh::cli::run(std::env::args_os().collect()).code())
}
