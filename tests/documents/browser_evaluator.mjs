// The browser's evaluator as a process: one case a line in, what it says a line out. A case is a form with rounds of
// answers, or formulas upon one resource.
import { createInterface } from "node:readline"
import { evaluate } from "../../static/js/forms/evaluate.js"
import { runTree } from "../../static/js/forms/fhirpath/compiling.js"
import { Run } from "../../static/js/forms/fhirpath/running.js"
import { Moment, Quantity, textOf } from "../../static/js/forms/fhirpath/things.js"

const STEPS = 300_000
const listed = (value) => (Array.isArray(value) ? value : value == null ? [] : [value])
const plain = (value) => (value instanceof Moment || value instanceof Quantity ? textOf(value) : value)

function states({ definition, rounds, now, variables }) {
  return rounds.map((answers) => {
    const state = evaluate(definition, answers, { now: new Date(now), variables })
    const { values, faults, scores, risks, complete } = state
    return { enabled: [...state.enabled].sort(), values, faults, scores, risks, complete }
  })
}

function results({ trees, resource, now, variables }) {
  return trees.map((tree) => {
    const run = new Run((name) => listed(variables[name]), new Date(now), { steps: STEPS })
    try {
      return { found: runTree(tree, run, [resource]).map(plain) }
    } catch (error) {
      return { failed: error.message }
    }
  })
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  process.stdout.write(`${JSON.stringify(asked.trees ? results(asked) : states(asked))}\n`)
}
