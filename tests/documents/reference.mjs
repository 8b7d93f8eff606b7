// FHIRPath's reference implementation (fhirpath.js) as a process: one case a line in, what it gives a line out.
import { createInterface } from "node:readline"
import fhirpath from "fhirpath"
import r4 from "fhirpath/fhir-context/r4"

for await (const line of createInterface({ input: process.stdin })) {
  const { expression, resource, variables } = JSON.parse(line)
  let told
  try {
    told = { found: fhirpath.evaluate(resource, expression, variables, r4, { async: false }).map((one) => (typeof one === "object" && one?.toJSON ? one.toJSON() : one)) }
  } catch (error) {
    told = { failed: String(error.message).slice(0, 200) }
  }
  process.stdout.write(`${JSON.stringify(told)}\n`)
}
