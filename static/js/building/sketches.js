// How an item's answer will look, in outline: nothing of it can be pressed.
import { icon, tag } from "../tag.js"
import { hasOptions } from "./kinds.js"

export function sketchOf(item) {
  if (item.kind === "kept") return null
  if (hasOptions(item)) return options(item)
  return (SKETCHES[item.kind] ?? (() => null))(item)
}

const line = (words = "", css = "") => tag("span", { class: `sketch-line ${css}` }, words)
const option = (mark, words, more = null) => tag("li", { class: "sketch-option" }, icon(mark, "small"), tag("span", {}, words), more)

const SKETCHES = {
  string: () => line(),
  text: () => line("", "tall"),
  number: (item) => tag("span", { class: "row near" }, line("", "short"), item.unit ? tag("span", { class: "meta" }, item.unit) : null, range(item)),
  boolean: () => tag("ul", { class: "sketch-options" }, option("circle", "Yes"), option("circle", "No")),
  date: () => line("mm/dd/yyyy", "short"),
  file: (item) => tag("span", { class: "sketch-option" }, icon("paperclip", "small"), item.several ? "Attach files" : "Attach a file"),
  signature: () => line("Signature", "tall sign"),
  total: (item) => tag("p", { class: "meta" }, `Adds up ${item.sums.length} ${item.sums.length === 1 ? "question" : "questions"}${item.bands.length ? `: ${item.bands.map((band) => `${band.least}–${band.most} ${band.words}`).join(", ")}` : ""}`),
}

function range({ min, max }) {
  const words = min !== null && max !== null ? `${min} to ${max}` : min !== null ? `${min} or more` : max !== null ? `${max} or less` : ""
  return words ? tag("span", { class: "meta" }, words) : null
}

function options(item) {
  const mark = item.kind === "several" || item.several ? "square" : "circle"
  const shown = item.options.map((one, at) => {
    const made = option(mark, one.label || `Option ${at + 1}`, scored(one))
    if (!item.fixed) made.dataset.option = at
    made.toggleAttribute("data-blank", !one.label)
    return made
  })
  if (item.kind === "open") shown.push(option(mark, "Other…"))
  if (!shown.length) return item.fixed ? null : tag("p", { class: "meta" }, "No options yet. Add them in its settings.")
  return tag("ul", { class: "sketch-options" }, ...shown)
}

function scored({ score, risk }) {
  if (score === null && !risk) return null
  return tag("span", { class: "meta push" }, [score === null ? "" : `score ${score}`, risk ? "alerts" : ""].filter(Boolean).join(", "))
}
