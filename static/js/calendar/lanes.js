// A day side by side: each practitioner, room or location is a column. The grid only knows days, so that each column is a
// day of its own, far away, and what is moved from one to another changes its day. Pure.
import { dayOf, daysBetween, daysOn, timeOf } from "./wall.js"

const FIRST = "2001-01-01"
export const NOWHERE = "nowhere"

// [{ id, name, meta, voice }]
export function columns({ by, practitioners, rooms, locations }, config, entries) {
  const among = (chosen, all) => (chosen.length ? all.filter(({ id }) => chosen.includes(id)) : all)
  if (by === "practitioner") {
    const busy = new Set(entries.map(({ staff_id: id }) => id))
    return among(practitioners, config.practitioners.filter(({ id, here }) => here || busy.has(id)))
      .map(({ id, name, title, voice }) => ({ id, name, meta: title, voice }))
  }
  const places = by === "room"
    ? among(rooms, config.rooms).map(({ id, name, location }) => ({ id, name, meta: location }))
    : among(locations, config.locations).map(({ id, name }) => ({ id, name, meta: "" }))
  const chosen = by === "room" ? rooms : locations
  return chosen.length ? places : [...places, { id: NOWHERE, name: by === "room" ? "Without a room" : "Elsewhere", meta: "Phone, telehealth" }]
}

// whether it may be let go in this column: of who is theirs to fill; at a place, of who comes in person
export function takes(id, entry, by, config) {
  if (id === laneOf(entry, by)) return true
  if (by === "practitioner") return Boolean(config.practitioners.find((one) => one.id === id)?.fills)
  return id !== NOWHERE && entry.mode === "in-person"
}

// what an entry that is let go in this column changes but its time
export function into(id, entry, by) {
  if (id === null || id === laneOf(entry, by)) return {}
  return by === "practitioner" ? { practitioner: id } : { place: id === NOWHERE ? "" : id }
}

export const laneOf = (entry, by) => ({ practitioner: entry.staff_id, room: entry.room_id, location: entry.location_id })[by] ?? NOWHERE

export class Lanes {
  constructor(found, day) {
    Object.assign(this, { found, day })
    this.place = new Map(found.map(({ id }, number) => [id, number]))
  }

  get range() { return { start: FIRST, end: daysOn(FIRST, Math.max(1, this.found.length)) } }

  // [start, end] of something of this column on the grid, as far as it lies in this day; null: in no column
  shown(begins, ends, id) {
    const number = this.place.get(id)
    const [first, after] = this.#day
    if (number === undefined || ends <= first || begins >= after) return null
    const on = (at) => `${daysOn(FIRST, number + daysBetween(this.day, dayOf(at)))}T${timeOf(at)}`
    return [on(begins < first ? first : begins), on(ends > after ? after : ends)]
  }

  // whether all of it lies in this day
  holds(begins, ends) { return begins >= this.#day[0] && ends <= this.#day[1] }

  column(shown) { return this.found[daysBetween(FIRST, dayOf(shown))] ?? null }

  // the true day and time; an end at midnight is that of this day
  at(shown, from = "") {
    const at = `${this.day}T${timeOf(shown)}`
    return at > from ? at : `${daysOn(this.day, 1)}T${timeOf(shown)}`
  }

  get #day() { return [`${this.day}T00:00:00`, `${daysOn(this.day, 1)}T00:00:00`] }
}
