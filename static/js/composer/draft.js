// The draft of one conversation: on this device at every key, on the server shortly after, and back from there when
// another device of the same login wrote on. The draft of a note stays on this device and stays a note: anywhere else it
// would stand in the field as a message to the client.
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
    this.note = Boolean(here?.note && here.body)
    if (here && !here.saved && here.body !== area.value) area.value = here.body
    if (here && !here.saved) this.#later()
  }

  // what stands in the field is a note from now on, or a message again
  becomes(note) {
    this.note = note
    this.#keep()
    if (note) line.tell("draft.save", { conversation: this.#conversation, body: "" })
    else this.#later()
  }

  written() {
    this.#keep()
    this.#said("")
    this.#later()
  }

  // what was typed is in the outbox; what stands in the field now is the draft of the next message
  sent() {
    this.#keep()
    this.#said("")
    return this.save()
  }

  // a message was sent, and with it the server let the draft go: of what has been typed since it must hear again
  sentByServer() {
    if (!this.#area.value) return
    this.#keep()
    this.#later()
  }

  async save() {
    clearTimeout(this.#timer)
    const body = this.#area.value
    const here = draftOf(this.#conversation)
    if (!here || here.saved || this.note) return
    const answer = await line.tell("draft.save", { conversation: this.#conversation, body })
    if (!answer || this.#area.value !== body || this.note) return
    keepDraft(this.#conversation, body, { saved: true })
    if (body) this.#said("Draft saved")
  }

  // fresh: the server's draft. What is being typed here is never overwritten.
  takeOver(fresh) {
    const here = draftOf(this.#conversation)
    if (document.activeElement === this.#area || (here && !here.saved)) return
    this.#area.value = fresh
    keepDraft(this.#conversation, fresh, { saved: true })
  }

  stop() { this.save() }

  #keep() { keepDraft(this.#conversation, this.#area.value, { note: this.note }) }

  #later() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.save(), SHORTLY)
  }
}
