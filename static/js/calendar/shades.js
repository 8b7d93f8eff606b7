// What lies behind the entries: hours in which nobody is there, blocks, time off, holidays, where it is now. Pure.
import { NOWHERE } from "./lanes.js"
import { daysBetween, daysOn, wall } from "./wall.js"

// [{ id, start, end, kind: closed | block | away | holiday, words, lane }] with times on the wall; lane null: all of them
export function shades({ open = [], blocks = [], holidays = [] }, { zone, first, after, staff }) {
  const days = Array.from({ length: daysBetween(first, after) }, (_, number) => daysOn(first, number))
  return [
    ...holidays.map(({ day, name }) => ({ id: `h-${day}`, start: `${day}T00:00:00`, end: `${daysOn(day, 1)}T00:00:00`, kind: "holiday", words: name, lane: null })),
    ...blocks.map((one) => ({
      id: one.id, start: wall(one.starts_at, zone), end: wall(one.ends_at, zone), kind: one.kind === "time-off" ? "away" : "block",
      words: one.title || (one.kind === "time-off" ? "Away" : "Blocked"), staff: one.staff_id, room: one.room_id,
      lane: one.staff_id ?? one.room_id ?? null,
    })),
    ...staff.flatMap((id) => days.flatMap((day) => closed(day, open.filter((one) => one.staff_id === id), zone, id))),
  ]
}

// the rest of a day round the hours of somebody
function closed(day, open, zone, lane) {
  const end = `${daysOn(day, 1)}T00:00:00`
  const there = open.map((one) => [wall(one.starts_at, zone), wall(one.ends_at, zone)]).filter(([starts]) => starts.startsWith(day)).sort()
  const found = []
  let at = `${day}T00:00:00`
  for (const [starts, ends] of there) {
    if (starts > at) found.push([at, starts])
    if (ends > at) at = ends
  }
  if (at < end) found.push([at, end])
  return found.map(([from, until]) => ({ id: `c-${lane}-${from}`, start: from, end: until, kind: "closed", words: "", lane }))
}

// of several people at once only the hours in which none of them is there
export function shared(all, staff) {
  const count = staff.length
  if (count < 2) return all
  const edges = all.filter(({ kind }) => kind === "closed").flatMap(({ start, end }) => [[start, 1], [end, -1]]).sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x - y))
  const found = []
  let [deep, since] = [0, null]
  for (const [at, change] of edges) {
    if (deep === count && at > since) found.push({ id: `c-${since}`, start: since, end: at, kind: "closed", words: "", lane: null })
    deep += change
    since = at
  }
  return [...all.filter(({ kind }) => kind !== "closed"), ...found]
}

export const everywhere = (shade) => shade.lane === null
export const inLane = (shade, id) => id !== NOWHERE && (everywhere(shade) || shade.lane === id)

// first and last hour that is worth showing, "08:00:00" and "18:00:00" at least
export function daylight(walls) {
  const hours = walls.map(([from, until]) => [Number(from.slice(11, 13)), from.slice(0, 10) === until.slice(0, 10) ? Math.ceil(Number(until.slice(11, 13)) + Number(until.slice(14, 16)) / 60) : 24])
  const first = Math.min(8, ...hours.map(([from]) => from))
  const last = Math.max(18, ...hours.map(([, until]) => until))
  const two = (hour) => `${String(hour).padStart(2, "0")}:00:00`
  return [two(first), two(last)]
}
