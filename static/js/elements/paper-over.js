// <paper-over document>: round a page about a form; when the practice takes the form back, it says so in its place; when
// it is handed in on another page, its receipt comes.
import { line } from "../line.js"

customElements.define("paper-over", class extends HTMLElement {
  #ends = []
  #sends = false // this page hands it in itself

  connectedCallback() {
    for (const name of ["document.withdrawn", "document.voided"]) this.#ends.push(line.on(name, (event) => event.document === this.getAttribute("document") && this.#over()))
    this.addEventListener("submit", () => { this.#sends = true })
    this.#ends.push(line.on("document.submitted", (event) => event.document === this.getAttribute("document") && this.#leave()))
  }

  disconnectedCallback() { for (const end of this.#ends.splice(0)) end() }

  // the review of what is handed in leads to its receipt
  #leave() {
    const form = this.querySelector("form.review")
    if (form && !this.#sends) location.assign(form.action.replace(/submit$/, "review"))
  }

  #over() {
    const said = this.querySelector("[data-over]")
    for (const one of this.children) one.hidden = one !== said
    const foot = document.querySelector("[data-foot]")
    if (foot) foot.hidden = true
    said.focus()
  }
})
