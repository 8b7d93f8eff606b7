// A form and what stands in it, without a page: which answers there are, when they were typed, what follows from them.
import { evaluate } from "../forms/evaluate.js"
import { same, words } from "../forms/values.js"

export const REMOVED = "removed"

export class Paper {
  #definition
  #answers = new Map() // path → values
  #at = new Map() // path → when they were typed
  state

  // told: { path: { value, at } }
  constructor(definition, told) {
    this.#definition = definition
    for (const [path, { value, at }] of Object.entries(told)) this.take(path, value, at)
    this.settle()
  }

  get paths() { return [...this.#answers.keys()] }
  get latest() { return Math.max(0, ...this.#at.values()) }

  values(path) { return this.#answers.get(path) ?? [] }
  isOlder(path, at) { return !(this.#at.get(path) >= at) }
  item(path) { return this.state.byPath.get(path)?.item ?? null }

  take(path, values, at) {
    this.#answers.set(path, values)
    this.#at.set(path, at)
  }

  settle() {
    const gone = this.paths.filter((path) => this.values(path)[0] === REMOVED)
    const there = [...this.#answers].filter(([path]) => !gone.some((one) => path === one || path.startsWith(`${one}/`)))
    this.state = evaluate(this.#definition, Object.fromEntries(there))
    return this.state
  }

  // question and answer in words, of all that somebody typed: to be copied when the form is taken back
  line(path) {
    const node = this.state.byPath.get(path)
    const values = this.values(path)
    return node && values.length && !node.instances.length ? `${node.item.text || "Answer"}\n${values.map((value) => wordsOf(node.item, value)).join(", ")}` : ""
  }
}

export function wordsOf(item, value) {
  const option = item.options?.find((one) => same(one.value, value))
  if (option) return option.label
  const unit = item.units?.[0]?.unit
  return unit && (item.type === "integer" || item.type === "decimal") ? `${words(value)} ${unit}` : words(value)
}
