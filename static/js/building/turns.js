// Whether this page edits the form: it begins when nobody does, says that it is there, and hears when somebody took over.
import { line } from "../line.js"
import { post } from "../http.js"

const BEAT = 15_000

export class Turns extends EventTarget {
  editor = null
  told = 0 // how often it was said who edits
  tab
  #form
  #src
  #timer

  constructor({ form, src }) {
    super()
    this.#form = form
    this.#src = src
  }

  get here() { return Boolean(this.editor?.here) }

  async start({ editable }) {
    this.tab = await tabOf(this.#form)
    if (!editable) return
    this.#timer = setInterval(() => this.#beat(), BEAT)
    addEventListener("pagehide", this.#leave)
    await this.begin()
  }

  stop() {
    clearInterval(this.#timer)
    removeEventListener("pagehide", this.#leave)
    this.#leave()
  }

  async begin({ takeOver = false } = {}) {
    const answer = await line.ask("form.begin_editing", { form: this.#form, tab: this.tab, take_over: takeOver })
    this.heard(answer.editor)
  }

  // who edits, as the server says it; a door that does not know this page says it by `tab`
  heard(editor) {
    this.told += 1
    const before = this.editor
    this.editor = editor && { ...editor, here: editor.own && editor.tab === this.tab }
    if (before?.tab !== this.editor?.tab || before?.here !== this.editor?.here) {
      this.dispatchEvent(new CustomEvent("changed", { detail: { before } }))
    }
    if (!this.editor && before && !before.here && this.#timer) this.begin().catch(() => {}) // whoever waited goes on
  }

  async #beat() {
    if (line.state !== "live") return
    const { editor } = await line.ask("form.beat", { form: this.#form, tab: this.tab }, { once: true }).catch(() => ({ editor: undefined }))
    if (editor === undefined) return
    const waited = this.editor && !this.editor.here
    this.heard(editor)
    if (editor === null && !waited) await this.begin().catch(() => {})
  }

  #leave = () => {
    if (!this.here) return
    const body = new Blob([JSON.stringify({ tab: this.tab })], { type: "application/json" })
    if (!navigator.sendBeacon(`${this.#src}/leave`, body)) post(`${this.#src}/leave`, { tab: this.tab }).catch(() => {})
  }
}

// A page keeps its name over a reload; two pages never have one name, even when one was made of the other.
async function tabOf(form) {
  const place = `portico-form-tab:${form}`
  const kept = sessionStorage.getItem(place)
  const name = kept && (await claimed(kept)) ? kept : crypto.randomUUID()
  if (name !== kept) await claimed(name)
  sessionStorage.setItem(place, name)
  return name
}

function claimed(name) {
  if (!navigator.locks) return true
  return new Promise((resolve) => {
    navigator.locks.request(`portico-form:${name}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock))
      return lock ? new Promise(() => {}) : undefined // held while the page is there
    })
  })
}
