# Judges each entered line before fish runs it. Made by `guarded init fish`; `guarded uninit fish` takes it away.
# Enter is bound to ask first. Names that begin with __guarded_ are its own.

if status is-interactive
    set -g __guarded_judge @JUDGE@
    set -g __guarded_came

    # What of this shell a line names: its variables and functions, and what these name in turn.
    function __guarded_records --argument-names __guarded_line
        printf '%s\0' line '' $__guarded_line
        set -l __guarded_names (string match --all --regex -- '[\w.:-]+' $__guarded_line) (string match --all --regex -- '\w+' $__guarded_line)
        set -l __guarded_at 1
        while test $__guarded_at -le (count $__guarded_names) -a $__guarded_at -lt 200
            set -l __guarded_name $__guarded_names[$__guarded_at]
            set __guarded_at (math $__guarded_at + 1)
            contains -- $__guarded_name $__guarded_names[1..(math "max(1, $__guarded_at - 2)")]
            and test $__guarded_at -gt 2
            and continue
            if functions --query -- $__guarded_name
                set -l __guarded_file (functions --details -- $__guarded_name)
                # fish's own are as they are.
                if not string match --quiet -- "$__fish_data_dir/*" "$__guarded_file"
                    and not string match --quiet -- 'embedded:*' "$__guarded_file"
                    set -l __guarded_body (functions --no-details -- $__guarded_name | string collect)
                    printf '%s\0' function $__guarded_name $__guarded_body
                    set --append __guarded_names (string match --all --regex -- '[\w.:-]+' $__guarded_body)
                end
            end
            if string match --quiet --regex -- '^[A-Za-z_]\w*$' $__guarded_name
                and not contains -- $__guarded_name argv status
                and set --query $__guarded_name
                printf '%s\0' variable $__guarded_name (string escape -- $$__guarded_name | string join ' ' | string collect --allow-empty)
            end
        end
    end

    function __guarded_ask --argument-names line
        __guarded_records $line 2>/dev/null | $__guarded_judge
        return $pipestatus[2]
    end

    function __guarded_says
        echo >&2
        printf 'guarded: %s\n' $argv >&2
    end

    # Below what was printed; the line stays where it can be edited. To paint it fish goes up by its lines.
    function __guarded_keep
        for line in (fish_prompt)[2..] (commandline --current-buffer)[2..]
            echo
        end
        commandline -f repaint
    end

    # The judge itself is gone or broken: a person may go on without it, who says so.
    function __guarded_rescue
        set -g __guarded_plain 1
        __guarded_says 'THE LINES OF THIS SHELL ARE NOT JUDGED ANY MORE, at your own word (guarded-plain)'
        command logger -t guarded -p auth.warning -- "guarded-plain: user $USER goes on unjudged in fish $fish_pid" 2>/dev/null
        set -l folder $HOME/.local/state/guarded
        set --query XDG_STATE_HOME
        and set folder $XDG_STATE_HOME/guarded
        test -d $folder
        or command mkdir -p -m 700 -- $folder
        printf '%s guarded-plain fish %s\n' (command date -u +%FT%TZ) $fish_pid >>$folder/rescues
        commandline --replace ''
        __guarded_keep
    end

    # What an abbreviation at the cursor stands for, put in its place before it is judged; only plain ones have it.
    function __guarded_expand
        set -l token (commandline --current-token)
        test (count $token) -eq 1
        or return
        for line in (abbr --show)
            set -l parts (string match --regex -- '^abbr -a (.*)-- (\S+) (.*)$' $line)
            or continue
            test "$(string unescape -- $parts[3])" = "$token"
            or continue
            string match --quiet '*position anywhere*' -- $parts[2]
            or test "$(commandline --tokenize --cut-at-cursor --current-process | count)" -eq 0
            or continue
            eval "commandline --current-token --replace -- $parts[4]"
            break
        end
        # Enter would expand whatever is left, unseen.
        if abbr --query -- (commandline --current-token)
            or abbr --show | string match --quiet --regex -- '--(regex|function)'
            commandline --insert ' '
        end
    end

    function __guarded_enter
        set -g __guarded_came 1
        set --query __guarded_plain
        or __guarded_expand
        set -l line (commandline --current-buffer | string collect)
        commandline --is-valid
        # Unfinished or wrong: fish runs nothing of it.
        if test $status -ne 0
            or set --query __guarded_plain
            or not string match --quiet --regex -- '\S' $line
            commandline -f execute
            return
        end
        __guarded_ask $line
        switch $status
            case 0
                commandline -f execute
            case 75 126 130
                __guarded_keep
            case '*'
                if test $line = guarded-plain
                    __guarded_rescue
                    return
                end
                __guarded_says "this line was not run: $__guarded_judge could not judge it" \
                    'mend it with `guarded doctor` elsewhere; to go on in this shell without the guard, recorded, type guarded-plain'
                __guarded_keep
        end
    end

    # Each set of key bindings begins anew, and start-up files that come later may bind Enter too.
    function __guarded_bind --on-event fish_prompt --on-variable fish_key_bindings
        set -g __guarded_came
        # In vi's command mode Enter goes on to insert; otherwise there is but one mode.
        set -l then
        string match --quiet '*vi*' -- "$fish_key_bindings"
        and set then -m insert
        for key in \r \n \e\[27\;2\;13~ \e\[13\;2u
            for mode in default insert
                if not string match --quiet '*__guarded_enter*' -- (bind --user -M $mode $key 2>/dev/null)
                    bind --user -M $mode $then $key __guarded_enter
                end
            end
        end
        bind --user -M replace -m insert \r __guarded_enter
    end

    function __guarded_preexec --on-event fish_preexec
        if not set --query __guarded_plain
            and test -z "$__guarded_came"
            __guarded_says 'this line was NOT judged: another key than Enter accepted it'
        end
    end
end
