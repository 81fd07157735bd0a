/**
 * What has a shell complete: each script asks the program itself, by `COMPLETE` and the words so far, so that what it
 * offers is what the installed version takes. What the program answers is described at `asLines` in complete.ts.
 */
import type { Shell } from "./ownCommands.ts"

/** The word by which scripts ask; no command for people. */
export const COMPLETE = "__complete"

const bash = `# imsg-gateway: completion for bash
_imsg_gateway() {
  local line word
  COMPREPLY=()
  while IFS= read -r line; do
    word="\${line%%$'\\t'*}"
    if [ -z "$word" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]#=}")
    else
      COMPREPLY+=("$word")
    fi
  done < <("$1" ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _imsg_gateway imsg-gateway
`

const zsh = `#compdef imsg-gateway
# imsg-gateway: completion for zsh; after compinit
_imsg_gateway() {
  local -a words_found
  local line word files=0
  while IFS= read -r line; do
    word="\${line%%$'\\t'*}"
    if [[ -z "$word" ]]; then
      files=1
    else
      words_found+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <("$words[1]" ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( files )); then
    [[ "$PREFIX" == --*=* ]] && compset -P 1 '*='
    _files
  fi
  (( $#words_found )) && _describe -t values 'imsg-gateway' words_found
}
if [[ "$funcstack[1]" == _imsg_gateway ]]; then
  _imsg_gateway "$@"
else
  compdef _imsg_gateway imsg-gateway
fi
`

const fish = `# imsg-gateway: completion for fish
function __imsg_gateway_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l asked $words[1]
    set -e words[1]
    for line in ($asked ${COMPLETE} $words "$last" 2>/dev/null)
        if string match -q (printf '\\t')'*' -- $line
            __fish_complete_path (string replace -r '^--[^=]*=' '' -- $last)
        else
            printf '%s\\n' $line
        end
    end
end
complete -c imsg-gateway -f -a '(__imsg_gateway_complete)'
`

const scripts: { readonly [shell in Shell]: string } = { bash, fish, zsh }

export const completionScript = (shell: Shell): string => scripts[shell]
