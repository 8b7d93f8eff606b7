// Functions of FHIRPath that count, calculate and turn one type into another.
import { number, tidy } from "../values.js"
import { OPERATORS, compare, single } from "./operators.js"
import { Failed, Quantity, momentOf, quantityOf, textOf } from "./things.js"

const TRUE = ["true", "t", "yes", "y", "1", "1.0"]
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
    if (compare([one], best) === wanted) best = [one]
  }
  return best
}

const ofNumber = (work) => (run, focus, ...given) => {
  const value = single(focus)
  const numbers = [value instanceof Quantity ? value.value : number(value), ...given.map((one) => number(single(one)))]
  if (value === null) return []
  if (numbers.includes(null)) throw new Failed("a number is wanted")
  const made = work(...numbers)
  if (made === null || !Number.isFinite(made)) return []
  return [value instanceof Quantity ? new Quantity(made, value.unit) : made]
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

function decimal(value) {
  if (typeof value === "boolean") return Number(value)
  return typeof value === "string" ? written(value) : number(value)
}

const whole = (value) => (Number.isInteger(decimal(value)) ? decimal(value) : null)

function said(value) {
  if (typeof value === "boolean") return value
  const text = (textOf(value) ?? "").toLowerCase()
  return TRUE.includes(text) ? true : FALSE.includes(text) ? false : null
}

function date(value) {
  const at = momentOf(value)
  if (!at || at.kind === "time") return null
  return at.kind === "date" ? at : momentOf(at.text.slice(0, 10))
}

const dateTime = (value) => (momentOf(value)?.kind === "time" ? null : momentOf(value))
const time = (value) => (momentOf(value, "time")?.kind === "time" ? momentOf(value, "time") : null)

function quantity(value) {
  const plain = typeof value === "boolean" ? null : decimal(value)
  return quantityOf(value) ?? (plain === null ? null : new Quantity(plain, "1"))
}

const TURNS = {
  Integer: whole, Decimal: decimal, String: textOf, Boolean: said, Date: date, DateTime: dateTime, Time: time,
  Quantity: quantity,
}
const turned = (turn) => (run, focus) => {
  const value = single(focus)
  const made = value === null ? null : turn(value)
  return made === null ? [] : [made]
}

export const NUMBERS = {
  sum: total, min: extreme(-1), max: extreme(1),
  avg: (run, focus) => (focus.length ? OPERATORS["/"](run, total(run, focus), [focus.length]) : []),
  abs: ofNumber(Math.abs), ceiling: ofNumber(Math.ceil), floor: ofNumber(Math.floor), truncate: ofNumber(Math.trunc),
  round: ofNumber(rounded), exp: ofNumber(Math.exp), ln: ofNumber((value) => (value > 0 ? Math.log(value) : null)),
  log: ofNumber((value, base) => (value > 0 && base > 0 && base !== 1 ? Math.log(value) / Math.log(base) : null)),
  sqrt: ofNumber((value) => (value < 0 ? null : Math.sqrt(value))), power: ofNumber(power),
  today: (run) => [momentOf(run.now.toISOString().slice(0, 10))],
  now: (run) => [momentOf(run.now.toISOString().replace("Z", "+00:00"))],
  timeOfDay: (run) => [momentOf(run.now.toISOString().slice(11, 23), "time")],
  ...Object.fromEntries(Object.entries(TURNS).map(([name, turn]) => [`to${name}`, turned(turn)])),
  ...Object.fromEntries(
    Object.entries(TURNS).map(([name, turn]) => [
      `convertsTo${name}`, (run, focus) => (focus.length ? [turn(single(focus)) !== null] : []),
    ]),
  ),
}
