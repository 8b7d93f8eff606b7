// <form-filling document data-form data-answers>: a form being filled in. Every answer is kept on this device the moment
// it is typed and sent over the line; what is asked follows at once; other tabs and devices of its person are followed.
import { now, seen } from "../clock.js"
import { Attaching } from "../filling/attaching.js"
import { fieldOf, letOthersGo, pickOwn, showValues, valuesOf } from "../filling/controls.js"
import { Drawing } from "../filling/drawing.js"
import { endForm } from "../filling/ending.js"
import { Entries } from "../filling/entries.js"
import { keepAnswer, keptAnswers } from "../filling/kept.js"
import { Pages } from "../filling/pages.js"
import { Paper } from "../filling/paper.js"
import { announce } from "../filling/saved.js"
import { answers as sent, drain, keepAndSend } from "../filling/sending.js"
import { tellTouched } from "../filling/touched.js"
import { same } from "../forms/values.js"
import { getJson } from "../http.js"
import { line } from "../line.js"

const PAUSE = 600 // after the last letter
const ENDED = { withdrawn: "withdrawn", "not-found": "withdrawn", submitted: "submitted" }
const LETTERS = "input:not([type=radio], [type=checkbox], [type=range]), textarea"

customElements.define("form-filling", class extends HTMLElement {
  #document
  #paper
  #drawing
  #pages
  #entries
  #attaching
  #typing = new Map() // path → timer
  #soon
  #over = false
  #pressing = false // nothing is drawn anew between pressing and letting go: what is pressed would move away
  #ends = []

  connectedCallback() {
    this.#document = this.getAttribute("document")
    this.#paper = new Paper(JSON.parse(this.dataset.form), JSON.parse(this.dataset.answers))
    this.#entries = new Entries(this, this.#paper, (path, values) => this.#put(path, values))
    this.#drawing = new Drawing(this, this.#paper)
    this.#pages = new Pages(this, { problems: (page) => this.#drawing.problems(page), moved: (page) => this.#moved(page) })
    this.#attaching = new Attaching(this, (wrapper) => this.#changed(wrapper))
    this.#listen()
    tellTouched(this) // newer than what was kept before: so it comes first, and nothing is drawn over it
    for (const { path, value, at } of keptAnswers(this.#document)) if (this.#paper.isOlder(path, at)) this.#newer(path, value, at)
    this.#draw()
    this.#paper.withPatterns(() => this.#draw())
    this.#came()
    this.toggleAttribute("ready", true)
    drain()
  }

  disconnectedCallback() { for (const end of this.#ends.splice(0)) end() }

  #listen() {
    const own = { input: this.#input, change: this.#change, click: this.#click, submit: this.#submit, focusout: this.#left, pointerup: this.#pressed }
    for (const [name, fn] of Object.entries(own)) this.addEventListener(name, fn)
    const hear = (target, name, fn) => { target.addEventListener(name, fn); this.#ends.push(() => target.removeEventListener(name, fn)) }
    for (const [name, is] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) hear(window, name, () => { this.#pressing = is })
    hear(sent, "saved", ({ detail }) => this.#saved(detail))
    hear(window, "beforeunload", (event) => { if (this.#attaching.underway) event.preventDefault() })
    hear(sent, "held", () => announce("held"))
    hear(sent, "refused", ({ detail }) => this.#refused(detail))
    hear(line, "state", () => this.#lineChanged())
    hear(line, "resync", () => this.#fetch())
    const mine = (run) => (event) => { if (event.document === this.#document) run() }
    for (const name of ["answered", "document.progressed"]) this.#ends.push(line.on(name, mine(() => this.#fetch())))
    for (const name of ["document.withdrawn", "document.voided"]) this.#ends.push(line.on(name, mine(() => this.#end("withdrawn"))))
    this.#ends.push(line.on("document.submitted", mine(() => this.#end("submitted"))))
  }

  // --- what is typed ---

  #input = ({ target }) => {
    const wrapper = target.closest("[data-path][data-type]")
    if (!wrapper || target.type === "file") return
    target.removeAttribute("data-untouched")
    if (target.matches("[data-own]") && target.value) pickOwn(wrapper)
    if (target.matches("[data-slider]")) target.parentElement.querySelector("output").textContent = target.value
    const path = wrapper.dataset.path
    const item = this.#paper.item(path)
    // on this device at once, whatever happens to the page; to the server when somebody pauses
    if (item && !this.#over) keepAnswer(this.#document, path, { value: valuesOf(wrapper, item), at: now(), page: this.#pages.current })
    clearTimeout(this.#typing.get(path))
    this.#typing.set(path, setTimeout(() => this.#changed(wrapper), target.matches(LETTERS) ? PAUSE : 0))
  }

  #change = ({ target }) => {
    const wrapper = target.closest("[data-path][data-type]")
    if (this.#pressing && target.matches(LETTERS) && wrapper && this.#typing.has(wrapper.dataset.path)) return // in a moment
    if (wrapper && target.type !== "file") this.#changed(wrapper, target)
  }

  // a link of the review leads to a question: what is wrong with it stands there, and it can be answered at once
  #came() {
    const wrapper = location.hash.startsWith("#q-") && this.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`)
    if (!wrapper) return
    this.#drawing.tryPage(this.#pages.current)
    this.#draw()
    const lead = () => setTimeout(() => this.contains(document.activeElement) || this.#lead(wrapper)) // after the browser's own going there
    if (document.readyState === "complete") lead()
    else addEventListener("load", lead, { once: true })
  }

  #lead(wrapper) {
    wrapper.scrollIntoView({ block: "nearest" }) // all of it: the question too, not its control alone
    fieldOf(wrapper)?.focus({ preventScroll: true })
  }

  #left = ({ target }) => {
    const wrapper = target.closest("[data-path][data-type]")
    if (!this.#pressing && wrapper && this.#typing.has(wrapper.dataset.path)) this.#changed(wrapper)
  }

  #changed(wrapper, touched = null) {
    const path = wrapper.dataset.path
    clearTimeout(this.#typing.get(path))
    this.#typing.delete(path)
    const item = this.#paper.item(path)
    if (!item || this.#over) return
    if (touched?.checked && item.repeats) letOthersGo(wrapper, item, touched)
    this.#put(path, valuesOf(wrapper, item))
  }

  #put(path, values) {
    if (JSON.stringify(this.#paper.values(path)) === JSON.stringify(values) && this.#paper.paths.includes(path)) return
    const at = now()
    this.#paper.take(path, values, at)
    announce(line.state === "live" ? "saving" : "held")
    keepAndSend(this.#document, path, { value: values, at, page: this.#pages.current })
    this.#draw()
  }

  #standing(path) { return valuesOf(this.querySelector(`[data-path="${CSS.escape(path)}"][data-type]`), this.#paper.item(path)) }

  #click = (event) => {
    const button = event.target.closest("button")
    if (button?.matches("[data-more]")) { event.preventDefault(); this.#entries.more(button); this.#draw() }
    else if (button?.matches("[data-less]")) { event.preventDefault(); this.#entries.less(button.closest("[data-instance]")) }
    else if (button?.matches("[data-clear]")) this.#clear(button.closest("[data-path][data-type]"))
  }

  #clear(wrapper) {
    showValues(wrapper, this.#paper.item(wrapper.dataset.path), [], same)
    fieldOf(wrapper)?.focus()
    this.#changed(wrapper)
  }

  // a slider that is pressed where it stands is answered, though nothing moved
  #pressed = ({ target }) => {
    if (target.matches("[data-slider][data-untouched]")) for (const name of ["input", "change"]) target.dispatchEvent(new Event(name, { bubbles: true }))
  }

  #draw() {
    const state = this.#paper.settle()
    this.#entries.draw(state)
    this.#drawing.draw(state)
    this.#pages?.draw(state)
  }

  // --- pages ---

  // behind the answers of the page before, which say where they were typed; the next answer says it too
  async #moved(page) {
    await drain()
    if (line.state !== "live" || this.#over || page !== this.#pages.current) return
    line.ask("document.page", { document: this.#document, page }, { once: true }).catch(() => {})
  }

  // what is wrong is shown once before it is passed by; the review names all that is left
  #submit = (event) => {
    event.preventDefault()
    for (const path of [...this.#typing.keys()]) this.#changed(this.querySelector(`[data-path="${CSS.escape(path)}"][data-type]`))
    if (event.submitter?.value === "back") return this.#pages.back()
    const first = this.#drawing.tryPage(this.#pages.current)
    this.#draw()
    if (first) return this.#lead(first)
    if (this.#pages.last) this.#review()
    else this.#pages.next()
  }

  async #review() {
    await drain()
    if (this.#attaching.underway) return announce("attaching")
    if (keptAnswers(this.#document).some((one) => !one.refused)) return announce("waits")
    location.assign(this.dataset.review)
  }

  // --- the line ---

  #saved({ document, path, answer }) {
    if (document !== this.#document) return
    announce(keptAnswers(document).some((one) => !one.refused) ? "saving" : "saved")
    if (answer?.stale) this.#newer(path, answer.value, answer.at)
    if (answer?.alerted) this.#drawing.keepWarning()
  }

  #refused({ document, path, refused }) {
    if (document !== this.#document) return
    if (ENDED[refused.code]) return this.#end(ENDED[refused.code])
    announce("refused", refused.message)
    this.#drawing.refuse(path, refused.message)
  }

  #lineChanged() {
    if (line.state === "live") this.#fetch()
    else if (!this.#over) announce("held")
  }

  // misses: how often nobody answered; what others typed meanwhile would stand nowhere, so it is asked for again
  async #fetch(misses = 0) {
    clearTimeout(this.#soon)
    if (this.#over || !this.isConnected) return
    const found = await getJson(`${this.dataset.answersAt}?since=${Math.max(0, Math.round(this.#paper.known) - 60_000)}`).catch((refused) => refused)
    if (ENDED[found.code]) return this.#end(ENDED[found.code])
    if (found.undecided && line.state === "live") this.#soon = setTimeout(() => this.#fetch(misses + 1), Math.min(500 * 2 ** misses, 15_000))
    if (!found.answers) return
    this.#paper.known = found.at
    seen(found.at)
    for (const [path, { value, at }] of Object.entries(found.answers)) if (this.#paper.isOlder(path, at)) this.#newer(path, value, at)
    if (!keptAnswers(this.#document).length) announce("settled")
  }

  // typed on another tab or device, or before a reload: later than what stands here. Who types on keeps their words.
  #newer(path, values, at) {
    if (this.#typing.has(path)) return
    const unchanged = JSON.stringify(this.#paper.values(path)) === JSON.stringify(values)
    this.#paper.take(path, values, at)
    this.#entries.draw(this.#paper.settle())
    const wrapper = this.querySelector(`[data-path="${CSS.escape(path)}"][data-type]`)
    if (wrapper && !unchanged) {
      this.#entries.fields(wrapper, values.length)
      showValues(wrapper, this.#paper.item(path), values, same)
    }
    this.#draw()
  }

  #end(why) {
    if (this.#over) return
    for (const path of this.#typing.keys()) this.#paper.take(path, this.#standing(path), now())
    this.#over = true
    endForm(this, why, this.#paper)
    announce("over")
  }
})
