/** Lines that people type, under the commands whose help shows them; the program's name stands before each. */
export interface Example {
  readonly line: string
  readonly says: string
}

/** By the words of the command; of the program itself, under no words. */
export const examples: { readonly [command: string]: ReadonlyArray<Example> } = {
  "": [
    { line: "", says: "runs the gateway until Ctrl-C" },
    { line: "--config ~/other.json5", says: "with another config" }
  ],
  status: [
    { line: "status", says: "what runs, what waits, what needs a person" },
    { line: "status --watch", says: "the same, again every second" }
  ],
  doctor: [
    { line: "doctor", says: "what is missing, and what to do" },
    { line: "doctor --send-to +15555550123", says: "also sends a message, to see that it can" }
  ],
  chats: [
    { line: "chats --limit 50", says: "the 50 chats that were last spoken in" },
    { line: "chats resume --chat 42", says: "ends a pause" }
  ],
  mcp: [{ line: "mcp", says: "what an MCP client is told to run" }],
  "tokens create": [
    { line: "tokens create --name laptop", says: "for a browser, or everything" },
    { line: "tokens create --name assistant --scope chat", says: "for a model in the chats of the config" }
  ],
  history: [{ line: "history --chat 42", says: "the last messages of the chat with this id" }],
  send: [
    { line: 'send --to +15555550123 --text "On my way"', says: "to a person" },
    { line: "send --to chat_id:42 --file photo.jpg", says: "a file into a chat" },
    { line: "send --to sam@example.com --text - < note.txt", says: "what a file says" }
  ],
  pairing: [
    { line: "pairing list", says: "who waits, and their codes" },
    { line: "pairing approve imessage K7Q2M9XA", says: "lets somebody in" }
  ],
  "pairing list": [{ line: "pairing list --approved", says: "who was let in" }],
  "pairing approve": [
    { line: "pairing approve imessage K7Q2M9XA", says: "lets somebody in, and tells them" }
  ],
  "pairing revoke": [{ line: "pairing revoke imessage +15555550123", says: "takes an approval back" }],
  permissions: [
    { line: "permissions list", says: "what agents wait for leave for" },
    { line: "permissions allow K7Q2M9XA", says: "lets one do it, this once" }
  ],
  "permissions list": [{ line: "permissions list --decided", says: "what was decided, and by whom" }],
  deadletters: [
    { line: "deadletters list", says: "what failed, and why" },
    { line: "deadletters show 3", says: "all that was said in one" },
    { line: "deadletters retry --all", says: "tries every one again" }
  ],
  conversations: [
    { line: "conversations list", says: "whose words agents remember" },
    { line: "conversations clear --of sam@example.com", says: "has every agent forget a person" }
  ],
  audit: [{ line: "audit --since 24h", says: "what was done since yesterday" }],
  config: [
    { line: "config check", says: "whether the file is right" },
    { line: "config reload", says: "applies it" },
    { line: "config schema > imsg-gateway.schema.json", says: "for an editor" }
  ],
  "cluster import": [
    { line: "cluster import --dry-run", says: "what there is, and whether it can be carried over" },
    { line: "cluster import --from /Volumes/old/.imsg-gateway", says: "from another state folder" }
  ],
  service: [
    { line: "service install", says: "has the gateway started at every login" },
    { line: "service status", says: "whether it runs, and with which config" }
  ],
  logs: [{ line: "logs --follow", says: "the log, and what is added to it" }],
  "simulator react": [
    { line: "simulator react --db chat.db --message GUID --reaction love", says: "the owner loves it" }
  ],
  "simulator bridge": [
    { line: "simulator bridge --db chat.db --state on", says: "the private bridge runs" },
    { line: "simulator bridge --db chat.db --without retractMessagePart", says: "it cannot unsend" }
  ],
  demo: [{ line: "demo --interactive", says: "you write the messages" }],
  completion: [
    { line: "completion bash >> ~/.bashrc", says: "for bash; on a Mac to ~/.bash_profile" },
    { line: "completion zsh >> ~/.zshrc", says: "for zsh" },
    {
      line: "completion fish > ~/.config/fish/completions/imsg-gateway.fish",
      says: "for fish"
    }
  ],
  help: [{ line: "help pairing approve", says: "what this command takes" }]
}
