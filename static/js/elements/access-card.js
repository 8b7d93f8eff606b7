// One person on the Portal tab. Its switch sends nothing to anybody: on, access may be had and the dialog of the invitation
// opens; off, what nobody was invited to goes at once, and revoking asks first. "Copy link" makes a link and copies it.
import { openDialog, say } from "../dialog.js"
import { post } from "../http.js"
import { tag } from "../tag.js"

customElements.define("access-card", class extends HTMLElement {
  connectedCallback() {
    this.toggleAttribute("ready", true)
    this.addEventListener("change", this.#switched)
    this.addEventListener("wa-select", this.#chosen)
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#switched)
    this.removeEventListener("wa-select", this.#chosen)
  }

  #switched = async (event) => {
    const control = event.target.closest("input[data-access]")
    if (!control) return
    const { access } = control.dataset
    if (!control.checked && access !== "uninvited") {
      control.checked = true
      return this.#open("revoke")
    }
    if (control.checked && access === "of-age") { // the client's word first
      control.checked = false
      return this.#open("agreed")
    }
    const done = await this.#post(!control.checked ? "off" : access === "revoked" ? "restore" : "on")
    if (!done) control.checked = !control.checked
    else if (control.checked && access === "off") this.#open("invite")
    return undefined
  }

  #chosen = async (event) => {
    if (event.detail.item.getAttribute("value") !== "copy-link") return
    const made = await this.#post("link")
    if (!made) return
    const copied = await navigator.clipboard.writeText(made.link).then(() => true, () => false)
    if (copied) document.querySelector("toast-stack").show("Link copied. Whoever opens it needs a code from their e-mail.", { seconds: 6 })
    else this.#show(made.link)
  }

  // the browser lets nothing be copied here: by hand, then
  #show(link) {
    const field = tag("input", { value: link, readonly: true, "aria-label": "Link" })
    const close = tag("button", { type: "button", class: "wa-brand", click: () => dialog.close() }, "Close")
    const words = "Whoever opens it needs a code from their e-mail."
    const dialog = openDialog({ title: "Copy this link", words, body: [field, tag("div", { class: "acts" }, close)] })
    field.focus()
    field.select()
  }

  #open(what) { document.getElementById(`${what}-${this.getAttribute("person")}`)?.showModal() }

  async #post(what) {
    try {
      return await post(`${this.getAttribute("root")}/${what}`)
    } catch (refused) {
      say("Nothing was changed", refused.message)
      return null
    }
  }
})
