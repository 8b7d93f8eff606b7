// Round a button: makes a passkey on this device; pressed twice it makes one. Hidden where the browser knows none.
import { canPasskey, makePasskey } from "../passkey.js"

if (canPasskey()) customElements.define("add-passkey", class extends HTMLElement {
  #asking = false // also while the page goes on

  connectedCallback() {
    this.addEventListener("click", this.#make)
    addEventListener("pageshow", this.#shown)
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#make)
    removeEventListener("pageshow", this.#shown)
  }

  // back from where it went on to
  #shown = ({ persisted }) => { if (persisted) this.#asking = false }

  #make = async (event) => {
    if (!event.target.closest("button") || this.#asking) return undefined
    this.#asking = true
    this.#say("")
    try {
      const made = await makePasskey(this.getAttribute("action"))
      if (made) return location.assign(made.see)
    } catch (refused) {
      this.#say(refused.message)
    }
    this.#asking = false
    return undefined
  }

  #say(words) {
    const line = this.querySelector("[data-say]")
    line.hidden = !words
    line.lastElementChild.textContent = words
  }
})
