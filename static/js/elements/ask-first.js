// <ask-first data-title data-words data-stay data-go>: round a form that cannot be taken back. Its button asks first;
// without a script it acts at once.
import { ask } from "../dialog.js"

customElements.define("ask-first", class extends HTMLElement {
  connectedCallback() { this.addEventListener("submit", this.#asked) }

  disconnectedCallback() { this.removeEventListener("submit", this.#asked) }

  #asked = async (event) => {
    event.preventDefault()
    const action = event.target.getAttribute("action")
    const [title, words, keep, go] = ["title", "words", "stay", "go"].map((name) => this.dataset[name])
    if (!(await ask({ title, words, keep, go, tone: "danger" }))) return
    // the list may have been drawn anew meanwhile; what cannot be removed any more has no such form
    document.querySelector(`ask-first form[action="${CSS.escape(action)}"]`)?.submit()
  }
})
