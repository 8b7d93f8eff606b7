// Round a form whose switches act at once: a change is sent, "Saved" is said beside it, and a refusal puts the switch
// back and says why. Its submit button is for pages without a script and hides here.
import { mayAskAgain, refusal } from "../http.js"
import { Refused } from "../refused.js"

customElements.define("auto-save", class extends HTMLElement {
  connectedCallback() {
    this.toggleAttribute("ready", true)
    this.addEventListener("change", this.#save)
    this.#drawn.observe(this, { subtree: true, attributeFilter: ["checked"] })
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#save)
    this.#drawn.disconnect()
  }

  // moved elsewhere and drawn anew: a switch that was touched or has the focus would keep its own state
  #drawn = new MutationObserver((changes) => {
    for (const { target } of changes) target.checked = target.defaultChecked
  })

  #save = async (event) => {
    const control = event.target.closest("input[type=checkbox]")
    if (!control) return
    this.#say("nothing yet", "")
    const refused = await this.#send(control.form)
    if (!refused) return this.#say("saved", "Saved")
    control.checked = !control.checked
    this.#say("wrong", refused.message)
  }

  async #send(form) {
    const body = new URLSearchParams(new FormData(form))
    if (body.has("key")) body.set("key", crypto.randomUUID()) // the page's own key is for one sending only
    const options = { method: "POST", body, headers: { Accept: "application/json" } }
    const answer = await fetch(form.action, options).catch(() => null) // no network: fetch throws
    if (answer === null) return new Refused({ code: "offline" })
    if (answer.ok) return null
    const refused = await refusal(answer)
    return (await mayAskAgain(refused)) ? this.#send(form) : refused
  }

  #say(kind, words) {
    for (const line of this.querySelectorAll("[data-say]")) {
      line.hidden = line.dataset.say !== kind
      line.lastElementChild.textContent = line.hidden ? "" : words
    }
  }
})
