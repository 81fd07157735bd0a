/**
 * How the agents of the command line are run, as data: their flags change with their releases, so each of these can be
 * said anew by the config. None skips a permission; what an agent may do by itself here is read and answer.
 *
 * In arguments `{sessionId}`, `{systemPrompt}` and `{prompt}` stand for what they say, and `{path}` and `{folder}` for a
 * file. The prompt goes to stdin where no argument asks for it: there it can be as long as it is, no other user of the
 * machine sees it, and it is never taken for an option.
 */

/** What an event must have: values by their paths, such as `{type: "text", "part.type": "text"}`. */
export type Match = { readonly [path: string]: string | boolean | number }

/** Where something stands, in events that match. */
export interface Place {
  readonly when: Match
  readonly at: string
}

/** What is read of the output: one JSON value, or one a line. */
export interface OutputRules {
  readonly format: "json" | "jsonl"
  readonly text: Place
  /** Whether each text is a piece of the answer, or the last one is all of it. */
  readonly pieces: boolean
  /** The agent's own name of the conversation. */
  readonly session?: Place
  /** Work has been done: what was said before it was no answer, where anything comes after. */
  readonly work: ReadonlyArray<Match>
  /** The answer is whole. Without any it is so once there is a text. */
  readonly end: ReadonlyArray<Match>
  /** It has failed, and says so; `at` is where its words may stand. */
  readonly failures: ReadonlyArray<{ readonly when: Match; readonly at: ReadonlyArray<string> }>
}

export interface Preset {
  readonly command: readonly [string, ...Array<string>]
  /** Of the first turn of a conversation. With `{sessionId}` its name is the gateway's choice, a new UUID. */
  readonly args: ReadonlyArray<string>
  /** Of later turns. */
  readonly resumeArgs: ReadonlyArray<string>
  /** Where there is a system prompt; empty where it can only stand before the prompt. */
  readonly systemPromptArgs: ReadonlyArray<string>
  /** Of each file that people sent. */
  readonly fileArgs: ReadonlyArray<string>
  readonly output: "text" | OutputRules
  /** What it says where it does not know the session, in any case of letters. */
  readonly sessionGone: ReadonlyArray<string>
  readonly env: { readonly [name: string]: string }
}

export const PRESETS = {
  claude: {
    command: ["claude"],
    args: ["-p", "--output-format", "json", "--session-id", "{sessionId}"],
    resumeArgs: ["-p", "--output-format", "json", "--resume", "{sessionId}"],
    systemPromptArgs: ["--append-system-prompt", "{systemPrompt}"],
    // It may read there; to change anything it would still have to be allowed.
    fileArgs: ["--add-dir", "{folder}"],
    output: {
      format: "json",
      text: { when: { type: "result", is_error: false }, at: "result" },
      pieces: false,
      session: { when: { type: "result" }, at: "session_id" },
      work: [],
      end: [],
      failures: [{ when: { type: "result", is_error: true }, at: ["result", "errors.0"] }]
    },
    sessionGone: ["No conversation found", "requires a valid session ID"],
    env: {}
  },
  codex: {
    command: ["codex"],
    args: ["exec", "--json", "--sandbox", "read-only", "--skip-git-repo-check", "-"],
    // Options of `exec` stand before `resume`.
    resumeArgs: [
      "exec",
      "--json",
      "--sandbox",
      "read-only",
      "--skip-git-repo-check",
      "resume",
      "{sessionId}",
      "-"
    ],
    systemPromptArgs: [],
    fileArgs: [],
    output: {
      format: "jsonl",
      text: { when: { type: "item.completed", "item.type": "agent_message" }, at: "item.text" },
      pieces: false,
      session: { when: { type: "thread.started" }, at: "thread_id" },
      work: [],
      end: [{ type: "turn.completed" }],
      // `error` alone is also said of a connection that is made again.
      failures: [{ when: { type: "turn.failed" }, at: ["error.message"] }]
    },
    sessionGone: ["no rollout found", "thread not found", "No saved session found"],
    env: {}
  },
  gemini: {
    command: ["gemini"],
    args: ["--output-format", "stream-json"],
    resumeArgs: ["--output-format", "stream-json", "--resume", "{sessionId}"],
    systemPromptArgs: [],
    fileArgs: ["--include-directories", "{folder}"],
    output: {
      format: "jsonl",
      text: { when: { type: "message", role: "assistant" }, at: "content" },
      pieces: true,
      session: { when: { type: "init" }, at: "session_id" },
      work: [{ type: "tool_use" }, { type: "tool_result" }],
      end: [{ type: "result", status: "success" }],
      failures: [{ when: { type: "result", status: "error" }, at: ["error.message"] }]
    },
    sessionGone: ["Error resuming session"],
    env: {}
  },
  opencode: {
    command: ["opencode"],
    args: ["run", "--format", "json"],
    resumeArgs: ["run", "--format", "json", "-s", "{sessionId}"],
    systemPromptArgs: [],
    fileArgs: ["-f", "{path}"],
    output: {
      format: "jsonl",
      text: { when: { type: "text" }, at: "part.text" },
      pieces: false,
      session: { when: { type: "step_start" }, at: "sessionID" },
      work: [{ type: "tool_use" }],
      end: [
        { type: "step_finish", "part.reason": "stop" },
        { type: "step_finish", "part.reason": "length" }
      ],
      failures: [{ when: { type: "error" }, at: ["error.data.message", "error.name"] }]
    },
    sessionGone: ["Session not found"],
    // By itself it allows everything, and a tool that is denied is replaced by one that is not.
    env: { OPENCODE_PERMISSION: '{"edit":"deny","bash":"deny","external_directory":"deny"}' }
  }
} as const satisfies { readonly [name: string]: Preset }

export type PresetName = keyof typeof PRESETS
