// The practice's clock on the wall: "2026-11-30T14:30:00", without an offset, and back. Pure.
const formats = new Map()

function formatOf(zone) {
  const asked = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }
  if (!formats.has(zone)) formats.set(zone, new Intl.DateTimeFormat("en-US", asked))
  return formats.get(zone)
}

// what the wall shows at a moment
export function wall(moment, zone) {
  const part = Object.fromEntries(formatOf(zone).formatToParts(new Date(moment)).map(({ type, value }) => [type, value]))
  return `${part.year.padStart(4, "0")}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`
}

// the moment at which the wall shows this, the first of two; an hour that spring leaves out is the one after it
export function moment(shown, zone) {
  const asked = Date.parse(`${shown}Z`)
  const guesses = [-86_400_000, 86_400_000].map((near) => asked - (Date.parse(`${wall(asked + near, zone)}Z`) - (asked + near)))
  const right = guesses.filter((one) => wall(one, zone) === wall(asked, "UTC"))
  return new Date(right.length ? Math.min(...right) : Math.max(...guesses))
}

// what is let go at `at`, or pulled until there: the wall leaves an hour out and shows one twice, lengths are those of the
// clock that runs
export function carried(entry, { at, until }, zone) {
  const starts = moment(at, zone)
  const length = until ? moment(until, zone) - starts : Date.parse(entry.ends_at) - Date.parse(entry.starts_at)
  return { starts_at: starts.toISOString(), minutes: Math.round(length / 60_000) }
}

export const dayOf = (shown) => shown.slice(0, 10)
export const timeOf = (shown) => shown.slice(11, 19)

// a day so many later, by the calendar
export function daysOn(day, count) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10)
}

// from one day to another
export const daysBetween = (from, to) => Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)

// the Sunday of its week
export const weekOf = (day) => daysOn(day, -new Date(`${day}T00:00:00Z`).getUTCDay())

export function shift(shown, minutes) { return new Date(Date.parse(`${shown}Z`) + minutes * 60_000).toISOString().slice(0, 19) }

const LOCALE = "en-US"
const worded = (options) => {
  const format = new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options })
  return (shown) => format.format(new Date(`${shown.length === 10 ? `${shown}T00:00:00` : shown}Z`))
}

export const clockWords = worded({ hour: "numeric", minute: "2-digit" })
export const hourWords = worded({ hour: "numeric" })
export const dayWords = worded({ weekday: "long", month: "long", day: "numeric" })
export const shortDay = worded({ weekday: "short", month: "short", day: "numeric" })
export const monthWords = worded({ month: "long", year: "numeric" })
export const shortMonthDay = worded({ month: "short", day: "numeric" })
export const monthDay = worded({ month: "long", day: "numeric" })
