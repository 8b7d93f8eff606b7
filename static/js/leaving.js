// Signing out: what has not been sent is asked about first, then erased; drafts that the server has leave this device.
import { ask } from "./dialog.js"
import { forgetSavedDrafts } from "./drafts.js"
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
  await Promise.race([outbox.drain(), new Promise((done) => setTimeout(done, PATIENCE))])
  if (!(await holdStill(letGo))) return
  forgetSavedDrafts()
  form.submit()
}

// false: the person stays
async function letGo() {
  const unsent = await outbox.entries()
  if (unsent.length && !(await sure(unsent.length))) return false
  await outbox.erase()
  return true
}

function sure(count) {
  const what = count === 1 ? "One message has" : `${count} messages have`
  return ask({
    title: `Sign out and erase what was not sent?`,
    words: `${what} not reached the practice. Signing out erases ${count === 1 ? "it" : "them"} from this device.`,
    keep: "Stay signed in", go: "Erase and sign out", tone: "danger",
  })
}
