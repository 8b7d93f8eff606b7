// How an entry looks on the calendar: words and nodes from what the door told, nothing made up. Pure but for the nodes.
import { icon, tag } from "../tag.js"
import { clockWords, dayWords, wall } from "./wall.js"

const TAKEN = ["scheduled", "confirmed"]
const GONE = ["cancelled", "late-cancelled"]
const DONE = {
  "appointment.booked": "Booked", "appointment.moved": "Moved", "appointment.cancelled": "Cancelled",
  "appointment.late_cancelled": "Cancelled late", "appointment.changed": "Changed", "appointment.outcome": "Changed",
  "appointment.confirmed": "Confirmed", "appointment.reminded": "Reminded",
  "request.placed": "Asked for", "request.changed": "Decided",
}

export const movable = (entry) => entry.may_change && TAKEN.includes(entry.status)
export const gone = (entry) => GONE.includes(entry.status)

export class Drawing {
  constructor({ zone, states, modes, practitioners }) {
    Object.assign(this, { zone, states, modes })
    this.practitioners = new Map(practitioners.map((one) => [one.id, one]))
  }

  begins(entry) { return wall(entry.starts_at, this.zone) }

  ends(entry) { return wall(entry.ends_at, this.zone) }

  title(entry) {
    if (entry.status === "busy" || entry.status === "held") return this.states[entry.status].words
    const names = entry.people.map(({ name }) => name)
    const more = entry.others + Math.max(0, names.length - 3)
    if (!names.length) return entry.service || "Appointment"
    if (more) return `${names.slice(0, 3).join(", ")} and ${more} more`
    return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]
  }

  what(entry) {
    if (entry.status === "held") return `Until ${clockWords(wall(entry.until, this.zone))}`
    return [entry.service, this.where(entry)].filter(Boolean).join(", ")
  }

  where(entry) {
    if (!entry.mode) return ""
    return entry.mode === "in-person" ? entry.room || entry.location || this.modes["in-person"].words : this.modes[entry.mode].words
  }

  when(entry, { until, unseen }) {
    const begins = clockWords(this.begins(entry))
    return tag("span", { class: unseen ? "unseen" : "when num" }, until ? `${begins} to ${clockWords(this.ends(entry))}` : begins)
  }

  staff(entry) { return this.practitioners.get(entry.staff_id)?.name ?? "" }

  // what a screen reader and the tooltip say of it
  whole(entry) {
    const state = entry.status === "busy" ? "" : entry.status === "scheduled" ? this.states[entry.reminder]?.words : this.states[entry.status].words
    return [
      `${clockWords(this.begins(entry))} to ${clockWords(this.ends(entry))}`, this.title(entry), this.what(entry),
      `with ${this.staff(entry)}`, state, entry.overlap ? "over another, on purpose" : "",
    ].filter(Boolean).join(", ")
  }

  spoken(entry) { return `${dayWords(this.begins(entry))}, ${this.whole(entry)}` }

  voice(entry, colours) {
    if (colours === "service" && entry.colour) return `service-${entry.colour}`
    return `who-${this.practitioners.get(entry.staff_id)?.voice ?? "a"}`
  }

  classes(entry, { colours, now, fresh, short = false }) {
    const past = entry.ends_at < now && !["held", "requested", "proposed"].includes(entry.status)
    return [
      "entry", this.voice(entry, colours), gone(entry) ? "gone" : past ? "past" : "",
      { held: "held", requested: "asked", proposed: "asked", busy: "busy" }[entry.status] ?? "",
      entry.overlap ? "over" : "", fresh ? "just" : "", short ? "short" : "",
    ].filter(Boolean).join(" ")
  }

  // [nodes]: title, what, state; `staff`: the column does not say whose it is
  nodes(entry, { fresh, short, staff = false }) {
    const words = [short ? "" : this.what(entry), staff ? this.staff(entry) : ""].filter(Boolean).join(", ")
    const state = this.#state(entry, fresh)
    return [
      tag("b", {}, this.title(entry)),
      words ? tag("span", { class: "what" }, words) : null,
      state,
      staff ? null : tag("span", { class: "unseen" }, `with ${this.staff(entry)}`),
    ].filter(Boolean)
  }

  #state(entry, fresh) {
    const done = fresh ? said(entry.done) : ""
    if (done) return tag("span", { class: "state" }, tag("span", { class: "just-word" }, done))
    if (entry.status === "requested" && entry.asked_at) {
      return this.#marked("hourglass", `Asked ${clockWords(wall(entry.asked_at, this.zone))}`)
    }
    if (entry.overlap && TAKEN.includes(entry.status)) return this.#marked("copy", "Over another")
    if (entry.status === "scheduled" && entry.reminder) return this.#marked(this.states[entry.reminder].icon, this.states[entry.reminder].words)
    if (entry.status === "scheduled" || entry.status === "busy" || entry.status === "held") return null
    return this.#marked(this.states[entry.status].icon, this.states[entry.status].words)
  }

  #marked(name, words) { return tag("span", { class: "state" }, icon(name, "small"), tag("span", {}, words)) }
}

// "Moved by Tess", "Just booked online"; nothing for what one did oneself, nor for what nobody did: that a reminder went
// out is said by the entry itself
export function said(done) {
  if (!done || done.by === "you" || !DONE[done.type]) return ""
  if (done.type === "appointment.changed" && !done.side) return ""
  const verb = DONE[done.type]
  if (done.by) return `${verb} by ${done.by}`
  if (done.side === "desk" || done.side === null) return verb
  return verb === "Booked" ? "Just booked online" : `${verb} online`
}
