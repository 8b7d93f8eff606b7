// What can be chosen, and how an answer is spelled in FHIR.
import { isThing, same } from "./values.js"

const KEYS = {
  boolean: "valueBoolean", integer: "valueInteger", decimal: "valueDecimal", date: "valueDate",
  dateTime: "valueDateTime", time: "valueTime", string: "valueString", text: "valueString", url: "valueUri",
  quantity: "valueQuantity", attachment: "valueAttachment", reference: "valueReference",
}
export const CHOICES = ["choice", "open-choice"]

// The option that an answer chooses; words are no choice of a coded one.
export const optionOf = (item, value) =>
  item.options?.find((one) => isThing(one.value) === isThing(value) && same(one.value, value)) ?? null

export const asOffered = (item, value) => optionOf(item, value)?.value ?? value

export function valueKey(item, value) {
  if (!CHOICES.includes(item.type)) return KEYS[item.type]
  return optionOf(item, value)?.kind ?? (isThing(value) ? "valueCoding" : "valueString")
}

export function asFhir(item, value) {
  if (item.type !== "attachment" || !isThing(value)) return value
  return { contentType: value.contentType, url: `urn:uuid:${value.file}`, size: value.size, title: value.title }
}
