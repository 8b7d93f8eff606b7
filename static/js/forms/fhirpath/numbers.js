// Functions of FHIRPath that count, calculate and turn one type into another.
import { isDay, tidy } from "../values.js"
import { OPERATORS, compare, single } from "./operators.js"
import { Failed, Quantity, MONTHS, SECONDS, decimal, momentOf, number, quantityOf, singular, textOf } from "./things.js"

const TRUE = ["true", "t", "yes", "y", "1", "1.0"]
const WITH_UNIT = /^([+-]?\d{1,20}(?:\.\d{1,20})?)[ \t]*(?:'([^']{1,60})'|([a-z]{1,12}))$/
const isTime = (unit) => [unit, unit.replace(/s$/, "")].some((one) => one in SECONDS || one in MONTHS)
const FALSE = ["false", "f", "no", "n", "0", "0.0"]

function total(run, focus) {
  let made = focus.slice(0, 1)
  for (const one of focus.slice(1)) {
    made = OPERATORS["+"](run, made, [one])
    run.tick()
  }
  return made
}

const extreme = (wanted) => (run, focus) => {
  let best = focus.slice(0, 1)
  for (const one of focus.slice(1)) {
    run.tick()
    const found = compare([one], best)
    if (found === null) throw new Failed("these cannot be compared")
    if (found === wanted) best = [one]
  }
  return best
}

// Of Integers an Integer, where it is one.
const wholeStays = (made, ...given) => (given.every(Number.isInteger) ? made : decimal(made))
const asWhole = (made) => made

// `kind` makes what it gives of the type that the standard says, by the numbers it was given.
const ofNumber = (work, kind = decimal) => (run, focus, ...given) => {
  const value = single(focus)
  const further = given.map(single)
  const numbers = [value instanceof Quantity ? value.value : number(value), ...further.map(number)]
  if (value === null) return []
  if (numbers.includes(null)) throw new Failed("a number is wanted")
  const made = work(...numbers)
  if (made === null || !Number.isFinite(made)) return []
  return [value instanceof Quantity ? new Quantity(made, value.unit) : kind(made, value, ...further)]
}

// To the nearest, halves away from zero; a half is one also where the machine's count is a hair beside it.
export function rounded(value, places = 0) {
  const scale = 10 ** Math.min(Math.max(Math.trunc(places), 0), 12)
  return (Math.sign(value) * Math.round(tidy(Math.abs(value) * scale))) / scale
}

function power(base, exponent) {
  if (Math.abs(exponent) > 1000 || Math.abs(base) > 1e12) return null
  const made = base ** exponent
  return Math.abs(made) < 1e28 ? made : null
}

const written = (text) => (/^[+-]?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : null)

function amount(value) {
  if (typeof value === "boolean") return Number(value)
  return typeof value === "string" ? written(value) : number(value)
}

function whole(value) {
  const found = amount(value)
  return found !== null && Number.isInteger(tidy(found)) ? tidy(found) : null
}

function said(value) {
  if (typeof value === "boolean") return value
  const text = (textOf(value) ?? "").toLowerCase()
  return TRUE.includes(text) ? true : FALSE.includes(text) ? false : null
}

function date(value) {
  const at = momentOf(value)
  if (!at || at.kind === "time" || !isDay(at.text)) return null
  return at.kind === "date" ? at : momentOf(at.text.slice(0, 10))
}

const dateTime = (value) => (momentOf(value)?.kind === "time" || !isDay(momentOf(value)?.text ?? "") ? null : momentOf(value))
const time = (value) => (momentOf(value, "time")?.kind === "time" ? momentOf(value, "time") : null)

function quantity(value) {
  const plain = typeof value === "boolean" ? null : amount(value)
  const found = typeof value === "string" && plain === null ? WITH_UNIT.exec(value) : null
  if (found) return found[3] && !isTime(found[3]) ? null : new Quantity(Number(found[1]), singular(found[2] ?? found[3]))
  return quantityOf(value) ?? (plain === null ? null : new Quantity(plain, "1"))
}

const TURNS = {
  Integer: whole, Decimal: (value) => decimal(amount(value)), String: textOf, Boolean: said, Date: date,
  DateTime: dateTime, Time: time, Quantity: quantity,
}
const turned = (turn) => (run, focus) => {
  const value = single(focus)
  const made = value === null ? null : turn(value)
  return made === null ? [] : [made]
}

export const NUMBERS = {
  sum: total, min: extreme(-1), max: extreme(1),
  avg: (run, focus) => (focus.length ? OPERATORS["/"](run, total(run, focus), [focus.length]) : []),
  abs: ofNumber(Math.abs, wholeStays), ceiling: ofNumber((value) => Math.ceil(tidy(value)), asWhole),
  floor: ofNumber((value) => Math.floor(tidy(value)), asWhole),
  truncate: ofNumber((value) => Math.trunc(tidy(value)), asWhole),
  round: ofNumber(rounded), exp: ofNumber(Math.exp), ln: ofNumber((value) => (value > 0 ? Math.log(value) : null)),
  log: ofNumber((value, base) => (value > 0 && base > 0 && base !== 1 ? Math.log(value) / Math.log(base) : null)),
  sqrt: ofNumber((value) => (value < 0 ? null : Math.sqrt(value))), power: ofNumber(power, wholeStays),
  today: ({ now }) => [momentOf(now.day)], now: ({ now }) => [momentOf(`${now.day}T${now.time}${now.offset}`)],
  timeOfDay: ({ now }) => [momentOf(now.time, "time")],
  ...Object.fromEntries(Object.entries(TURNS).map(([name, turn]) => [`to${name}`, turned(turn)])),
  ...Object.fromEntries(
    Object.entries(TURNS).map(([name, turn]) => [
      `convertsTo${name}`, (run, focus) => (focus.length ? [turn(single(focus)) !== null] : []),
    ]),
  ),
}
