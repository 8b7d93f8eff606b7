// Where unsent messages wait on this device: IndexedDB, so that they outlive a reload; memory where there is none
// (a private window, a full disk), so that they at least go out while the page is open.
const NAME = "portico"

export class Store {
  #database = null
  #memory = new Map()
  #number = 0

  async add(entry) {
    const place = { ...entry, n: await this.#next() }
    await this.#write((store) => store.put(place), () => this.#memory.set(place.n, place))
    return place
  }

  put(entry) { return this.#write((store) => store.put(entry), () => this.#memory.set(entry.n, entry)) }

  async remove(entry) {
    this.#memory.delete(entry.n)
    await this.#write((store) => store.delete(entry.n), () => {})
  }

  // only those of this login and side, oldest first: nobody else's are ever read
  async of(login, side) {
    const kept = await this.#read((store) => store.index("whose").getAll(IDBKeyRange.only([login, side])))
    const held = [...this.#memory.values()].filter((one) => one.login === login && one.side === side)
    return [...kept, ...held].sort((a, b) => a.n - b.n)
  }

  // later is larger, also across tabs and reloads
  async #next() {
    const last = await this.#read((store) => store.getAllKeys())
    this.#number = Math.max(this.#number, ...last.filter(Number.isFinite), Date.now()) + 1
    return this.#number
  }

  async #write(ask, otherwise) {
    try {
      const database = await this.#open()
      await done(ask(database.transaction("outbox", "readwrite").objectStore("outbox")))
    } catch {
      otherwise() // no room or no database: kept in memory
    }
  }

  async #read(ask) {
    try {
      const database = await this.#open()
      return await done(ask(database.transaction("outbox").objectStore("outbox")))
    } catch {
      return []
    }
  }

  #open() {
    this.#database ??= new Promise((resolve, reject) => {
      const opening = indexedDB.open(NAME, 1)
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("outbox", { keyPath: "n" }).createIndex("whose", ["login", "side"])
      }
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    return this.#database
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
