// Round a button: makes a passkey on this device. Hidden where the browser knows none. Hidden where the browser knows none.
import { canPasskey, makePasskey } from "../passkey.js"

if (canPasskey()) customElements.define("add-passkey", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.#make)
  }

  disconnectedCallback() { this.removeEventListener("click", this.#make) }

  #make = async (event) => {
    if (!event.target.closest("button")) return
    this.#say("")
    try {
      const made = await makePasskey(this.getAttribute("action"))
      if (made) location.assign(made.see)
    } catch (refused) {
      this.#say(refused.message)
    }
  }

  #say(words) {
    const line = this.querySelector("[data-say]")
    line.hidden = !words
    line.lastElementChild.textContent = words
  }
})
