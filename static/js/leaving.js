// Signing out: what has not been sent is asked about first, then erased; drafts that the server has leave this device.
import { ask } from "./dialog.js"
import { forgetSavedDrafts } from "./drafts.js"
import { outbox } from "./outbox.js"

export function watchSigningOut() {
  document.addEventListener("submit", (event) => {
    if (new URL(event.target.action, location.href).pathname !== "/sign-out" || event.defaultPrevented) return
    event.preventDefault()
    leave(event.target)
  }, { capture: true })
}

async function leave(form) {
  await outbox.drain()
  const unsent = await outbox.entries()
  if (unsent.length && !(await sure(unsent.length))) return
  await outbox.erase()
  forgetSavedDrafts()
  form.submit()
}

function sure(count) {
  const what = count === 1 ? "One message has" : `${count} messages have`
  return ask({
    title: `Sign out and erase what was not sent?`,
    words: `${what} not reached the practice. Signing out erases ${count === 1 ? "it" : "them"} from this device.`,
    keep: "Stay signed in", go: "Erase and sign out", tone: "danger",
  })
}
