// The operators of FHIRPath between two collections.
import { compared, tidy, wordsIn } from "../values.js"
import { amounts, per, times, together } from "./amounts.js"
import { LONGEST_TEXT } from "./running.js"
import { Failed, Moment, Quantity, compareMoments, compareQuantities, decimal, isPart, momentOf, moved, number, quantityOf, textOf } from "./things.js"

export function single(focus) {
  if (focus.length > 1) throw new Failed("there are several values where one is wanted")
  return focus.length ? focus[0] : null
}

export function truth(focus) {
  const value = single(focus)
  return value === null || typeof value === "boolean" ? value : true
}

// Whether two values are the same, what is made of parts part by part; null where what is known of them does not say.
export function equal(run, one, other) {
  if (one instanceof Moment || other instanceof Moment) {
    const [a, b] = [momentOf(one), momentOf(other)]
    const at = a && b ? compareMoments(a, b) : 1
    return at === null ? null : at === 0
  }
  const both = amounts(one, other)
  if (both) {
    const at = compareQuantities(...both)
    return at === null ? null : at === 0
  }
  if (number(one) !== null && number(other) !== null) return tidy(number(one)) === tidy(number(other))
  if (Array.isArray(one) && Array.isArray(other)) {
    run.tick(one.length)
    return one.length === other.length && one.every((each, at) => equal(run, each, other[at]))
  }
  if (isPart(one) && isPart(other)) {
    const names = [...Object.keys(one), ...Object.keys(other)]
    run.tick(names.length)
    const said = new Set(names.filter((name) => !name.startsWith("_")))
    return [...said].every((name) => Object.hasOwn(one, name) && Object.hasOwn(other, name) && equal(run, one[name], other[name]))
  }
  return one === other
}

function equals(run, left, right) {
  if (!left.length || !right.length) return null
  if (left.length !== right.length) return false
  run.tick(left.length)
  const answers = left.map((one, at) => equal(run, one, right[at]))
  return answers.includes(false) ? false : answers.includes(null) ? null : true
}

function alike(run, left, right) {
  if (left.length !== right.length) return false
  run.tick(1 + left.length * right.length)
  const rest = [...right]
  return left.every((one) => {
    const match = rest.findIndex((other) => like(run, one, other))
    if (match >= 0) rest.splice(match, 1)
    return match >= 0
  })
}

function like(run, one, other) {
  const folded = (text) => wordsIn(text.toLowerCase()).join(" ")
  if (typeof one === "string" && typeof other === "string") {
    run.tick(Math.floor((one.length + other.length) / 50))
    return folded(one) === folded(other)
  }
  if (number(one) !== null && number(other) !== null) {
    const numbers = [one, other].map(number)
    const places = Math.min(...numbers.map((each) => String(each).split(".")[1]?.length ?? 0))
    return numbers[0].toFixed(places) === numbers[1].toFixed(places)
  }
  return equal(run, one, other) === true
}

export function compare(left, right) {
  const [one, other] = [single(left), single(right)]
  if (one === null || other === null) return null
  if (number(one) !== null && number(other) !== null) return compared(tidy(number(one)), tidy(number(other)))
  const both = amounts(one, other)
  if (both) return compareQuantities(...both)
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
  const [a, b] = [number(one), number(other)]
  if (a !== null && b !== null) return [promoted(one, other, kept(a + sign * b))]
  if (sign === 1 && typeof one === "string" && typeof other === "string") return [shortEnough(run, one + other)]
  const [by, at] = [quantityOf(other), momentOf(one)]
  if (by && at) return [moved(at, by, sign)].filter(Boolean)
  const both = amounts(one, other)
  const made = both && together(...both, sign)
  if (!made) throw new Failed("these cannot be added")
  return [made]
}

function join(run, left, right) {
  const texts = [left, right].map((side) => (single(side) === null ? "" : textOf(single(side))))
  if (texts.includes(null)) throw new Failed("these cannot be joined")
  return [shortEnough(run, texts.join(""))]
}

function shortEnough(run, text) {
  run.tick(Math.floor(text.length / 2_000))
  if (text.length > LONGEST_TEXT) throw new Failed("it makes a text without end")
  return text
}

function kept(value) {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e28) throw new Failed("it makes a number without end")
  return value
}

// What was made of two numbers: of Integers an Integer; a Decimal makes the other one a Decimal as well.
const promoted = (one, other, made) => (Number.isInteger(one) && Number.isInteger(other) ? made : decimal(made))

const calculating = (work, promote = promoted, ofAmounts = null) => (run, left, right) => {
  const [one, other] = [single(left), single(right)]
  if (one === null || other === null) return []
  const [a, b] = [number(one), number(other)]
  if (a !== null && b !== null) {
    const made = work(a, b)
    return made === null || Number.isNaN(made) ? [] : [promote(one, other, kept(made))]
  }
  const both = ofAmounts && amounts(one, other)
  if (!both) throw new Failed("this is calculated with numbers alone")
  const amount = ofAmounts(...both)
  return amount ? [new Quantity(kept(amount.value), amount.unit)] : []
}

export const minus = (run, focus) => OPERATORS["*"](run, focus, [-1])

const pair = (decide) => (run, left, right) => said(decide(truth(left), truth(right)))

export function distinct(run, focus) {
  const found = []
  for (const one of focus) {
    run.tick(1 + found.length)
    if (!found.some((other) => equal(run, one, other))) found.push(one)
  }
  return found
}

export function holdsOne(run, many, value) {
  run.tick(1 + many.length)
  return many.some((one) => equal(run, one, value) === true)
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
  "*": calculating((a, b) => a * b, promoted, times),
  "/": calculating((a, b) => (b ? a / b : null), (one, other, made) => decimal(made), per),
  div: calculating((a, b) => (b ? Math.trunc(tidy(a / b)) : null)), mod: calculating((a, b) => (b ? tidy(a - b * Math.trunc(tidy(a / b))) : null)),
  and: pair((a, b) => (a === false || b === false ? false : a === null || b === null ? null : true)),
  or: pair((a, b) => (a || b ? true : a === null || b === null ? null : false)),
  xor: pair((a, b) => (a === null || b === null ? null : a !== b)),
  implies: pair((a, b) => (a === false || b === true ? true : a === null || b === null ? null : b)),
  "|": (run, left, right) => distinct(run, [...left, ...right]),
  in: within, contains: (run, left, right) => within(run, right, left),
}
