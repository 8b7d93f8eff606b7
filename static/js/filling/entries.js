// What repeats, on the page: entries and further fields, added by hand or because another tab has them.
import { isSeveral } from "./controls.js"
import { addField, addInstance, entryOf, lastNumber, removeInstance } from "./instances.js"
import { REMOVED } from "./paper.js"

const INSTANCE = /:\d+$/

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
    const number = lastNumber(wrapper, this.#paper.paths) + 1
    const entry = addInstance(wrapper, number)
    this.#put(`${wrapper.dataset.path}:${number}`, [])
    entry.querySelector("input, textarea, select")?.focus()
  }

  less(entry) {
    const path = entry.dataset.instance
    removeInstance(entry.closest("[data-repeats]"), entry)
    this.#put(path, [REMOVED])
  }

  // the entries that this path stands in, and itself when it is one
  follow(path, values) {
    for (const found of path.matchAll(/:\d+(?=\/)/g)) {
      const instance = path.slice(0, found.index + found[0].length)
      this.#show(instance, this.#paper.values(instance))
    }
    if (INSTANCE.test(path)) this.#show(path, values)
  }

  fields(wrapper, count) {
    while (isSeveral(wrapper) && wrapper.querySelectorAll("[data-several] [data-value]").length < count) addField(wrapper)
  }

  #show(path, values) {
    const group = this.#root.querySelector(`[data-repeats][data-path="${CSS.escape(path.replace(INSTANCE, ""))}"]`)
    if (!group) return
    const there = entryOf(group, path)
    if (values[0] === REMOVED) { if (there) removeInstance(group, there) }
    else if (!there) addInstance(group, path.split(":").pop())
  }
}
