// The practice's portal has another address now, or none any more. A page follows by itself: the former address leads
// over and takes the sign-in along. It stays and says so where something would be lost.
import { openDialog } from "../dialog.js"
import { unsavedDrafts } from "../drafts.js"
import { outbox } from "../outbox.js"
import { tag } from "../tag.js"

export async function sayMoved({ host, leads } = {}) {
  if (leads && !(await wouldLose())) return location.assign(location.pathname + location.search)
  const words = host ? `It is now at ${host}.` : "This address does not lead to the practice any more, or it has a new one."
  openDialog({
    title: "This portal has moved", words, still: true,
    body: [tag("div", { class: "acts" }, tag("a", { class: "wa-button wa-brand", href: location.pathname + location.search }, leads ? "Go there" : "Look again"))],
  })
  return undefined
}

async function wouldLose() { return unsavedDrafts() > 0 || typed() || (await outbox.entries()).length > 0 }

// in a form; a message's draft is known to the server
function typed() {
  const fields = [...document.querySelectorAll("main :is(input:not([type=hidden], [type=file], [type=checkbox], [type=radio]), textarea)")]
  return fields.some((field) => field.value !== field.defaultValue && !field.closest("message-composer"))
}
