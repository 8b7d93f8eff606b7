// What FHIRPath works on besides JSON: whole decimals, quantities and moments; and how they compare.
import { compared, isThing, number as plainNumber, tidy } from "../values.js"

const WHOLE =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T(?:(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?)?(Z|[+-]\d{2}:\d{2})?)?$/
const CLOCK = /^(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?$/
const bare = (names) => Object.assign(Object.create(null), names)
export const SECONDS = bare({ week: 604800, day: 86400, hour: 3600, minute: 60, second: 1, millisecond: 0.001 })
export const MONTHS = bare({ year: 12, month: 1 })
export const UCUM = bare({ a: "year", mo: "month", wk: "week", d: "day", h: "hour", min: "minute", s: "second", ms: "millisecond" })
const LONGEST_MOMENT = 60
const REST = [1, 1, 1, 0, 0, 0]
const two = (value, width = 2) => String(Math.trunc(value)).padStart(width, "0")

export class Failed extends Error {}

class Made {}

// A Decimal that happens to be whole. JavaScript tells 3.0 from 3 in no other way: a number that is whole is an
// Integer, and one that is not is a Decimal as it stands.
export class Decimal extends Made {
  constructor(value) {
    super()
    this.value = value
  }
}

export class Quantity extends Made {
  constructor(value, unit) { Object.assign(super(), { value, unit }) }
}

// `parts`: what is known of it, from the year on; of a time, from the hour on. With a zone, in UTC.
export class Moment extends Made {
  constructor(kind, parts, text) { Object.assign(super(), { kind, parts, text }) }
}

export const isPart = (value) => isThing(value) && !(value instanceof Made)
export const number = (value) => (value instanceof Decimal ? value.value : plainNumber(value))
export const decimal = (value) => (Number.isInteger(value) ? new Decimal(value) : value)

export function momentOf(value, kind = "") {
  if (value instanceof Moment) return value
  if (typeof value !== "string" || value.length > LONGEST_MOMENT) return null
  const clock = kind === "time" || value[2] === ":" ? CLOCK.exec(value) : null
  if (clock) return new Moment("time", known(clock.slice(1)), value)
  const whole = WHOLE.exec(value)
  if (!whole) return null
  const parts = known(whole.slice(1, 7))
  return new Moment(value.includes("T") ? "dateTime" : "date", (whole[7] && parts.length > 3 && inUtc(parts, whole[7])) || parts, value)
}

// A moment of this type; null for what does not read as one.
export function typedMoment(text, kind) {
  const at = momentOf(text, kind)
  if (!at || (at.kind === "time") !== (kind === "time")) return null
  return at.kind === kind ? at : new Moment(kind, at.parts, at.text)
}

const known = (parts) => parts.filter((one) => one !== undefined).map(Number)


function isReal(year, month, day, hour = 0, minute = 0) {
  const at = new Date(Date.UTC(2000, month - 1, day))
  at.setUTCFullYear(year, month - 1, day)
  return year > 0 && year < 10000 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60
}

function inUtc(parts, zone) {
  const minutes = zone === "Z" ? 0 : (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))) * (zone[0] === "-" ? -1 : 1)
  const [year, month, day, hour, minute = 0] = parts
  if (!isReal(year, month, day, hour, minute)) return null
  const at = shifted(year, month, day, hour, minute, 0, -minutes * 60)
  return at && [...at.slice(0, 5).slice(0, parts.length), ...parts.slice(5)]
}

function shifted(year, month, day, hour, minute, second, seconds) {
  const at = new Date(Date.UTC(2000, 0, 1))
  at.setUTCFullYear(year, month - 1, day)
  at.setUTCHours(hour, minute, 0, 0)
  const later = new Date(at.getTime() + Math.round((second + seconds) * 1000))
  const full = later.getUTCFullYear()
  if (Number.isNaN(full) || full < 1 || full > 9999) return null
  return [full, later.getUTCMonth() + 1, later.getUTCDate(), later.getUTCHours(), later.getUTCMinutes(), later.getUTCSeconds()]
}

// -1, 0, 1; null where what is known of both does not say.
export function compareMoments(one, other) {
  if ((one.kind === "time") !== (other.kind === "time")) return null
  for (let at = 0; at < Math.min(one.parts.length, other.parts.length); at += 1) {
    if (one.parts[at] !== other.parts[at]) return compared(one.parts[at], other.parts[at])
  }
  return one.parts.length === other.parts.length ? 0 : null
}

export function quantityOf(value) {
  if (value instanceof Quantity) return value
  if (!isPart(value) || plainNumber(value.value) === null) return null
  return new Quantity(value.value, singular(String(value.code || value.unit || "1")))
}

export function singular(unit) {
  const named = UCUM[unit] ?? unit
  const one = named.slice(0, -1)
  return named.endsWith("s") && (one === "year" || one === "month" || one in SECONDS) ? one : named
}

export function compareQuantities(one, other) {
  const found = inOneUnit(one, other)
  return found && compared(tidy(found[0]), tidy(found[1]))
}

// The values of both in one unit, of time in the smaller one; null for units that are not known to be the same kind of
// thing.
export function inOneUnit(one, other) {
  if (one.unit === other.unit) return [one.value, other.value, one.unit]
  const length = [SECONDS, MONTHS].find((each) => one.unit in each && other.unit in each)
  if (!length) return null
  const unit = length[one.unit] < length[other.unit] ? one.unit : other.unit
  return [...[one, other].map((each) => each.value * (length[each.unit] / length[unit])), unit]
}

// A moment later or earlier, to the precision it has; null for what is no time, and beyond the calendar.
export function moved(at, by, sign) {
  if (at.kind === "time") return movedClock(at, by, sign)
  if (by.unit === "year" || by.unit === "month") {
    const parts = months(at, Math.trunc(by.value) * sign * (by.unit === "year" ? 12 : 1))
    return parts && written(at, parts)
  }
  if (!(by.unit in SECONDS)) return null
  const [year, month, day, hour, minute, second] = [...at.parts, ...REST.slice(at.parts.length)]
  if (!isReal(year, month, day, hour, minute)) return null
  const later = shifted(year, month, day, hour, minute, Math.trunc(second), by.value * sign * SECONDS[by.unit])
  return later && written(at, later.slice(0, at.parts.length))
}

function months(at, count) {
  const total = at.parts[0] * 12 + (at.parts[1] ?? 1) - 1 + count
  const [year, month] = [Math.floor(total / 12), ((total % 12) + 12) % 12]
  if (year < 1 || year > 9999) return null
  if (at.parts.length < 3) return [year, month + 1].slice(0, at.parts.length)
  const last = new Date(Date.UTC(2000, month + 1, 0))
  last.setUTCFullYear(year, month + 1, 0)
  return [year, month + 1, Math.min(at.parts[2], last.getUTCDate()), ...at.parts.slice(3)]
}

function movedClock(at, by, sign) {
  if (!(by.unit in SECONDS) || by.unit === "week" || by.unit === "day") return null
  const [hour, minute = 0, second = 0] = at.parts
  const total = hour * 3600 + minute * 60 + second + by.value * sign * SECONDS[by.unit]
  const rest = ((total % 86400) + 86400) % 86400
  const parts = [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60), rest % 60].slice(0, at.parts.length)
  return new Moment("time", parts, parts.map((one) => two(one)).join(":"))
}

function written(like, parts) {
  const day = parts.slice(0, 3).map((one, at) => two(one, at ? 2 : 4)).join("-")
  const clock = parts.slice(3).map((one) => two(one)).join(":")
  const zone = clock && /(Z|[+-]\d{2}:\d{2})$/.test(like.text) ? "Z" : ""
  return new Moment(like.kind, parts, clock ? `${day}T${clock}${zone}` : day)
}

export function textOf(value) {
  if (typeof value === "boolean") return value ? "true" : "false"
  if (typeof value === "string") return value
  if (value instanceof Moment) return value.text
  if (isPart(value)) return textOf(quantityOf(value))
  if (value instanceof Quantity) return `${plainText(value.value)} ${value.unit in SECONDS ? value.unit : `'${value.unit}'`}`
  return number(value) === null ? null : plainText(number(value))
}

const plainText = (value) => tidy(value).toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 8 })
