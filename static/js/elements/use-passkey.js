// Round a button: proves with a passkey who is there and goes on, or sends the form that waited for it, once however often
// it is pressed. Hidden where the browser knows none.
import { canPasskey, usePasskey } from "../passkey.js"
import { tag } from "../tag.js"

if (canPasskey()) customElements.define("use-passkey", class extends HTMLElement {
  #asking = false // also while the page goes on

  connectedCallback() {
    this.addEventListener("click", this.#use)
    addEventListener("pageshow", this.#shown)
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#use)
    removeEventListener("pageshow", this.#shown)
  }

  // back from where it went on to
  #shown = ({ persisted }) => { if (persisted) this.#asking = false }

  #use = async (event) => {
    if (!event.target.closest("button") || this.#asking) return undefined
    this.#asking = true
    this.#say("")
    try {
      const next = this.getAttribute("next")
      const answer = await usePasskey(this.getAttribute("action"), next ? { next } : {})
      if (answer?.ticket) return this.#goOn(answer.ticket, next)
      const form = document.getElementById(this.getAttribute("then"))
      if (answer && form) return form.submit()
      if (answer) return location.assign(answer.see)
    } catch (refused) {
      this.#say(refused.message)
    }
    this.#asking = false
    return undefined
  }

  // one more step is asked: the code, or the side
  #goOn(ticket, next) {
    const field = (name, value) => tag("input", { type: "hidden", name, value })
    const form = tag("form", { method: "post", action: "/sign-in", hidden: true }, field("ticket", ticket), next && field("next", next))
    document.body.append(form)
    form.submit()
  }

  #say(words) {
    const line = this.querySelector("[data-say]")
    line.hidden = !words
    line.lastElementChild.textContent = words
  }
})
