// What repeats, on the page: entries and further fields, added by hand or because another tab has them.
import { below, REMOVED } from "../forms/places.js"
import { isSeveral, valuesOf } from "./controls.js"
import { addField, addInstance, entriesOf, entryOf, lastNumber, removeInstance } from "./instances.js"

export class Entries {
  #root
  #paper
  #put

  // put(path, values): what was done here is kept and sent
  constructor(root, paper, put) {
    this.#root = root
    this.#paper = paper
    this.#put = put
  }

  more(button) {
    const wrapper = button.closest("[data-path]")
    if (isSeveral(wrapper)) return addField(wrapper)
    const path = `${wrapper.dataset.path}:${lastNumber(wrapper, this.#paper.paths) + 1}`
    for (const one of entriesOf(wrapper)) this.#name(one.dataset.instance) // stays, also when nothing is written in it
    this.#put(path, [])
    const entry = entryOf(wrapper, path)
    if (entry) this.#begin(entry)
    entry?.querySelector("input, textarea, select")?.focus()
  }

  less(entry) {
    const group = entry.closest("[data-repeats]")
    const place = entriesOf(group).indexOf(entry)
    removeInstance(group, entry)
    this.#put(entry.dataset.instance, [REMOVED])
    const next = entriesOf(group)[place] ?? entriesOf(group).at(-1)
    next?.querySelector("input, textarea, select, button")?.focus()
  }

  fields(wrapper, count) {
    while (isSeveral(wrapper) && wrapper.querySelectorAll("[data-several] [data-value]").length < count) addField(wrapper)
  }

  // the entries that count are on the page and no others; one more may be added as long as there may be one
  draw(state) {
    this.#groups(state.nodes)
    for (const fields of this.#root.querySelectorAll("[data-several]")) {
      const item = this.#paper.item(fields.closest("[data-path]").dataset.path)
      const full = item?.maxOccurs !== undefined && fields.querySelectorAll("[data-value]").length >= item.maxOccurs
      fields.parentElement.querySelector("[data-more]").hidden = full
    }
  }

  #groups(nodes) {
    for (const node of nodes) {
      if (node.instances.length) this.#group(node)
      this.#groups(below(node))
    }
  }

  #group(node) {
    const group = this.#root.querySelector(`[data-repeats][data-path="${CSS.escape(node.path)}"]`)
    if (!group) return // hidden, or standing in a cell
    const wanted = new Set(node.instances.map((one) => one.path))
    for (const one of entriesOf(group)) if (!wanted.has(one.dataset.instance)) removeInstance(group, one)
    for (const one of node.instances) if (!entryOf(group, one.path)) addInstance(group, one.number)
    const most = Math.min(node.item.maxOccurs ?? Infinity, this.#paper.mostInstances)
    group.querySelector(":scope > .row > [data-more]").hidden = node.full || node.instances.length >= most
    group.querySelector(":scope > .row > [data-full]").hidden = !node.full
  }

  #name(path) { if (!this.#paper.paths.includes(path)) this.#put(path, []) }

  // what a new entry begins with
  #begin(entry) {
    for (const wrapper of entry.querySelectorAll("[data-path][data-type]")) {
      const item = this.#paper.item(wrapper.dataset.path)
      const values = item && !item.calculated && !item.readOnly ? valuesOf(wrapper, item) : []
      if (values.length) this.#put(wrapper.dataset.path, values)
    }
  }
}
