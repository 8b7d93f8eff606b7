// The draft of one conversation: on this device at every key, on the server shortly after, and back from there when
// another device of the same login wrote on. All tabs of the login share the one on this device, and the one written last
// stands: the others take it over, the one that somebody has typed in since they came to it when it is looked at next. The
// draft of a note stays on this device and stays a note: anywhere else it would stand in the field as a message to the client.
import { draftOf, keepDraft, keptElsewhere } from "../drafts.js"
import { line } from "../line.js"

const SHORTLY = 1_000

export class Draft {
  #conversation
  #area
  #said
  #drawn
  #version // of what stands in the field
  #typed = false // since somebody came to this page
  #asked = 0
  #missed = false
  #timer = null
  #end

  // area: the <textarea>, holding the server's draft; said(words) shows "Draft saved"; drawn(): another one stands there
  constructor(conversation, area, { said, drawn }) {
    this.#conversation = conversation
    this.#area = area
    this.#said = said
    this.#drawn = drawn
    const here = this.#here
    this.#version = here?.version ?? 0
    this.note = Boolean(here?.note && here.body)
    if (here && !here.saved && here.body !== area.value) area.value = here.body
    if (here && !here.saved) this.#later()
    this.#end = keptElsewhere(conversation, () => { if (!this.#inHands) this.#follow() })
  }

  // what stands in the field is a note from now on, or a message again
  becomes(note) {
    this.note = note
    if (!this.#area.value && this.#older) return this.#follow()
    this.#keep()
    if (note) line.tell("draft.save", { conversation: this.#conversation, body: "" })
    else this.#later()
    return undefined
  }

  written() {
    this.#typed = true
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

  // A message was sent, and with it the server let the draft go: of what has been typed since it must hear again. That a
  // tab's words are the very ones sent can be known before the tab that sent them is heard to have emptied its field.
  sentByServer(body) {
    if (!this.#inHands && (this.#older || this.#area.value.trim() === body)) return this.#follow()
    if (!this.#area.value) return undefined
    if (this.#older) this.#keep()
    else keepDraft(this.#conversation, this.#area.value, { note: this.note, version: this.#version })
    return this.#later()
  }

  // whatever tab wrote it
  async save() {
    clearTimeout(this.#timer)
    const here = this.#here
    if (!here || here.note) return
    if (!here.saved) {
      if (!(await line.tell("draft.save", { conversation: this.#conversation, body: here.body }))) return
      if (this.#here?.version !== here.version) return this.#anew()
      keepDraft(this.#conversation, here.body, { ...here, saved: true })
    }
    if (here.body && here.version === this.#version) this.#said("Draft saved")
  }

  // Somebody looks at this page again, and types nothing yet. fetched(): the server's draft, or null. What is on its way
  // here from another tab or device meanwhile is taken over as it comes.
  look(fetched) {
    this.#typed = false
    this.#follow()
    if (this.#missed) this.takeOver(fetched, { looking: true })
  }

  // The server's draft is another one. What is being typed here is never overwritten, nor what was written meanwhile.
  async takeOver(fetched, { looking = false } = {}) {
    this.#missed = this.#inHands && !looking
    if (this.#missed) return
    const [asked, before] = [++this.#asked, this.#here]
    const fresh = await fetched()
    const here = this.#here
    if (fresh === null || asked !== this.#asked || here?.version !== before?.version || (here && !here.saved)) return
    if (this.note || fresh === this.#area.value || (this.#inHands && !looking)) return
    this.#area.value = fresh
    this.#keep({ saved: true })
    this.#drawn()
  }

  stop() {
    this.#end()
    this.save()
  }

  get #here() { return draftOf(this.#conversation) }
  get #older() { return (this.#here?.version ?? 0) > this.#version }
  get #inHands() { return this.#typed && document.hasFocus() && document.activeElement === this.#area }

  // what another tab wrote; where a note is written nothing that is meant for the client
  #follow() {
    const here = this.#here
    if (!this.#older || (this.note && !here.note)) return
    this.#version = here.version
    this.note = Boolean(here.note && (here.body || this.note))
    this.#area.value = here.body
    this.#said("")
    this.#drawn()
  }

  #keep({ saved = false } = {}) {
    this.#version = Math.max(this.#version, this.#here?.version ?? 0) + 1
    keepDraft(this.#conversation, this.#area.value, { saved, note: this.note, version: this.#version })
  }

  // Another tab wrote something newer while an older one was on its way, and on another line: the newer one goes last.
  #anew() {
    const here = this.#here
    if (!here || here.note) return
    keepDraft(this.#conversation, here.body, { ...here, saved: false })
    this.#later()
  }

  #later() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.save(), SHORTLY)
  }
}
