// Tells the others that somebody types here: renewed while it goes on, taken back when it stops.
import { line } from "../line.js"

const RENEW = 3_000
const STOPS = 4_500

export class TypingSign {
  #conversation
  #toldAt = 0
  #timer = null

  constructor(conversation) { this.#conversation = conversation }

  typed() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.stop(), STOPS)
    if (Date.now() - this.#toldAt < RENEW) return
    this.#toldAt = Date.now()
    line.tell("typing", { conversation: this.#conversation, on: true }).then((told) => { if (!told) this.#toldAt = 0 })
  }

  stop() {
    clearTimeout(this.#timer)
    if (this.#toldAt) line.tell("typing", { conversation: this.#conversation, on: false })
    this.#toldAt = 0
  }
}
