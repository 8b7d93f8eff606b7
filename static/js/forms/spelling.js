// How what a formula gives becomes an answer.
import { rounded } from "./fhirpath/numbers.js"
import { Moment, Quantity, isPart, momentOf, number, quantityOf, textOf } from "./fhirpath/things.js"
import { same, tidy } from "./values.js"

// What is not of the item's type is left out.
export function asAnswers(item, found) {
  const made = found.map((value) => asAnswer(item, value)).filter((one) => one !== null && one !== undefined)
  return item.repeats ? made : made.slice(0, 1)
}

function asAnswer(item, value) {
  const kind = item.type
  if (kind === "choice" || kind === "open-choice") return asChoice(item, value)
  if (kind === "boolean") return typeof value === "boolean" ? value : null
  if (kind === "integer" || kind === "decimal") {
    const amount = value instanceof Quantity ? value.value : number(value)
    if (amount === null) return null
    return tidy(kind === "decimal" ? amount : rounded(amount))
  }
  if (kind === "quantity") return asQuantity(item, value)
  if (["date", "dateTime", "time"].includes(kind)) return asMoment(kind, value)
  if (kind === "reference") {
    const text = isPart(value) ? value.display || value.reference : textOf(value)
    return text ? { display: text } : null
  }
  return ["string", "text", "url"].includes(kind) ? textOf(value) : null
}

function asChoice(item, value) {
  const wanted = isPart(value) ? value : number(value) === null ? textOf(value) : tidy(number(value))
  const option = item.options?.find((one) => same(one.value, wanted))
  if (option) return option.value
  if (item.options?.length && item.type === "choice") return null
  const text = isPart(wanted) ? wanted.display : textOf(wanted)
  if (!text) return null
  return item.type === "open-choice" ? text : { display: text }
}

function asQuantity(item, value) {
  if (isPart(value) && "value" in value) {
    return Object.fromEntries(Object.entries(value).filter(([key]) => ["value", "unit", "system", "code"].includes(key)))
  }
  const amount = quantityOf(value) ?? (number(value) === null ? null : new Quantity(number(value), ""))
  if (!amount) return null
  const unit = item.units?.find((one) => ["", one.unit, one.code].includes(amount.unit))
  return { value: tidy(amount.value), ...(unit ?? (["", "1"].includes(amount.unit) ? {} : { unit: amount.unit })) }
}

function asMoment(kind, value) {
  const at = value instanceof Moment ? value : momentOf(value, kind === "time" ? "time" : "")
  if (!at || (at.kind === "time") !== (kind === "time")) return null
  return kind === "date" ? at.text.slice(0, 10) : at.text
}
