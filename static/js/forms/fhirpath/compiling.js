// A tree of FHIRPath becomes steps that run it. Trees come parsed from the server.
import { CRITERIA, GATHERING, ofType } from "./gathering.js"
import { isKind } from "./kinds.js"
import { NUMBERS } from "./numbers.js"
import { OPERATORS, minus } from "./operators.js"
import { CHOICES, isDecimal, member, momentKind } from "./running.js"
import { TEXTS } from "./texts.js"
import { Failed, Quantity, decimal, isPart, momentOf, number, singular } from "./things.js"

const PLAIN = { ...GATHERING, ...TEXTS, ...NUMBERS }
const LONG = 8
const compiled = new WeakMap()

export function runTree(tree, run, context) {
  if (!compiled.has(tree)) compiled.set(tree, compile(tree))
  return compiled.get(tree)(run, context, { this: context, index: null, total: null })
}

const constant = (values) => () => values
const compile = (tree) => MAKERS[tree[0]](tree)

function named([, name]) {
  // most names are looked up as they stand; the rest may have a choice of types, or name a resource
  const plainly = CHOICES.has(name) || /^[A-Z_]/.test(name) || isDecimal(name) || momentKind(name) ? 0 : 2
  return (run, focus) => {
    run.tick(1 + (focus.length >> plainly))
    if (focus.length === 1) return member(focus[0], name)
    const found = []
    for (const one of focus) for (const value of member(one, name)) found.push(value)
    run.tick(found.length >> 2)
    return found
  }
}

function dotted([, before, after]) {
  const [left, right] = [compile(before), compile(after)]
  return (run, focus, here) => right(run, left(run, focus, here), here)
}

function placed([, before, place]) {
  const [left, right] = [compile(before), compile(place)]
  return (run, focus, here) => {
    const [found, at] = [left(run, focus, here), right(run, here.this, here)]
    const index = at.length === 1 ? number(at[0]) : null
    return index !== null && index >= 0 ? found.slice(Math.trunc(index), Math.trunc(index) + 1) : []
  }
}

function operated([, operator, before, after]) {
  const [apply, left, right] = [OPERATORS[operator], compile(before), compile(after)]
  return (run, focus, here) => {
    run.tick()
    return apply(run, left(run, focus, here), right(run, focus, here))
  }
}

function kindly([word, before, kind]) {
  const left = compile(before)
  return (run, focus, here) => {
    const found = left(run, focus, here)
    if (word === "as") return ofType(found, kind)
    return found.length === 1 ? [isKind(found[0], kind)] : []
  }
}

function called([, name, trees]) {
  if (["ofType", "is", "as"].includes(name) && trees.length === 1) return typed(name, typeName(trees[0]))
  const steps = trees.map(compile)
  const step = Object.hasOwn(CRITERIA, name) ? criteria(CRITERIA[name], steps) : plain(PLAIN[name], steps)
  const wanted = name === "where" ? memberIs(trees[0]) : null
  if (wanted) return lookedUp(...wanted, step)
  const isFlat = (name === "repeat" && trees[0][0] === "name") || name === "descendants"
  return isFlat ? remembered(JSON.stringify([name, trees]), step) : step
}

const criteria = (apply, steps) => (run, focus, here) => {
  run.tick(1 + focus.length)
  return apply(run, focus, here, ...steps)
}

const plain = (apply, steps) => (run, focus, here) => {
  run.tick(1 + (focus.length >> 2))
  if (!apply) throw new Failed("a function that is not known")
  return apply(run, focus, ...steps.map((one) => one(run, here.this, here)))
}

const typed = (name, kind) => (run, focus) => {
  run.tick(1 + focus.length)
  const found = ofType(focus, kind)
  if (name !== "is") return found
  return focus.length === 1 ? [found.length > 0] : []
}

const typeName = (tree) => (tree[0] === "dot" ? `${typeName(tree[1])}.${tree[2][1]}` : tree[1])

// The member and the text of `member = 'text'`, whichever way round.
function memberIs(tree) {
  if (tree[0] !== "op" || tree[1] !== "=") return null
  const sides = [[tree[2], tree[3]], [tree[3], tree[2]]]
  const found = sides.find(([left, right]) => left[0] === "name" && ["linkId", "url", "code"].includes(left[1]) && right[0] === "lit")
  return found ? [found[0][1], found[1][1]] : null
}

// Long lists are looked up by what forms ask for all the time, instead of searched.
const lookedUp = (name, text, search) => (run, focus, here) => {
  if (focus.length < LONG) return search(run, focus, here)
  run.tick()
  if (!run.indexes.has(focus)) run.indexes.set(focus, {})
  const indexes = run.indexes.get(focus)
  if (!indexes[name]) {
    run.tick(focus.length)
    indexes[name] = new Map()
    for (const one of focus) {
      const key = one?.[name]
      if (typeof key === "string") indexes[name].set(key, [...(indexes[name].get(key) ?? []), one])
    }
  }
  return indexes[name].get(text) ?? []
}

const remembered = (key, search) => (run, focus, here) => {
  if (focus.length !== 1 || !isPart(focus[0])) return search(run, focus, here)
  run.tick()
  if (!run.flat.has(focus[0])) run.flat.set(focus[0], {})
  const held = run.flat.get(focus[0])
  held[key] ??= search(run, focus, here)
  return held[key]
}

const MAKERS = {
  lit: ([, value]) => constant([value]), num: ([, text]) => constant([text.includes(".") ? decimal(Number(text)) : Number(text)]), none: () => constant([]),
  qty: ([, text, unit]) => constant([new Quantity(Number(text), singular(unit))]),
  date: ([, text]) => constant([momentOf(text)]), dateTime: ([, text]) => constant([momentOf(text)]),
  time: ([, text]) => constant([momentOf(text, "time")]),
  this: () => (run, focus, here) => here.this,
  index: () => (run, focus, here) => (here.index === null ? [] : [here.index]),
  total: () => (run, focus, here) => here.total ?? [],
  var: ([, name]) => (run) => {
    run.tick()
    return run.variables(name)
  },
  neg: ([, operand]) => {
    const step = compile(operand)
    return (run, focus, here) => minus(run, step(run, focus, here))
  },
  name: named, dot: dotted, at: placed, op: operated, is: kindly, as: kindly, call: called,
}
