// <audit-log>: a live region that also fetches itself while somebody looks at it. Most of what it shows is told to
// others, and looks are told to nobody.
import { LiveRegion } from "./live-region.js"

const EVERY = 10_000

customElements.define("audit-log", class extends LiveRegion {
  #timer = null

  connectedCallback() {
    super.connectedCallback()
    this.#timer = setInterval(() => document.hidden || this.source.want(), EVERY)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
    super.disconnectedCallback()
  }
})
