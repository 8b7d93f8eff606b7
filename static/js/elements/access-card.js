// One person on the Portal tab. Its switch sends nothing to anybody: on, access may be had and the dialog of the invitation
// opens; off, what nobody was invited to goes at once, and revoking asks first. Pressed again while that is on its way, what
// was pressed last is what stays. "Copy link" makes a link and copies it.
import { openDialog, say } from "../dialog.js"
import { post } from "../http.js"
import { tag } from "../tag.js"
import { working } from "../working.js"

const OFF = new Set(["off", "revoked", "of-age"])
const BECOMES = { on: "uninvited", off: "off", restore: "restored" } // of those that the server made so, until it draws them

customElements.define("access-card", class extends HTMLElement {
  #wanted = false
  #settling = null

  connectedCallback() {
    this.toggleAttribute("ready", true)
    this.addEventListener("change", this.#switched)
    this.addEventListener("wa-select", this.#chosen)
    this.#drawn.observe(this, { subtree: true, attributeFilter: ["checked"] })
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#switched)
    this.removeEventListener("wa-select", this.#chosen)
    this.#drawn.disconnect()
  }

  // changed elsewhere and drawn anew: a switch that was touched or has the focus would keep its own state
  #drawn = new MutationObserver((changes) => {
    for (const { target } of changes) if (target.matches("[data-access]") && !this.#settling) target.checked = target.defaultChecked
  })

  #switched = (event) => {
    const control = event.target.closest("input[data-access]")
    if (!control) return
    this.#wanted = control.checked
    this.#settling ??= this.#settle(control).finally(() => { this.#settling = null })
  }

  // one after the other; the page is drawn anew meanwhile, so what was pressed is remembered here
  async #settle(control) {
    const before = control.dataset.access
    let [access, on] = [before, !this.#wanted]
    while (on !== this.#wanted) {
      on = this.#wanted
      access = await this.#turn(on, access)
    }
    control.checked = !OFF.has(access)
    if (before === "off" && control.checked) this.#open("invite")
  }

  // what the access is after it; the same where it is asked about or was refused
  async #turn(on, access) {
    if (on !== OFF.has(access)) return access
    if (!on && access !== "uninvited") return this.#asks("revoke", access)
    if (access === "of-age") return this.#asks("agreed", access) // the client's word first
    const what = !on ? "off" : access === "revoked" ? "restore" : "on"
    return (await this.#post(what)) ? BECOMES[what] : access
  }

  #asks(what, access) {
    this.#open(what)
    return access
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
      return await working(post(`${this.getAttribute("root")}/${what}`))
    } catch (refused) {
      say("Nothing was changed", refused.message)
      return null
    }
  }
})
