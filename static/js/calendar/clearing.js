// Clear a day, in the calendar's panel. What was done stands in a toast, with the way back, as long as there is one.
import { say } from "../dialog.js"
import { post } from "../http.js"
import { working } from "../working.js"

const HERE = "/staff/calendar-day"
const UNDONE_WITHIN = 600 // seconds
const DONE = { cancel: "cancelled", move: "moved", free: "moved", hand: "handed over" }

const toasts = () => document.querySelector("toast-stack")

export const clears = (event) => event.detail.item.value === "clear-day"

// the day that is in sight; whose, when one is
export function showClearing(panel, { day, practitioners }) {
  const asked = new URLSearchParams({ first: day })
  if (practitioners.length === 1) asked.set("practitioner", practitioners[0])
  return panel.show(`${HERE}?${asked}`, "clear")
}

// whether the panel's form was one of these
export function cleared(panel, form, answer) {
  if (!("cleared" in form.dataset || "undone" in form.dataset)) return false
  const done = DONE[form.elements.kind?.value]
  panel.close()
  if (done) offerUndo(answer, done)
  else toasts()?.show("All as it was")
  return true
}

async function offerUndo({ cleared: id, count }, done) {
  const words = `${count} appointment${count === 1 ? "" : "s"} ${done}`
  if (await toasts()?.show(words, { undo: "Undo", seconds: UNDONE_WITHIN, stays: true }) !== "undo") return
  try {
    await working(post(`${HERE}/${id}/undo`, { key: crypto.randomUUID() }))
    toasts()?.show("All as it was")
  } catch (refused) {
    say("It was not taken back", refused.message)
  }
}
