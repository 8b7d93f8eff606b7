// An entry was dragged: the door decides. Over something it asks first; what somebody else changed meanwhile is told, and
// the entry goes back to what is true. Undo moves it back, by the same door.
import { ask, say } from "../dialog.js"
import { post } from "../http.js"
import { working } from "../working.js"
import { clockWords, dayOf, shortDay } from "./wall.js"

const toasts = () => document.querySelector("toast-stack")

// to: { starts_at, minutes, practitioner?, place? }; words: where it went. Resolves with the new version, or null.
export async function move(entry, to, shown) {
  const answer = await sent(entry.id, { version: entry.version, ...to })
  if (!answer) return null
  undo(entry, to, answer.version, shown)
  return answer.version
}

async function sent(id, given) {
  const key = crypto.randomUUID()
  try {
    return await working(post(`/staff/calendar/${id}/move`, { ...given, key }))
  } catch (refused) {
    if (refused.code === "overlaps") return over(id, given, refused)
    say(TITLES[refused.code] ?? "It was not moved", [refused.message, ...Object.values(refused.errors).flat().filter((one) => one !== refused.message)].join(" "))
    return null
  }
}

const TITLES = { "changed-meanwhile": "Somebody was quicker", "not-coming": "It is no longer there", offline: "There is no connection" }

async function over(id, given, { message }) {
  const words = message.replace(/ Book it all the same\?$/, "")
  const sure = await ask({ title: "Book it all the same?", words, keep: "Leave it where it was", go: "Book it all the same" })
  return sure ? sent(id, { ...given, overlap_ok: true }) : null
}

async function undo(entry, to, version, shown) {
  const said = await toasts()?.show(`Moved to ${shortDay(dayOf(shown))}, ${clockWords(shown)}`, { undo: "Undo" })
  if (said !== "undo") return
  const back = { starts_at: entry.starts_at, minutes: Math.round((Date.parse(entry.ends_at) - Date.parse(entry.starts_at)) / 60_000) }
  if ("practitioner" in to) back.practitioner = entry.staff_id
  if ("place" in to) back.place = entry.room_id ?? entry.location_id ?? ""
  if (await sent(entry.id, { version, ...back })) toasts()?.show("Back where it was")
}
