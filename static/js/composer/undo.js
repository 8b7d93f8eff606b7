// The bar above the composer while a message can still be taken back: its time runs out in sight and stands still
// nowhere, because the server's time does not.
import { PATIENCE, line } from "../line.js"
import { tag } from "../tag.js"
import { working } from "../working.js"

export class Undo {
  #form
  #seconds
  #last = null

  constructor(form, seconds) {
    this.#form = form
    this.#seconds = seconds
  }

  // to: whom it went to; body comes back into `area` when it is empty; seconds: what is left of the time
  offer({ message, to, body, area, seconds: left = this.#seconds }) {
    this.#last?.passed()
    const seconds = Math.min(left, this.#seconds) // whatever this device's clock says
    if (seconds <= 0) return
    this.#last = new Bar({ message, body, area }, `Message sent${to ? ` to ${to}` : ""}`)
    this.#form.prepend(this.#last.element)
    this.#last.runs(seconds)
  }
}

// Of one message, and ends itself alone: an answer that comes late says nothing of the bar of the next one.
class Bar {
  #of
  #asked = false
  #timer = null
  #button = tag("button", { type: "button", class: "small", click: () => this.#undo() }, "Undo")
  #words

  constructor(of, words) {
    this.#of = of
    this.#words = tag("span", {}, words)
    this.element = tag("div", { class: "toast", role: "status" }, this.#words, this.#button, tag("span", { class: "run" }))
  }

  runs(seconds) {
    this.element.style.setProperty("--toast-time", `${seconds}s`)
    this.#ends(seconds)
  }

  // the next message has one now; what was asked by this one is still to be told
  passed() { if (!this.#asked) this.#end() }

  async #undo() {
    clearTimeout(this.#timer)
    this.#button.disabled = this.#asked = true
    const { message, body, area } = this.#of
    try {
      await working(line.ask("message.undo", { message }, { once: true, patience: PATIENCE }))
      if (!area.value && body) area.value = body
      area.dispatchEvent(new Event("input", { bubbles: true }))
      area.focus()
      this.#end()
    } catch (refused) {
      this.#words.textContent = refused.message
      this.#button.remove()
      this.#ends(6)
    }
  }

  #ends(seconds) { this.#timer = setTimeout(() => this.#end(), seconds * 1000) }

  #end() {
    clearTimeout(this.#timer)
    this.element.remove()
  }
}
