// <booking-preview src part on>: the free times that clients will find, as a live region that also asks anew when another
// service, practitioner, length or week is chosen. What was chosen stays chosen whatever is saved.
import { LiveRegion } from "./live-region.js"

class BookingPreview extends LiveRegion {
  connectedCallback() {
    if (this.#at === null) this.#ask(new URLSearchParams(new FormData(this.#form)), false)
    super.connectedCallback()
    this.addEventListener("change", this.#chosen)
    this.addEventListener("submit", this.#turned)
  }

  disconnectedCallback() {
    super.disconnectedCallback()
    this.removeEventListener("change", this.#chosen)
    this.removeEventListener("submit", this.#turned)
  }

  // the part of the page belongs to an address of its own: the address of the page would ask for something else
  #at = null

  get #form() { return this.querySelector("form") }

  #chosen = () => {
    const asked = new URLSearchParams(new FormData(this.#form))
    this.#ask(asked)
  }

  #turned = (event) => {
    event.preventDefault()
    const asked = new URLSearchParams(new FormData(this.#form))
    const week = event.submitter?.dataset.week
    if (week) asked.set("week", week)
    this.#ask(asked)
  }

  #ask(asked, now = true) {
    for (const name of [...asked.keys()]) if (!asked.get(name)) asked.delete(name)
    this.#at ??= this.getAttribute("src")
    this.setAttribute("src", `${this.#at}?${asked}`)
    if (!now) return
    this.toggleAttribute("busy", true)
    super.disconnectedCallback()
    this.toggleAttribute("loads", true)
    super.connectedCallback()
  }

  show(html) {
    this.toggleAttribute("busy", false)
    super.show(html)
  }
}

customElements.define("booking-preview", BookingPreview)
