// What stands in the controls of a question, and back: templates/documents/_items.html draws them, models/documents/
// items.py says how answers are spelled.
import { UNSAID } from "../forms/places.js"
import { showFiles } from "./attaching.js"

const own = (wrapper, selector) => [...wrapper.querySelectorAll(selector)].filter((one) => one.closest("[data-path][data-type]") === wrapper)

// the answer as a list of values; null where there is nothing to be answered
export function valuesOf(wrapper, item) {
  if (item.type === "attachment") return own(wrapper, "[data-file] [data-value]").map((one) => JSON.parse(one.value))
  if (item.type === "boolean") return truth(wrapper)
  if ((item.type === "choice" || item.type === "open-choice") && item.options?.length) return chosen(wrapper, item)
  return own(wrapper, "[data-value]").map((one) => typed(one, item)).filter((one) => one !== null)
}

// draw these answers, which came from elsewhere
export function showValues(wrapper, item, values, same) {
  if (item.type === "attachment") return showFiles(own(wrapper, "[data-attached]")[0], values)
  if (item.type === "boolean") {
    for (const one of own(wrapper, "[data-option]")) one.checked = values.some((value) => String(value) === one.dataset.option)
    return
  }
  if ((item.type === "choice" || item.type === "open-choice") && item.options?.length) return choose(wrapper, item, values, same)
  own(wrapper, "[data-value]").forEach((one, place) => { write(one, item, values[place]) })
}

// where to mend what is wrong; a group that is not drawn itself is mended at the first question of its page
export function fieldOf(wrapper) {
  const fields = "input:not([type=hidden]), textarea, select"
  return wrapper.querySelector(fields) ?? wrapper.closest("[data-page]").querySelector(fields)
}

export function isSeveral(wrapper) { return own(wrapper, "[data-several]")[0] ?? null }

// an answer that stands alone lets the others go, and goes when another is ticked
export function letOthersGo(wrapper, item, touched) {
  const alone = (box) => Boolean(item.options?.[Number(box.dataset.option)]?.exclusive)
  for (const box of own(wrapper, "[data-option]")) if (box !== touched && (alone(touched) || alone(box))) box.checked = false
}

// who writes an answer of their own chooses it by that
export function pickOwn(wrapper) {
  const list = own(wrapper, "[data-list]")[0]
  const option = own(wrapper, "[data-option=own]")[0]
  if (option) option.checked = true
  if (list) list.value = "own"
}

function truth(wrapper) {
  const on = own(wrapper, "[data-option]").filter((one) => one.checked)
  return on.map((one) => one.dataset.option === "true")
}

function chosen(wrapper, item) {
  const list = own(wrapper, "[data-list]")[0]
  const picked = list ? [list.value].filter((one) => one !== "") : own(wrapper, "[data-option]").filter((one) => one.checked).map((one) => one.dataset.option)
  const words = own(wrapper, "[data-own]")[0]?.value.trim()
  return picked.map((one) => (one === "own" ? words || UNSAID : item.options[Number(one)]?.value ?? null)).filter((one) => one !== null)
}

function choose(wrapper, item, values, same) {
  const places = values.map((value) => item.options.findIndex((option) => same(option.value, value)))
  const words = values.filter((_, at) => places[at] < 0).map((value) => (typeof value === "object" ? value.display ?? "" : String(value)))
  const list = own(wrapper, "[data-list]")[0]
  const on = [...places.filter((place) => place >= 0).map(String), ...(words.length ? ["own"] : [])]
  if (list) list.value = on[0] ?? ""
  for (const one of own(wrapper, "[data-option]")) one.checked = on.includes(one.dataset.option)
  const field = own(wrapper, "[data-own]")[0]
  if (field) field.value = words.join(", ").trim()
}

function typed(control, item) {
  const words = control.value.trim()
  if (words === "" || "untouched" in control.dataset) return null
  switch (item.type) {
    case "integer": case "decimal": return Number(words)
    case "quantity": return { value: Number(words), ...unit(item, unitOf(control)) }
    case "time": return words.length === 5 ? `${words}:00` : words
    case "dateTime": return zoned(words)
    case "reference": return { display: words }
    case "choice": return { display: words }
    default: return control.tagName === "TEXTAREA" ? control.value : words
  }
}

// each amount has the unit beside it
const unitOf = (control) => control.closest(".amount")?.querySelector("[data-unit]")

function unit(item, control) {
  const found = item.units?.length ? item.units[Number(control?.value) || 0] : { unit: control?.value.trim() }
  return Object.fromEntries(["unit", "system", "code"].map((name) => [name, found?.[name]]).filter(([, value]) => value))
}

// a moment with the zone of whoever types it
function zoned(words) {
  const moment = new Date(words)
  if (Number.isNaN(moment.getTime())) return words
  const away = -moment.getTimezoneOffset()
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0")
  return `${words.length === 16 ? `${words}:00` : words}${away < 0 ? "-" : "+"}${two(away / 60)}:${two(away % 60)}`
}

function writeUnit(control, item, { unit, code }) {
  if (!control) return
  const place = item.units?.findIndex((one) => (one.unit || one.code) === (unit || code)) ?? -1
  control.value = item.units?.length ? String(Math.max(0, place)) : unit ?? ""
}

function write(control, item, value) {
  const words = value === undefined || value === null ? "" : typeof value === "object" ? value.value ?? value.display ?? "" : value
  control.value = item.type === "dateTime" ? String(words).slice(0, 16) : item.type === "time" ? String(words).slice(0, 5) : String(words)
  if (item.type === "quantity" && value) writeUnit(unitOf(control), item, value)
  if ("slider" in control.dataset) control.toggleAttribute("data-untouched", words === "")
  const said = control.parentElement.querySelector("output")
  if (said) said.textContent = words === "" ? "Not answered" : words
}
