// The operators of FHIRPath between two collections.
import { compared, number, tidy } from "../values.js"
import { LONGEST_TEXT } from "./running.js"
import { Failed, Moment, Quantity, compareMoments, compareQuantities, isPart, momentOf, moved, quantityOf, textOf } from "./things.js"

export function single(focus) {
  if (focus.length > 1) throw new Failed("there are several values where one is wanted")
  return focus.length ? focus[0] : null
}

export function truth(focus) {
  const value = single(focus)
  return value === null || typeof value === "boolean" ? value : true
}

export function equal(one, other) {
  if (one instanceof Moment || other instanceof Moment) {
    const [a, b] = [momentOf(one), momentOf(other)]
    const at = a && b ? compareMoments(a, b) : 1
    return at === null ? null : at === 0
  }
  if (one instanceof Quantity || other instanceof Quantity) {
    const [a, b] = [quantityOf(one), quantityOf(other)]
    return Boolean(a && b) && compareQuantities(a, b) === 0
  }
  if (number(one) !== null && number(other) !== null) return tidy(one) === tidy(other)
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((each, at) => equal(each, other[at]))
  if (isPart(one) && isPart(other) && !Array.isArray(one) && !Array.isArray(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)].filter((name) => !name.startsWith("_")))
    return [...names].every((name) => name in one && name in other && equal(one[name], other[name]) === true)
  }
  return one === other
}

function equals(run, left, right) {
  if (!left.length || !right.length) return null
  if (left.length !== right.length) return false
  run.tick(left.length)
  const answers = left.map((one, at) => equal(one, right[at]))
  return answers.includes(false) ? false : answers.includes(null) ? null : true
}

function alike(run, left, right) {
  if (left.length !== right.length) return false
  run.tick(1 + left.length * right.length)
  const rest = [...right]
  return left.every((one) => {
    const match = rest.findIndex((other) => like(one, other))
    if (match >= 0) rest.splice(match, 1)
    return match >= 0
  })
}

function like(one, other) {
  const folded = (text) => text.toLowerCase().split(/\s+/).filter(Boolean).join(" ")
  if (typeof one === "string" && typeof other === "string") return folded(one) === folded(other)
  if (number(one) !== null && number(other) !== null) {
    const places = Math.min(...[one, other].map((each) => String(each).split(".")[1]?.length ?? 0))
    return one.toFixed(places) === other.toFixed(places)
  }
  return equal(one, other) === true
}

export function compare(left, right) {
  const [one, other] = [single(left), single(right)]
  if (one === null || other === null) return null
  if (number(one) !== null && number(other) !== null) return compared(tidy(one), tidy(other))
  const [first, second] = [quantityOf(one), quantityOf(other)]
  if (first && second) return compareQuantities(first, second)
  if (typeof one === "string" && typeof other === "string") return compared(one, other)
  const [when, then] = [momentOf(one), momentOf(other)]
  if (!when || !then) throw new Failed("these cannot be compared")
  return compareMoments(when, then)
}

const said = (answer) => (answer === null ? [] : [answer])
const comparing = (test) => (run, left, right) => {
  const at = compare(left, right)
  return at === null ? [] : [test(at)]
}

function add(run, left, right, sign = 1) {
  const [one, other] = [single(left), single(right)]
  if (one === null || other === null) return []
  if (number(one) !== null && number(other) !== null) return [kept(one + sign * other)]
  if (sign === 1 && typeof one === "string" && typeof other === "string") return [shortEnough(one + other)]
  const [by, at] = [quantityOf(other), momentOf(one)]
  if (by && at) return [moved(at, by, sign)].filter(Boolean)
  const amount = quantityOf(one)
  if (amount && by && amount.unit === by.unit) return [new Quantity(amount.value + sign * by.value, amount.unit)]
  throw new Failed("these cannot be added")
}

function join(run, left, right) {
  const texts = [left, right].map((side) => (single(side) === null ? "" : textOf(single(side))))
  if (texts.includes(null)) throw new Failed("these cannot be joined")
  return [shortEnough(texts.join(""))]
}

export function shortEnough(text) {
  if (text.length > LONGEST_TEXT) throw new Failed("it makes a text without end")
  return text
}

function kept(value) {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e28) throw new Failed("it makes a number without end")
  return value
}

const calculating = (work) => (run, left, right) => {
  const [one, other] = [single(left), single(right)]
  if (one === null || other === null) return []
  const unit = [one, other].find((each) => each instanceof Quantity)?.unit
  const [a, b] = [one, other].map((each) => number(each) ?? (unit === undefined ? null : (quantityOf(each)?.value ?? null)))
  if (a === null || b === null) throw new Failed("this is calculated with numbers alone")
  const made = work(a, b)
  if (made === null || Number.isNaN(made)) return []
  return [unit === undefined ? kept(made) : new Quantity(kept(made), unit)]
}

// Quotients that are whole but for the way the machine counts are whole.
const whole = (value) => Math.trunc(Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value)

export const minus = (run, focus) => OPERATORS["*"](run, focus, [-1])

const pair = (decide) => (run, left, right) => said(decide(truth(left), truth(right)))

export function distinct(run, focus) {
  const found = []
  for (const one of focus) {
    run.tick(1 + found.length * (isPart(one) ? 20 : 1))
    if (!found.some((other) => equal(one, other))) found.push(one)
  }
  return found
}

export function holdsOne(run, many, value) {
  run.tick(1 + many.length * (isPart(value) ? 20 : 1))
  return many.some((one) => equal(one, value) === true)
}

function within(run, left, right) {
  const value = single(left)
  return value === null ? [] : [holdsOne(run, right, value)]
}

const negated = (answer) => (answer === null ? [] : [!answer])

export const OPERATORS = {
  "=": (run, left, right) => said(equals(run, left, right)),
  "!=": (run, left, right) => negated(equals(run, left, right)),
  "~": (run, left, right) => [alike(run, left, right)],
  "!~": (run, left, right) => [!alike(run, left, right)],
  "<": comparing((at) => at < 0), ">": comparing((at) => at > 0),
  "<=": comparing((at) => at <= 0), ">=": comparing((at) => at >= 0),
  "+": add, "-": (run, left, right) => add(run, left, right, -1), "&": join,
  "*": calculating((a, b) => a * b), "/": calculating((a, b) => (b ? a / b : null)),
  div: calculating((a, b) => (b ? whole(a / b) : null)), mod: calculating((a, b) => (b ? tidy(a - b * whole(a / b)) : null)),
  and: pair((a, b) => (a === false || b === false ? false : a === null || b === null ? null : true)),
  or: pair((a, b) => (a || b ? true : a === null || b === null ? null : false)),
  xor: pair((a, b) => (a === null || b === null ? null : a !== b)),
  implies: pair((a, b) => (a === false || b === true ? true : a === null || b === null ? null : b)),
  "|": (run, left, right) => distinct(run, [...left, ...right]),
  in: within, contains: (run, left, right) => within(run, right, left),
}
