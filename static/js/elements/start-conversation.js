// Round the form that starts a conversation: asks over the line and goes there. Without a script the form does it.
import { PATIENCE, line } from "../line.js"
import { base } from "../page.js"
import { wrong } from "../dialog.js"
import { working } from "../working.js"

customElements.define("start-conversation", class extends HTMLElement {
  #key = crypto.randomUUID()

  connectedCallback() { this.addEventListener("submit", this.#start) }

  disconnectedCallback() { this.removeEventListener("submit", this.#start) }

  #start = async (event) => {
    if (line.state === "moved") return undefined // there is no line any more: the form does it at this address
    event.preventDefault()
    const form = event.target
    const { people, clients: [client, ...others] } = this.querySelector("person-picker").value
    if (!people.length) return wrong(form, "Choose whom to write to.")
    if (others.length) return wrong(form, "A conversation is about one client. Write to each of them alone.")
    const subject = form.elements.subject?.value.trim()
    const about = client ?? this.dataset.client
    const payload = { people, ...(about ? { client: about } : {}), ...(subject ? { subject } : {}) }
    try {
      const { conversation } = await working(line.ask("conversation.start", payload, { key: this.#key, patience: PATIENCE }))
      location.assign(`${base}/messages/${conversation}`)
    } catch (refused) {
      if (!refused.undecided) this.#key = crypto.randomUUID()
      wrong(form, refused.message)
    }
    return undefined
  }
})
