// <conversation-list src on>: the inbox, latest first, live. While a pointer or the focus is on it nothing moves: rows
// are brought up to date where they stand, and "2 new above" waits to be pressed.
import { morph } from "../morph.js"
import { LiveRegion } from "./live-region.js"

customElements.define("conversation-list", class extends LiveRegion {
  #held = null

  connectedCallback() {
    super.connectedCallback()
    this.addEventListener("pointerleave", this.#release)
    this.addEventListener("focusout", this.#left)
    this.addEventListener("click", this.#pressed)
    this.#mark()
  }

  disconnectedCallback() {
    super.disconnectedCallback()
    this.removeEventListener("pointerleave", this.#release)
    this.removeEventListener("focusout", this.#left)
    this.removeEventListener("click", this.#pressed)
  }

  // which conversation is open; the server does not know it when it draws the list alone
  set current(href) {
    this.dataset.current = href
    this.#mark()
  }

  show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html")
    if (this.#busy && this.#moves(fresh)) return this.#hold(html, fresh)
    this.#held = null
    morph(this, html)
    return this.#mark()
  }

  get #busy() { return this.matches(":hover") || Boolean(this.querySelector(":focus-visible")) }

  #moves(fresh) { return keysOf(fresh).join() !== keysOf(this).join() }

  #hold(html, fresh) {
    this.#held = html
    for (const row of fresh.querySelectorAll(".talk[data-key]")) this.#refresh(row)
    const above = this.querySelector("[data-above]")
    if (!above) return
    const first = keysOf(this)[0]
    const news = Math.max(keysOf(fresh).indexOf(first), 1)
    above.hidden = false
    above.querySelector("span").textContent = `${news} new above`
  }

  #refresh(row) {
    const shown = this.querySelector(`.talk[data-key="${CSS.escape(row.dataset.key)}"]`)
    if (!shown) return
    shown.className = row.className
    morph(shown, row.innerHTML)
  }

  #release = () => { if (this.#held && !this.#busy) this.show(this.#held) }
  #left = () => requestAnimationFrame(this.#release)

  #pressed = (event) => {
    if (!event.target.closest("[data-above]")) return
    const html = this.#held
    this.#held = null
    if (html) morph(this, html)
    this.#mark()
    this.closest(".pane-scroll")?.scrollTo({ top: 0 })
  }

  #mark() {
    const current = this.dataset.current
    if (!current) return
    for (const row of this.querySelectorAll(".talk")) {
      if (row.getAttribute("href") === current) row.setAttribute("aria-current", "true")
      else row.removeAttribute("aria-current")
    }
  }
})

const keysOf = (within) => [...within.querySelectorAll(".talk[data-key]")].map((row) => row.dataset.key)
