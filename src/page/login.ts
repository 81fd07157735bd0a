/** The login form: the token goes out in a request's body, and comes back as a cookie that no script can read. */
import { byId } from "./byId.ts"

const form = byId("login", HTMLFormElement)
const token = byId("token", HTMLInputElement)
const failure = byId("failure", HTMLParagraphElement)

const wordsOf = async (response: Response): Promise<string> => {
  if (response.status === 401)
    return "This is no token of the gateway. `imsg-gateway tokens create` makes one."
  const { hint, message } = await response.json().catch(() => ({}))
  return typeof message === "string"
    ? `${message}. ${hint}`
    : `The gateway answered with status ${response.status}.`
}

const signIn = async (): Promise<void> => {
  failure.textContent = ""
  try {
    const response = await fetch("/login", {
      method: "POST",
      body: new URLSearchParams({ token: token.value })
    })
    if (response.ok) {
      location.replace("/")
      return
    }
    failure.textContent = await wordsOf(response)
  } catch {
    failure.textContent = "The gateway does not answer."
  }
  token.setAttribute("aria-invalid", "true")
  token.select()
  token.focus()
}

form.addEventListener("submit", (event) => {
  event.preventDefault()
  void signIn()
})

token.focus()
