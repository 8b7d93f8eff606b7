// The latest events, so that what is drawn from an older state can be brought up to now.
const MOST = 500

export class Recent {
  #events = []
  #from = null

  // from: everything after this seq is kept here, until the oldest are let go
  constructor(from = null) { this.#from = from }

  add(name, event) {
    this.#events.push({ name, event })
    if (this.#events.length > MOST) this.#from = this.#events.shift().event.seq
  }

  // what was heard after this seq, oldest first; null when some of it is no longer here
  since(seq) {
    if (seq === null || this.#from === null || seq < this.#from) return null
    return this.#events.filter(({ event }) => event.seq > seq)
  }

  // a gap in what was heard: the past before it cannot be told any more
  forget(from) {
    this.#events = []
    this.#from = from
  }
}
