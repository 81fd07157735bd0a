/** Agents that a test can look into: shell commands, as a config names them. */

/** Answers `echo: …` and appends the turn's id to a file. */
export const recording = (file: string) => ({
  type: "command",
  command: ["/bin/sh", "-c", 'printf "%s\\n" "$GATEWAY_TURN_ID" >> "$0"; printf "echo: "; cat', file]
})

/** Answers after a pause, and appends the turn's id to a file before and after. */
export const slow = (file: string, seconds: number) => ({
  type: "command",
  command: [
    "/bin/sh",
    "-c",
    'printf "asked %s\\n" "$GATEWAY_TURN_ID" >> "$0"; text=$(cat); sleep "$1"; printf "echo: %s" "$text"',
    file,
    String(seconds)
  ]
})

/** Never answers the texts that contain a word; answers the others at once. */
export const hangsOn = (word: string) => ({
  type: "command",
  command: [
    "/bin/sh",
    "-c",
    'text=$(cat); case $text in *"$0"*) sleep 600;; esac; printf "echo: %s" "$text"',
    word
  ]
})
