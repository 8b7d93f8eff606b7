// <kept-draft conversation hidden>: where nothing can be written any more, shows what had been begun, to be copied.
import { draftOf } from "../drafts.js"

customElements.define("kept-draft", class extends HTMLElement {
  connectedCallback() {
    const words = (draftOf(this.getAttribute("conversation"))?.body || this.dataset.draft || "").trim()
    this.querySelector("[data-words]").textContent = words
    this.querySelector("copy-text").dataset.text = words
    this.hidden = !words
  }
})
