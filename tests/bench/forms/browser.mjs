// CPU times (ms) of the browser's evaluator, each round of answers evaluated as typing does; the first rounds warm it up.
import { readFileSync } from "node:fs"
import { evaluate } from "../../../static/js/forms/evaluate.js"

const { definition, rounds } = JSON.parse(readFileSync(0, "utf8"))
const context = { now: new Date() }
const taken = []
for (let turn = 0; turn < 4; turn += 1) {
  for (const answers of rounds) {
    const begun = process.cpuUsage()
    evaluate(definition, answers, context)
    const { user, system } = process.cpuUsage(begun)
    if (turn) taken.push((user + system) / 1000)
  }
}
process.stdout.write(JSON.stringify(taken))
