// <file-card src kept list on>: round what is done with one file. Its forms are sent in place and the card is drawn anew,
// as it is when somebody else changed the file; a form with data-ends leaves: the dialog closes, a page goes to `list`.
import { wrong } from "../dialog.js"
import { getPage, post } from "../http.js"
import { line } from "../line.js"
import { morph } from "../morph.js"

customElements.define("file-card", class extends HTMLElement {
  #ends = []
  #drawn = Promise.resolve()
  #before = Promise.resolve()
  #sending = new Set()

  connectedCallback() {
    this.addEventListener("submit", this.#sent)
    this.querySelector("form[method=dialog]").hidden = !this.closest("dialog")
    const names = this.getAttribute("on").split(/\s+/)
    this.#ends = names.map((name) => line.on(name, (event) => event.kept === this.getAttribute("kept") && this.#draw()))
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#sent)
    for (const end of this.#ends.splice(0)) end()
  }

  // Pressed while another form is on its way: after it, with what stood in it. The same one twice is once.
  #sent = (event) => {
    const form = event.target
    if (form.getAttribute("method") === "dialog") return
    event.preventDefault()
    if (this.#sending.has(form)) return
    this.#sending.add(form)
    const given = Object.fromEntries(new FormData(form, event.submitter))
    this.#before = this.#before.then(() => this.#send(form, given))
  }

  async #send(form, given) {
    try {
      await post(form.getAttribute("action"), given).finally(() => this.#sending.delete(form))
      if (form.hasAttribute("data-ends")) this.#leave()
      else await this.#draw(form, given)
    } catch (refused) {
      wrong(form, Object.values(refused.errors ?? {}).flat()[0] ?? refused.message)
    }
  }

  #leave() {
    const dialog = this.closest("dialog")
    if (dialog) dialog.close()
    else location.assign(this.getAttribute("list"))
  }

  // one after the other: an older answer never stands over a newer one
  #draw(sent, given) { return (this.#drawn = this.#drawn.then(() => this.#drawOnce(sent, given))) }

  // what was sent is emptied; what is being typed since then or in another form stays
  async #drawOnce(sent, given) {
    const part = (await getPage(this.getAttribute("src")).catch(() => null))?.querySelector("file-card")
    if (!part) return
    part.querySelector("form[method=dialog]").hidden = !this.closest("dialog")
    const fields = [...(sent?.querySelectorAll("input[id]") ?? [])].filter((one) => one.value === given[one.name])
    sent?.querySelector("[role=alert]")?.remove()
    morph(this, part.innerHTML)
    for (const field of fields) field.value = field.defaultValue = part.querySelector(`#${field.id}`)?.value ?? ""
  }
})
