// Which entries are highlighted because they just changed, and until when. Drawing one costs as much as drawing many, so
// what is nearly over goes along when something else is drawn. Pure.
const FRESH = 2_400
const READABLE = 9_000 // who did it
export const NEARLY = 3_000

export class Fresh {
  #until = new Map() // id → moment

  constructor(now) { this.now = now }

  mark(id, readable) { this.#until.set(id, this.now() + (readable ? READABLE : FRESH)) }

  has(id) { return this.#until.has(id) }

  // those whose highlight ends within so many milliseconds, but for these; they are fresh no longer
  over(early = 0, besides = []) {
    const ids = [...this.#until].filter(([id, until]) => until <= this.now() + early && !besides.includes(id)).map(([id]) => id)
    for (const id of ids) this.#until.delete(id)
    return ids
  }

  // how long until the next is over; null: none is fresh
  get wait() { return this.#until.size ? Math.max(0, Math.min(...this.#until.values()) - this.now()) : null }
}
