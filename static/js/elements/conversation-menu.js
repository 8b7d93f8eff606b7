// Round the "…" menu of a conversation: what a person does to it for themselves. data-value of the chosen item says what;
// `on` is what it becomes. The page shows the new words when its own event comes back.
import { say } from "../dialog.js"
import { PATIENCE, line } from "../line.js"
import { base } from "../page.js"
import { working } from "../working.js"

const DONE = {
  "mark_unread:on": "Marked as unread", "mute:on": "Muted. It stays in the list and does not count.", "mute:off": "No longer muted",
  "archive:on": "Archived", "archive:off": "Back in the inbox",
}

customElements.define("conversation-menu", class extends HTMLElement {
  connectedCallback() { this.addEventListener("wa-select", this.#chosen) }

  disconnectedCallback() { this.removeEventListener("wa-select", this.#chosen) }

  #chosen = async (event) => {
    const [what, to] = (event.detail.item.getAttribute("value") ?? "").split(":")
    if (!to) return
    const done = await this.#ask(what, to === "on")
    if (!done) return
    if (to === "on" && what !== "mute") return location.assign(`${base}/messages`)
    this.#swap(event.detail.item, what, to)
    return undefined
  }

  async #ask(what, on) {
    const toasts = document.querySelector("toast-stack")
    try {
      await working(line.ask(`conversation.${what}`, { conversation: this.getAttribute("conversation"), on }, { once: true, patience: PATIENCE }))
      toasts.show(DONE[`${what}:${on ? "on" : "off"}`])
      return true
    } catch (refused) {
      say("Nothing was changed", refused.message)
      return false
    }
  }

  #swap(item, what, to) {
    const turned = to === "on" ? "off" : "on"
    const words = item.dataset.other
    item.dataset.other = item.lastChild.textContent
    item.lastChild.textContent = words
    item.setAttribute("value", `${what}:${turned}`)
  }
})
