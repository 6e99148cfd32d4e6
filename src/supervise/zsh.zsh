# Judges each entered line before zsh runs it. Made by `guarded init zsh`; `guarded uninit zsh` takes it away.
# However a line is accepted, zsh calls zle-line-finish with it and takes what that leaves. Names that begin with
# __guarded_ are its own.

typeset -g __guarded_aliases=; [[ ! -o aliases ]] || __guarded_aliases=1
setopt no_aliases

typeset -g __guarded_judge=@JUDGE@ __guarded_inside= __guarded_came= __guarded_others= __guarded_plain=

# What of this shell a line names: its aliases, variables and functions, and what these name in turn.
function __guarded_records {
  emulate -L zsh
  setopt extended_glob
  local __guarded_name __guarded_body
  local -i __guarded_at=1
  local -aU __guarded_names
  __guarded_names=(${=1//[^A-Za-z0-9_.:-]/ } ${=1//[^A-Za-z0-9_]/ })
  print -rN -- line '' "$1"
  for __guarded_name in ${=2}; do print -rN -- on $__guarded_name ''; done
  for __guarded_name in ${(k)galiases}; do print -rN -- global $__guarded_name "$galiases[$__guarded_name]"; done
  for __guarded_name in ${(k)saliases}; do print -rN -- suffix $__guarded_name "$saliases[$__guarded_name]"; done
  while (( __guarded_at <= $#__guarded_names && __guarded_at < 400 )); do
    __guarded_name=$__guarded_names[__guarded_at++] __guarded_body=
    if (( $+aliases[$__guarded_name] )); then
      __guarded_body=$aliases[$__guarded_name]
      print -rN -- alias $__guarded_name "$__guarded_body"
    fi
    if (( $+functions[$__guarded_name] )) && [[ $functions[$__guarded_name] != 'builtin autoload'* ]]; then
      __guarded_body+=" $functions[$__guarded_name]"
      print -rN -- function $__guarded_name "$functions[$__guarded_name]"
    fi
    if [[ $__guarded_name == [A-Za-z_][A-Za-z0-9_]# ]]; then
      case ${(Pt)__guarded_name} in
        *hideval*) ;;
        (scalar|integer|float)*) print -rN -- variable $__guarded_name ${(qq)${(P)__guarded_name}} ;;
        array*) print -rN -- variable $__guarded_name "(${(j: :)${(@qq)${(@P)__guarded_name}}})" ;;
      esac
    fi
    (( $#__guarded_body > 20000 )) || __guarded_names+=(${=__guarded_body//[^A-Za-z0-9_.:-]/ } ${=__guarded_body//[^A-Za-z0-9_]/ })
  done
}

function __guarded_ask {
  emulate -L zsh
  __guarded_records "$1" "$2" 2>/dev/null | $__guarded_judge
}

# Whether this shell would take it for a whole command, by its own options and aliases.
function __guarded_is_whole {
  unfunction __guarded_try
  functions[__guarded_try]=$1
  (( $+functions[__guarded_try] ))
} 2>/dev/null

function __guarded_refuse {
  emulate -L zsh
  local text=${1%$'\n'}
  [[ $2 == *ignorespace* && $text == ' '* ]] || print -sr -- "$text"
  BUFFER= POSTDISPLAY=
  # Of an unfinished command nothing is left either.
  zle .send-break
}

function __guarded_says {
  print -ru2 -- "guarded: $1"
}

# The judge itself is gone or broken: a person may go on without it, who says so.
function __guarded_rescue {
  __guarded_plain=1
  __guarded_says 'THE LINES OF THIS SHELL ARE NOT JUDGED ANY MORE, at your own word (guarded-plain)'
  command logger -t guarded -p auth.warning -- "guarded-plain: user $USERNAME goes on unjudged in zsh $$ on $TTY" 2>/dev/null
  local folder=${XDG_STATE_HOME:-$HOME/.local/state}/guarded
  [[ -d $folder ]] || command mkdir -p -m 700 -- "$folder"
  print -r -- "$(command date -u +%FT%TZ) guarded-plain zsh $$ $TTY" >>! "$folder/rescues"
}

function __guarded_finish {
  __guarded_came=1
  [[ -z $__guarded_inside ]] || return 0
  # Gone again however this ends, by an interrupt too.
  local __guarded_inside=1
  # First: what they make of the line is judged, and a keypad that they set is as a question wants it.
  if [[ -n $__guarded_others ]]; then
    $__guarded_others "$@"
  fi
  if [[ -z $__guarded_plain && ( $CONTEXT == start || $CONTEXT == cont ) ]]; then
    __guarded_check
  fi
  return 0
}

function __guarded_check {
  local __guarded_set= __guarded_before= __guarded_single=1
  local __guarded_option
  for __guarded_option in interactivecomments extendedglob shwordsplit globsubst; do
    [[ ! -o $__guarded_option ]] || __guarded_set+=" $__guarded_option"
  done
  [[ ! -o histignorespace ]] || __guarded_set+=' ignorespace'
  # `!!` and its like: what it stands for is judged, and runs.
  if [[ -o banghist && ( $BUFFER == *"${histchars:0:1}"* || $BUFFER == "${histchars:1:1}"* ) ]]; then
    __guarded_before=$BUFFER
    zle .expand-history
    if [[ -o histverify && $BUFFER != "$__guarded_before" ]]; then
      print -rz -- "$BUFFER"
      BUFFER=
      zle .send-break
      return
    fi
  fi
  [[ $PREBUFFER$BUFFER == *[^[:space:]]* ]] || return
  [[ $BUFFER != *$'\n'* ]] || __guarded_single=
  # With a `#` that begins no comment at a prompt the test would not tell.
  if [[ -n $__guarded_single && ( $__guarded_set == *comments* || $PREBUFFER$BUFFER != *'#'* ) ]]; then
    __guarded_is_whole "$PREBUFFER$BUFFER" || return
  fi
  zle -I
  # A widget has no terminal as its input; whether a person sits there is told by it.
  __guarded_ask "$PREBUFFER$BUFFER" "$__guarded_set" <$TTY
  case $? in
    (0) ;;
    (75|126|130) __guarded_refuse "$PREBUFFER$BUFFER" "$__guarded_set" ;;
    (*)
      if [[ $BUFFER == guarded-plain ]]; then
        BUFFER=
        __guarded_rescue
        return
      fi
      __guarded_says "this line was not run: $__guarded_judge could not judge it"
      __guarded_says 'mend it with `guarded doctor` elsewhere; to go on in this shell without the guard, recorded, type guarded-plain'
      __guarded_refuse "$PREBUFFER$BUFFER" "$__guarded_set"
      ;;
  esac
}

# Something else may have taken the hook since.
function __guarded_take {
  [[ $widgets[zle-line-finish] != user:__guarded_finish ]] || return 0
  __guarded_others=
  [[ $widgets[zle-line-finish] != user:* ]] || __guarded_others=${widgets[zle-line-finish]#user:}
  zle -N zle-line-finish __guarded_finish
}

function __guarded_precmd {
  __guarded_came=
  __guarded_take
}

function __guarded_preexec {
  [[ -n $__guarded_came || -n $__guarded_plain ]] ||
    __guarded_says 'this line was NOT judged: something else had taken zle-line-finish, or line editing was off'
}

if [[ ! -o zle && -o shinstdin ]]; then
  __guarded_says 'line editing is off in this shell, so its lines cannot be judged; ending'
  exit 125
fi
zmodload zsh/parameter zsh/zle
typeset -ga precmd_functions preexec_functions
precmd_functions+=(__guarded_precmd)
preexec_functions+=(__guarded_preexec)
__guarded_take
[[ -z $__guarded_aliases ]] || setopt aliases
unset __guarded_aliases
