// The rows of one conversation on the screen. Every change keeps the reader's place; applying one twice changes nothing.
import { arrange } from "./arrange.js"
import { settle } from "./settle.js"

export class View {
  constructor({ thread, rows, place }) {
    Object.assign(this, { thread, rows, place })
  }

  row(id) { return this.thread.querySelector(`:scope > [data-line="${CSS.escape(id)}"]`) }

  waiting(key) { return key ? this.thread.querySelector(`:scope > [data-key="${CSS.escape(key)}"]`) : null }

  // what stands last: rows that wait to be sent, and the line that says who types
  get end() { return this.thread.querySelector(":scope > .waiting") ?? this.typingLine }

  get typingLine() { return this.thread.querySelector(":scope > .typing") }

  get older() { return this.thread.dataset.older || null }
  get newer() { return this.thread.dataset.newer || null }

  get lastOfOthers() { return [...this.thread.querySelectorAll(":scope > [data-kind=message][data-line]:not(.own)")].at(-1) ?? null }

  ownUpTo(id) {
    const rows = [...this.thread.querySelectorAll(":scope > [data-kind=message][data-line], :scope > [data-kind=deleted]")]
    const last = rows.findIndex((row) => row.dataset.line === id)
    return rows.slice(0, last + 1).filter((row) => row.matches(".own[data-kind=message]"))
  }

  add(line, { unread = false } = {}) {
    if (this.row(line.id)) return null
    const row = this.rows.of(line)
    this.change(() => {
      if (unread) this.#markUnread()
      this.thread.insertBefore(row, this.end)
    })
    return row
  }

  // the true row takes the place of the one that waited under this key
  become(waiting, line) {
    this.change(() => {
      waiting.remove()
      if (!this.row(line.id)) this.thread.insertBefore(this.rows.of(line), this.end)
    })
  }

  wait(entry) {
    if (this.waiting(entry.key)) return
    this.change(() => this.typingLine.before(this.rows.pending(entry)))
  }

  swap(row, line) { this.change(() => row.replaceWith(this.rows.of(line))) }

  remove(row) { this.change(() => row.remove()) }

  // page: LinesPage, the latest lines
  settle(page) {
    this.change(() => {
      const { joined } = settle(this.thread, page.lines.filter((line) => line.kind !== "day").map((line) => this.rows.of(line)), this.end)
      if (!joined) this.thread.dataset.older = page.older ?? ""
      this.thread.dataset.newer = page.newer ?? ""
    })
  }

  prepend(page) {
    const fresh = page.lines.filter((line) => line.kind !== "day" && !(line.id && this.row(line.id)))
    this.change(() => {
      this.thread.prepend(...fresh.map((line) => this.rows.of(line)))
      this.thread.dataset.older = page.older ?? ""
    })
  }

  append(page) {
    const fresh = page.lines.filter((line) => line.kind !== "day" && !(line.id && this.row(line.id)))
    this.change(() => {
      for (const line of fresh) this.thread.insertBefore(this.rows.of(line), this.end)
      this.thread.dataset.newer = page.newer ?? ""
    })
  }

  change(run) {
    this.place.keep(() => {
      run()
      this.arrange()
    })
  }

  // wherever the reader is
  arrange() { arrange(this.thread, (at) => this.rows.of({ kind: "day", at })) }

  // the reader has seen the end: what comes next is new after this
  seen() { this.thread.querySelector(":scope > [data-kind=unread]")?.toggleAttribute("data-seen", true) }

  #markUnread() {
    const rule = this.thread.querySelector(":scope > [data-kind=unread]")
    if (rule && !rule.hasAttribute("data-seen")) return
    rule?.remove()
    this.thread.insertBefore(this.rows.of({ kind: "unread" }), this.end)
  }
}
