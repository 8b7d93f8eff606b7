// Deleting an own message after its undo has run out: asked first, then "Message deleted" stays for everybody.
import { wrong } from "../dialog.js"
import { PATIENCE, line } from "../line.js"
import { working } from "../working.js"

export class Deleting {
  #dialog
  #message = null

  constructor(element) {
    this.#dialog = element.querySelector("dialog:has([data-delete])")
    element.addEventListener("click", (event) => this.#pressed(event.target.closest(".message-more")))
    this.#dialog.querySelector("[data-delete]").addEventListener("submit", (event) => this.#delete(event))
  }

  #pressed(button) {
    if (!button) return
    this.#message = button.closest("[data-line]").dataset.line
    this.#dialog.querySelector("[role=alert]")?.remove()
    this.#dialog.showModal()
  }

  async #delete(event) {
    event.preventDefault()
    try {
      await working(line.ask("message.delete", { message: this.#message }, { once: true, patience: PATIENCE }))
      this.#dialog.close()
    } catch (refused) {
      wrong(event.target, refused.message)
    }
  }
}
