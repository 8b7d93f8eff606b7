// <message-search>: round the form of the search page and, as data-part="found", what it found. The form is posted in
// place; who goes on to a message and comes back finds what was found.
import { failure } from "../failure.js"
import { postForPage } from "../http.js"
import { lookedFor, remember } from "../searching.js"

customElements.define("message-search", class extends HTMLElement {
  #asked = 0

  connectedCallback() {
    this.form = this.querySelector("form")
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#look() })
    const before = lookedFor()
    if (!before) return
    for (const [name, words] of Object.entries(before)) this.form.elements[name].value = words
    this.#look()
  }

  get #found() { return this.querySelector("[data-part=found]") }

  async #look() {
    const asked = ++this.#asked
    remember(this.form)
    this.#found.replaceChildren(this.querySelector("template").content.cloneNode(true))
    try {
      const page = await postForPage(this.form.action, new FormData(this.form))
      if (asked === this.#asked) this.#found.replaceChildren(...page.querySelector("[data-part=found]").childNodes)
    } catch (refused) {
      if (asked === this.#asked) this.#found.replaceChildren(failure(refused, () => this.#look()))
    }
  }
})
