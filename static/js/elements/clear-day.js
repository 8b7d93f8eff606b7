// <clear-day>: round the two forms of Clear a day. Whoever changes the question above sees at once who is affected, in
// <affected-list>, which follows what others book, move and cancel; what somebody took out of it stays out.
import { tag } from "../tag.js"
import { LiveRegion } from "./live-region.js"

const SHORTLY = 250
const STALE = 300

customElements.define("clear-day", class extends HTMLElement {
  #timer

  connectedCallback() {
    this.asks = this.querySelector("[data-passing]")
    if (!this.asks) return
    this.list = this.querySelector("affected-list")
    this.querySelector("[data-without-script]").hidden = true
    this.asks.addEventListener("input", () => this.#later())
    this.asks.addEventListener("submit", (event) => { event.preventDefault(); this.asks.reportValidity() && this.#ask() })
    this.list.addEventListener("affected", ({ detail }) => this.#says(detail))
    if (!this.list.getAttribute("src")) { // before the list is one
      this.list.setAttribute("src", this.#src)
      this.list.setAttribute("loads", "")
    }
  }

  disconnectedCallback() { clearTimeout(this.#timer) }

  get #src() {
    const asked = new URLSearchParams([...new FormData(this.asks)].filter(([, value]) => value))
    return `${new URL(this.asks.action).pathname}?${asked}`
  }

  #later() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ask(), SHORTLY)
  }

  #ask() {
    if (!this.asks.checkValidity()) return
    this.list.ask(this.#src)
    if (!this.closest("dialog")) history.replaceState(null, "", this.#src)
  }

  // the button is named by what it does
  #says(verb) {
    const button = this.querySelector("button[data-verb]")
    button.textContent = `${verb} those chosen`
    button.className = verb === "Cancel" ? "wa-danger" : "wa-brand"
  }
})

customElements.define("affected-list", class extends LiveRegion {
  #out = new Set() // appointments that somebody took out of it
  #known = null // null: another question was asked
  #stale

  connectedCallback() {
    super.connectedCallback()
    this.addEventListener("change", this.#chosen)
  }

  disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#stale)
    this.removeEventListener("change", this.#chosen)
  }

  // another question: its answer takes the place of this one
  ask(src) {
    if (src === this.getAttribute("src")) return
    const [parent, next] = [this.parentNode, this.nextSibling]
    this.remove()
    this.#known = null
    this.setAttribute("src", src)
    this.setAttribute("loads", "")
    parent.insertBefore(this, next)
    this.#stale = setTimeout(() => this.replaceChildren(tag("p", { class: "meta", role: "status" }, "Looking")), STALE)
  }

  show(html) {
    clearTimeout(this.#stale)
    super.show(html)
    for (const box of this.#boxes) {
      if (!box.disabled) box.checked = !this.#out.has(of(box))
      if (this.#known && !this.#known.has(of(box))) box.closest("li").dataset.fresh = ""
    }
    this.#known = new Set(this.#boxes.map(of))
    this.dispatchEvent(new CustomEvent("affected", { detail: this.querySelector("[data-verb]").dataset.verb }))
  }

  get #boxes() { return [...this.querySelectorAll("[name=chosen]")] }

  #chosen = ({ target }) => {
    if (target.checked) this.#out.delete(of(target))
    else this.#out.add(of(target))
  }
})

const of = (box) => box.value.split(".")[0]
