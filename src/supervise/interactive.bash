# Judges each entered line before bash gets it. Read once, after the start-up files that this shell reads anyway.
# @JUDGE@, @FD@ are filled in. Names that begin with __guarded_ are its own.

# Aliases of the start-up files must not change what follows.
__guarded_aliases=; \builtin shopt -q expand_aliases && __guarded_aliases=1
\builtin shopt -u expand_aliases

__guarded_pending= __guarded_ps1= __guarded_marked= __guarded_gone= __guarded_shut=

# Functions that the line names: the judge can't ask for them later.
__guarded_functions() {
  local word
  local -a words
  builtin read -r -d '' -a words <<<"${1//[;|&()\{\}<>]/ }"
  for word in "${words[@]}"; do
    builtin declare -f -- "$word"
  done
}

# 0: run it. 1: unfinished, bash will read on. Anything else: do not run it.
__guarded_judge() {
  {
    builtin printf '%s\0%s\0' "$1" "$2"
    builtin alias -p
    builtin printf '\0'
    builtin shopt -p
    builtin printf '\0'
    builtin declare -p
    builtin printf '\0'
    __guarded_functions "$1"
  } 2>/dev/null | (builtin exec -a guarded-line @JUDGE@)
  builtin return "${PIPESTATUS[1]}"
}

__guarded_accepts() {
  local map
  for map in emacs-standard vi-insert vi-command; do
    builtin bind -m "$map" "\"\C-x\C-y1\": $1"
    builtin bind -m "$map" "\"\C-x\C-y2\": $2"
  done
} 2>/dev/null

__guarded_refuse() {
  case :$HISTCONTROL:$READLINE_LINE in
    *:ignorespace:*:\ * | *:ignoreboth:*:\ *) ;;
    *) builtin history -s -- "$READLINE_LINE" ;;
  esac
  READLINE_LINE= READLINE_POINT=0
  __guarded_shut=1
  __guarded_accepts '""' '""'
  if [[ -n $__guarded_pending ]]; then
    # bash has the beginning of this command; an interrupt makes it forget.
    __guarded_pending=
    builtin kill -INT "$$"
  fi
}

# While a command is unfinished, PS1 carries a mark that notes when it is shown: then the command was given up with an
# interrupt. PS1 is its own again before anything is run.
__guarded_mark() {
  __guarded_gone=
  if builtin shopt -q promptvars; then
    __guarded_ps1=$PS1 __guarded_marked='${__guarded_gone[__guarded_gone=1]+}'$PS1
    PS1=$__guarded_marked
  fi
}

__guarded_unmark() {
  [[ -n $__guarded_marked ]] || builtin return
  if [[ $PS1 == "$__guarded_marked" ]]; then
    PS1=$__guarded_ps1
  else
    # PROMPT_COMMAND has made a new one, so it was shown.
    __guarded_gone=1
  fi
  __guarded_marked=
  [[ -z $__guarded_gone ]] || __guarded_pending=
}

# What bash will make of `!!` and the like, which it expands after Enter; in a subshell. `history -p` takes the last event
# for the line that calls it, unless that was put there by `history -s`: so it is put there once more.
__guarded_expanded() {
  local HISTTIMEFORMAT= HISTCONTROL= HISTIGNORE= last number
  last=$(builtin history 1)
  if [[ $last =~ ^\ *([0-9]+)[*\ ]\ (.*)$ ]]; then
    number=${BASH_REMATCH[1]}
    builtin history -s -- "${BASH_REMATCH[2]}"
    last=$(builtin history 1)
    [[ $last =~ ^\ *([0-9]+) ]] && ((BASH_REMATCH[1] > number)) && builtin history -d "${BASH_REMATCH[1]}"
  fi
  builtin history -p -- "$READLINE_LINE"
} 2>/dev/null

__guarded_enter() {
  { local -; builtin set +aeufxv; } 2>/dev/null
  local IFS=$' \t\n' __guarded_alone= __guarded_line=$READLINE_LINE __guarded_signs=${histchars:-!^}
  if [[ $- == *H* && ($READLINE_LINE == *"${__guarded_signs:0:1}"* || $READLINE_LINE == "${__guarded_signs:1:1}"*) ]]; then
    # An event that is not there is bash's to report: then it runs nothing.
    __guarded_line=$(__guarded_expanded) || __guarded_line=$READLINE_LINE
  fi
  if [[ -n $__guarded_shut ]]; then
    __guarded_shut=
    __guarded_accepts accept-line operate-and-get-next
  fi
  __guarded_unmark
  # Without the mark nobody knows whether the text goes on, so the line counts for itself too.
  builtin shopt -q promptvars || __guarded_alone=$__guarded_line
  if [[ -n $__guarded_pending || $__guarded_line == *[^[:space:]]* ]]; then
    __guarded_judge "$__guarded_pending$__guarded_line" "$__guarded_alone"
    case $? in
      0) __guarded_pending= ;;
      1)
        __guarded_pending+=$__guarded_line$'\n'
        __guarded_mark
        ;;
      *) __guarded_refuse ;;
    esac
  fi
}

# In place of edit-and-execute-command: the text comes back to the line, where Enter judges it.
__guarded_edit() {
  local file
  file=$(command mktemp) || builtin return
  builtin printf '%s\n' "$READLINE_LINE" >|"$file"
  ${VISUAL:-${EDITOR:-vi}} "$file" && READLINE_LINE=$(<"$file") READLINE_POINT=${#READLINE_LINE}
  command rm -f -- "$file"
}

if [[ ! -o emacs && ! -o vi ]]; then
  builtin printf '%s\n' 'guarded: line editing is off in this shell, so its lines cannot be judged; ending' >&2
  builtin exit 125
fi
for __guarded_map in emacs-standard vi-insert vi-command; do
  builtin bind -m "$__guarded_map" -x '"\C-x\C-y0": __guarded_enter "$_"'
  builtin bind -m "$__guarded_map" '"\C-m": "\C-x\C-y0\C-x\C-y1"'
  builtin bind -m "$__guarded_map" '"\C-j": "\C-x\C-y0\C-x\C-y1"'
  builtin bind -m "$__guarded_map" '"\C-o": "\C-x\C-y0\C-x\C-y2"'
done 2>/dev/null
builtin bind -m emacs-standard -x '"\C-x\C-e": __guarded_edit' 2>/dev/null
builtin bind -m vi-command -x '"v": __guarded_edit' 2>/dev/null
[[ -z $__guarded_aliases ]] || builtin shopt -s expand_aliases
builtin unset __guarded_map __guarded_aliases
__guarded_accepts accept-line operate-and-get-next
builtin readonly -f __guarded_enter __guarded_mark __guarded_unmark __guarded_judge __guarded_refuse __guarded_accepts __guarded_functions
exec @FD@<&-
