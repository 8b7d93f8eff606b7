// The form builder: what somebody does is shown at once and saved operation by operation, can be taken back, and is
// followed live by whoever looks on. One page edits at a time.
import { Dragging } from "../building/dragging.js"
import { Drawing } from "../building/drawing.js"
import { byItem, drawFaults } from "../building/faults.js"
import { KINDS, nameOf } from "../building/kinds.js"
import { Moving } from "../building/moving.js"
import { Panel } from "../building/panel.js"
import { Saving } from "../building/saving.js"
import { scored } from "../building/scores.js"
import { keptHere } from "../building/keeping.js"
import { Standing } from "../building/standing.js"
import { applied, find, idsOf, placeOf, waitingFor } from "../building/tree.js"
import { Turns } from "../building/turns.js"
import { ask } from "../dialog.js"
import { getJson } from "../http.js"
import { line } from "../line.js"

const CALM = 700 // after what was saved, before the server is asked how it stands

customElements.define("form-builder", class extends HTMLElement {
  selected = null
  #base
  #view
  #faults = []
  #saving
  #turns
  #drawing
  #panel
  #dragging
  #standing
  #soon
  #ends = []

  connectedCallback() {
    this.#base = this.#view = JSON.parse(this.dataset.state)
    this.#faults = this.#base.faults
    this.#drawing = new Drawing(this.#at("items"), this.querySelector("template[data-item]"))
    this.#panel = new Panel(this.#at("panel"), (operation, words) => this.perform(operation, words, { from: "panel" }))
    this.#dragging = new Dragging({ moved: (...to) => this.#moving.to(...to), added: (...where) => this.add(...where) })
    this.#standing = new Standing(this)
    this.#turns = new Turns({ form: this.#base.form, src: this.src })
    this.#listen()
    this.#start()
  }

  disconnectedCallback() {
    for (const end of this.#ends) end()
    this.#standing.forget()
    this.#turns.stop()
  }

  get src() { return this.getAttribute("src") }
  get view() { return this.#view }
  get editable() { return this.#turns.here && !this.#base.archived }
  get saving() { return this.#saving }
  get turns() { return this.#turns }
  get base() { return this.#base }
  get #moving() { return new Moving(this) }

  textOf(id) { return find(this.#view, id)?.text }

  // A change that is shown at once and saved. `words`: what it says, for when it cannot be saved.
  perform(operation, words = "", { from = "" } = {}) {
    if (!this.editable) return false
    this.#view = applied(this.#view, operation)
    this.#saving.add(operation, words)
    if (from === "panel") this.#panel.settled(this.#view, this.#how)
    this.draw()
    return true
  }

  add(kind, under = null, at = this.#view.items.length) {
    const id = `q-${crypto.randomUUID().slice(0, 8)}`
    const options = ["single", "several", "open"].includes(kind) ? { options: [1, 2].map(() => ({ label: "", score: null, risk: false, code: `option-${crypto.randomUUID().slice(0, 8)}` })) } : {}
    const sums = kind === "total" ? { text: "Score", sums: scored(this.#view).map((one) => one.id) } : {}
    const signs = kind === "signature" ? { text: "By signing I confirm that I have read this and agree." } : {}
    if (!this.perform({ do: "add", item: { id, kind, ...options, ...sums, ...signs }, under, at }, `${KINDS[kind].words} added`)) return this.draw()
    this.select(id)
    this.#drawing.element(id)?.querySelector("[data-text]")?.focus()
    this.say(`${KINDS[kind].words} added`)
  }

  // behind what is chosen, or in the heading that is
  addHere(kind) {
    const item = this.selected === null ? null : find(this.#view, this.selected)
    if (!item) return this.add(kind)
    if (["heading", "page"].includes(item.kind) && !item.locked && !["heading", "page"].includes(kind)) return this.add(kind, item.id, item.items.length)
    const { under, at } = placeOf(this.#view, item.id)
    this.add(kind, under, at + 1)
  }

  async remove(id) {
    const item = find(this.#view, id)
    const waiting = waitingFor(this.#view, idsOf(item))
    const many = waiting.length === 1 ? `${nameOf(waiting[0])} waits` : `${waiting.length} others wait`
    if (waiting.length && !(await ask({ title: `Remove ${nameOf(item)}?`, words: `${many} for its answer. Those conditions go with it.`, keep: "Keep it", go: "Remove it", tone: "danger" }))) return
    const { items, at, under } = placeOf(this.#view, id)
    const next = items[at + 1]?.id ?? items[at - 1]?.id ?? under
    if (!this.perform({ do: "remove", item: id }, `${nameOf(item)} removed`)) return
    this.select(next)
    if (next) this.focusOn(next)
    this.say(`${nameOf(item)} removed`)
    if ((await document.querySelector("toast-stack").show(`${nameOf(item)} removed`, { undo: "Undo" })) === "undo") this.turnBack(false)
  }

  duplicate(id) {
    const ids = Object.fromEntries(idsOf(find(this.#view, id)).map((one) => [one, `q-${crypto.randomUUID().slice(0, 8)}`]))
    if (!this.perform({ do: "duplicate", item: id, ids }, `${nameOf(find(this.#view, id))} copied`)) return
    this.select(ids[id])
    this.focusOn(ids[id])
    this.say("Copied")
  }

  turnBack(again) {
    if (!this.editable) return
    const unsent = again ? null : this.#saving.takeBack()
    if (unsent) {
      this.#overlay()
      this.say("Taken back")
    } else if (again ? this.#base.redo || this.#saving.entries.some(({ turn }) => turn === "back") : this.#base.undo || this.#saving.waiting) {
      this.#saving.turnBack(again)
      this.say(again ? "Done again" : "Taken back")
    }
  }

  select(id) {
    if (id === this.selected) return
    this.selected = id ?? null
    this.draw()
  }

  focusOn(id, selector = "[data-pick]") {
    const element = this.#drawing.element(id)
    element?.querySelector(`:scope > .build-card ${selector}`)?.focus()
    element?.scrollIntoView({ block: "nearest" })
  }

  say(words) { this.#at("say").textContent = words }

  // How the server says that it stands. What waits to be saved is shown on top of it.
  async refresh() {
    const state = await getJson(this.src).catch(() => null)
    if (!state) return
    this.#turns.heard(state.editor)
    if (this.#saving.waiting && this.editable) return
    if (state.version < this.#saving.version) return this.#later(CALM) // asked before what was saved meanwhile
    this.#take(state)
  }

  draw(focus = []) {
    if (this.selected !== null && !find(this.#view, this.selected)) this.selected = null
    const faults = byItem(this.#faults)
    this.#drawing.draw(this.#view, { ...this.#how, faults })
    this.#place()
    this.#panel.draw(this.#view, this.#how, focus)
    this.#dragging.follow(this.#at("items"), this.editable)
    this.#standing.draw({ faults: drawFaults(this.#at("faults"), this.#faults, (id) => { this.select(id); this.focusOn(id) }) })
  }

  get #how() { return { selected: this.selected, editable: this.editable } }

  #at(name) { return this.querySelector(`[data-${name}]`) }

  #take(state) {
    this.#base = state
    this.#faults = state.faults
    this.#saving.version = state.version
    this.#overlay()
  }

  #overlay() {
    this.#view = this.#base
    for (const { operation, sent } of this.#saving.entries) {
      if (!operation || (sent && sent.version < this.#base.version)) continue // that one is there already
      try { this.#view = applied(this.#view, operation) } catch { break } // the server says what is wrong with it
    }
    this.draw()
  }

  async #start() {
    const narrow = matchMedia("(max-width: 63.99rem)")
    const follow = () => this.draw()
    narrow.addEventListener("change", follow)
    this.#ends.push(() => narrow.removeEventListener("change", follow))
    this.#dragging.palette(this.#at("palette"))
    this.#saving = new Saving({ form: this.#base.form, version: this.#base.version, line, store: keptHere(this.#base.form), tab: () => this.#turns.tab })
    this.#saving.addEventListener("changed", this.#saved)
    this.draw()
    await this.#turns.start({ editable: this.#base.editable && !this.#base.archived }).catch(() => this.refresh())
    this.#overlay()
    if (this.#turns.here) this.#saving.flush()
    else if (this.#saving.waiting && this.#turns.editor) this.#standing.keepUnsent(this.#saving.giveUp())
  }

  #listen() {
    this.#turns.addEventListener("changed", ({ detail }) => this.#turned(detail))
    for (const name of ["form.edited", "form.editor_changed", "form.changed"]) {
      this.#ends.push(line.on(name, (event) => { if (event.form === this.#base.form && !(name === "form.edited" && this.editable)) this.#later(150) }))
    }
    const state = () => { if (line.state === "live" && this.editable) this.#saving?.flush(); this.#standing.draw() }
    const again = () => this.#later(0)
    line.addEventListener("state", state)
    line.addEventListener("resync", again)
    this.#ends.push(() => line.removeEventListener("state", state), () => line.removeEventListener("resync", again))
    this.addEventListener("redraw", ({ detail }) => this.draw(detail))
    this.#standing.listen()
  }

  #turned({ before }) {
    if (before?.here && !this.#turns.here && this.#turns.editor) this.#standing.keepUnsent(this.#saving.giveUp(), this.#turns.editor)
    if (!this.#turns.here) this.#later(0)
    this.draw()
  }

  #saved = ({ detail: { kind, entry, saved, refused } }) => {
    if (kind === "saved") {
      this.#standing.saved(saved)
      Object.assign(this.#base, { undo: saved.undo, redo: saved.redo, drafted: true })
      if (entry.operation) this.#base = { ...applied(this.#base, entry.operation), version: saved.version }
      if (!this.#saving.waiting) this.#later(entry.operation ? CALM : 0)
    }
    if (kind === "refused") this.#refused(refused)
    this.#standing.draw()
  }

  #refused(refused) {
    if (refused.code === "nothing-to-undo") this.#saving.giveUp()
    else this.#standing.keepUnsent(this.#saving.giveUp(), null, refused.message)
    this.#later(0)
  }

  #later(pause) {
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => this.refresh(), pause)
  }

  // on a phone the settings stand under what they are about
  #place() {
    const panel = this.#at("panel")
    const home = matchMedia("(max-width: 63.99rem)").matches && this.selected !== null ? this.#drawing.element(this.selected).querySelector(":scope > .build-card") : this.#at("side")
    if (panel.parentElement !== home) home.append(panel)
  }
})
