/**
 * What has a shell complete: each script asks the program itself, by `COMPLETE` and the words so far, so that what it
 * offers is what the installed version takes. What the program answers is described at `asLines` in complete.ts.
 */
import type { Shell } from "./ownCommands.ts"

/** The word by which scripts ask; no command for people. */
export const COMPLETE = "__complete"

/**
 * `=` is a word of its own in newer versions, and part of a word in the 3.2 of a Mac, where no `compopt` asks for files
 * either: there they come wherever nothing else does.
 */
const bash = `# imsg-gateway: completion for bash
_imsg_gateway() {
  local line word before="\${COMP_WORDS[COMP_CWORD]%"$2"*}"
  local -a typed=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  case "$before" in *=) ;; *) before= ;; esac
  typed+=("$before$2")
  COMPREPLY=()
  while IFS= read -r line; do
    word="\${line%%$'\\t'*}"
    if [ -z "$word" ]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("\${word#"$before"}")
    fi
  done < <("\${1/#\\~/$HOME}" ${COMPLETE} "\${typed[@]//[\\\\\\"\\']/}" 2>/dev/null)
}
if type compopt >/dev/null 2>&1; then
  complete -F _imsg_gateway imsg-gateway
else
  complete -o default -F _imsg_gateway imsg-gateway
fi
`

/**
 * It is sourced, or lies in a folder of `fpath` as `_imsg-gateway`, where it is the function that is called. A zsh without
 * settings completes nothing before `compinit`, which with `-i` leaves out folders that others may write, and asks nothing.
 */
const zsh = `#compdef imsg-gateway
# imsg-gateway: completion for zsh
_imsg_gateway() {
  local -a words_found
  local line word files=0 asked=\${~words[1]}
  while IFS= read -r line; do
    word="\${line%%$'\\t'*}"
    if [[ -z "$word" ]]; then
      files=1
    else
      words_found+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <("\${(Q)asked}" ${COMPLETE} "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  if (( files )); then
    [[ "$PREFIX" == --*=* ]] && compset -P 1 '*='
    _files
  fi
  (( $#words_found )) && _describe -t values 'imsg-gateway' words_found
}
if [[ "$funcstack[1]" == _imsg[-_]gateway ]]; then
  _imsg_gateway "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef _imsg_gateway imsg-gateway
fi
`

/** Files are those that fish itself offers for a command of which it knows nothing. */
const fish = `# imsg-gateway: completion for fish
function __imsg_gateway_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l asked (string replace -r '^~(?=/)' $HOME -- $words[1])
    set -e words[1]
    for line in ($asked ${COMPLETE} $words (string replace -ra '[\\\\\\\\"\\']' '' -- "$last") 2>/dev/null)
        if string match -q (printf '\\t')'*' -- $line
            complete -C "__fish_command_without_completions $last"
        else
            printf '%s\\n' $line
        end
    end
end
complete -c imsg-gateway -f -a '(__imsg_gateway_complete)'
`

const scripts: { readonly [shell in Shell]: string } = { bash, fish, zsh }

export const completionScript = (shell: Shell): string => scripts[shell]
