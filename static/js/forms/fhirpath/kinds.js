// Which type a value is of: numbers, dates and times by what they are held as (things.js), all else as far as JSON tells.
import { Decimal, Moment, Quantity, isPart } from "./things.js"

const SHAPES = {
  Coding: ["code", "display", "system"], Quantity: ["value"], Reference: ["reference", "display"],
  Attachment: ["url", "data", "contentType"], CodeableConcept: ["coding", "text"], Period: ["start", "end"],
}

export function isKind(value, kind) {
  const name = kind.slice(kind.lastIndexOf(".") + 1)
  if (isPart(value)) {
    if ("resourceType" in value) return value.resourceType === name || name === "Resource" || name === "DomainResource"
    return ((Object.hasOwn(SHAPES, name) && SHAPES[name].some((key) => key in value)) || false) && !(name === "Coding" && "value" in value)
  }
  return simple(value).includes(name[0].toLowerCase() + name.slice(1))
}

function simple(value) {
  if (typeof value === "boolean") return ["boolean"]
  if (typeof value === "number") return [Number.isInteger(value) ? "integer" : "decimal"]
  if (value instanceof Decimal) return ["decimal"]
  if (value instanceof Moment) return [value.kind]
  if (value instanceof Quantity) return ["quantity"]
  if (typeof value !== "string") return []
  return ["string", "uri", "code", "url", "markdown", "id"]
}
