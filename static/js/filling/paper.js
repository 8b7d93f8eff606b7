// A form and what stands in it, without a page: which answers there are, when they were typed, what follows from them.
import { now } from "../clock.js"
import { evaluate } from "../forms/evaluate.js"
import { useEngine } from "../forms/patterns.js"
import { same, words } from "../forms/values.js"
import { patternLibrary } from "../pattern-library.js"
import { momentWords } from "./moment-words.js"

export class Paper {
  #definition
  #answers = new Map() // path → values
  #at = new Map() // path → when they were typed
  known // what reached the server by then stands here; what somebody typed offline may come in long after it was typed
  state

  // told: { path: { value, at } }
  constructor(definition, told) {
    this.#definition = definition
    for (const [path, { value, at }] of Object.entries(told)) this.take(path, value, at)
    this.known = Math.max(0, ...this.#at.values())
    this.settle()
  }

  // once the patterns of this form can be looked at; until then, and where that fails, the server looks at them alone
  withPatterns(then) {
    if (this.#definition.patterns) patternLibrary().then(useEngine).then(then).catch(() => {})
  }

  get paths() { return [...this.#answers.keys()] }
  get mostInstances() { return this.#definition.limits.instances }

  values(path) { return this.#answers.get(path) ?? [] }
  isOlder(path, at) { return !(this.#at.get(path) >= at) }
  item(path) { return this.state.byPath.get(path)?.item ?? null }

  take(path, values, at) {
    this.#answers.set(path, values)
    this.#at.set(path, at)
  }

  settle() {
    this.state = evaluate(this.#definition, Object.fromEntries(this.#answers), { now: new Date(now()) })
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
  if (typeof value === "string") return momentWords(item.type, value)
  return unit && (item.type === "integer" || item.type === "decimal") ? `${words(value)} ${unit}` : words(value)
}
