// A sensitive door asked who is there. The page asks, and says whether the person has proved it: then what was asked may
// be asked again, unchanged. Nothing that was typed is lost.
import { field, openDialog, wrong } from "./dialog.js"
import { root } from "./page.js"
import { canPasskey, usePasskey } from "./passkey.js"
import { icon, tag } from "./tag.js"
import { working } from "./working.js"

let asking = null

export function askWhoIsThere() {
  asking ??= new Promise((resolve) => ask(resolve)).finally(() => { asking = null })
  return asking
}

function ask(resolve) {
  const settle = (proved) => { resolve(proved); dialog.close() }
  const form = tag("form", { class: "stack mid", submit: (event) => prove(event, settle) },
    field("password", "Password", { type: "password", autocomplete: "current-password", autofocus: true }),
    canPasskey() && tag("button", { type: "button", class: "wa-outlined", click: () => provePasskey(form, settle) }, icon("fingerprint"), "Use a passkey"),
    tag("div", { class: "acts" },
      tag("button", { type: "button", class: "wa-outlined", click: () => settle(false) }, "Leave it"),
      tag("button", { type: "submit", class: "wa-brand" }, "Go on")))
  const words = "What comes next is sensitive, and it has been a while since you signed in."
  const dialog = openDialog({ title: "Confirm that it is you", words, body: [form] })
  dialog.addEventListener("close", () => resolve(false))
}

async function prove(event, settle) {
  event.preventDefault()
  const form = event.target
  const headers = { Accept: "application/json", "Content-Type": "application/json" }
  const body = JSON.stringify({ password: form.elements.password.value })
  const answer = await working(fetch(`${root}/step-up`, { method: "POST", headers, body })).catch(() => null) // no network
  if (answer?.ok) return settle(true)
  const problem = (await answer?.json().catch(() => null)) ?? {} // not JSON: something in between answered
  return wrong(form, Object.values(problem.errors ?? {}).flat()[0] ?? problem.detail ?? "There is no connection. Try again when it is back.")
}

async function provePasskey(form, settle) {
  try {
    if (await usePasskey(`${root}/step-up/passkey`)) settle(true)
  } catch (refused) {
    wrong(form, refused.message)
  }
}
