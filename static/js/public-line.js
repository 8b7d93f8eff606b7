// The line of a visitor of the booking page: hears which times are taken and free again, and asks nothing. It goes on
// from nowhere: each time it comes, also the first, the page looks for itself what was missed until then.
import { io } from "../vendor/socket.io.js"
import { heard } from "./line/names.js"

export class PublicLine extends EventTarget {
  state = "catching-up"
  #ears = new Map()
  #socket = null
  #lives = 0

  open() {
    if (this.#socket) return
    this.#socket = io({ transports: ["websocket"], reconnectionDelay: 1_000, reconnectionDelayMax: 30_000, auth: { cursor: null }, query: { visitor: 1 } })
    this.#socket.on("disconnect", () => { this.state = "offline" })
    this.#socket.on("live", () => this.#live())
    this.#socket.on("signed_out", () => this.#over())
    this.#socket.onAny((name, payload) => { for (const fn of this.#ears.get(name) ?? []) fn(payload ?? {}, name) })
  }

  // fn(payload, name); gives back what stops it
  on(name, fn) {
    heard(name)
    const ears = this.#ears.get(name) ?? this.#ears.set(name, new Set()).get(name)
    ears.add(fn)
    return () => ears.delete(fn)
  }

  #live() {
    this.state = "live"
    this.#lives += 1
    this.dispatchEvent(new CustomEvent("resync", { detail: { spread: this.#lives > 1 ? 2_000 : 0 } }))
  }

  // booking was switched off, or the portal: the page says so itself
  #over() {
    this.#socket.disconnect()
    setTimeout(() => location.reload(), Math.random() * 1_000)
  }
}
