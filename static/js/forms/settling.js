// Conditions and calculations lean on each other; they are repeated until nothing changes any more.
import { wants } from "./conditions.js"
import { Surroundings } from "./expressions.js"
import { onItsClock } from "./on-its-clock.js"
import { below } from "./places.js"
import { asAnswers } from "./spelling.js"

export function settle(definition, nodes, everything, context) {
  const { passes, neverSettles, tooLong } = definition.limits
  const byLink = Map.groupBy ? Map.groupBy(everything, (node) => node.item.id) : grouped(everything)
  const calculated = everything.filter((node) => node.item.calculated)
  for (const node of calculated) Object.assign(node, { values: [], calculated: true })
  const shown = new Map()
  const enable = () => enableAll(definition.order, byLink, shown)
  enable()
  if (!definition.hasExpressions) return { around: null, whole: drop(everything) }
  const budget = { steps: definition.limits.steps }
  const moment = { ...context, now: onItsClock(context.now ?? new Date(), definition.clock) } // one for all passes
  let around
  for (let pass = 0; pass < passes; pass += 1) {
    around = new Surroundings(definition, nodes, moment, budget)
    const changed = anotherPass(around, everything, calculated, shown, enable)
    if (budget.steps < 0) return { around, whole: [tooLong, ...drop(everything)] }
    if (!changed) return { around, whole: drop(everything) }
  }
  return { around, whole: [neverSettles, ...drop(everything)] }
}

function grouped(everything) {
  const byLink = new Map()
  for (const node of everything) {
    if (!byLink.has(node.item.id)) byLink.set(node.item.id, [])
    byLink.get(node.item.id).push(node)
  }
  return byLink
}

function anotherPass(around, everything, calculated, shown, enable) {
  let changed = false
  for (const node of everything) {
    if (!node.item.shownIf) continue
    const found = around.result(node.item.shownIf, node)
    const asked = found?.length === 1 && found[0] === true
    changed ||= (shown.get(node) ?? false) !== asked
    shown.set(node, asked)
  }
  const made = calculated.map((node) => asAnswers(node.item, around.result(node.item.calculated, node) ?? []))
  calculated.forEach((node, at) => {
    changed ||= JSON.stringify(node.values) !== JSON.stringify(made[at])
    node.values = made[at]
  })
  if (changed) enable()
  return changed
}

function enableAll(order, byLink, shown) {
  for (const id of order) {
    for (const node of byLink.get(id) ?? []) {
      node.enabled =
        (!node.parent || node.parent.enabled) && (!node.item.shownIf || (shown.get(node) ?? false)) && wants(node, byLink)
    }
  }
}

function drop(everything) {
  for (const node of everything) if (!node.enabled) node.values = []
  return []
}

// What does not fit together: [path, sentence] of constraints whose formula is false.
export function* constraintFaults(definition, around, everything) {
  if (!around) return
  const isFalse = (found) => found?.length === 1 && found[0] === false
  for (const [tree, said] of definition.constraints ?? []) if (isFalse(around.result(tree, null))) yield ["", said]
  for (const node of everything) {
    if (!node.enabled || !node.item.constraints || !isFilled(node)) continue
    for (const [tree, said] of node.item.constraints) if (isFalse(around.result(tree, node))) yield [node.path, said]
  }
}

const isFilled = (node) => node.values.length > 0 || below(node).some(isFilled)
