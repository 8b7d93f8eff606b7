// <message-composer conversation="…">: where a message is written. It goes into the outbox and stands in the thread at
// once; the draft is kept here and on the server; what was sent can be taken back while the bar above says so.
import { Attachments } from "../composer/attachments.js"
import { Draft } from "../composer/draft.js"
import { TypingSign } from "../composer/typing.js"
import { Undo } from "../composer/undo.js"
import { now } from "../clock.js"
import { getJson } from "../http.js"
import { line } from "../line.js"
import { outbox } from "../outbox.js"
import { page } from "../page.js"

const MOST = 10_000
const NEAR = 9_000
const desktop = matchMedia("(hover: hover) and (pointer: fine)")

customElements.define("message-composer", class extends HTMLElement {
  #ends = []

  get conversation() { return this.getAttribute("conversation") }

  connectedCallback() {
    this.form = this.querySelector("form")
    this.area = this.querySelector("textarea")
    this.picker = this.querySelector("input[type=file]")
    this.draft = new Draft(this.conversation, this.area, { said: (words) => this.#saved(words), drawn: () => this.#drawn() })
    this.typing = new TypingSign(this.conversation)
    this.undo = new Undo(this.form, Number(this.dataset.undoSeconds) || 10)
    this.attachments = new Attachments(this.querySelector("[data-attachments]"), this.#rules)
    if (this.draft.note) this.#noting(true)
    this.#listen()
    this.#offerUndoAgain()
    this.#count()
  }

  disconnectedCallback() {
    this.typing.stop()
    this.draft.stop()
    for (const end of this.#ends.splice(0)) end()
  }

  // files dropped anywhere on the conversation come here
  attach(files) {
    if (this.noting) return document.querySelector("toast-stack").show("A note carries words only. Switch the note off to send a file.")
    return this.attachments.add(files)
  }

  insert(words) {
    this.area.setRangeText(words, this.area.selectionStart, this.area.selectionEnd, "end")
    this.area.dispatchEvent(new Event("input", { bubbles: true }))
    this.area.focus()
  }

  get noting() { return this.hasAttribute("noting") }
  get #rules() { return { accept: this.picker.accept, most: Number(this.dataset.most), told: this.dataset.told } }

  #listen() {
    this.#hear(this.form, "submit", (event) => { event.preventDefault(); this.#send() })
    this.#hear(this.area, "keydown", (event) => this.#key(event))
    this.#hear(this.area, "input", () => this.#written())
    this.#hear(this.area, "paste", (event) => this.#pasted(event))
    this.#hear(this.area, "blur", () => this.typing.stop())
    this.#hear(this.picker, "change", () => { this.attach(this.picker.files); this.picker.value = "" })
    this.#hear(this.attachments, "change", () => this.#count())
    this.#hear(this, "click", (event) => this.#pressed(event.target.closest("[data-act]")))
    this.#hear(this, "wa-select", (event) => this.insert(event.detail.item.dataset.words ?? ""))
    this.#hear(outbox, "change", (event) => this.#outbox(event.detail))
    this.#hear(line, "state", () => line.state === "live" && this.draft.save())
    this.#hear(line, "leaving", (event) => event.detail.until(this.draft.save()))
    this.#hear(window, "pagehide", () => this.draft.save())
    this.#hear(window, "focus", () => this.draft.look(this.#onServer))
    this.#hear(document, "visibilitychange", () => document.hidden || this.draft.look(this.#onServer))
    this.#ends.push(line.on("draft.saved", (event) => event.conversation === this.conversation && this.draft.takeOver(this.#onServer)))
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !desktop.matches) return
    event.preventDefault()
    this.#send()
  }

  #written() {
    this.draft.written()
    if (!this.noting) this.typing.typed() // that a note is being written is nobody's business but the staff's
    this.#count()
  }

  #pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])]
    if (!files.length) return
    event.preventDefault()
    this.attach(files)
  }

  #pressed(button) {
    const act = button?.dataset.act
    if (act === "attach") this.#attach()
    if (act === "note") this.#note()
  }

  // what may be sent is told before anything is chosen
  #attach() {
    this.querySelector("[data-told-here]").hidden = false
    this.picker.click()
  }

  #note() {
    this.#noting(!this.noting)
    this.typing.stop()
    this.draft.becomes(this.noting)
    this.area.focus()
  }

  #noting(on) {
    this.toggleAttribute("noting", on)
    this.querySelector('[data-act="note"]')?.setAttribute("aria-pressed", String(on))
    this.area.placeholder = on ? this.area.dataset.notePlaceholder : this.area.dataset.placeholder
    this.querySelector("label").textContent = on ? this.area.dataset.noteLabel : this.area.dataset.label
    this.querySelector('[data-act="attach"]').disabled = on
  }

  // The field is empty at once, so that what is typed next belongs to the next message; the draft on this device goes
  // only when the outbox has the words.
  async #send() {
    const body = this.area.value.trim()
    const files = this.noting ? [] : this.attachments.files
    if ((!body && !files.length) || lengthOf(body) > MOST) return this.area.focus()
    const name = this.noting ? "note.add" : "message.send"
    this.#empty()
    await outbox.add({ name, conversation: this.conversation, client: page.client, body, files })
    return this.draft.sent()
  }

  #empty() {
    this.typing.stop()
    this.area.value = ""
    // it stays a note until that is switched off: a second line meant for staff must not slip to the client
    if (!this.noting) this.attachments.clear()
    this.querySelector("[data-told-here]").hidden = true
    this.#count()
  }

  #outbox({ kind, entry, answer, from }) {
    if (kind !== "sent" || entry.conversation !== this.conversation || !answer.message) return
    this.draft.sentByServer(entry.body)
    if (from) return
    this.undo.offer({ message: answer.message, to: this.dataset.to, body: entry.body, area: this.area })
  }

  // a page that was loaded anew within the time
  #offerUndoAgain() {
    const last = [...document.querySelectorAll(`message-thread [data-undo-until]`)].at(-1)
    const seconds = (Date.parse(last?.dataset.undoUntil) - now()) / 1000
    if (seconds > 1) this.undo.offer({ message: last.dataset.line, to: this.dataset.to, body: last.querySelector(".bubble").textContent, area: this.area, seconds })
  }

  // null: offline; the next event or page brings it
  #onServer = async () => {
    const thread = await getJson(this.dataset.src).catch(() => null)
    return thread && (thread.draft ?? "")
  }

  #drawn() {
    this.#noting(this.draft.note)
    this.#count()
  }

  #count() {
    const length = lengthOf(this.area.value)
    const left = MOST - length
    const counter = this.querySelector("[data-counter]")
    counter.hidden = length < NEAR
    counter.textContent = `${Math.abs(left)} ${Math.abs(left) === 1 ? "character" : "characters"} ${left < 0 ? "too many" : "left"}`
    counter.toggleAttribute("data-wrong", left < 0)
    this.area.setAttribute("aria-invalid", String(left < 0))
  }

  #saved(words) {
    for (const place of this.querySelectorAll("[data-saved]")) place.textContent = words
  }

  #hear(target, name, fn) {
    target.addEventListener(name, fn)
    this.#ends.push(() => target.removeEventListener(name, fn))
  }
})

// as the server counts: an emoji that a script holds as two is one
function lengthOf(words) { return words.length < NEAR ? words.length : [...words].length }
