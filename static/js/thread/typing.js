// "Karen is typing": who types in this conversation now. A sign that is not renewed ends by itself.
const LASTS = 7_000

export class Typing {
  #line
  #names = new Map()

  constructor(line) { this.#line = line }

  set(seat, name, on) {
    clearTimeout(this.#names.get(seat)?.timer)
    if (on) this.#names.set(seat, { name, timer: setTimeout(() => this.set(seat, name, false), LASTS) })
    else this.#names.delete(seat)
    this.#show()
  }

  clear() {
    for (const { timer } of this.#names.values()) clearTimeout(timer)
    this.#names.clear()
    this.#show()
  }

  #show() {
    const names = [...this.#names.values()].map((one) => one.name)
    this.#line.hidden = names.length === 0
    const last = names.pop()
    this.#line.querySelector("[data-words]").textContent = names.length ? `${names.join(", ")} and ${last} are typing` : last ? `${last} is typing` : ""
  }
}
