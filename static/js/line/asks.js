// Asks that wait for their acknowledgement. While the line is open each is sent; after a loss or a silence it is sent
// again, unchanged, in the order of asking, so an ask that changes something carries a key that makes a twin harmless.
import { Refused } from "../refused.js"

const SILENCE = 10_000
const LONGEST_PAUSE = 15_000
const LATER = new Set(["slow-down", "busy", "database-away", "database-full"])

export class Asks {
  #waiting = new Set()
  #open = false
  #emit
  #after

  // emit(name, payload, acknowledge) writes to the socket; after(ms, run) is setTimeout
  constructor(emit, after = (ms, run) => setTimeout(run, ms)) {
    this.#emit = emit
    this.#after = after
  }

  // once: given up when the line is or goes away, for what keeps its own copy or is worth nothing later
  // patience: how long (ms) it waits for a line that is away; for what a person has asked for and looks at
  // waits(sentence): told when the server says to ask again later, which is done by itself
  ask(name, payload = {}, { key = null, once = false, patience = 0, waits = () => {} } = {}) {
    if (once && !this.#open && !patience) return Promise.reject(new Refused({ code: "offline" }))
    return new Promise((resolve, reject) => {
      const ask = { name, payload: key ? { ...payload, key } : payload, once, waits, resolve, reject, sent: false, turn: 0, tries: 0 }
      this.#waiting.add(ask)
      if (this.#open) this.#send(ask)
      if (patience) this.#after(patience, () => { if (!this.#open && this.#waiting.has(ask)) this.#refuse(ask, { code: "offline" }) })
    })
  }

  open() {
    this.#open = true
    for (const ask of this.#waiting) this.#send(ask)
  }

  close() {
    this.#open = false
    for (const ask of this.#waiting) {
      ask.turn += 1
      if (ask.once && ask.sent) this.#refuse(ask, { code: "offline" })
    }
  }

  #send(ask) {
    const turn = ++ask.turn
    ask.sent = true
    this.#emit(ask.name, ask.payload, (answer) => this.#answered(ask, answer))
    this.#after(SILENCE, () => this.#silent(ask, turn))
  }

  #answered(ask, answer) {
    if (!this.#waiting.has(ask)) return
    if (answer?.ok) return this.#settle(ask, () => ask.resolve(answer))
    const error = answer?.error ?? {}
    if (LATER.has(error.code)) return this.#later(ask, error)
    this.#refuse(ask, error)
  }

  #later(ask, error) {
    const turn = ++ask.turn
    ask.waits(error.detail ?? "")
    const grown = Math.min(500 * 2 ** ask.tries++, LONGEST_PAUSE)
    const pause = Math.max(grown, (error.retry_after ?? 0) * 1000)
    this.#after(pause, () => { if (this.#open && ask.turn === turn && this.#waiting.has(ask)) this.#send(ask) })
  }

  #silent(ask, turn) {
    if (ask.turn !== turn || !this.#waiting.has(ask)) return
    if (ask.once) return this.#refuse(ask, { code: "unanswered" })
    if (this.#open) this.#send(ask)
  }

  #refuse(ask, error) { this.#settle(ask, () => ask.reject(new Refused(error))) }

  #settle(ask, tell) {
    this.#waiting.delete(ask)
    tell()
  }
}
