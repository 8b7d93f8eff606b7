// Something new: from the palette at what is chosen, from the sheet where somebody asked for it, by Enter below a question.
import { KINDS, hasOptions, nameOf, short } from "./kinds.js"
import { addable } from "./scores.js"
import { find, isGroup, placeAtEnd, placeFor } from "./tree.js"

const code = () => crypto.randomUUID().slice(0, 8)
const blank = () => ({ label: "", score: null, risk: false, code: `option-${code()}` })
const MADE = {
  single: () => ({ options: [blank(), blank()] }), several: () => ({ options: [blank(), blank()] }), open: () => ({ options: [blank(), blank()] }),
  total: (view) => ({ text: "Score", sums: addable(view).map((one) => one.id) }),
  signature: () => ({ text: "By signing I confirm that I have read this and agree." }),
}

export class Adding {
  #builder
  #below = null

  constructor(builder) { this.#builder = builder }

  add(kind, under, at) {
    const { view } = this.#builder
    const id = `q-${code()}`
    const { words } = KINDS[kind]
    if (!this.#builder.perform({ do: "add", item: { id, kind, ...MADE[kind]?.(view) }, under, at }, `${words} added`)) return this.#builder.draw()
    this.#builder.select(id)
    this.#builder.focusOn(id, "[data-text]")?.select() // words that stand there already give way to the first letter
    this.#builder.say(`${words} added`)
  }

  // behind what is chosen, or in the heading that is
  here(kind) {
    const { view, selected } = this.#builder
    this.#at(kind, selected === null ? placeAtEnd(view, kind) : placeFor(view, kind, selected))
  }

  // Opens the sheet; what is chosen there goes below this item, or to the end of the form.
  ask(id = null) {
    this.#below = id
    const { view } = this.#builder
    const sheet = this.#builder.at("sheet")
    sheet.querySelector("h2").textContent = id === null ? "Add to the form" : `Add below ${nameOf(find(view, id))}`
    sheet.showModal()
  }

  fromSheet(kind) {
    this.#builder.at("sheet").close()
    const { view } = this.#builder
    const there = this.#below !== null && find(view, this.#below)
    this.#at(kind, there ? placeFor(view, kind, this.#below) : placeAtEnd(view, kind))
  }

  // Enter in the words of a question: its options where it has none yet, else another of its kind below.
  next(id) {
    const { view } = this.#builder
    const item = find(view, id)
    if (!short(item.text)) return this.#builder.say("Write the words first. Enter adds the next question.")
    if (hasOptions(item) && !item.fixed && item.options.every(({ label }) => !label)) return this.#builder.showOption(id, 0)
    if (isGroup(item)) return this.add("string", id, 0)
    this.#at(item.kind === "total" ? "string" : item.kind, placeFor(view, item.kind, id))
  }

  #at(kind, { under, at }) { this.add(kind, under, at) }
}
