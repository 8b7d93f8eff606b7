// The browser's evaluator as a process: one case a line in, one state a line out.
import { createInterface } from "node:readline"
import { evaluate } from "../../static/js/forms/evaluate.js"

for await (const line of createInterface({ input: process.stdin })) {
  const { definition, rounds, now, variables } = JSON.parse(line)
  const states = rounds.map((answers) => evaluate(definition, answers, { now: new Date(now), variables }))
  const told = states.map((state) => ({
    enabled: [...state.enabled].sort(), values: state.values, faults: state.faults, scores: state.scores,
    risks: state.risks, complete: state.complete,
  }))
  process.stdout.write(`${JSON.stringify(told)}\n`)
}
