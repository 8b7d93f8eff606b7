// Where the reader is in a thread. New rows are followed only from its end; otherwise nothing under the eye moves.
const NEAR = 60

export class Place {
  #thread
  #atEnd = true
  #moved

  // moved() is called when the reader has scrolled, or was taken somewhere
  constructor(thread, moved) {
    this.#thread = thread
    this.#moved = moved
    thread.addEventListener("scroll", () => this.#look(), { passive: true })
    this.resizing = new ResizeObserver(() => { if (this.#atEnd) this.toEnd() })
    this.resizing.observe(thread)
  }

  get atEnd() { return this.#atEnd }
  get nearTop() { return this.#thread.scrollTop < 600 }

  toEnd() {
    this.#thread.scrollTop = this.#thread.scrollHeight
    this.#look()
  }

  to(row) {
    row.scrollIntoView({ block: "center" })
    this.#look()
  }

  // rows come in below the end that is in sight: the reader goes on reading, not to the new end
  staying(change) {
    this.#atEnd = false
    change()
    this.#look()
  }

  // run what changes the rows, and put the reader back to where they were
  keep(change) {
    const stays = this.#atEnd ? null : this.#firstInSight()
    const top = stays?.getBoundingClientRect().top
    change()
    if (this.#atEnd) this.toEnd()
    else if (stays?.isConnected) this.#thread.scrollTop += stays.getBoundingClientRect().top - top
  }

  stop() { this.resizing.disconnect() }

  #firstInSight() {
    const { top } = this.#thread.getBoundingClientRect()
    return [...this.#thread.children].find((row) => row.dataset.line && row.getBoundingClientRect().bottom > top)
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.#thread
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR
    this.#moved()
  }
}
