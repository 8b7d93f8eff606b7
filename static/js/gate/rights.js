// What this person may see here has changed: the page asks its own door whether it still opens, and when not it hides what
// it shows and says so. What was written stays: drafts are on this device, and a page that opens again is as it was.
import { openDialog } from "../dialog.js"
import { line } from "../line.js"
import { OwnDoor, problemOf } from "../own-door.js"
import { desk } from "../page.js"
import { tag } from "../tag.js"

const CHANGES = [
  "access.revoked", "access.restored", "access.permissions_changed", "access.days_changed", "access.began",
  "access.ended", "invitation.accepted",
]
const door = new OwnDoor()
let said = null
let why = null // the change that nobody has answered for yet

export function watchRights() {
  if (desk) return
  for (const name of CHANGES) line.on(name, (event, heard) => look(heard ?? name))
  // what takes a right away without a word to whom it is taken from: a minor consents alone, a client comes of age
  line.addEventListener("anew", () => setTimeout(() => look(), Math.random() * 300))
}

async function look(name) {
  why = name ?? why
  const answer = await door.ask()
  if (answer === null) return
  const changed = why
  why = null
  if (answer.ok) return close()
  if (![403, 404, 409].includes(answer.status) || (said && !changed)) return
  show(answer.status === 404 ? gone(changed) : problemOf(answer).detail ?? "This page is not open to you any more.")
}

const gone = (name) => name === "access.revoked" || name === "access.ended"
  ? "Your access to this part of the portal has ended. Call the practice if that is a mistake."
  : "This page is not open to you any more."

// what the page showed is covered, and stands there again should the right come back
function show(words) {
  close()
  document.body.toggleAttribute("data-shut", true)
  said = openDialog({
    title: "Something changed", words, still: true, css: "shuts-page",
    body: [tag("div", { class: "acts" }, tag("a", { class: "wa-button wa-brand", href: "/" }, "Go to your first page"))],
  })
}

function close() {
  said?.close()
  said = null
  document.body.toggleAttribute("data-shut", false)
}
