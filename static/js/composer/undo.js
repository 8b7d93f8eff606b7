// The bar above the composer while a message can still be taken back: its time runs out in sight and stands still
// nowhere, because the server's time does not.
import { PATIENCE, line } from "../line.js"
import { tag } from "../tag.js"

export class Undo {
  #form
  #seconds
  #bar = null
  #timer = null

  constructor(form, seconds) {
    this.#form = form
    this.#seconds = seconds
  }

  // to: whom it went to; body comes back into `area` when it is empty; seconds: what is left of the time
  offer({ message, to, body, area, seconds: left = this.#seconds }) {
    this.#end()
    const seconds = Math.min(left, this.#seconds) // whatever this device's clock says
    if (seconds <= 0) return
    const words = tag("span", {}, `Message sent${to ? ` to ${to}` : ""}`)
    const button = tag("button", { type: "button", class: "small", click: () => this.#undo({ message, body, area, words, button }) }, "Undo")
    this.#bar = tag("div", { class: "toast", role: "status" }, words, button, tag("span", { class: "run" }))
    this.#bar.style.setProperty("--toast-time", `${seconds}s`)
    this.#form.prepend(this.#bar)
    this.#timer = setTimeout(() => this.#end(), seconds * 1000)
  }

  async #undo({ message, body, area, words, button }) {
    clearTimeout(this.#timer)
    button.disabled = true
    try {
      await line.ask("message.undo", { message }, { once: true, patience: PATIENCE })
      if (!area.value && body) area.value = body
      area.dispatchEvent(new Event("input", { bubbles: true }))
      area.focus()
      this.#end()
    } catch (refused) {
      words.textContent = refused.message
      button.remove()
      this.#timer = setTimeout(() => this.#end(), 6_000)
    }
  }

  #end() {
    clearTimeout(this.#timer)
    this.#bar?.remove()
    this.#bar = null
  }
}
