// Signing out: what has not been sent is asked about first, then erased; drafts that the server has leave this device.
import { ask } from "./dialog.js"
import { forgetSavedDrafts } from "./drafts.js"
import { forgetAnswers, keptAnswers } from "./filling/kept.js"
import { drain as drainAnswers } from "./filling/sending.js"
import { holdStill, outbox } from "./outbox.js"

const PATIENCE = 3_000

export function watchSigningOut() {
  document.addEventListener("submit", (event) => {
    if (new URL(event.target.action, location.href).pathname !== "/sign-out" || event.defaultPrevented) return
    event.preventDefault()
    leave(event.target)
  }, { capture: true })
}

async function leave(form) {
  await Promise.race([Promise.all([outbox.drain(), drainAnswers()]), new Promise((done) => setTimeout(done, PATIENCE))])
  if (!(await holdStill(letGo))) return
  forgetSavedDrafts()
  form.submit()
}

// false: the person stays
async function letGo() {
  const unsent = await outbox.entries()
  const unsaved = keptAnswers().length
  if ((unsent.length || unsaved) && !(await sure(unsent.length, unsaved))) return false
  await outbox.erase()
  forgetAnswers()
  return true
}

function sure(messages, answers) {
  const count = messages + answers
  const parts = [several(messages, "message"), several(answers, "answer")].filter(Boolean).join(" and ")
  const what = `${parts[0].toUpperCase()}${parts.slice(1)} ${count === 1 ? "has" : "have"}`
  return ask({
    title: `Sign out and erase what was not sent?`,
    words: `${what} not reached the practice. Signing out erases ${count === 1 ? "it" : "them"} from this device.`,
    keep: "Stay signed in", go: "Erase and sign out", tone: "danger",
  })
}

function several(count, word) { return count === 0 ? "" : count === 1 ? `one ${word}` : `${count} ${word}s` }
