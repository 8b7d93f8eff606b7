// <file-card src kept list on>: round what is done with one file. Its forms are sent in place and the card is drawn anew,
// as it is when somebody else changed the file; a form with data-ends leaves: the dialog closes, a page goes to `list`.
import { wrong } from "../dialog.js"
import { getPage, post } from "../http.js"
import { line } from "../line.js"
import { morph } from "../morph.js"

customElements.define("file-card", class extends HTMLElement {
  #ends = []

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

  #sent = async (event) => {
    const form = event.target
    if (form.getAttribute("method") === "dialog") return
    event.preventDefault()
    if (this.hasAttribute("busy")) return
    this.toggleAttribute("busy", true)
    try {
      await post(form.getAttribute("action"), Object.fromEntries(new FormData(form, event.submitter)))
      if (form.hasAttribute("data-ends")) this.#leave()
      else await this.#draw(form)
    } catch (refused) {
      wrong(form, Object.values(refused.errors ?? {}).flat()[0] ?? refused.message)
    } finally {
      this.toggleAttribute("busy", false)
    }
  }

  #leave() {
    const dialog = this.closest("dialog")
    if (dialog) dialog.close()
    else location.assign(this.getAttribute("list"))
  }

  // what was sent is emptied; what is being typed in another form stays
  async #draw(form = null) {
    const part = (await getPage(this.getAttribute("src")).catch(() => null))?.querySelector("file-card")
    if (!part) return
    part.querySelector("form[method=dialog]").hidden = !this.closest("dialog")
    form?.querySelector("[role=alert]")?.remove()
    morph(this, part.innerHTML)
    for (const field of form?.querySelectorAll("input[id]") ?? []) field.value = field.defaultValue = part.querySelector(`#${field.id}`)?.value ?? ""
  }
})
