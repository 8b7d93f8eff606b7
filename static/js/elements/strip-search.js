// Round the search in the strip: Ctrl K, on a Mac ⌘ K, goes there from anywhere on the page. What was typed is handed to
// the search page in this tab alone.
import { handOver } from "../searching.js"

const mac = /mac/i.test(navigator.userAgentData?.platform ?? navigator.platform)

customElements.define("strip-search", class extends HTMLElement {
  connectedCallback() {
    if (mac) this.querySelector("kbd").textContent = "⌘ K"
    addEventListener("keydown", this.#pressed)
    this.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); handOver(event.target) })
  }

  disconnectedCallback() { removeEventListener("keydown", this.#pressed) }

  #pressed = (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    const field = this.querySelector("input")
    if (!field.checkVisibility() || document.querySelector("dialog:modal")) return
    event.preventDefault()
    field.focus()
    field.select()
  }
})
