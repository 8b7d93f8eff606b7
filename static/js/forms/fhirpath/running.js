// What a formula is run with: its budget of steps, and how members of data are found. The rules are the server's
// (models/documents/fhirpath/), and so are the trees: the browser parses nothing.
import { Failed, decimal, isPart, typedMoment } from "./things.js"

export const MOST_THINGS = 20_000
export const LONGEST_TEXT = 100_000
const KINDS = [
  "Coding", "Decimal", "Integer", "String", "Boolean", "Date", "DateTime", "Time", "Uri", "Quantity", "Attachment",
  "Reference", "CodeableConcept", "Code", "Expression", "Period", "Range", "Age", "Duration", "Instant", "Url",
  "Markdown", "Canonical", "Id", "PositiveInt", "UnsignedInt",
]
// The elements that have a choice of types, with the names that they then go by.
export const CHOICES = new Map(
  ["value", "deceased", "multipleBirth", "onset", "effective", "occurrence", "performed"].map((name) => [
    name, KINDS.map((kind) => name + kind),
  ]),
)
const NONE = Object.freeze([])

// `now`: the moment as js/forms/on-its-clock.js writes it.
export class Run {
  constructor(variables, now, budget, indexes = new Map(), flat = new Map()) {
    Object.assign(this, { variables, now, budget, indexes, flat })
  }

  tick(steps = 1) {
    this.budget.steps -= steps
    if (this.budget.steps < 0) throw new Failed("it takes too many steps")
  }
}

export const bounded = (found) => {
  if (found.length > MOST_THINGS) throw new Failed("it gathers without end")
  return found
}

// The values of a member, also of one with a choice of types; the type of a resource names itself.
export function member(one, name) {
  if (typeof one !== "object" || !isPart(one) || name[0] === "_") return NONE
  let key = name
  if (!Object.hasOwn(one, name) || one[name] == null) {
    if (name[0] >= "A" && name[0] <= "Z") return one.resourceType === name ? [one] : NONE
    key = CHOICES.get(name)?.find((each) => Object.hasOwn(one, each))
  }
  const value = key === undefined ? null : one[key]
  if (value == null) return NONE
  return Array.isArray(value) ? value : [typed(key, value)]
}

// Whether numbers of this name are decimals: value[x] says so, and the value of a quantity is always one. All others
// are Integers where they are whole.
export const isDecimal = (name) => name === "value" || name.endsWith("Decimal")

// What is a moment, though its name does not end with the type.
const MOMENTS = new Map([
  ["valueTime", "time"], ["answerTime", "time"], ...["date", "authored", "start", "end"].map((name) => [name, "dateTime"]),
])
export function momentKind(name) {
  if (name.endsWith("Date")) return "date"
  return name.endsWith("DateTime") ? "dateTime" : (MOMENTS.get(name) ?? "")
}

// A number, date or time by the type that its name tells.
export function typed(name, value) {
  if (typeof value === "number") return isDecimal(name) ? decimal(value) : value
  const kind = typeof value === "string" ? momentKind(name) : ""
  return kind ? (typedMoment(value, kind) ?? value) : value
}
