# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_guarded_global_optspecs
    string join \n h/help V/version
end

function __fish_guarded_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_guarded_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_guarded_using_subcommand
    set -l cmd (__fish_guarded_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c guarded -n "__fish_guarded_needs_command" -s h -l help -d 'Print help'
complete -c guarded -n "__fish_guarded_needs_command" -s V -l version -d 'Print version'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "check" -d 'Say whether a command would run, without running it'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "explain" -d 'Say how a command is read and which rules mind it, or what a rule is about'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "run" -d 'Run a program and judge each exec of all that it starts'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "pending" -d 'List the commands that wait for a person'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "show" -d 'Show a request in full'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "approve" -d 'Allow exactly the command of a request, once'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "deny" -d 'Refuse a request'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "pause" -d 'For a while, let run what would ask, and only record it'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "lock" -d 'Stop everything: no agent runs anything until a person unlocks'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "unlock" -d 'Let commands run again'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "status" -d 'Say whether it is locked or paused, and what waits for a person'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "undo" -d 'Bring back what permitted commands destroyed'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "log" -d 'Print the trail of decisions'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "audit" -d 'Prove that the trail is whole'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "init" -d 'Set an agent up so that its commands pass the guard'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "uninit" -d 'Take back what init set up for an agent'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "hook" -d 'Answer an agent\'s question before it calls a tool'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "doctor" -d 'Say what of the guard holds on this machine, and what closes each gap'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "drill" -d 'Rehearse an incident: see that each step is stopped, and what people then do'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "backups" -d 'The backups of this machine'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "rules" -d 'The rules: what is minded, and why'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "policy" -d 'The policy in force here'
complete -c guarded -n "__fish_guarded_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand check" -s c -l command -d 'The command as shell text' -r
complete -c guarded -n "__fish_guarded_using_subcommand check" -l cwd -d 'The folder it would run in; default: this one' -r
complete -c guarded -n "__fish_guarded_using_subcommand check" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand check" -l batch -d 'Judge the commands on standard input, one JSON object a line'
complete -c guarded -n "__fish_guarded_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand explain" -s c -l command -d 'The command as shell text' -r
complete -c guarded -n "__fish_guarded_using_subcommand explain" -l cwd -d 'The folder it would run in; default: this one' -r
complete -c guarded -n "__fish_guarded_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand pending" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand pending" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand show" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand approve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand deny" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand pause" -l end -d 'End every pause now'
complete -c guarded -n "__fish_guarded_using_subcommand pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand lock" -l kill -d 'End all that runs in watched trees at once'
complete -c guarded -n "__fish_guarded_using_subcommand lock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand unlock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand status" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and not __fish_seen_subcommand_from list show restore prune help" -l to -d 'Copy it into this folder instead; the vault keeps what it has' -r
complete -c guarded -n "__fish_guarded_using_subcommand undo; and not __fish_seen_subcommand_from list show restore prune help" -l last -d 'The newest that was not brought back yet'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and not __fish_seen_subcommand_from list show restore prune help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and not __fish_seen_subcommand_from list show restore prune help" -f -a "list" -d 'List what is kept, the newest first'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and not __fish_seen_subcommand_from list show restore prune help" -f -a "show" -d 'Show what is kept of one command, and how it differs from what is there now'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and not __fish_seen_subcommand_from list show restore prune help" -f -a "restore" -d 'Bring it back into place'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and not __fish_seen_subcommand_from list show restore prune help" -f -a "prune" -d 'Throw away what is kept'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and not __fish_seen_subcommand_from list show restore prune help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from list" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from show" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from restore" -l to -d 'Copy it into this folder instead; the vault keeps what it has' -r
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from prune" -l older -d 'Only what was kept longer ago: 90s, 10m, 2h, 3d' -r
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from prune" -l all -d 'All of it'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from help" -f -a "list" -d 'List what is kept, the newest first'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what is kept of one command, and how it differs from what is there now'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from help" -f -a "restore" -d 'Bring it back into place'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Throw away what is kept'
complete -c guarded -n "__fish_guarded_using_subcommand undo; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand log" -s n -l last -d 'Only the last N records' -r
complete -c guarded -n "__fish_guarded_using_subcommand log" -l since -d '2h, 3d, or a time such as 2030-01-31T12:00:00Z' -r
complete -c guarded -n "__fish_guarded_using_subcommand log" -l kind -d 'decision, refused, permitted, unwatched, kept, ran, locked, unlocked, plain or drill' -r
complete -c guarded -n "__fish_guarded_using_subcommand log" -l verdict -d 'allow, log, ask, approve 1 or deny' -r
complete -c guarded -n "__fish_guarded_using_subcommand log" -l rule -d 'Only where this rule was found' -r
complete -c guarded -n "__fish_guarded_using_subcommand log" -l contains -d 'Only commands that contain this text' -r
complete -c guarded -n "__fish_guarded_using_subcommand log" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand log" -s f -l follow -d 'Wait for new records and print them too'
complete -c guarded -n "__fish_guarded_using_subcommand log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand audit; and not __fish_seen_subcommand_from verify help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand audit; and not __fish_seen_subcommand_from verify help" -f -a "verify" -d 'Follow the chain from the first record to the last; name the first broken line'
complete -c guarded -n "__fish_guarded_using_subcommand audit; and not __fish_seen_subcommand_from verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Follow the chain from the first record to the last; name the first broken line'
complete -c guarded -n "__fish_guarded_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand init" -l user -d 'The user\'s own settings; the default'
complete -c guarded -n "__fish_guarded_using_subcommand init" -l project -d 'The settings of the project in this folder'
complete -c guarded -n "__fish_guarded_using_subcommand init" -l managed -d 'The settings for all users, as root'
complete -c guarded -n "__fish_guarded_using_subcommand init" -l dry-run -d 'Show the changes and make none'
complete -c guarded -n "__fish_guarded_using_subcommand init" -l yes -d 'With `shell`: set it, instead of printing how'
complete -c guarded -n "__fish_guarded_using_subcommand init" -l no-path -d 'Leave the shell\'s start-up files alone; PATH is yours to set'
complete -c guarded -n "__fish_guarded_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand uninit" -l user -d 'The user\'s own settings; the default'
complete -c guarded -n "__fish_guarded_using_subcommand uninit" -l project -d 'The settings of the project in this folder'
complete -c guarded -n "__fish_guarded_using_subcommand uninit" -l managed -d 'The settings for all users, as root'
complete -c guarded -n "__fish_guarded_using_subcommand uninit" -l dry-run -d 'Show the changes and make none'
complete -c guarded -n "__fish_guarded_using_subcommand uninit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand hook" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand doctor" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand doctor" -l no-probe -d 'Start nothing'
complete -c guarded -n "__fish_guarded_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand drill" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand drill" -l all -d 'Every drill, one after the other'
complete -c guarded -n "__fish_guarded_using_subcommand drill" -l playbook -d 'Print what people do when one fires; plays nothing'
complete -c guarded -n "__fish_guarded_using_subcommand drill" -l schedule -d 'Print a systemd timer and a line for cron; plays nothing'
complete -c guarded -n "__fish_guarded_using_subcommand drill" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand backups; and not __fish_seen_subcommand_from verify help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand backups; and not __fish_seen_subcommand_from verify help" -f -a "verify" -d 'Say which backups could be deleted with the credentials in reach'
complete -c guarded -n "__fish_guarded_using_subcommand backups; and not __fish_seen_subcommand_from verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand backups; and __fish_seen_subcommand_from verify" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand backups; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand backups; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Say which backups could be deleted with the credentials in reach'
complete -c guarded -n "__fish_guarded_using_subcommand backups; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and not __fish_seen_subcommand_from list show test lint new schema help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and not __fish_seen_subcommand_from list show test lint new schema help" -f -a "list" -d 'List the rules'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and not __fish_seen_subcommand_from list show test lint new schema help" -f -a "show" -d 'Show one rule with its examples'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and not __fish_seen_subcommand_from list show test lint new schema help" -f -a "test" -d 'Check a pack of your own, and that its examples do what they say'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and not __fish_seen_subcommand_from list show test lint new schema help" -f -a "lint" -d 'Look for rules that nothing reaches and examples that contradict each other'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and not __fish_seen_subcommand_from list show test lint new schema help" -f -a "new" -d 'Write the beginning of a pack for a tool into TOOL.toml, here'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and not __fish_seen_subcommand_from list show test lint new schema help" -f -a "schema" -d 'Print the JSON schema of a pack, for editors'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and not __fish_seen_subcommand_from list show test lint new schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from list" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from show" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from new" -l help-text -d 'Read the tool\'s help text from standard input'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from new" -l print -d 'Print it instead'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the rules'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show one rule with its examples'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "test" -d 'Check a pack of your own, and that its examples do what they say'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "lint" -d 'Look for rules that nothing reaches and examples that contradict each other'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "new" -d 'Write the beginning of a pack for a tool into TOOL.toml, here'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Print the JSON schema of a pack, for editors'
complete -c guarded -n "__fish_guarded_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and not __fish_seen_subcommand_from show test explain init schema help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and not __fish_seen_subcommand_from show test explain init schema help" -f -a "show" -d 'Print each setting and the file that it comes from'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and not __fish_seen_subcommand_from show test explain init schema help" -f -a "test" -d 'Check the files: every key, the rules that they name, waivers that have run out, examples'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and not __fish_seen_subcommand_from show test explain init schema help" -f -a "explain" -d 'Say which lines of which file lead to the decision about a command'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and not __fish_seen_subcommand_from show test explain init schema help" -f -a "init" -d 'Write a commented policy where there is none yet'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and not __fish_seen_subcommand_from show test explain init schema help" -f -a "schema" -d 'Print the JSON schema of a policy, for editors'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and not __fish_seen_subcommand_from show test explain init schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from show" -l cwd -d 'The folder it would run in; default: this one' -r
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from test" -l cwd -d 'The folder it would run in; default: this one' -r
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from explain" -s c -l command -d 'The command as shell text' -r
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from explain" -l cwd -d 'The folder it would run in; default: this one' -r
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from init" -l project -d 'A project\'s: .guarded.toml in this folder'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from init" -l print -d 'Print it instead'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from schema" -l project -d 'Of a project\'s .guarded.toml'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print each setting and the file that it comes from'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "test" -d 'Check the files: every key, the rules that they name, waivers that have run out, examples'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Say which lines of which file lead to the decision about a command'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write a commented policy where there is none yet'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Print the JSON schema of a policy, for editors'
complete -c guarded -n "__fish_guarded_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "check" -d 'Say whether a command would run, without running it'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "explain" -d 'Say how a command is read and which rules mind it, or what a rule is about'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "run" -d 'Run a program and judge each exec of all that it starts'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "pending" -d 'List the commands that wait for a person'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "show" -d 'Show a request in full'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "approve" -d 'Allow exactly the command of a request, once'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "deny" -d 'Refuse a request'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "pause" -d 'For a while, let run what would ask, and only record it'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "lock" -d 'Stop everything: no agent runs anything until a person unlocks'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "unlock" -d 'Let commands run again'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "status" -d 'Say whether it is locked or paused, and what waits for a person'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "undo" -d 'Bring back what permitted commands destroyed'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "log" -d 'Print the trail of decisions'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "audit" -d 'Prove that the trail is whole'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "init" -d 'Set an agent up so that its commands pass the guard'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "uninit" -d 'Take back what init set up for an agent'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "hook" -d 'Answer an agent\'s question before it calls a tool'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "doctor" -d 'Say what of the guard holds on this machine, and what closes each gap'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "drill" -d 'Rehearse an incident: see that each step is stopped, and what people then do'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "backups" -d 'The backups of this machine'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "rules" -d 'The rules: what is minded, and why'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "policy" -d 'The policy in force here'
complete -c guarded -n "__fish_guarded_using_subcommand help; and not __fish_seen_subcommand_from check explain run pending show approve deny pause lock unlock status undo log audit init uninit hook doctor drill backups rules policy help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from undo" -f -a "list" -d 'List what is kept, the newest first'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from undo" -f -a "show" -d 'Show what is kept of one command, and how it differs from what is there now'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from undo" -f -a "restore" -d 'Bring it back into place'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from undo" -f -a "prune" -d 'Throw away what is kept'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "verify" -d 'Follow the chain from the first record to the last; name the first broken line'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from backups" -f -a "verify" -d 'Say which backups could be deleted with the credentials in reach'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "list" -d 'List the rules'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "show" -d 'Show one rule with its examples'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "test" -d 'Check a pack of your own, and that its examples do what they say'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "lint" -d 'Look for rules that nothing reaches and examples that contradict each other'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "new" -d 'Write the beginning of a pack for a tool into TOOL.toml, here'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "schema" -d 'Print the JSON schema of a pack, for editors'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "show" -d 'Print each setting and the file that it comes from'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "test" -d 'Check the files: every key, the rules that they name, waivers that have run out, examples'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "explain" -d 'Say which lines of which file lead to the decision about a command'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "init" -d 'Write a commented policy where there is none yet'
complete -c guarded -n "__fish_guarded_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "schema" -d 'Print the JSON schema of a policy, for editors'
