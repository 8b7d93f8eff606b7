// <page-dialog part="name"><a href>…</a></page-dialog>: opens that part of the linked page in a large dialog. With a
// modifier key, or where the page cannot be fetched, the link leads there as ever.
import { getPage } from "../http.js"
import { tag } from "../tag.js"
import { working } from "../working.js"

customElements.define("page-dialog", class extends HTMLElement {
  connectedCallback() { this.addEventListener("click", this.#open) }

  disconnectedCallback() { this.removeEventListener("click", this.#open) }

  #open = async (event) => {
    const link = event.target.closest("a")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if (this.hasAttribute("busy")) return
    this.toggleAttribute("busy", true)
    const page = await working(getPage(link.href)).catch(() => null)
    this.toggleAttribute("busy", false)
    const part = page?.querySelector(`[data-part="${this.getAttribute("part")}"]`)
    if (part) this.#show(document.adoptNode(part), link)
    else location.assign(link.href)
  }

  #show(part, link) {
    const id = `${this.getAttribute("part")}-title`
    const dialog = tag("dialog", { class: "ask-dialog page-dialog", "aria-labelledby": id }, tag("div", { class: "dialog-in" }, part))
    dialog.addEventListener("close", (event) => {
      if (event.target !== dialog) return
      dialog.remove()
      link.focus()
    })
    document.body.append(dialog)
    dialog.showModal()
  }
})
