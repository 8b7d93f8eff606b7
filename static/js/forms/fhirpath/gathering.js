// Functions of FHIRPath that look through collections.
import { isKind } from "./kinds.js"
import { distinct, holdsOne, single, truth } from "./operators.js"
import { bounded, member, typed } from "./running.js"
import { Failed, decimal, isPart, number } from "./things.js"

export const SCORE = "__score"
const ORDINALS = ["itemWeight", "ordinalValue"].map((name) => `http://hl7.org/fhir/StructureDefinition/${name}`)
const at = (one, index, here) => ({ this: [one], index, total: here.total })

const where = (run, focus, here, criterion) =>
  focus.filter((one, index) => truth(criterion(run, [one], at(one, index, here))) === true)

function select(run, focus, here, projection) {
  const found = []
  focus.forEach((one, index) => {
    found.push(...projection(run, [one], at(one, index, here)))
    run.tick()
    bounded(found)
  })
  return found
}

function repeat(run, focus, here, projection) {
  const found = []
  const seen = new Set()
  for (let layer = focus; layer.length; ) {
    const fresh = []
    layer.forEach((one, index) => {
      for (const value of projection(run, [one], at(one, index, here))) {
        run.tick()
        if (isPart(value) ? seen.has(value) : holdsOne(run, found, value)) continue
        seen.add(value)
        fresh.push(value)
        found.push(value)
      }
    })
    bounded(found)
    layer = fresh
  }
  return found
}

function iif(run, focus, here, asked, then, otherwise) {
  const inside = focus.length ? { ...here, this: focus } : here
  if (truth(asked(run, focus, inside)) === true) return then(run, focus, inside)
  return otherwise ? otherwise(run, focus, inside) : []
}

function aggregate(run, focus, here, step, start) {
  let total = start ? start(run, focus, here) : []
  focus.forEach((one, index) => {
    total = bounded(step(run, [one], { this: [one], index, total }))
    run.tick(total.length)
  })
  return total
}

function children(run, focus) {
  const found = []
  for (const one of focus) {
    if (!isPart(one)) continue
    for (const name of Object.keys(one)) {
      const value = one[name]
      if (name[0] === "_" || value == null) continue
      if (Array.isArray(value)) found.push(...value)
      else found.push(typed(name, value))
    }
  }
  run.tick(1 + found.length)
  return bounded(found)
}

function descendants(run, focus) {
  const found = []
  for (let layer = focus; layer.length; ) {
    layer = children(run, layer)
    for (const one of layer) found.push(one)
    bounded(found)
  }
  return found
}

// The scores of answers, of their codings, or of options.
function weight(run, focus) {
  const found = []
  for (const one of focus) {
    const score = isPart(one) ? (one[SCORE] ?? scoreOf(run, one)) : null
    if (typeof score === "number") found.push(decimal(score))
  }
  return found
}

function scoreOf(run, option) {
  for (const held of [option, option.valueCoding]) run.tick(1 + member(held ?? null, "extension").length)
  if (!("extension" in option) && !("valueCoding" in option)) return null
  const places = [option, option.valueCoding].filter(isPart)
  const held = places.flatMap((one) => ORDINALS.flatMap((url) => member(one, "extension").filter((each) => each.url === url)))
  return held[0]?.valueDecimal
}

function count(focus) {
  const value = number(single(focus))
  if (value === null) throw new Failed("a number is missing")
  return Math.max(0, Math.trunc(value))
}

function truths(focus) {
  if (focus.some((one) => typeof one !== "boolean")) throw new Failed("yes or no is wanted")
  return focus
}

const subset = (run, focus, other) => [focus.every((one) => holdsOne(run, other, one))]
const isSimple = (focus) => focus.length === 1 && !isPart(focus[0])
export const ofType = (focus, kind) => focus.filter((one) => isKind(one, kind))

export const CRITERIA = {
  where, select, repeat, iif, aggregate,
  exists: (run, focus, here, criterion) => [(criterion ? where(run, focus, here, criterion) : focus).length > 0],
  all: (run, focus, here, criterion) => [
    focus.every((one, index) => truth(criterion(run, [one], { this: [one], index, total: null })) === true),
  ],
  trace: (run, focus) => focus,
}
export const GATHERING = {
  empty: (run, focus) => [!focus.length],
  not: (run, focus) => (truth(focus) === null ? [] : [!truth(focus)]),
  allTrue: (run, focus) => [truths(focus).every((one) => one)], anyTrue: (run, focus) => [truths(focus).some((one) => one)],
  allFalse: (run, focus) => [!truths(focus).some((one) => one)], anyFalse: (run, focus) => [!truths(focus).every((one) => one)],
  subsetOf: subset, supersetOf: (run, focus, other) => subset(run, other, focus),
  isDistinct: (run, focus) => [distinct(run, focus).length === focus.length], distinct,
  count: (run, focus) => [focus.length],
  single: (run, focus) => (single(focus) === null ? [] : focus),
  first: (run, focus) => focus.slice(0, 1), last: (run, focus) => focus.slice(-1), tail: (run, focus) => focus.slice(1),
  skip: (run, focus, many) => focus.slice(count(many)), take: (run, focus, many) => focus.slice(0, count(many)),
  intersect: (run, focus, other) => distinct(run, focus.filter((one) => holdsOne(run, other, one))),
  exclude: (run, focus, other) => focus.filter((one) => !holdsOne(run, other, one)),
  union: (run, focus, other) => distinct(run, [...focus, ...other]), combine: (run, focus, other) => bounded([...focus, ...other]),
  children, descendants, weight, ordinal: weight,
  extension: (run, focus, url) => {
    const held = focus.flatMap((one) => member(one, "extension"))
    run.tick(focus.length + (held.length >> 2))
    return held.filter((one) => url.length && one?.url === url[0])
  },
  hasValue: (run, focus) => [isSimple(focus)], getValue: (run, focus) => (isSimple(focus) ? focus : []),
}
