// The form builder: what somebody does is shown at once and saved operation by operation, can be taken back, and is
// followed live by whoever looks on. One page edits at a time.
import { Adding } from "../building/adding.js"
import { Dragging } from "../building/dragging.js"
import { Drawing } from "../building/drawing.js"
import { byItem } from "../building/faults.js"
import { nameOf } from "../building/kinds.js"
import { Keys } from "../building/keys.js"
import { Moving } from "../building/moving.js"
import { Panel } from "../building/panel.js"
import { Saving } from "../building/saving.js"
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
  adding = new Adding(this)
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
  #keys
  #undrawn = false // something is to be drawn once it is let go of what is being dragged
  #mending = false // what is chosen had faults already when it was chosen
  #ends = []
  #parts = new Map()

  connectedCallback() {
    this.#base = this.#view = JSON.parse(this.dataset.state)
    this.#faults = this.#base.faults
    this.#drawing = new Drawing(this.at("items"), this.querySelector("template[data-item]"))
    this.#panel = new Panel(this.at("panel"), (operation, words) => this.perform(operation, words, { from: "panel" }))
    this.#dragging = new Dragging({ moved: (...to) => this.#moving.to(...to), added: (...where) => this.adding.add(...where), ended: () => this.#undrawn && this.draw() })
    this.#standing = new Standing(this)
    this.#turns = new Turns({ form: this.#base.form, src: this.src })
    this.#listen()
    this.#start()
  }

  disconnectedCallback() {
    for (const end of this.#ends) end()
    this.#keys.forget()
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
    this.#mending = this.#faults.some(({ item }) => item === id)
    this.draw()
  }

  // gives what has the focus now
  focusOn(id, selector = "[data-pick]") {
    const found = this.#drawing.element(id)?.querySelector(`:scope > .build-card ${selector}`)
    found?.focus()
    this.show(id)
    return found
  }

  show(id) { this.#drawing.element(id)?.firstElementChild.scrollIntoView({ block: "nearest" }) }

  // the field of an option, which is where its words are written
  showOption(id, number) {
    this.select(id)
    this.draw([`Option ${number + 1}`])
  }

  say(words) { this.at("say").textContent = words }

  // How the server says that it stands. What waits to be saved is shown on top of it.
  async refresh() {
    const { told } = this.#turns
    const state = await getJson(this.src).catch(() => null)
    if (!state) return
    if (told === this.#turns.told) this.#turns.heard(state.editor)
    else this.#later(CALM) // since it was asked for, it was said who edits: that is newer
    if (this.#saving.waiting && this.editable) return
    if (state.version < this.#saving.version) return this.#later(CALM) // asked before what was saved meanwhile
    this.#take(state)
  }

  draw(focus = []) {
    this.#undrawn = this.#dragging.underway
    if (this.#undrawn) return
    if (this.selected !== null && !find(this.#view, this.selected)) this.selected = null
    const faults = byItem(this.#faults)
    if (!this.#mending) faults.delete(this.selected) // what somebody is about to write lacks no words yet
    this.#drawing.draw(this.#view, { ...this.#how, faults })
    this.#place()
    this.#panel.draw(this.#view, this.#how, focus)
    this.#dragging.follow(this.#drawing.lists, this.editable)
    this.#standing.faulty(this.#faults)
    this.#standing.draw()
  }

  get #how() { return { selected: this.selected, editable: this.editable } }

  // A part of the page by its name. They stay for good, and a form of three hundred questions is long to look through.
  at(name) {
    const found = this.#parts.get(name) ?? this.querySelector(`[data-${name}], [data-act=${name}]`)
    this.#parts.set(name, found)
    return found
  }

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
    this.#dragging.palette(this.at("palette"))
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
    this.#keys = new Keys(this)
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
      const follows = this.#follows(entry.operation, saved.version)
      if (!this.#saving.waiting) this.#later(entry.operation && follows ? CALM : 0)
    }
    if (kind === "refused") this.#refused(refused)
    this.#standing.draw()
  }

  // Whether what was saved could be done here as well. After a reload it may stand on something that the page before
  // had saved while this one was drawn; what the server shows then comes at once.
  #follows(operation, version) {
    if (!operation) return true
    try { this.#base = { ...applied(this.#base, operation), version } } catch { return false }
    return true
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
    const panel = this.at("panel")
    const home = matchMedia("(max-width: 63.99rem)").matches && this.selected !== null ? this.#drawing.element(this.selected).querySelector(":scope > .build-card") : this.at("side")
    if (panel.parentElement !== home) home.append(panel)
  }
})
