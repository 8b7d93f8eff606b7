// <settled-form src part on>: a form that follows what others save, as a live region does, as long as nothing is typed
// in it. Once something is, it stays as it is and says that somebody else changed it.
import { changed } from "../changed.js"
import { LiveRegion } from "./live-region.js"

class SettledForm extends LiveRegion {
  show(html) {
    if (this.#typed()) {
      this.querySelector("[data-say=changed]").hidden = false
      return
    }
    super.show(html)
    this.dispatchEvent(new CustomEvent("settled", { bubbles: true }))
  }

  // data-typed: drawn again with what was refused
  #typed() {
    const form = this.querySelector("form")
    return form.hasAttribute("data-typed") || [...form.elements].some(changed)
  }
}

customElements.define("settled-form", SettledForm)
