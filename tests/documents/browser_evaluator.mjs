// The browser's evaluator as a process: one case a line in, what it says a line out. A case is a form with rounds of
// answers, or formulas upon one resource.
import { createInterface } from "node:readline"
import { evaluate } from "../../static/js/forms/evaluate.js"
import { runTree } from "../../static/js/forms/fhirpath/compiling.js"
import { Run } from "../../static/js/forms/fhirpath/running.js"
import { isKind } from "../../static/js/forms/fhirpath/kinds.js"
import { Decimal, Moment, Quantity, textOf } from "../../static/js/forms/fhirpath/things.js"
import { onItsClock } from "../../static/js/forms/on-its-clock.js"
import { useEngine } from "../../static/js/forms/patterns.js"
import * as patterns from "../../static/vendor/re2.js"

useEngine(patterns)
const listed = (value) => (Array.isArray(value) ? value : value == null ? [] : [value])
const plain = (value) => (value instanceof Decimal ? value.value : value instanceof Moment || value instanceof Quantity ? textOf(value) : value)
const kindOf = (value) => ["integer", "decimal"].find((kind) => isKind(value, kind)) ?? ""

function states({ definition, rounds, now, variables }) {
  return rounds.map((answers) => {
    const state = evaluate(definition, answers, { now: now && new Date(now), variables })
    const { values, faults, scores, risks, complete } = state
    return { enabled: [...state.enabled].sort(), values, faults, scores, risks, complete }
  })
}

function results({ trees, resource, now, variables, steps }) {
  return trees.map((tree) => {
    const budget = { steps }
    const run = new Run((name) => listed(variables[name]), onItsClock(new Date(now)), budget)
    try {
      const found = runTree(tree, run, [resource])
      return { found: found.map(plain), kinds: found.map(kindOf), steps: budget.steps }
    } catch (error) {
      return { failed: error.message, steps: budget.steps }
    }
  })
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  process.stdout.write(`${JSON.stringify(asked.trees ? results(asked) : states(asked))}\n`)
}
