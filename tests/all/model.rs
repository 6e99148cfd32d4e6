//! Command lines → `Model` for the tests of rules: the real reader and command stage, on a machine with nothing on it.
//! Variables other than HOME are unknown there.

use guarded_sh::command::{self, Environment, Known, Model, Seen, Value};
use guarded_sh::parse::{self, Mode};

/// What `line` would run.
pub fn model_of(line: &str) -> Model {
    let mode = Mode::default();
    let values = [("HOME".into(), Value::known("/home/me")), ("PATH".into(), Value::known("/usr/bin:/bin"))].into();
    let environment = Environment { values, partial: true };
    let known = Known { environment, directory: "/home/me/project".into(), ..Known::default() };
    let reading = parse::read(line.as_bytes(), &mode);
    command::commands(&"command".into(), &reading, &mode, &known, &Seen::default())
}
