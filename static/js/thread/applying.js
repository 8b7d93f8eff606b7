// What each event does to the thread. Applying one twice, or over a newer state, changes nothing.
import { deliveredAt, drawTicks, readBy, ticksOf } from "./ticks.js"

export const applies = {
  "message.sent": (view, event, { people, attended }) => {
    const line = messageLine(event, people)
    const waiting = view.waiting(event.data.key)
    if (waiting) return view.become(waiting, line)
    if (view.newer) return null
    return view.add(line, { unread: !line.own && !attended })
  },
  "message.withdrawn": (view, event) => {
    const row = view.row(event.message)
    if (row) view.remove(row)
  },
  "message.deleted": (view, event, { people, readsDeleted }) => {
    const row = view.row(event.message)
    if (!row || row.dataset.kind === "deleted") return
    const { sender, at } = row.dataset
    const first = row.querySelector(".by b").textContent || people.seat(sender ?? "")?.first
    view.swap(row, { kind: "deleted", id: event.message, at, sender, own: row.matches(".own"), first, may_read_deleted: readsDeleted })
  },
  "note.added": (view, event, { people }) => {
    const { body, sender_name: by, added_at: at, key } = event.data
    const line = { kind: "note", id: event.note, at: at ?? event.at, by: people.seat(event.sender ?? "")?.you ? "you" : by, body }
    const waiting = view.waiting(key)
    if (waiting) return view.become(waiting, line)
    return view.newer ? null : view.add(line)
  },
  "conversation.read": (view, event, { people }) => {
    const reader = people.seat(event.reader)
    if (!reader || reader.you) return
    const one = { id: reader.id, name: reader.name, at: event.data?.at ?? event.at }
    retick(view, event.message, (ticks) => readBy(ticks, one))
  },
  "conversation.delivered": (view, event, { people }) => {
    if (people.seat(event.reader)?.you) return
    retick(view, event.message, (ticks) => deliveredAt(ticks, event.at))
  },
}

function retick(view, upTo, change) {
  const rows = view.ownUpTo(upTo).map((row) => [row, change(ticksOf(row))]).filter(([, ticks]) => ticks)
  if (rows.length) view.change(() => { for (const [row, ticks] of rows) drawTicks(row, ticks) })
}

function messageLine(event, people) {
  const sender = people.seat(event.sender)
  const own = Boolean(sender?.you) || event.data.key !== undefined
  return {
    kind: "message", id: event.message, at: event.data.sent_at ?? event.at, sender: event.sender, own,
    first: calls(sender, event.data), body: event.data.body, files: event.data.files ?? [],
    automatic: event.data.automatic ?? "", may_delete: own,
    ticks: own ? { state: "sent", at: null, readers: [], waiting: people.others.map((one) => one.name) } : null,
  }
}

// A person by the first name; who spoke for Front desk is named whole.
export function calls(sender, { sender_name: name }) { return sender?.name === name ? sender.first : name }
