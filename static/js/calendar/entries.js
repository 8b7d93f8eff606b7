// What is known of the entries in a range. Each is as new as the event up to which its answer was read; an older answer
// never stands over a newer one, and what an event named is asked for until an answer is at least as new. Pure.
export class Entries {
  #known = new Map() // id → { entry or null (gone), cursor }
  #wanted = new Map() // id → seq of the newest event that named it

  get all() { return [...this.#known.values()].filter(({ entry }) => entry).map(({ entry }) => entry) }

  get(id) { return this.#known.get(id)?.entry ?? null }

  has(id) { return Boolean(this.get(id)) }

  // an event named it
  want(id, seq) { this.#wanted.set(id, Math.max(seq, this.#wanted.get(id) ?? -1)) }

  // what still has to be asked for
  get wanted() { return [...this.#wanted.keys()] }

  // a whole range was read, up to this event: what is not in it is gone. Gives the ids that changed.
  settle(entries, cursor) {
    const there = new Set(entries.map(({ id }) => id))
    const gone = [...this.#known.keys()].filter((id) => !there.has(id))
    return [...this.#take(entries, cursor), ...this.#drop(gone, cursor)]
  }

  // these ids were asked for alone
  update(ids, entries, cursor) {
    const there = new Set(entries.map(({ id }) => id))
    return [...this.#take(entries, cursor), ...this.#drop(ids.filter((id) => !there.has(id)), cursor)]
  }

  // it is over by itself: a time that was held
  drop(id) {
    const known = this.#known.get(id)
    if (known) known.entry = null
  }

  clear() {
    this.#known.clear()
    this.#wanted.clear()
  }

  #take(entries, cursor) {
    const newer = entries.filter(({ id }) => this.#newer(id, cursor))
    const changed = newer.filter((entry) => !same(this.get(entry.id), entry)).map(({ id }) => id)
    for (const entry of newer) this.#known.set(entry.id, { entry: changed.includes(entry.id) ? entry : this.get(entry.id), cursor })
    for (const { id } of entries) this.#answered(id, cursor)
    return changed
  }

  #drop(ids, cursor) {
    const gone = ids.filter((id) => this.#newer(id, cursor) && this.has(id))
    for (const id of ids) {
      if (this.#newer(id, cursor)) this.#known.set(id, { entry: null, cursor })
      this.#answered(id, cursor)
    }
    return gone
  }

  #newer(id, cursor) { return cursor >= (this.#known.get(id)?.cursor ?? -1) }

  #answered(id, cursor) { if ((this.#wanted.get(id) ?? Infinity) <= cursor) this.#wanted.delete(id) }
}

// who did it last is told with some answers only
function same(one, other) {
  return one !== null && JSON.stringify({ ...one, done: null }) === JSON.stringify({ ...other, done: null })
}
