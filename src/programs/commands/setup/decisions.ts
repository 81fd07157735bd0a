/** The steps of `setup`, in their order: what each needs, decided by what is known. Pure. */
import { runtimeInWords } from "../agent/text.ts"
import { agentLines, ownerLines } from "./configText.ts"
import { isUp, type Known, ownerOf } from "./Known.ts"
import { Need } from "./Need.ts"
import { offerNamed } from "./offers.ts"

export type StepId = "imsg" | "permissions" | "agent" | "owner" | "config" | "answer" | "service" | "hello"

export interface Step {
  readonly id: StepId
  readonly title: string
  readonly decide: (known: Known) => Need
}

const noConfig = Need.Skip({ reason: "there is no config yet" })

const INSTALL_IMSG = "On a Mac: `brew install steipete/tap/imsg`."

const imsg = ({ found, imsg, platform, wishes }: Known): Need => {
  if (imsg !== undefined) return Need.Done({ detail: imsg })
  if (wishes.imsg !== undefined)
    return Need.Given({ answer: wishes.imsg, doing: `Looking at ${wishes.imsg}.` })
  if (found !== undefined) return Need.Given({ answer: found, doing: `Found ${found}.` })
  const isMac = platform === "darwin"
  return Need.Ask({
    question: isMac
      ? `Where is imsg? If it is not here yet: ${INSTALL_IMSG}\nThen press Enter, which looks for it; or write the command that runs it, or user@host of another Mac.\nimsg`
      : "Messages runs on a Mac only, and is reached there over SSH. Which Mac is it?\nWrite user@host, or the command that runs imsg there.\nThe Mac",
    usual: undefined,
    lacking: {
      problem: isMac ? "imsg is in no folder of PATH" : "which Mac runs imsg cannot be guessed",
      remedy: isMac
        ? `${INSTALL_IMSG} Or say where it is: --imsg COMMAND, or --imsg user@host for another Mac.`
        : "Say it: --imsg user@host, after the steps of docs/remote.md; or --imsg COMMAND."
    }
  })
}

const permissions = ({ checks, imsg }: Known): Need => {
  if (imsg === undefined) return Need.Skip({ reason: "there is no imsg to ask" })
  if (checks === undefined)
    return Need.Given({ answer: imsg, doing: "Looking whether Messages can be read." })
  const failed = checks.filter(({ status }) => status === "failed")
  if (failed.length > 0) return Need.Wait({ checks: failed })
  const database = checks.find(({ id }) => id === "full-disk-access")
  return Need.Done({ detail: database?.detail ?? "imsg answers" })
}

const agent = ({ agent, offer, offers, wishes, written }: Known): Need => {
  if (written?.hasAgents === true) {
    const [first] = written.config.agents.list
    return Need.Done({ detail: `${first.id}: ${runtimeInWords(first.runtime)}` })
  }
  if (agent !== undefined) return Need.Done({ detail: agent.title })
  const usualModel = offer?.usualModel
  if (offer !== undefined && usualModel !== undefined) {
    const question = `Which model of ${offer.name}?`
    return offer.models.length > 0
      ? Need.Choose({
          question,
          choices: offer.models.map((model) => ({ value: model, title: model })),
          usual: usualModel
        })
      : Need.Ask({ question, usual: usualModel, lacking: { problem: "no model", remedy: "Name one." } })
  }
  if (wishes.agent !== undefined) {
    return offerNamed(offers, wishes.agent) === undefined
      ? Need.Stuck({
          problem: `there is no agent ${JSON.stringify(wishes.agent)} here`,
          remedy: `--agent can be: ${offers.map(({ name }) => name).join(", ")}. Ollama and LM Studio have to run, and have a model; a key has to be in the environment; a program in a folder of PATH.`
        })
      : Need.Given({ answer: wishes.agent, doing: `Taking ${wishes.agent}.` })
  }
  const [first] = offers
  return first === undefined
    ? Need.Skip({ reason: "no agent was found" })
    : Need.Choose({
        question: "Who shall answer? This is what was found here",
        choices: offers.map(({ name, title }) => ({ value: name, title })),
        usual: first.name
      })
}

const WHO = `Who are you? The owner may command the gateway from their phone, and is told what it needs.
A code is sent there in Messages, to see that it is you.
Your number or email`

const owner = (known: Known): Need => {
  const settled = ownerOf(known)
  if (settled !== undefined) {
    return Need.Done({
      detail: known.owner?._tag === "Named" ? `${settled}, as --owner says; no code was asked for` : settled
    })
  }
  if (known.owner?._tag === "Asked") {
    const { handle, wrong } = known.owner
    return Need.Ask({
      question:
        wrong > 0
          ? `That is not the code that was sent to ${handle}. Try it again.\nThe code`
          : `A code was sent to ${handle}. Type it, so that it is sure that this is you.\nThe code`,
      usual: undefined,
      lacking: { problem: "nobody is there to type the code", remedy: "Run setup in a terminal." }
    })
  }
  if (known.imsg === undefined && !known.wishes.yes) {
    return Need.Skip({ reason: "there is no imsg that could send you a code" })
  }
  if (known.wishes.owner !== undefined) {
    return Need.Given({
      answer: known.wishes.owner,
      doing: known.wishes.yes ? "" : `Sending a code to ${known.wishes.owner}.`
    })
  }
  return Need.Ask({
    question: WHO,
    usual: undefined,
    lacking: {
      problem: "who the owner is cannot be guessed",
      remedy: "Say it: --owner +15555550123, or an email."
    }
  })
}

/** What an existing config lacks of what this run has found out. */
const missingLines = ({ agent, owner, written }: Known): ReadonlyArray<string> => {
  if (written === undefined) return []
  return [
    ...(owner === undefined || owner._tag === "Asked" || written.config.owners.length > 0
      ? []
      : [ownerLines(owner.handle)]),
    ...(agent === undefined || written.hasAgents ? [] : [agentLines(agent)])
  ]
}

const config = (known: Known): Need => {
  const { file, imsg, isNew, written } = known
  if (written !== undefined) {
    const lines = missingLines(known)
    return lines.length === 0
      ? Need.Done({
          detail: isNew ? `${file}, for you alone to read` : `${file} is there, and is left as it is`
        })
      : Need.ByHand({
          detail: `${file} is yours, and is not changed: add this to it, then run \`imsg-gateway setup\` again`,
          lines: lines.join("\n")
        })
  }
  if (imsg === undefined) return Need.Skip({ reason: "without imsg there is nothing to write" })
  return Need.Offer({
    question: `Write ${file}?`,
    about:
      "It holds what was chosen, with a line of explanation each. A key is in it by the name of its variable only.",
    doing: `Writing ${file}.`
  })
}

export const GREETING = "Say hello in one short sentence."

const inQuotes = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`

const answer = ({ gatewayRuns, isNew, tried, written }: Known): Need => {
  if (written === undefined) return noConfig
  if (tried !== undefined && tried.error === undefined) {
    const said = tried.parts.flatMap((part) => (part._tag === "Text" ? [part.text] : [])).join(" ")
    return Need.Done({ detail: `${inQuotes(said)}, after ${(tried.durationMs / 1000).toFixed(1)} s` })
  }
  if (gatewayRuns && !isNew) {
    return Need.Done({ detail: 'a gateway runs with it: `imsg-gateway agent test "hi"` asks it' })
  }
  const [first] = written.config.agents.list
  return Need.Offer({
    question: "Ask the agent once, to see that it answers?",
    about: `${runtimeInWords(first.runtime)} is asked: "${GREETING}"`,
    doing: "Asking the agent."
  })
}

const service = ({ service, written }: Known): Need => {
  if (written === undefined) return noConfig
  switch (service._tag) {
    case "Runs":
      return Need.Done({ detail: "it is installed, and runs" })
    case "Impossible":
      return Need.Skip({ reason: service.reason })
    case "Installed":
      return service.started
        ? Need.Done({ detail: service.detail })
        : Need.ByHand({ detail: service.detail, lines: service.advice })
    case "Absent":
      return Need.Offer({
        question: "Install the gateway as a service?",
        about:
          "It is started now, and at every login from then on; `imsg-gateway service uninstall` takes it away.",
        doing: "Installing the service."
      })
  }
}

const hello = (known: Known): Need => {
  const { greeted, written } = known
  if (written === undefined) return noConfig
  const settled = ownerOf(known)
  if (settled === undefined) return Need.Skip({ reason: "nobody is named as owner" })
  if (greeted !== undefined) return Need.Done({ detail: `said to ${greeted}` })
  // It promises an answer.
  if (!isUp(known)) {
    return Need.Later({
      detail: "start the gateway, then run `imsg-gateway setup` again: it then says hello"
    })
  }
  return Need.Offer({
    question: `Send "I am here" to ${settled}?`,
    about: "It shows that sending works, and opens the chat in which you talk to it.",
    doing: `Sending to ${settled}.`
  })
}

export const STEPS: ReadonlyArray<Step> = [
  { id: "imsg", title: "imsg", decide: imsg },
  { id: "permissions", title: "Permissions", decide: permissions },
  { id: "agent", title: "Agent", decide: agent },
  { id: "owner", title: "Owner", decide: owner },
  { id: "config", title: "Config", decide: config },
  { id: "answer", title: "Answer", decide: answer },
  { id: "service", title: "Service", decide: service },
  { id: "hello", title: "Hello", decide: hello }
]
