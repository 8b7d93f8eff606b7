// Under an own message: sent, delivered to a device, read by whom and when. The facts stand beside the words as hidden
// marks, so that a later reading adds to what the server drew. templates/messaging/_rows.html writes the same words.
import { setIcon, tag } from "../tag.js"

// ticks: { state, at, readers: [{ id, name, at }], waiting: [name] }
export function drawTicks(row, ticks) {
  const sent = row.querySelector(".sent")
  sent.hidden = !ticks
  if (!ticks) return
  sent.dataset.state = ticks.state
  setIcon(sent.querySelector(".icon"), ticks.state === "read" ? "check-check" : "check")
  sent.querySelector(".sent-words").replaceChildren(...words(ticks))
  for (const mark of sent.querySelectorAll("[data-reader], [data-awaits]")) mark.remove()
  sent.append(...ticks.readers.map(reader), ...ticks.waiting.map((name) => tag("i", { hidden: true, "data-awaits": name })))
}

export function ticksOf(row) {
  const sent = row.querySelector(".sent")
  const readers = [...sent.querySelectorAll("[data-reader]")].map(({ dataset }) => ({ id: dataset.reader, name: dataset.name, at: dataset.at }))
  const waiting = [...sent.querySelectorAll("[data-awaits]")].map((mark) => mark.dataset.awaits)
  return { state: sent.dataset.state, at: sent.querySelector("time")?.dateTime ?? null, readers, waiting }
}

// one more person has read it; null when that is no news
export function readBy(ticks, { id, name, at }) {
  if (ticks.readers.some((one) => one.id === id)) return null
  return { ...ticks, state: "read", readers: [...ticks.readers, { id, name, at }], waiting: ticks.waiting.filter((one) => one !== name) }
}

export function deliveredAt(ticks, at) {
  return ticks.state === "sent" ? { ...ticks, state: "delivered", at } : null
}

function words({ state, at, readers, waiting }) {
  if (state === "sent") return ["Sent"]
  if (state === "delivered") return ["Delivered", ...moment(at)]
  if (readers.length === 1 && !waiting.length) return ["Read", ...moment(readers[0].at)]
  const names = readers.flatMap((one, place) => [place ? `, ${one.name}` : one.name, ...moment(one.at)])
  return ["Read by ", ...names, waiting.length ? `; not yet by ${waiting.join(", ")}` : ""]
}

function moment(at) {
  if (!at) return []
  return [" ", tag("local-time", { form: "moment" }, tag("time", { datetime: at }))]
}

function reader({ id, name, at }) {
  return tag("i", { hidden: true, "data-reader": id, "data-name": name, "data-at": at })
}
