// <row-list least="1">: lines that people add, remove and move. [data-rows] holds them, <template> is a blank one;
// [data-add] adds it, and inside a line [data-remove], [data-up] and [data-down] do what they say. "rows" tells of it.
export class RowList extends HTMLElement {
  connectedCallback() { this.addEventListener("click", this.#pressed) }

  disconnectedCallback() { this.removeEventListener("click", this.#pressed) }

  get rows() { return [...this.querySelector("[data-rows]").children] }

  get #least() { return Number(this.getAttribute("least") ?? 0) }

  add() {
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true)
    this.querySelector("[data-rows]").append(row)
    return row
  }

  #pressed = ({ target }) => {
    const button = target.closest("button")
    const row = button?.closest("[data-row]")
    if (button?.matches("[data-add]")) this.#focus(this.add())
    else if (button?.matches("[data-remove]")) this.#remove(row)
    else if (button?.matches("[data-up]")) this.#move(button, row, row.previousElementSibling, "before")
    else if (button?.matches("[data-down]")) this.#move(button, row, row.nextElementSibling, "after")
    else return
    this.closest("form")?.toggleAttribute("data-typed", true) // what others save does not replace it
    this.dispatchEvent(new CustomEvent("rows", { bubbles: true }))
  }

  // the last line there must be is emptied instead
  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling
    if (this.rows.length <= this.#least) {
      for (const field of row.querySelectorAll("input:not([type=hidden]), textarea")) field.value = ""
      return this.#focus(row)
    }
    row.remove()
    if (next) this.#focus(next)
    else this.querySelector("[data-add]").focus()
    return undefined
  }

  #move(button, row, other, where) {
    other?.[where](row)
    button.focus()
  }

  #focus(row) { row.querySelector("input:not([type=hidden]), select, textarea").focus() }
}

customElements.define("row-list", RowList)
