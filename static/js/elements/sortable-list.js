// <sortable-list>: the lines of its list are put in order by dragging [data-handle], or with the arrow keys while that has
// the focus. A button data-adds="request" adds what <template data-line="request"> draws. Fires "arranged" when the order
// changed.
import { sortableLibrary } from "../sortable-library.js"

customElements.define("sortable-list", class extends HTMLElement {
  #sortable = null

  get list() { return this.querySelector("[data-list]") }

  async connectedCallback() {
    this.addEventListener("keydown", this.#move)
    this.addEventListener("click", this.#add)
    const { Sortable } = await sortableLibrary()
    if (!this.isConnected || this.#sortable) return
    this.#sortable = Sortable.create(this.list, { handle: "[data-handle]", animation: 120, onEnd: () => this.#arranged() })
    this.toggleAttribute("ready", true)
  }

  disconnectedCallback() {
    this.removeEventListener("keydown", this.#move)
    this.removeEventListener("click", this.#add)
    this.#sortable?.destroy()
    this.#sortable = null
  }

  add(kind, fill = () => {}) {
    const row = this.querySelector(`template[data-line=${kind}]`).content.cloneNode(true).firstElementChild
    fill(row)
    this.list.append(row)
    this.#arranged()
    return row
  }

  #move = (event) => {
    const handle = event.target.closest("[data-handle]")
    const row = handle?.closest("li")
    if (!row || !["ArrowUp", "ArrowDown"].includes(event.key)) return
    event.preventDefault()
    if (event.key === "ArrowUp") row.previousElementSibling?.before(row)
    else row.nextElementSibling?.after(row)
    handle.focus()
    this.#arranged()
  }

  #add = (event) => {
    const button = event.target.closest("button[data-adds]")
    if (button) this.add(button.dataset.adds).querySelector("input")?.focus()
  }

  #arranged() { this.dispatchEvent(new CustomEvent("arranged", { bubbles: true })) }
})
