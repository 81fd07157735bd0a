/** The config that the gateway runs with, as it has read it, without secrets. */
import type { ConfigReport } from "../../schemas/control/Records.ts"
import type { ConfigChange } from "../../schemas/control/Status.ts"
import { api } from "../api.ts"
import { attempt } from "../notices.ts"
import { Button, Section } from "../parts/basics.tsx"
import { agents, config, status } from "../state.ts"
import { changeWords } from "../words.ts"

const reload = () =>
  attempt(async () => {
    const change: ConfigChange = await api.reload()
    return changeWords(change)
  }).finally(() => void Promise.all([config.ask(), agents.ask(), status.ask()]))

/** The documents that belong to this version; the gateway serves them itself. */
const DOCUMENTS: ReadonlyArray<readonly [string, string]> = [
  ["configuration.md", "every key of the config"],
  ["access.md", "who can make your assistant speak"],
  ["agents.md", "the agents that there are, and how to write one"],
  ["troubleshooting.md", "what to do, by what you see"],
  ["reliability.md", "what can be relied on, and what cannot"],
  ["web.md", "this page, and the interface behind it"]
]

const Warnings = ({ report: { warnings, writtenSecrets } }: { readonly report: ConfigReport }) => {
  const all = [
    ...warnings,
    ...writtenSecrets.map(
      (key) => `The secret of ${key} stands in the file itself, and not in the environment.`
    )
  ]
  return all.length === 0 ? (
    <p class="empty">No warnings.</p>
  ) : (
    <ul id="warnings" class="warnings">
      {all.map((warning) => (
        <li key={warning} class="trouble">
          {warning}
        </li>
      ))}
    </ul>
  )
}

const sectionsOf = (report: ConfigReport): ReadonlyArray<readonly [string, unknown]> =>
  typeof report.config === "object" && report.config !== null ? Object.entries(report.config) : []

const Read = ({ report }: { readonly report: ConfigReport }) => (
  <>
    <p class="quiet">
      {report.file === null ? "" : `${report.file} · `}with every default; “…” stands where a secret is, or
      may be.
    </p>
    {sectionsOf(report).map(([name, value]) => (
      <details key={name}>
        <summary>{name}</summary>
        <pre>{JSON.stringify(value, undefined, 2)}</pre>
      </details>
    ))}
  </>
)

export const Config = () => {
  const report = config.value.value
  return (
    <div class="columns">
      <div class="column">
        <Section
          id="config"
          title="As it is read"
          aside={
            <Button id="reload" act={reload}>
              Reload config
            </Button>
          }
        >
          {report === undefined ? <p class="empty">Not known yet.</p> : <Read report={report} />}
        </Section>
      </div>
      <div class="column">
        <Section id="warnings" title="Warnings">
          {report === undefined ? <p class="empty">Not known yet.</p> : <Warnings report={report} />}
        </Section>
        <Section id="documents" title="Documents">
          <ul class="documents">
            {DOCUMENTS.map(([file, about]) => (
              <li key={file}>
                <a href={`/docs/${file}`}>{file}</a>: {about}
              </li>
            ))}
            <li>
              <a href="/openapi.json">openapi.json</a>: the interface, with every field
            </li>
          </ul>
        </Section>
      </div>
    </div>
  )
}
