// What the keyboard does in the builder beside Tab: Enter goes on, arrows lead from question to question, Alt and an
// arrow moves one, Ctrl+Z takes back.
import { Moving } from "./moving.js"

const LINES = ["words", "signature"] // their text has several lines
const BY = { ArrowUp: -1, ArrowDown: 1 }

export class Keys {
  #builder

  constructor(builder) {
    this.#builder = builder
    builder.addEventListener("keydown", this.#inCard)
    document.addEventListener("keydown", this.#undo)
  }

  forget() { document.removeEventListener("keydown", this.#undo) }

  #inCard = (event) => {
    const { target } = event
    const item = target.closest(".build-item")
    if (!item || event.isComposing || target.closest("[data-panel]") || event.ctrlKey || event.metaKey || event.shiftKey) return
    const act = event.altKey ? this.#moving(event, item) : target.matches("[data-pick]") ? this.#onPick(event, item) : target.matches("[data-text]") ? this.#inText(event, item) : null
    if (!act) return
    event.preventDefault()
    act()
  }

  #moving({ key, target }, item) {
    if (!BY[key] || !this.#builder.editable || item.dataset.locked === "yes") return null
    return () => new Moving(this.#builder).step(item.dataset.id, BY[key], () => target.focus())
  }

  #onPick({ key }, item) {
    if (BY[key]) return () => this.#go(item, BY[key], "[data-pick]")
    const removes = ["Delete", "Backspace"].includes(key) && this.#builder.editable && item.dataset.locked !== "yes"
    return removes ? () => this.#builder.remove(item.dataset.id) : null
  }

  #inText({ key, target }, item) {
    if (key === "Enter" && !LINES.includes(item.dataset.kind)) return () => this.#builder.adding.next(item.dataset.id)
    const edge = key === "ArrowUp" ? 0 : target.value.length
    return BY[key] && target.selectionStart === edge && target.selectionEnd === edge ? () => this.#go(item, BY[key], "[data-text]:not([hidden])") : null
  }

  #go(item, by, selector) {
    const all = [...this.#builder.at("items").querySelectorAll(selector)]
    all[all.indexOf(item.querySelector(selector)) + by]?.focus()
  }

  // wherever the focus is, but for what is typed elsewhere on the page
  #undo = (event) => {
    if (event.target !== document.body && !this.#builder.contains(event.target)) return
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const again = (event.key.toLowerCase() === "z" && event.shiftKey) || event.key.toLowerCase() === "y"
    if (!again && event.key.toLowerCase() !== "z") return
    event.preventDefault()
    this.#builder.turnBack(again)
  }
}
