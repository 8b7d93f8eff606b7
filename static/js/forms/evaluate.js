// A form with answers in the browser: what is asked, what is calculated, what is wrong, while somebody types. The
// definition is made by models/documents/definition.py; the server evaluates again, and its word counts.
import { faultsOf, hasAnswers, isAnswerable } from "./checking.js"
import { everyNode, grow } from "./places.js"
import { risksIn, scoresOf } from "./scoring.js"
import { constraintFaults, settle } from "./settling.js"

const NOTHING = "Nothing is answered yet."

/** The state of a form: `nodes` as a tree, `byPath`, the paths that are `enabled` (a Set), the `values` that count by
 * path, `faults` by path ("" for the whole), `scores`, `risks`, `complete`. `context`: `now` (a Date) and further
 * `variables` of formulas. */
export function evaluate(definition, answers, context = {}) {
  const nodes = grow(definition, answers)
  const everything = [...everyNode(nodes)]
  const byPath = new Map(everything.map((node) => [node.path, node]))
  const { around, whole } = settle(definition, nodes, everything, context)
  for (const node of everything) if (node.enabled) node.faults = faultsOf(node, definition.limits)
  for (const [path, said] of constraintFaults(definition, around, everything)) {
    ;(path ? byPath.get(path).faults : whole).push(said)
  }
  const wrong = everything.filter((node) => node.faults.length)
  if (!wrong.length && everything.some(asks) && !nodes.some(hasAnswers)) whole.push(NOTHING)
  const faults = Object.fromEntries(wrong.map((node) => [node.path, node.faults]))
  if (whole.length) faults[""] = whole
  return {
    nodes, byPath, faults,
    enabled: new Set(everything.filter((node) => node.enabled).map((node) => node.path)),
    values: Object.fromEntries(everything.filter((node) => node.values.length).map((node) => [node.path, node.values])),
    scores: scoresOf(definition, everything), risks: risksIn(everything), complete: !Object.keys(faults).length,
  }
}

const asks = (node) =>
  node.enabled && node.item.type !== "group" && node.item.type !== "display" && !node.calculated && isAnswerable(node)
