// Operations on their way to the server: one at a time, in order, each once, kept on this device until it is there.
// Typing into one field is one operation a second. Pure: line, store and clock are given, so that tests can stand in.
const TYPING = 1_000
const RETRY = 3_000 // what nobody answered in time, though the line is there
const TYPED = new Set(["text", "help", "title", "description", "unit", "options", "bands"])

// "changed": something was queued, saved, refused. detail: { kind, entry?, saved?, refused? }
export class Saving extends EventTarget {
  version
  entries
  #form
  #tab
  #line
  #store
  #wait
  #busy = null
  #timer = null
  #later = null

  // tab: this page's name, or what tells it; store: { read(), write(kept) }; wait(ms, run) is setTimeout and gives what clears it
  constructor({ form, tab, version, line, store, wait = (ms, run) => { const timer = setTimeout(run, ms); return () => clearTimeout(timer) } }) {
    super()
    Object.assign(this, { version, entries: store.read()?.entries ?? [] })
    this.#form = form
    this.#tab = tab
    this.#line = line
    this.#store = store
    this.#wait = wait
  }

  get waiting() { return this.entries.length }

  // words: what this change says, for when it cannot be saved
  add(operation, words = "") {
    const last = this.entries.at(-1)
    const field = typedField(operation)
    if (field && last && !last.sent && typedField(last.operation) === field) {
      last.operation = merged(last.operation, operation)
      last.words = words || last.words
    } else {
      this.entries.push({ key: crypto.randomUUID(), operation, words, typed: Boolean(field), sent: null })
    }
    this.#keep()
    this.#tell("queued")
    this.flush(Boolean(field))
  }

  // the newest that nobody sent yet, taken back before anybody saw it
  takeBack() {
    const last = this.entries.at(-1)
    if (!last || last.sent) return null
    this.entries.pop()
    this.#keep()
    this.#tell("queued")
    return last
  }

  turnBack(again) {
    this.entries.push({ key: crypto.randomUUID(), turn: again ? "again" : "back", words: "", typed: false, sent: null })
    this.#keep()
    this.#tell("queued")
    this.flush()
  }

  // Resolves when nothing more can be sent now. `soon`: typing goes on, and goes out in a moment.
  flush(soon = false) {
    if (soon && this.entries.length === 1) {
      this.#timer ??= this.#wait(TYPING, () => { this.#timer = null; this.flush() })
      return Promise.resolve()
    }
    this.#timer?.()
    this.#timer = null
    this.#busy ??= this.#sendAll().finally(() => { this.#busy = null })
    return this.#busy
  }

  // Nobody will send these: gives their words, and forgets them.
  giveUp() {
    const words = this.entries.map((entry) => entry.words).filter(Boolean)
    this.entries = []
    this.#keep()
    return words
  }

  async #sendAll() {
    while (this.entries.length && this.#line.state === "live") {
      if (this.#timer && this.entries.length === 1) return // somebody types: its moment comes
      if (!(await this.#send(this.entries[0]))) return
    }
  }

  async #send(entry) {
    entry.sent ??= { tab: typeof this.#tab === "function" ? this.#tab() : this.#tab, version: this.version }
    this.#keep()
    try {
      const saved = await this.#line.ask(...this.#asked(entry), { key: entry.key, once: true })
      this.version = saved.version
      this.entries = this.entries.filter((one) => one !== entry)
      this.#keep()
      this.#tell("saved", { entry, saved })
      return true
    } catch (refused) {
      if (refused.undecided) {
        this.#tell("held", { entry })
        this.#later ??= this.#wait(RETRY, () => { this.#later = null; this.flush() })
        return false
      }
      this.#tell("refused", { entry, refused })
      return false
    }
  }

  #asked({ operation, turn, sent }) {
    const common = { form: this.#form, ...sent }
    return turn ? ["form.turn_back", { ...common, again: turn === "again" }] : ["form.edit", { ...common, operation }]
  }

  #keep() { this.#store.write(this.entries.length ? { entries: this.entries } : null) }

  #tell(kind, detail = {}) { this.dispatchEvent(new CustomEvent("changed", { detail: { kind, ...detail } })) }
}

function typedField(operation) {
  const names = Object.keys(operation?.fields ?? {})
  if (names.length !== 1 || !TYPED.has(names[0])) return null
  return `${operation.do}:${operation.item ?? ""}:${names[0]}`
}

// Numbers of options speak of those before the first of the two.
function merged(before, after) {
  if (!after.fields.options) return after
  const options = after.fields.options.map((option) => {
    const first = Number.isInteger(option.was) ? before.fields.options[option.was] : null
    if (!first) return option
    const { was: _, ...rest } = option
    return { ...rest, ...(Number.isInteger(first.was) ? { was: first.was } : { code: first.code }) }
  })
  return { ...after, fields: { options } }
}
