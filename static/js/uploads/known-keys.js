// The key under which a file was begun, by what this device knows of it: whoever chooses the same file again after a
// reload, for the same client, goes on where it stopped. Names stay on this device, for a day.
const DAY = 24 * 3600_000

export class KnownKeys {
  #store
  #name
  #now

  constructor({ store, login, now = Date.now }) {
    this.#store = store
    this.#name = `portico-uploads:${login}`
    this.#now = now
  }

  keyOf(file, client) {
    const known = this.#read()
    const mark = markOf(file, client)
    const key = known[mark]?.key ?? crypto.randomUUID()
    this.#write({ ...known, [mark]: { key, at: known[mark]?.at ?? this.#now() } })
    return key
  }

  forget(key) {
    this.#write(Object.fromEntries(Object.entries(this.#read()).filter(([, one]) => one.key !== key)))
  }

  #read() {
    let found = {}
    try { found = JSON.parse(this.#store.getItem(this.#name)) ?? {} } catch { /* somebody else wrote there */ }
    return Object.fromEntries(Object.entries(found).filter(([, one]) => one.at > this.#now() - DAY))
  }

  #write(known) {
    try { this.#store.setItem(this.#name, JSON.stringify(known)) } catch { /* no room: a reload begins anew */ }
  }
}

const markOf = (file, client) => `${client}:${file.name}:${file.size}:${file.lastModified}`
