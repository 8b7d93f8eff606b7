// Moving an item, by drag or step by step; conditions that would wait for a later question are asked about.
import { ask } from "../dialog.js"
import { nameOf } from "./kinds.js"
import { applied, find, latelyLater, placeOf, stepOf } from "./tree.js"

export class Moving {
  #builder

  constructor(builder) { this.#builder = builder }

  // where it was dropped: counted with the item itself taken out
  async to(id, under, at) {
    const { view } = this.#builder
    const from = placeOf(view, id)
    if (from.under === under && from.at === at) return this.#builder.draw()
    const move = { do: "move", item: id, under, at }
    const done = await this.#asked(move)
    if (!done) return this.#builder.draw()
    this.#builder.perform(done, `${nameOf(find(view, id))} moved`)
    this.#tell(id)
  }

  // focus(): where it goes on afterwards, else to the arrow that was pressed
  async step(id, by, focus = () => this.#builder.focusOn(id, by < 0 ? "[data-up]" : "[data-down]")) {
    const to = stepOf(this.#builder.view, id, by)
    if (!to) return this.#builder.say(by < 0 ? "It is the first already" : "It is the last already")
    const done = await this.#asked({ do: "move", item: id, ...to })
    if (!done) return
    this.#builder.perform(done, `${nameOf(find(this.#builder.view, id))} moved`)
    focus()
    this.#builder.show(id)
    this.#tell(id)
  }

  // the move, with the conditions that go along; null: it stays where it is
  async #asked(move) {
    const { view } = this.#builder
    const later = latelyLater(view, applied(view, move))
    if (!later.length) return move
    const names = [...new Set(later.map(({ item }) => nameOf(find(view, item))))]
    const words = `${names.length === 1 ? `${names[0]} would wait` : `${names.length} items would wait`} for an answer that is only given later. Move it and take those conditions off?`
    if (!(await ask({ title: `Move ${nameOf(find(view, move.item))}?`, words, keep: "Leave it there", go: "Move, without the conditions" }))) return null
    const off = [...new Set(later.map(({ item }) => item))].map((item) => {
      const gone = new Set(later.filter((one) => one.item === item).map(({ question }) => question))
      const conditions = find(view, item).conditions.filter(({ question }) => !gone.has(question))
      return { do: "change", item, fields: { conditions: conditions.map(({ was, question, operator, answer, other }) => ({ was, question, operator, answer: answer ?? null, ...(other ? { other } : {}) })) } }
    })
    return { do: "several", operations: [...off, move] }
  }

  #tell(id) {
    const { view } = this.#builder
    const { under, at, items } = placeOf(view, id)
    this.#builder.say(`${nameOf(find(view, id))}: ${at + 1} of ${items.length}${under === null ? "" : ` in ${nameOf(find(view, under))}`}`)
  }
}
