//! Every verb of `guarded`, its words and what it runs. `--help`, docs/cli.md, man/ and completions/ are made from it.

use clap::ArgMatches;

use super::{
    Here, Outcome, authoring, backups, check, doctor, drill, explain, hook, lock, log, people, placement, policy,
    rules, run, undo,
};

pub struct Verb {
    pub name: &'static str,
    /// One line, no full stop.
    pub short: &'static str,
    /// Below the short one, with examples.
    pub long: &'static str,
    pub arguments: &'static [Argument],
    /// Verbs below this one; then it runs nothing itself, unless it has arguments too.
    pub below: &'static [Verb],
    pub run: fn(&ArgMatches, &Here) -> Outcome,
}

pub struct Argument {
    pub name: &'static str,
    pub form: Form,
    pub help: &'static str,
}

/// How an argument is given.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// `--name`, or `-n` where a letter is given
    Flag(Option<char>),
    /// `--name VALUE`
    Value(Option<char>, &'static str),
    /// `--name`, one of these; the first is the default
    Choice(&'static [&'static str]),
    /// One word that must be there
    Operand,
    /// One word that may be missing
    Optional,
    /// All that is left, dashes and all
    Rest,
}

const fn argument(name: &'static str, form: Form, help: &'static str) -> Argument {
    Argument { name, form, help }
}

const FORMAT: Argument = argument("format", Form::Choice(&["text", "json"]), "How to print it");
const CWD: Argument = argument("cwd", Form::Value(None, "FOLDER"), "The folder it would run in; default: this one");
const STRING: Argument = argument("command", Form::Value(Some('c'), "STRING"), "The command as shell text");
const WORDS: Argument =
    argument("words", Form::Rest, "The command as words, or one word that is shell text; after -- dashes are its own");
const ID: Argument = argument("id", Form::Operand, "The request, as `guarded pending` shows it");

const ENTRY: Argument = argument("id", Form::Operand, "What was kept, as `guarded undo list` shows it");
const TO: Argument =
    argument("to", Form::Value(None, "FOLDER"), "Copy it into this folder instead; the vault keeps what it has");

const AGENT: Argument = argument("agent", Form::Optional, "Which; `guarded init` alone lists them");
const WHOM: Argument = argument("agent", Form::Operand, "Which, as it was given to init");
const PROGRAM: Argument = argument("program", Form::Optional, "The program of `generic`, the user of `shell`");
const USER: Argument = argument("user", Form::Flag(None), "The user's own settings; the default");
const PROJECT: Argument = argument("project", Form::Flag(None), "The settings of the project in this folder");
const MANAGED: Argument = argument("managed", Form::Flag(None), "The settings for all users, as root");
const DRY_RUN: Argument = argument("dry-run", Form::Flag(None), "Show the changes and make none");
const YES: Argument = argument("yes", Form::Flag(None), "With `shell`: set it, instead of printing how");
const NO_PATH: Argument =
    argument("no-path", Form::Flag(None), "Leave the shell's start-up files alone; PATH is yours to set");

/// In the order of help: first what one needs when stopped.
pub const VERBS: &[Verb] = &[
    Verb {
        name: "check",
        short: "Say whether a command would run, without running it",
        long: "Ends with 0 where it would run, 75 where a person would be asked, 126 where it would be refused.\n\n\
               With --batch, each line of standard input is {\"id\": …, \"command\": \"…\", \"cwd\": \"…\"} (id and cwd may be \
               missing), and each is answered by one line of JSON in the same order.\n\n\
               Examples:\n  guarded check -- rm -rf build\n  guarded check -c 'git fetch && git reset --hard'\n  \
               guarded check --format json -c 'psql -c \"DROP TABLE users\"'",
        arguments: &[
            STRING,
            CWD,
            FORMAT,
            argument("batch", Form::Flag(None), "Judge the commands on standard input, one JSON object a line"),
            WORDS,
        ],
        below: &[],
        run: check::run,
    },
    Verb {
        name: "explain",
        short: "Say how a command is read and which rules mind it, or what a rule is about",
        long: "Given a rule's id it shows the rule; else the reading of the command: each simple command with its words, what \
               is unknown and why, what stays unread, and each finding with its weight.\n\n\
               Examples:\n  guarded explain 'cd /srv && rm -rf \"$X\"/'\n  guarded explain git.reset-hard",
        arguments: &[STRING, CWD, WORDS],
        below: &[],
        run: explain::run,
    },
    Verb {
        name: "run",
        short: "Run a program and judge each exec of all that it starts",
        long: "The program may be an agent: a shell that it starts is judged as if it were called as guarded-sh, by its whole \
               text, and any other program with the words that it really gets. Where that can't be had, nothing runs (125).\n\n\
               Examples:\n  guarded run -- claude\n  guarded run -- make deploy",
        arguments: &[WORDS],
        below: &[],
        run: run::run,
    },
    Verb {
        name: "pending",
        short: "List the commands that wait for a person",
        long: "",
        arguments: &[FORMAT],
        below: &[],
        run: people::pending,
    },
    Verb {
        name: "show",
        short: "Show a request in full",
        long: "",
        arguments: &[ID, FORMAT],
        below: &[],
        run: people::show,
    },
    Verb {
        name: "approve",
        short: "Allow exactly the command of a request, once",
        long: "Shows the request and asks once more. It must come from a person's own terminal: not from below the agent or \
               shell that asked, nor from its terminal.",
        arguments: &[ID],
        below: &[],
        run: people::approve,
    },
    Verb { name: "deny", short: "Refuse a request", long: "", arguments: &[ID], below: &[], run: people::deny },
    Verb {
        name: "pause",
        short: "For a while, let run what would ask, and only record it",
        long: "What is refused stays refused. At most 8 hours.\n\nExamples:\n  guarded pause 10m\n  guarded pause --end",
        arguments: &[
            argument("duration", Form::Optional, "How long: 90s, 10m, 2h"),
            argument("end", Form::Flag(None), "End every pause now"),
        ],
        below: &[],
        run: people::pause,
    },
    Verb {
        name: "lock",
        short: "Stop everything: no agent runs anything until a person unlocks",
        long: "Anybody may lock. Each new command and each program of a watched tree is refused with 126; a person's own shell \
               goes on. With --kill the watched trees are ended too, with what they left in the background.\n\n\
               Examples:\n  guarded lock the agent deletes the wrong volumes\n  guarded lock --kill",
        arguments: &[
            argument("kill", Form::Flag(None), "End all that runs in watched trees at once"),
            argument("words", Form::Rest, "Why, for whoever reads it"),
        ],
        below: &[],
        run: lock::lock,
    },
    Verb {
        name: "unlock",
        short: "Let commands run again",
        long: "It must come from a person's own terminal, as an approval must, and asks once more.",
        arguments: &[],
        below: &[],
        run: lock::unlock,
    },
    Verb {
        name: "status",
        short: "Say whether it is locked or paused, and what waits for a person",
        long: "Ends with 1 while it is locked.",
        arguments: &[FORMAT],
        below: &[],
        run: lock::status,
    },
    Verb {
        name: "undo",
        short: "Bring back what permitted commands destroyed",
        long: "What a command would delete or overwrite is kept before it runs. With --last, the newest that was not brought \
               back yet comes back; without anything, what is kept is listed.\n\n\
               Examples:\n  guarded undo\n  guarded undo --last\n  guarded undo --last --to /tmp/look",
        arguments: &[argument("last", Form::Flag(None), "The newest that was not brought back yet"), TO],
        below: &[
            Verb {
                name: "list",
                short: "List what is kept, the newest first",
                long: "",
                arguments: &[FORMAT],
                below: &[],
                run: undo::list,
            },
            Verb {
                name: "show",
                short: "Show what is kept of one command, and how it differs from what is there now",
                long: "",
                arguments: &[ENTRY, FORMAT],
                below: &[],
                run: undo::show,
            },
            Verb {
                name: "restore",
                short: "Bring it back into place",
                long: "What was worked on since is left, and what was kept is put beside it (exit 1). What the command itself \
                       left gives way, and is kept in turn.\n\n\
                       Examples:\n  guarded undo restore 7KQ2\n  guarded undo restore 7KQ2 --to /tmp/look",
                arguments: &[ENTRY, TO],
                below: &[],
                run: undo::restore,
            },
            Verb {
                name: "prune",
                short: "Throw away what is kept",
                long: "It must come from a person's own terminal, and is asked about once more. Age and size are looked after \
                       without it: see undo in docs/policy.md.\n\n\
                       Examples:\n  guarded undo prune --older 2d\n  guarded undo prune --all",
                arguments: &[
                    argument("older", Form::Value(None, "DURATION"), "Only what was kept longer ago: 90s, 10m, 2h, 3d"),
                    argument("all", Form::Flag(None), "All of it"),
                ],
                below: &[],
                run: undo::prune,
            },
        ],
        run: undo::run,
    },
    Verb {
        name: "log",
        short: "Print the trail of decisions",
        long: "Examples:\n  guarded log --follow\n  guarded log --since 2h --verdict deny\n  guarded log --rule git.reset-hard \
               --format json",
        arguments: &[
            argument("follow", Form::Flag(Some('f')), "Wait for new records and print them too"),
            argument("last", Form::Value(Some('n'), "N"), "Only the last N records"),
            argument("since", Form::Value(None, "TIME"), "2h, 3d, or a time such as 2030-01-31T12:00:00Z"),
            argument(
                "kind",
                Form::Value(None, "KIND"),
                "decision, refused, permitted, unwatched, kept, ran, locked, unlocked, plain or drill",
            ),
            argument("verdict", Form::Value(None, "VERDICT"), "allow, log, ask, approve 1 or deny"),
            argument("rule", Form::Value(None, "ID"), "Only where this rule was found"),
            argument("contains", Form::Value(None, "TEXT"), "Only commands that contain this text"),
            FORMAT,
        ],
        below: &[],
        run: log::run,
    },
    Verb {
        name: "audit",
        short: "Prove that the trail is whole",
        long: "",
        arguments: &[],
        below: &[Verb {
            name: "verify",
            short: "Follow the chain from the first record to the last; name the first broken line",
            long: "",
            arguments: &[argument("file", Form::Optional, "A trail elsewhere")],
            below: &[],
            run: log::verify,
        }],
        run: log::verify,
    },
    Verb {
        name: "init",
        short: "Set an agent up so that its commands pass the guard",
        long: "Shows what it changes, as a diff, and then changes it: the agent's own setting where one reaches its shell, else \
               a launcher of its name that stands first on PATH; a hook as well, where the agent has one. Comments and order \
               stay. `guarded uninit` puts each file back as it was. Without an agent the known ones are listed.\n\n\
               Examples:\n  guarded init claude-code --dry-run\n  guarded init codex\n  guarded init generic my-agent\n  \
               guarded init zsh\n  guarded init shell --yes\n  guarded init system\n  guarded init container",
        arguments: &[AGENT, PROGRAM, USER, PROJECT, MANAGED, DRY_RUN, YES, NO_PATH],
        below: &[],
        run: placement::init,
    },
    Verb {
        name: "uninit",
        short: "Take back what init set up for an agent",
        long: "A file that nobody changed since gets its earlier bytes back; of one that was changed only what init wrote goes. \
               It must come from a person's own terminal.\n\n\
               Examples:\n  guarded uninit claude-code\n  guarded uninit codex --dry-run",
        arguments: &[WHOM, PROGRAM, USER, PROJECT, MANAGED, DRY_RUN],
        below: &[],
        run: placement::uninit,
    },
    Verb {
        name: "hook",
        short: "Answer an agent's question before it calls a tool",
        long: "The agent calls it, set up by init: its JSON on standard input, its own form of answer on standard output. What \
               would run is answered by silence, which leaves the agent's own questions alone; what would be refused is \
               denied. What cannot be read is denied too (status 2).\n\n\
               Agents: claude-code, codex, gemini-cli, qwen-code, copilot, cline, opencode",
        arguments: &[argument("agent", Form::Operand, "Whose form it is")],
        below: &[],
        run: hook::run,
    },
    Verb {
        name: "doctor",
        short: "Say what of the guard holds on this machine, and what closes each gap",
        long: "Looks at the real shells, the policy, the trail, and how far programs can be judged as they start, and says why \
               not further. Of each agent on PATH it says whether its commands pass the guard, and proves it: it starts the \
               shell as the agent would, with a harmless command that the trail must then hold. Ends with 1 where something \
               does not hold that the policy wants or init has set up, or the agent that was asked about is not guarded.\n\n\
               Examples:\n  guarded doctor\n  guarded doctor claude-code --format json",
        arguments: &[
            argument("agent", Form::Optional, "Only this agent"),
            argument("no-probe", Form::Flag(None), "Start nothing"),
            FORMAT,
        ],
        below: &[],
        run: doctor::run,
    },
    Verb {
        name: "drill",
        short: "Rehearse an incident: see that each step is stopped, and what people then do",
        long: "Plays the steps of an incident through the shell that this machine's agents get, by your policy, in a throw-away \
               folder in which every tool that could reach further is a stub. Says of each step whether it was stopped before \
               any effect, in how many milliseconds and whether a person was asked; whether undo brings back what was let go; \
               whether the lock holds. One line goes into the trail, and doctor tells when that was. Requests, counts and \
               the lock of a drill are its own. Ends with 1 where something did not go as it must. Refused from below an agent.\n\n\
               Examples:\n  guarded drill\n  guarded drill nine-seconds\n  guarded drill --all --format json\n  \
               guarded drill --playbook undo\n  guarded drill --schedule",
        arguments: &[
            argument("name", Form::Optional, "Which drill, or which playbook; without one they are listed"),
            argument("all", Form::Flag(None), "Every drill, one after the other"),
            argument("playbook", Form::Flag(None), "Print what people do when one fires; plays nothing"),
            argument("schedule", Form::Flag(None), "Print a systemd timer and a line for cron; plays nothing"),
            FORMAT,
        ],
        below: &[],
        run: drill::run,
    },
    Verb {
        name: "backups",
        short: "The backups of this machine",
        long: "",
        arguments: &[],
        below: &[Verb {
            name: "verify",
            short: "Say which backups could be deleted with the credentials in reach",
            long: "Reads where restic, resticprofile, borg, borgmatic and pgbackrest put theirs, looks at the rights on folders, \
                   and asks `aws` for the lock of a bucket's objects. Run it where your agent runs, with its environment. \
                   Changes nothing. Ends with 1 unless each of them is sure to stay.\n\n\
                   Examples:\n  guarded backups verify\n  guarded-sh -c 'guarded backups verify'",
            arguments: &[FORMAT],
            below: &[],
            run: backups::verify,
        }],
        run: backups::verify,
    },
    Verb {
        name: "rules",
        short: "The rules: what is minded, and why",
        long: "",
        arguments: &[],
        below: &[
            Verb {
                name: "list",
                short: "List the rules",
                long: "",
                arguments: &[argument("pack", Form::Optional, "Only this pack, such as git"), FORMAT],
                below: &[],
                run: rules::list,
            },
            Verb {
                name: "show",
                short: "Show one rule with its examples",
                long: "",
                arguments: &[argument("id", Form::Operand, "The rule's id, such as git.reset-hard"), FORMAT],
                below: &[],
                run: rules::show,
            },
            Verb {
                name: "test",
                short: "Check a pack of your own, and that its examples do what they say",
                long: "It includes what lint finds. Ends with 1 where something is wrong, and says file, line, column and what \
                       to write instead.\n\nExamples:\n  guarded rules test acme.toml\n  guarded rules test",
                arguments: &[argument("file", Form::Optional, "The pack, a TOML file; default: all that are in force")],
                below: &[],
                run: authoring::test,
            },
            Verb {
                name: "lint",
                short: "Look for rules that nothing reaches and examples that contradict each other",
                long: "Unknown keys, ids that stand twice, verbs both safe and ruled, rules that no command reaches, examples \
                       that another rule stops, commands to use instead that are stopped themselves.\n\n\
                       Examples:\n  guarded rules lint acme.toml\n  guarded rules lint",
                arguments: &[argument("file", Form::Optional, "The pack, a TOML file; default: all that are in force")],
                below: &[],
                run: authoring::lint,
            },
            Verb {
                name: "new",
                short: "Write the beginning of a pack for a tool into TOOL.toml, here",
                long: "The tool itself is not run. With --help-text its own help is read from standard input: verbs and \
                       options are taken from there, and what they do is guessed from their names.\n\n\
                       Examples:\n  guarded rules new acme\n  acme --help | guarded rules new acme --help-text",
                arguments: &[
                    argument("tool", Form::Operand, "The tool's name, such as acme"),
                    argument("help-text", Form::Flag(None), "Read the tool's help text from standard input"),
                    argument("print", Form::Flag(None), "Print it instead"),
                ],
                below: &[],
                run: authoring::new,
            },
            Verb {
                name: "schema",
                short: "Print the JSON schema of a pack, for editors",
                long: "Examples:\n  guarded rules schema > pack.schema.json",
                arguments: &[],
                below: &[],
                run: authoring::pack_schema,
            },
        ],
        run: rules::list,
    },
    Verb {
        name: "policy",
        short: "The policy in force here",
        long: "",
        arguments: &[],
        below: &[
            Verb {
                name: "show",
                short: "Print each setting and the file that it comes from",
                long: "",
                arguments: &[CWD],
                below: &[],
                run: policy::show,
            },
            Verb {
                name: "test",
                short: "Check the files: every key, the rules that they name, waivers that have run out, examples",
                long: "Ends with 1 where something is wrong, and says file and line.",
                arguments: &[CWD],
                below: &[],
                run: policy::test,
            },
            Verb {
                name: "explain",
                short: "Say which lines of which file lead to the decision about a command",
                long: "Examples:\n  guarded policy explain -- git push --force origin main\n  \
                       guarded policy explain -c 'cd /srv && terraform destroy'",
                arguments: &[STRING, CWD, WORDS],
                below: &[],
                run: policy::explain,
            },
            Verb {
                name: "init",
                short: "Write a commented policy where there is none yet",
                long: "Into ~/.config/guarded/policy.toml, or with --project into .guarded.toml here, which only makes things \
                       stricter. Nothing in it changes what holds until you take out a comment sign.\n\n\
                       Examples:\n  guarded policy init\n  guarded policy init --project --print",
                arguments: &[
                    argument("project", Form::Flag(None), "A project's: .guarded.toml in this folder"),
                    argument("print", Form::Flag(None), "Print it instead"),
                ],
                below: &[],
                run: policy::init,
            },
            Verb {
                name: "schema",
                short: "Print the JSON schema of a policy, for editors",
                long: "Examples:\n  guarded policy schema > policy.schema.json",
                arguments: &[argument("project", Form::Flag(None), "Of a project's .guarded.toml")],
                below: &[],
                run: policy::schema,
            },
        ],
        run: policy::show,
    },
];
