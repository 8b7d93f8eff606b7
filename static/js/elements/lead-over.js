// <lead-over data-path="…">: at an address that the portal has left. Sends what this browser keeps of this login here,
// by a line that this address still gives for it, then goes on; what cannot be sent is shown, to send or to copy.
import { keepDraft, unsaved } from "../drafts.js"
import { line } from "../line.js"
import { outbox } from "../outbox.js"
import { letGo } from "../unsent.js"

const PATIENCE = 8_000

customElements.define("lead-over", class extends HTMLElement {
  #going = false

  connectedCallback() {
    line.stays = true
    line.addEventListener("state", this.#send)
    outbox.addEventListener("change", this.#send)
    this.querySelector("[data-act=go]").addEventListener("click", () => this.#go())
    this.querySelector("[data-left]").addEventListener("click", (event) => this.#again(event.target.closest("[data-act=send]")))
    setTimeout(() => this.#show(), PATIENCE)
  }

  disconnectedCallback() {
    line.removeEventListener("state", this.#send)
    outbox.removeEventListener("change", this.#send)
  }

  #send = async () => {
    if (line.state !== "live") return
    await outbox.drain()
    for (const { conversation, body, note } of unsaved()) {
      if (!note && (await line.tell("draft.save", { conversation, body }))) keepDraft(conversation, body, { saved: true })
    }
    const left = await this.#left()
    if (!left.length) return this.#go()
    if (left.every((one) => one.state !== "waiting")) this.#show()
  }

  // of a note the server keeps no draft; all the rest waits, was refused, or is so old that it asks
  async #left() {
    const notes = unsaved().map(({ body, note }) => ({ words: body, why: note ? "A note for staff, half written" : "Half written" }))
    const entries = (await outbox.entries()).map(({ key, body, files, state, detail }) => ({
      key, state, words: [body, ...files.map((file) => file.name)].filter(Boolean).join("\n"),
      why: { refused: detail || "Not sent", asks: "Written more than a day ago" }[state] ?? "Not sent yet",
    }))
    return [...entries, ...notes]
  }

  async #show() {
    if (this.#going) return
    const left = await this.#left()
    const list = this.querySelector("[data-left]")
    list.replaceChildren(...left.map((one) => this.#row(one)))
    list.hidden = !left.length
    this.querySelector("[data-say]").textContent = "This was not sent. Copy what you need before you go on."
    this.querySelector("[data-act=go]").hidden = false
  }

  #row({ key, words, why }) {
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true)
    row.querySelector("[data-words]").textContent = words
    row.querySelector("[data-why]").textContent = why
    row.querySelector("copy-text").dataset.text = words
    if (key) row.querySelector("[data-act=send]").dataset.key = key
    else row.querySelector("[data-act=send]").remove()
    return row
  }

  #again(button) { if (button) outbox.again(button.dataset.key) }

  #go() {
    if (this.#going) return
    this.#going = true
    letGo()
    location.replace(this.dataset.path)
  }
})
