// A locked desk: nothing of the page stays in the document. Unlocking shows what is now, not what was.
import { field, wrong } from "../dialog.js"
import { line } from "../line.js"
import { canPasskey } from "../passkey.js"
import { icon, tag } from "../tag.js"
import { working } from "../working.js"

export function lockThePage() {
  const name = document.querySelector(".menu-name")?.textContent ?? ""
  document.title = "Locked"
  document.body.className = "public"
  document.body.replaceChildren(screen(name))
  document.querySelector("input[type=password]").focus()
  line.addEventListener("unlocked", () => location.reload(), { once: true })
}

function screen(name) {
  const form = tag("form", { class: "stack mid", submit: unlock },
    field("password", "Password", { type: "password", autocomplete: "current-password" }),
    tag("button", { type: "submit", class: "wa-brand" }, "Unlock"))
  return tag("div", { class: "alone" }, tag("main", { class: "sheet alone-in", id: "main" },
    tag("header", {}, tag("h1", {}, "Locked"), tag("p", { class: "quiet" }, name ? `${name} is still signed in.` : "You are still signed in.")),
    canPasskey() && passkey(),
    form,
    tag("form", { method: "post", action: "/sign-out", class: "stack" }, tag("button", { type: "submit", class: "wa-plain" }, "Sign out instead"))))
}

// the same that templates/parts/passkeys.html draws; it opens the page where it was
function passkey() {
  return tag("use-passkey", { action: "/staff/unlock/passkey", next: location.pathname + location.search },
    tag("button", { type: "button", class: "wa-outlined" }, icon("fingerprint"), "Use a passkey"),
    tag("p", { class: "wrong", role: "alert", "data-say": "wrong", hidden: true }, icon("circle-alert", "small"), tag("span")))
}

async function unlock(event) {
  event.preventDefault()
  const form = event.target
  const headers = { Accept: "application/json", "Content-Type": "application/json" }
  const body = JSON.stringify({ password: form.elements.password.value })
  const answer = await working(fetch("/staff/unlock", { method: "POST", headers, body })).catch(() => null) // no network
  if (answer?.ok) return location.reload()
  const problem = (await answer?.json().catch(() => null)) ?? {} // not JSON: something in between answered
  form.elements.password.value = ""
  return wrong(form, Object.values(problem.errors ?? {}).flat()[0] ?? problem.detail ?? "There is no connection. Try again when it is back.")
}
