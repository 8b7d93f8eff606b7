// Round a form whose switches act at once: a change is sent, one after the other, so that what was pressed last is what
// stays; "Saved" is said beside it, and a refusal puts the switch back and says why. What is said stays when the page is
// drawn anew, as it is by the very change. Its submit button is for pages without a script and hides here.
import { mayAskAgain, refusal } from "../http.js"
import { Refused } from "../refused.js"

customElements.define("auto-save", class extends HTMLElement {
  #before = Promise.resolve()
  #waiting = 0 // changes that are on their way
  #pressed = new Map() // the switches of these, and how they were pressed last
  #refused = false // one of them was

  connectedCallback() {
    const early = this.hasAttribute("ready") ? [] : this.#pressedEarly
    this.toggleAttribute("ready", true)
    this.addEventListener("change", this.#changed)
    this.#drawn.observe(this, { subtree: true, attributeFilter: ["checked", "action"] })
    for (const control of early) this.#changed({ target: control })
  }

  // Before the page's script ran: they stand otherwise than the server drew them. The form asks the browser not to restore
  // fields, else what was pressed long ago would be taken for this.
  get #pressedEarly() { return [...this.querySelectorAll("input[type=checkbox]")].filter((one) => one.checked !== one.defaultChecked) }

  disconnectedCallback() {
    this.removeEventListener("change", this.#changed)
    this.#drawn.disconnect()
  }

  // Moved elsewhere and drawn anew: a switch that was touched or has the focus would keep its own state. A form that leads
  // elsewhere by now is somebody else's, of whom nothing was said.
  #drawn = new MutationObserver((changes) => {
    for (const { target, attributeName } of changes) {
      if (attributeName === "action") this.#say("nothing yet", "")
      else if (!this.#pressed.has(target)) target.checked = target.defaultChecked
    }
  })

  #changed = ({ target }) => {
    const control = target.closest("input[type=checkbox]")
    if (!control) return
    if (!this.#waiting) this.#refused = false
    if (!this.#refused) this.#say("nothing yet", "")
    this.#waiting += 1
    this.#pressed.set(control, control.checked)
    const given = control.checked
    this.#before = this.#before.then(() => this.#save(control, given)).catch(reportError).finally(() => this.#done())
  }

  #done() {
    this.#waiting -= 1
    if (!this.#waiting) this.#pressed.clear()
  }

  async #save(control, given) {
    for (const [one, pressed] of this.#pressed) one.checked = pressed // also where the page was drawn anew meanwhile
    const refused = await this.#send(control.form)
    if (!refused) return this.#refused || this.#say("saved", "Saved")
    this.#refused = true
    if (control.checked === given) control.checked = !given
    if (this.#pressed.get(control) === given) this.#pressed.delete(control)
    return this.#say("wrong", refused.message)
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
      line.toggleAttribute("data-keep", !line.hidden)
      line.lastElementChild.textContent = line.hidden ? "" : words
    }
  }
})
