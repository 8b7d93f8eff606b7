// <paper-over document>: round a page about a form; when the practice takes the form back, it says so in its place.
import { line } from "../line.js"

customElements.define("paper-over", class extends HTMLElement {
  #ends = []

  connectedCallback() {
    for (const name of ["document.withdrawn", "document.voided"]) this.#ends.push(line.on(name, (event) => event.document === this.getAttribute("document") && this.#over()))
  }

  disconnectedCallback() { for (const end of this.#ends.splice(0)) end() }

  #over() {
    const said = this.querySelector("[data-over]")
    for (const one of this.children) one.hidden = one !== said
    const foot = document.querySelector("[data-foot]")
    if (foot) foot.hidden = true
    said.focus()
  }
})
