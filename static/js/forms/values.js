// Answers by FHIR's types: when two are the same, which is more, and how they read. The same rules as the server's
// models/documents/values.py; tests/documents/test_agreement.py holds the two together.
export const DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/
export const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/
export const DATE_TIME = /^(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/

export const isThing = (value) => value !== null && typeof value === "object" && !Array.isArray(value)
export const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null)
const FINE = 9e7 // a larger number has no room for eight places beside its own digits
export const tidy = (value) => {
  if (Number.isInteger(value) || Math.abs(value) >= FINE) return value === 0 ? 0 : value
  const rounded = Math.round(Math.abs(value) * 1e8) / 1e8
  return rounded === 0 ? 0 : Math.sign(value) * rounded
}

// What the server counts as space: not quite what a browser does.
const SPACES = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
export const SPACE = new RegExp(`[${SPACES}]`)
const NO_SPACE = new RegExp(`[^${SPACES}]`)
export const wordsIn = (text) => text.split(new RegExp(`[${SPACES}]+`)).filter(Boolean)

export function stripped(text) {
  let [from, to] = [0, text.length]
  while (from < to && SPACE.test(text[from])) from += 1
  while (to > from && SPACE.test(text[to - 1])) to -= 1
  return text.slice(from, to)
}

export function isBlank(value) {
  if (typeof value === "string") return !NO_SPACE.test(value)
  if (isThing(value)) return Object.entries(value).every(([key, one]) => key === "unit" || key === "system" || isBlank(one))
  return value === null || value === undefined || (Array.isArray(value) && !value.length)
}

export const answered = (values) => (values ?? []).filter((one) => !isBlank(one))

export function same(one, other) {
  if (isThing(one) && isThing(other)) return sameThings(one, other)
  if (isThing(one) || isThing(other)) {
    const [thing, text] = isThing(one) ? [one, other] : [other, one]
    return typeof text === "string" && (text === thing.display || text === thing.code)
  }
  if (one === other) return true
  if (typeof one === "boolean" || typeof other === "boolean") return false
  return order(one, other) === 0
}

function sameThings(one, other) {
  if ("value" in one || "value" in other) return order(one, other) === 0
  if (one.code != null && other.code != null) {
    const systems = new Set([one.system, other.system].filter((system) => system))
    return one.code === other.code && systems.size < 2
  }
  return ["display", "file", "reference"].some((name) => one[name] != null && one[name] === other[name])
}

// -1, 0 or 1; null where the two cannot be compared.
export function order(one, other) {
  if (isThing(one) || isThing(other)) return orderOfQuantities(one, other)
  if (number(one) !== null && number(other) !== null) return compared(one, other)
  if (typeof one !== "string" || typeof other !== "string") return null
  const [left, right] = [moment(one), moment(other)]
  return left === null || right === null ? compared(one, other) : compared(left, right)
}

export const compared = (one, other) =>
  typeof one === "string" ? comparedTexts(one, other) : one < other ? -1 : one > other ? 1 : 0

// By letters, as the server has them: what a browser holds in two halves comes after all others.
function comparedTexts(one, other) {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)]
  if (Number.isNaN(a) || Number.isNaN(b)) return Math.sign(one.length - other.length)
  return isHalf(a) === isHalf(b) ? Math.sign(a - b) : isHalf(a) ? 1 : -1
}

const isHalf = (code) => code >= 0xd800 && code < 0xe000

function orderOfQuantities(one, other) {
  const [a, b] = [one, other].map((each) => (isThing(each) ? each : { value: each }))
  const units = new Set([a, b].map((each) => String(each.code || each.unit || "")).filter((unit) => unit))
  if (!("value" in a) || !("value" in b) || units.size > 1) return null
  const [left, right] = [number(a.value), number(b.value)]
  return left === null || right === null ? null : compared(left, right)
}

// A date, dateTime or time as text that sorts by time; null for other words.
export function moment(text) {
  if (TIME.test(text)) return wholeTime(text)
  const parts = DATE_TIME.exec(text)
  if (!parts) return null
  const day = parts[1] + "-01".repeat(2 - (parts[1].match(/-/g)?.length ?? 0))
  if (!parts[2]) return `${day}T00:00:00.000`
  if (!isDay(day) || !TIME.test(parts[2])) return null
  const at = new Date(`${day}T${wholeTime(parts[2])}${parts[3] ?? "Z"}`)
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 ? null : at.toISOString().slice(0, 23)
}

function wholeTime(text) {
  const [clock, part = ""] = text.split(".")
  return clock.length === 5 ? `${clock}:00.000` : `${clock}.${part.slice(0, 3).padEnd(3, "0")}`
}

// Whether a date, also one without day or month, is in the calendar.
export function isDay(text) {
  const day = text.slice(0, 10)
  const [year, month = 1, date = 1] = day.split("-").map(Number)
  const at = new Date(Date.UTC(2000, month - 1, date))
  at.setUTCFullYear(year, month - 1, date)
  return year > 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === date
}

export function words(value) {
  if (typeof value === "boolean") return value ? "Yes" : "No"
  if (!isThing(value)) return String(value)
  if ("value" in value) return [value.value, value.unit || value.code].filter((one) => one != null).join(" ")
  return String(value.display || value.title || value.code || value.reference || "")
}
