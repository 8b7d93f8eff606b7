// A piece of the page that is fetched again when something changed. One fetch at a time; another one follows when a
// newer event came meanwhile; an older answer is never shown. Pure: how to fetch and how to wait are given.
const PAUSE = 250
const LONGEST = 15_000

export class Fragment extends EventTarget {
  #fetch
  #wanted
  #again = false
  #running = null
  #soon = null
  #askers = new Set()
  #wait

  constructor(fetch, have = null, wait = (ms) => new Promise((done) => setTimeout(done, ms))) {
    super()
    this.#fetch = fetch
    this.#wait = wait
    this.have = have ?? -1
    this.#wanted = this.have
  }

  // seq: something changed with this event; undefined: fetch whatever is there
  want(seq) {
    if (seq === undefined) this.#again = true
    else this.#wanted = Math.max(this.#wanted, seq)
    if (this.#again || this.#wanted > this.have) this.#running ??= this.#run()
    return this.#running ?? Promise.resolve()
  }

  // Whatever is there, within `spread` ms: asked for by each element that shows it, fetched once, if one of them still is.
  anew(spread, there) {
    this.#askers.add(there)
    this.#soon ??= this.#wait(Math.random() * spread).then(() => {
      const askers = [...this.#askers]
      this.#askers.clear()
      this.#soon = null
      return askers.some((one) => one()) ? this.want() : null
    })
    return this.#soon
  }

  // over in the same step in which nothing more is wanted: who wants more a moment later starts anew
  async #run() {
    try {
      for (let misses = 0; this.#again || this.#wanted > this.have;) {
        this.#again = false
        const got = await this.#once()
        if (got === "stop") return
        misses = got && this.have >= this.#wanted ? 0 : misses + 1
        if (this.#again || misses) await this.#wait(Math.min(PAUSE * 2 ** misses, LONGEST))
      }
    } finally {
      this.#running = null
    }
  }

  // true: shown; false: try again; "stop": it will not come by trying again
  async #once() {
    try {
      const aimed = this.#wanted
      const got = await this.#fetch()
      const cursor = got.cursor ?? aimed // a door that does not say: at least as new as the event it was asked for
      if (cursor < this.have) return false
      this.have = cursor
      this.dispatchEvent(new CustomEvent("content", { detail: { ...got, cursor } }))
      return true
    } catch (refused) {
      this.dispatchEvent(new CustomEvent("failed", { detail: refused }))
      if (!refused.undecided || refused.code === "signed-out" || refused.code === "locked") return "stop"
      this.#again = true
      return false
    }
  }
}
