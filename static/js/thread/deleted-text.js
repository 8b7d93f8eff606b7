// Administrators may read what a deleted message said: with a reason, which is kept. It is shown once, nowhere else.
import { wrong } from "../dialog.js"
import { post } from "../http.js"
import { working } from "../working.js"

export function readsDeleted(element) {
  const dialog = element.querySelector("dialog:has([data-deleted])")
  if (!dialog) return
  let message = null
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-read-deleted]")
    if (!button) return
    message = button.closest("[data-line]").dataset.line
    say(dialog, "")
    dialog.showModal()
  })
  dialog.querySelector("[data-deleted]").addEventListener("submit", (event) => read(event, dialog, message))
  dialog.addEventListener("close", () => say(dialog, ""))
}

async function read(event, dialog, message) {
  event.preventDefault()
  const form = event.target
  try {
    const { body } = await working(post(`/staff/messages/${message}/deleted-text`, { reason: form.elements.reason.value }))
    form.reset()
    say(dialog, body || "It held files and no words.")
  } catch (refused) {
    wrong(form, Object.values(refused.errors).flat()[0] ?? refused.message)
  }
}

function say(dialog, words) {
  const said = dialog.querySelector("[data-said]")
  said.textContent = words
  said.hidden = !words
  dialog.querySelector("[role=alert]")?.remove()
}
