// Sends what waits: one at a time, each after the former's acknowledgement, in the order of writing, once. Pure: store,
// line, lock, uploads and clock are given, so that tests can stand in for them.
const DAY = 24 * 3600_000
const LINE = new Set(["offline", "unanswered", "signed-out", "locked"])

export class Queue extends EventTarget {
  #store
  #line
  #lock
  #upload
  #now
  #whose
  #draining = null
  #again = false
  #coming = new Set() // what is being written down just now

  // whose: { login, side } of the page; lock(run) holds off the other tabs of the same login; upload(file) gives an id
  constructor({ store, line, lock, upload, whose, now = () => Date.now() }) {
    super()
    this.#store = store
    this.#line = line
    this.#lock = lock
    this.#upload = upload
    this.#whose = whose
    this.#now = now
  }

  // entry: { name, conversation, client, body, files }. Stands in the outbox when the promise resolves.
  add(entry) {
    const adding = this.#written(entry).finally(() => this.#coming.delete(adding))
    this.#coming.add(adding)
    return adding
  }

  // Those that are written down by now, and those that somebody wrote a moment ago: who signs out is told of them too.
  async entries() {
    await Promise.allSettled(this.#coming)
    return this.#store.of(this.#whose.login, this.#whose.side)
  }

  async #written({ key = crypto.randomUUID(), ...entry }) {
    const kept = await this.#store.add({ files: [], ...entry, ...this.#whose, key, at: this.#now(), state: "waiting" })
    this.#tell("added", kept)
    this.drain()
    return kept
  }

  // the person said that a refused or an old one shall go out
  async again(key) {
    const entry = await this.#entry(key)
    if (!entry) return
    await this.#change(entry, { state: "waiting", confirmed: true, detail: "" })
    this.drain()
  }

  async remove(key) {
    const entry = await this.#entry(key)
    if (!entry) return
    await this.#store.remove(entry)
    this.#tell("removed", entry)
  }

  async erase() { for (const entry of await this.entries()) await this.remove(entry.key) }

  // Try to send. Resolves when nothing more can be sent now.
  drain() {
    this.#again = true
    this.#draining ??= this.#run()
    return this.#draining
  }

  // over in the same step in which nothing more is wanted: who drains a moment later starts anew
  async #run() {
    try {
      while (this.#again) {
        this.#again = false
        await this.#lock(() => this.#sendAll())
      }
    } finally {
      this.#draining = null
    }
  }

  async #sendAll() {
    while (this.#line.state === "live") {
      const entry = await this.#next()
      if (!entry || !(await this.#send(entry))) return
    }
  }

  async #next() {
    for (const entry of await this.entries()) {
      if (entry.state !== "waiting") continue
      if (entry.confirmed || this.#now() - entry.at < DAY) return entry
      await this.#change(entry, { state: "asks" })
    }
    return null
  }

  // false: not decided, it stays where it is
  async #send(entry) {
    try {
      const { name, conversation, body, key } = entry
      const files = await this.#uploaded(entry)
      const waits = (detail) => this.#tell("held", { ...entry, detail })
      const answer = await this.#line.ask(name, { conversation, body, ...(files.length ? { files } : {}) }, { key, once: true, waits })
      await this.#store.remove(entry)
      this.#tell("sent", entry, answer)
      return true
    } catch (refused) {
      if (refused.undecided) return this.#held(entry, refused)
      await this.#change(entry, { state: "refused", detail: refused.message })
      return true
    }
  }

  // what the server said meanwhile is shown; of a lost line its own state tells
  #held(entry, { code, message }) {
    if (!LINE.has(code)) this.#tell("held", { ...entry, detail: message })
    return false
  }

  async #uploaded(entry) {
    for (const file of entry.files) {
      if (file.id) continue
      file.id = await this.#upload(file)
      delete file.blob
      await this.#store.put(entry)
    }
    return entry.files.map((file) => file.id)
  }

  async #entry(key) { return (await this.entries()).find((entry) => entry.key === key) }

  async #change(entry, facts) {
    Object.assign(entry, facts)
    await this.#store.put(entry)
    this.#tell(entry.state, entry)
  }

  #tell(kind, entry, answer = null) { this.dispatchEvent(new CustomEvent("change", { detail: { kind, entry, answer } })) }
}
