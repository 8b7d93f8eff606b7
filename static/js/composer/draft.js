// The draft of one conversation: on this device at every key, on the server shortly after, and back from there when
// another device of the same login wrote on.
import { draftOf, keepDraft } from "../drafts.js"
import { line } from "../line.js"

const SHORTLY = 1_000

export class Draft {
  #conversation
  #area
  #said
  #timer = null

  // area: the <textarea>, holding the server's draft; said(words) shows "Draft saved"
  constructor(conversation, area, said) {
    this.#conversation = conversation
    this.#area = area
    this.#said = said
    const here = draftOf(conversation)
    if (here && !here.saved && here.body !== area.value) area.value = here.body
    if (here && !here.saved) this.#later()
  }

  written() {
    keepDraft(this.#conversation, this.#area.value)
    this.#said("")
    this.#later()
  }

  // what was typed is in the outbox; what stands in the field now is the draft of the next message
  sent() {
    keepDraft(this.#conversation, this.#area.value)
    this.#said("")
    return this.save()
  }

  // a message was sent, and with it the server let the draft go: of what has been typed since it must hear again
  sentByServer() {
    if (!this.#area.value) return
    keepDraft(this.#conversation, this.#area.value)
    this.#later()
  }

  async save() {
    clearTimeout(this.#timer)
    const body = this.#area.value
    const here = draftOf(this.#conversation)
    if (!here || here.saved) return
    const answer = await line.tell("draft.save", { conversation: this.#conversation, body })
    if (!answer || this.#area.value !== body) return
    keepDraft(this.#conversation, body, true)
    if (body) this.#said("Draft saved")
  }

  // fresh: the server's draft. What is being typed here is never overwritten.
  takeOver(fresh) {
    const here = draftOf(this.#conversation)
    if (document.activeElement === this.#area || (here && !here.saved)) return
    this.#area.value = fresh
    keepDraft(this.#conversation, fresh, true)
  }

  stop() { this.save() }

  #later() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.save(), SHORTLY)
  }
}
