// Says to a screen reader what came in: politely, and at most one sentence every five seconds.
const QUIET = 5_000

export class Announcing {
  #status
  #heard = []
  #timer = null

  constructor(status) { this.#status = status }

  message(name, words) {
    this.#heard.push(`${name}: ${words}`)
    this.#timer ??= setTimeout(() => this.#say(), this.#heard.length === 1 ? 300 : QUIET)
  }

  // what was taken back is not read out, and does not stay where a screen reader finds it
  takeBack() {
    this.#heard = []
    this.#status.textContent = ""
  }

  #say() {
    const heard = this.#heard.splice(0)
    this.#status.textContent = heard.length > 2 ? `${heard.length} new messages` : heard.join(". ")
    this.#timer = setTimeout(() => this.#rest(), QUIET)
  }

  #rest() {
    this.#timer = null
    this.#status.textContent = ""
    if (this.#heard.length) this.#say()
  }
}
