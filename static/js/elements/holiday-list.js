// <holiday-list src country>: another country or region is chosen: its holidays take the place of the former one's.
import { fragment } from "../http.js"
import { morph } from "../morph.js"

customElements.define("holiday-list", class extends HTMLElement {
  #turn = 0

  connectedCallback() {
    this.addEventListener("change", this.#changed)
    if (this.#chosen("holiday_country") !== this.getAttribute("country")) this.#draw() // what was typed was refused
  }

  disconnectedCallback() { this.removeEventListener("change", this.#changed) }

  #changed = ({ target }) => { if (target.matches("select")) this.#draw() }

  #chosen(name) { return this.querySelector(`[name=${name}]`)?.value ?? "" }

  async #draw() {
    const turn = ++this.#turn
    const asked = new URLSearchParams({ holiday_country: this.#chosen("holiday_country"), holiday_region: this.#chosen("holiday_region") })
    const told = await fragment(`${this.getAttribute("src")}?${asked}`).catch(() => null) // no network: the line says so
    if (!told || turn !== this.#turn) return
    const fresh = document.createElement("div")
    morph(fresh, told.html)
    this.querySelector("[data-holidays]").replaceWith(fresh.firstElementChild)
  }
})
