//! The table of verbs → clap, and back to the verb that was typed.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::verbs::{Argument, Form, VERBS, Verb};

/// The whole command line, for parsing, help, man pages and completions.
#[must_use]
pub fn command() -> Command {
    Command::new("guarded")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Controls guarded-sh, the shell that stops destructive commands before any of them runs")
        .after_help("Exit codes: docs/exit-codes.md. The shell itself is guarded-sh; it takes bash's own command line.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(VERBS.iter().map(subcommand))
}

fn subcommand(verb: &'static Verb) -> Command {
    let long = if verb.long.is_empty() { verb.short.to_owned() } else { format!("{}\n\n{}", verb.short, verb.long) };
    let command = Command::new(verb.name).about(verb.short).long_about(long);
    if verb.below.is_empty() {
        return command.args(verb.arguments.iter().map(argument));
    }
    if !verb.arguments.is_empty() {
        let command = command.args(verb.arguments.iter().map(argument)).args_conflicts_with_subcommands(true);
        return command.subcommands(verb.below.iter().map(subcommand));
    }
    command.subcommand_required(true).arg_required_else_help(true).subcommands(verb.below.iter().map(subcommand))
}

fn argument(argument: &'static Argument) -> Arg {
    let arg = Arg::new(argument.name).help(argument.help);
    let text = value_parser!(std::ffi::OsString);
    match argument.form {
        Form::Flag(letter) => named(arg, argument.name, letter).action(ArgAction::SetTrue),
        Form::Value(letter, value) => named(arg, argument.name, letter).value_name(value).value_parser(text),
        Form::Choice(choices) => {
            let first = choices.first().copied().unwrap_or_default();
            arg.long(argument.name).value_parser(choices.to_vec()).default_value(first)
        }
        Form::Operand => arg.required(true).value_parser(text),
        Form::Optional => arg.value_parser(text),
        Form::Rest => {
            arg.value_name("COMMAND").action(ArgAction::Append).num_args(0..).trailing_var_arg(true).value_parser(text)
        }
    }
}

fn named(arg: Arg, name: &'static str, letter: Option<char>) -> Arg {
    match letter {
        Some(letter) => arg.long(name).short(letter),
        None => arg.long(name),
    }
}

/// The verb that was typed, with what was given to it.
pub fn verb(matches: &ArgMatches) -> Option<(&'static Verb, &ArgMatches)> {
    let (name, given) = matches.subcommand()?;
    let verb = VERBS.iter().find(|verb| verb.name == name)?;
    match given.subcommand() {
        Some((below, given)) => verb.below.iter().find(|verb| verb.name == below).map(|verb| (verb, given)),
        None => Some((verb, given)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_makes_a_command_line_that_clap_accepts() {
        super::command().debug_assert();
    }
}
