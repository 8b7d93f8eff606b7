// <merged-record about hidden>: says, on every open page of a client's record, that it was merged into another meanwhile.
import { line } from "../line.js"
import { page } from "../page.js"

const NAME = "client.merged"

customElements.define("merged-record", class extends HTMLElement {
  #end = null

  connectedCallback() {
    this.#end = line.on(NAME, (event) => this.#tell(event))
    for (const { name, event } of line.heardSince(page.cursor) ?? []) if (name === NAME) this.#tell(event)
  }

  disconnectedCallback() { this.#end?.() }

  // of the record that stays the page goes on as it is
  #tell({ client, into }) { if (into && client === this.getAttribute("about")) this.hidden = false }
})
