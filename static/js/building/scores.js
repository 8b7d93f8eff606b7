// What a score adds up, and what its ranges are called.
import { tag } from "../tag.js"
import { act, checkField, part, smallAct } from "./fields.js"
import { hasOptions, short } from "./kinds.js"
import { walk } from "./tree.js"

// what a new score adds up: what has scores already
export const addable = (view) => [...walk(view.items)].filter((item) => hasOptions(item) && item.options.some(({ score }) => score !== null))

export function scoreParts(view, item, change, redraw) {
  return [sumsPart(view, item, change), bandsPart(item, change, redraw)]
}

function sumsPart(view, item, change) {
  const able = [...walk(view.items)].filter((one) => hasOptions(one) || one.kind === "number")
  const sums = new Set(item.sums)
  if (!able.length) return part("Adds up", tag("p", { class: "quiet" }, "Numbers, and choices whose options have a score. There is none yet."))
  const boxes = able.map((one) => checkField(short(one.text) || "A question without words", sums.has(one.id), (on) => {
    if (on) sums.add(one.id)
    else sums.delete(one.id)
    change({ sums: able.map(({ id }) => id).filter((id) => sums.has(id)) }, "What a score adds up")
  }, `Adds ${one.id}`))
  return part("Adds up", tag("div", { class: "stack tight" }, ...boxes))
}

function bandsPart(item, change, redraw) {
  const bands = item.bands.map((one) => ({ ...one }))
  const said = () => change({ bands }, "Ranges of a score")
  const rows = bands.map((band, at) => {
    const number = (name, words) => {
      const input = tag("input", { type: "text", inputmode: "decimal", class: "num", maxlength: 8, autocomplete: "off", "aria-label": `${words} of range ${at + 1}`, "data-name": `${words} of range ${at + 1}`,
        input: (event) => { const given = Number(event.target.value); if (event.target.value.trim() && Number.isFinite(given)) { band[name] = given; said() } } })
      input.value = band[name]
      return input
    }
    const words = tag("input", { type: "text", maxlength: 200, autocomplete: "off", "aria-label": `What range ${at + 1} is called`, "data-name": `Words of range ${at + 1}`, input: (event) => { band.words = event.target.value; said() } })
    words.value = band.words
    return tag("li", { class: "build-band row near" }, number("least", "Least"), tag("span", { "aria-hidden": "true" }, "–"), number("most", "Most"), words,
      smallAct(`Remove range ${at + 1}`, "x", () => { bands.splice(at, 1); said(); redraw("Add a range") }))
  })
  const add = act("Add a range", "plus", () => {
    const least = bands.length ? Math.max(...bands.map(({ most }) => most)) + 1 : 0
    bands.push({ least, most: least + 4, words: "" })
    said()
    redraw(`Words of range ${bands.length}`)
  })
  return part("What it means", rows.length ? tag("ol", { class: "stack near build-bands" }, ...rows) : tag("p", { class: "quiet" }, "Ranges such as 0–4 “minimal” are read by staff alone."), add)
}
