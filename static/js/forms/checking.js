// What is wrong with an answer, in plain sentences: the same as the server's, which says the last word.
import { CHOICES, optionOf } from "./options.js"
import { fits } from "./patterns.js"
import { below } from "./places.js"
import { DATE, DATE_TIME, SPACE, TIME, isBlank, isDay, isThing, moment, number, order, stripped, words } from "./values.js"

const ADDRESS = "Please enter an address as https://example.org."
const SCHEMES = ["http", "https", "mailto", "tel", "urn", "ftp"]
const UNSAID = "Write what it is, or choose another answer."
const said = (count) => count.toLocaleString("en-US")

export function faultsOf(node, limits) {
  const { item, values } = node
  if (item.type === "display" || node.calculated || !isAnswerable(node)) return []
  if (item.type === "group") return groupFaults(node)
  const unsaid = node.unsaid ? [UNSAID] : []
  if (!values.length) return unsaid.length || !(item.required || item.minOccurs) ? unsaid : [please(item)]
  return [...unsaid, ...countFaults(item, values), ...values.flatMap((one) => valueFaults(item, one, limits).slice(0, 1))]
}

export const isAnswerable = (node) => !node.item.readOnly && !isHidden(node)
const isHidden = (node) => Boolean(node.item.hidden || (node.parent && isHidden(node.parent)))

function please(item) {
  if (CHOICES.includes(item.type) && item.options?.length) {
    const weighed = item.options.filter((one) => one.score !== undefined)
    const least = weighed.length ? weighed.reduce((a, b) => (b.score < a.score ? b : a)) : null
    if (least?.score === 0 && !item.repeats) return `Please choose one. “${words(least.value)}” is an answer too.`
    return item.repeats ? "Please choose at least one." : "Please choose one."
  }
  if (item.type === "boolean") return "Please choose yes or no."
  return item.type === "attachment" ? "Please add a file." : "Please answer this."
}

function groupFaults(node) {
  const { item } = node
  if (node.number !== null) return []
  const full = (item.repeats ? node.instances : [node]).filter(hasAnswers).length
  const least = item.repeats && item.minOccurs ? item.minOccurs : Number(Boolean(item.required || item.minOccurs))
  if (full < least) {
    return [least === 1 ? "Please answer at least one of these." : `Please fill in at least ${least} of these.`]
  }
  return item.maxOccurs !== undefined && full > item.maxOccurs ? [`At most ${item.maxOccurs} of these.`] : []
}

export const hasAnswers = (node) =>
  node.enabled && ((node.values.length > 0 && !node.calculated) || below(node).some(hasAnswers))

function countFaults(item, values) {
  const count = values.length
  const alone = count > 1 ? values.map((one) => optionOf(item, one)).find((one) => one?.exclusive) : null
  if (!item.repeats && count > 1) return ["One answer is enough here."]
  if ((item.minOccurs ?? 0) > count) return [`Please give at least ${item.minOccurs} answers.`]
  if (alone) return [`“${alone.label}” is chosen alone.`]
  if (item.maxOccurs !== undefined && count > item.maxOccurs) {
    return [`Please give at most ${item.maxOccurs} answer${item.maxOccurs === 1 ? "" : "s"}.`]
  }
  return []
}

function valueFaults(item, value, limits) {
  const fault = KINDS[item.type]?.(item, value, limits)
  return fault ? [fault] : [...lengthFaults(item, value), ...rangeFaults(item, value)]
}

const letters = (text) => [...text].length
const tooLong = (most) => `This is too long: at most ${said(most)} letters.`

function textFault(item, value, limits) {
  if (typeof value !== "string") return "This needs to be text."
  const most = item.type === "text" ? limits.text : limits.line
  return letters(value) > most ? tooLong(most) : null
}

function wholeFault(item, value) {
  if (number(value) === null) return "Please enter a number."
  if (!Number.isInteger(value)) return "Please enter a whole number."
  return Math.abs(value) < 2 ** 31 ? null : "This number is too large."
}

function decimalFault(item, value) {
  if (number(value) === null) return "Please enter a number."
  if (Math.abs(value) >= 1e15) return "This number is too large."
  if (item.decimals === undefined || places(value) <= item.decimals) return null
  return item.decimals ? `At most ${item.decimals} decimal places.` : "Please enter a whole number."
}

function places(value) {
  const [digits, exponent = "0"] = String(Math.abs(value)).split("e")
  return Math.max(0, (digits.split(".")[1]?.length ?? 0) - Number(exponent))
}

function quantityFault(item, value) {
  if (!isThing(value) || !("value" in value)) return "Please enter a number."
  const known = (item.units ?? []).flatMap((one) => [one.unit, one.code])
  if (known.length && !known.includes(String(value.unit || value.code || ""))) return "Please choose one of the units."
  return decimalFault(item, value.value)
}

function choiceFault(item, value, limits) {
  if (optionOf(item, value)) return null
  const typed = typeof value === "string" ? value : isThing(value) ? value.display : null
  const open = item.type === "open-choice" || !item.options?.length
  if (open && typeof typed === "string" && !isBlank(typed) && (!isThing(value) || !item.options?.length)) {
    return letters(typed) <= limits.line ? null : tooLong(limits.line)
  }
  return "Please choose one of the answers given."
}

function fileFault(item, value) {
  if (!isThing(value) || typeof value.file !== "string" || isBlank(value.file)) return "Please add a file."
  if (item.mediaTypes && !item.mediaTypes.some((kind) => isOfKind(value.contentType, kind))) {
    return `Please add a file of one of these kinds: ${item.mediaTypes.join(", ")}.`
  }
  if (item.maxSize !== undefined && (number(value.size) ?? 0) > item.maxSize) {
    return `This file is too large: at most ${said(item.maxSize)} bytes.`
  }
  return null
}

const isOfKind = (held, kind) =>
  held === kind || (kind.endsWith("/*") && typeof held === "string" && held.startsWith(kind.slice(0, -1)))

function addressFault(item, value, limits) {
  if (typeof value !== "string" || letters(value) > limits.line || SPACE.test(stripped(value))) return ADDRESS
  return SCHEMES.includes(/^([a-z][a-z0-9+.-]*):/i.exec(stripped(value))?.[1].toLowerCase()) ? null : ADDRESS
}

function referenceFault(item, value, limits) {
  const shown = isThing(value) ? value.display : null
  return typeof shown === "string" && shown.length > 0 && letters(shown) <= limits.line ? null : "This needs to be text."
}

const isText = (value) => typeof value === "string"
const KINDS = {
  boolean: (item, value) => (typeof value === "boolean" ? null : "Please choose yes or no."),
  integer: wholeFault, decimal: decimalFault, quantity: quantityFault, string: textFault, text: textFault,
  date: (item, value) => (isText(value) && DATE.test(value) && isDay(value) ? null : "Please enter a date that exists."),
  dateTime: (item, value) =>
    isText(value) && DATE_TIME.test(value) && isDay(value) && moment(value) ? null : "Please enter a date and a time.",
  time: (item, value) => (isText(value) && TIME.test(value) ? null : "Please enter a time, as 14:30."),
  url: addressFault, choice: choiceFault, "open-choice": choiceFault, attachment: fileFault, reference: referenceFault,
}

function lengthFaults(item, value) {
  if (typeof value !== "string" || ["date", "dateTime", "time"].includes(item.type)) return []
  const count = letters(value)
  if (item.maxLength !== undefined && count > item.maxLength) return [tooLong(item.maxLength)]
  if (item.minLength !== undefined && count < item.minLength) {
    return [`This is too short: at least ${said(item.minLength)} letters.`]
  }
  if (!item.pattern || fits(item.pattern, value)) return []
  return [item.placeholder ? `This does not look like ${item.placeholder}.` : "This is not written as asked."]
}

function rangeFaults(item, value) {
  const { minValue, maxValue } = item
  if (minValue !== undefined && order(value, minValue) === -1) {
    return [`${number(minValue) === null ? "Not before" : "At least"} ${words(minValue)}.`]
  }
  if (maxValue !== undefined && order(value, maxValue) === 1) {
    return [`${number(maxValue) === null ? "Not after" : "At most"} ${words(maxValue)}.`]
  }
  return []
}
