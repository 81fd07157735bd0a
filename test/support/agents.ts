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

/** Answers `ok`, and appends the session, the chat and the sender of each turn to a file. */
export const environment = (file: string) => ({
  type: "command",
  command: [
    "/bin/sh",
    "-c",
    'printf "%s %s %s\\n" "$GATEWAY_SESSION_KEY" "$GATEWAY_CHAT_ID" "$GATEWAY_SENDER" >> "$0"; printf ok',
    file
  ]
})

/** Answers every turn with the same replies. */
export const answering = (output: {
  readonly replies: ReadonlyArray<{ readonly text?: string; readonly media?: ReadonlyArray<string> }>
}) => ({
  type: "command",
  format: "json",
  command: ["/bin/sh", "-c", 'cat > /dev/null; printf "%s" "$0"', JSON.stringify(output)]
})
