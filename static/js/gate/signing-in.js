// Signing in again over the page, as the same login: then the line goes on where it was. Whoever else signs in gets
// their own first page, and nothing of this one.
import { field, openDialog, wrong } from "../dialog.js"
import { line } from "../line.js"
import { page } from "../page.js"
import { canPasskey, usePasskey } from "../passkey.js"
import { tag } from "../tag.js"
import { working } from "../working.js"

const REASONS = {
  idle: "You were signed out because nothing happened here for a while.",
  expired: "Your session has reached its end.",
  password: "Your password was changed, so this session ended.",
  revoked: "Your access to this portal has ended. Call the practice if that is a mistake.",
}
let open = false

export function askToSignIn({ reason, words: said } = {}) {
  if (open) return
  open = true
  const form = tag("form", { class: "stack mid", submit: (event) => signIn(event, dialog) },
    field("email", "E-mail", { type: "email", autocomplete: "username" }),
    field("password", "Password", { type: "password", autocomplete: "current-password" }),
    canPasskey() && tag("button", { type: "button", class: "wa-outlined", click: () => signInByPasskey(form, dialog) }, "Use a passkey"),
    tag("div", { class: "acts" },
      tag("a", { class: "wa-button wa-outlined", href: "/sign-in" }, "Go to the sign-in page"),
      tag("button", { type: "submit", class: "wa-brand" }, "Sign in")))
  const words = `${REASONS[reason] ?? said ?? "Your session has ended."} What you had written is kept.`
  const dialog = openDialog({ title: "Sign in again", words, body: [form], still: true, css: "veil" })
  cover(true)
}

async function signIn(event, dialog) {
  event.preventDefault()
  const form = event.target
  const given = Object.fromEntries(new FormData(form))
  const answer = await send({ ...given, side: page.side })
  if (!answer) return wrong(form, "There is no connection. Try again when it is back.")
  if (!answer.ok) return wrong(form, await sentence(answer, form))
  return goOn(await answer.json(), dialog)
}

async function signInByPasskey(form, dialog) {
  try {
    const signedIn = await usePasskey("/sign-in/passkey", { side: page.side })
    if (signedIn?.ticket) return wrong(form, "This passkey did not ask who you are. Sign in with the password and the code.")
    return signedIn && goOn(signedIn, dialog)
  } catch (refused) {
    return wrong(form, refused.message)
  }
}

function goOn(signedIn, dialog) {
  if (signedIn.login !== page.login || (signedIn.side ?? page.side) !== page.side) return location.assign("/sign-in")
  open = false
  dialog.close()
  cover(false)
  return line.reopen()
}

function send(given) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" }
  return working(fetch("/sign-in", { method: "POST", headers, body: JSON.stringify(given) })).catch(() => null) // no network
}

async function sentence(answer, form) {
  const problem = await answer.json().catch(() => ({})) // not JSON: something in between answered
  if (problem.code === "second-factor") askForTheCode(form)
  return Object.values(problem.errors ?? {}).flat()[0] ?? problem.detail ?? "The server did not answer. Try again."
}

// the password was right: one more field, and what was typed stays
function askForTheCode(form) {
  if (!form.elements.code) form.elements.password.closest(".field").after(field("code", "Code", { autocomplete: "one-time-code", maxlength: 20 }))
  form.elements.code.value = ""
  form.elements.code.focus()
}

// nobody reads over the shoulder what the signed-out page still shows
function cover(on) {
  document.body.toggleAttribute("data-covered", on)
  for (const part of document.body.children) if (!part.matches("dialog")) part.toggleAttribute("inert", on)
}
