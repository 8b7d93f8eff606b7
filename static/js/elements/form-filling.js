// <form-filling document data-form data-answers>: a form being filled in. Every answer is kept on this device the moment
// it is typed and sent over the line; what is asked follows at once; other tabs and devices of its person are followed.
import { announce } from "../filling/saved.js"
import { Attaching } from "../filling/attaching.js"
import { valuesOf, showValues, isSeveral } from "../filling/controls.js"
import { markFaults } from "../filling/faults.js"
import { addField, addInstance, entryOf, lastNumber, removeInstance } from "../filling/instances.js"
import { keptAnswers } from "../filling/kept.js"
import { Pages } from "../filling/pages.js"
import { answers as sent, drain, keepAndSend } from "../filling/sending.js"
import { evaluate, read, same } from "../forms/index.js"
import { getJson } from "../http.js"
import { line } from "../line.js"
import { now } from "../clock.js"

const PAUSE = 600 // after the last letter
const REMOVED = "removed"

customElements.define("form-filling", class extends HTMLElement {
  #form
  #answers = {} // path → values
  #at = {} // path → when they were typed
  #typing = new Map() // path → timer
  #tried = new Set() // pages whose faults are shown
  #pages
  #over = false
  #ends = []

  connectedCallback() {
    this.id_ = this.getAttribute("document")
    this.#form = read(JSON.parse(this.dataset.form))
    this.toggleAttribute("ready", true)
    for (const [path, { value, at }] of Object.entries(JSON.parse(this.dataset.answers))) this.#take(path, value, at)
    this.#takeKept()
    this.#pages = new Pages(this, { problems: (page) => this.#problemsOf(page), moved: (page) => this.#moved(page) })
    this.#attaching = new Attaching(this, (wrapper) => this.#changed(wrapper))
    this.#listen()
    this.#draw()
    drain()
  }

  #attaching

  disconnectedCallback() { for (const end of this.#ends.splice(0)) end() }

  get #wrappers() { return this.querySelectorAll("[data-path][data-type]") }

  #listen() {
    const own = { input: this.#input, change: this.#change, click: this.#click, submit: this.#submit, focusout: this.#left }
    for (const [name, fn] of Object.entries(own)) this.addEventListener(name, fn)
    const hear = (target, name, fn) => { target.addEventListener(name, fn); this.#ends.push(() => target.removeEventListener(name, fn)) }
    hear(sent, "saved", ({ detail }) => this.#saved(detail))
    hear(sent, "held", () => announce(this, "held"))
    hear(sent, "refused", ({ detail }) => this.#refused(detail))
    hear(line, "state", () => announce(this, line.state === "live" ? "quiet" : "held"))
    hear(line, "resync", () => this.#fetch())
    for (const name of ["answered", "document.progressed"]) this.#ends.push(line.on(name, (event) => event.document === this.id_ && this.#fetch()))
    for (const name of ["withdrawn", "voided"]) this.#ends.push(line.on(`document.${name}`, (event) => event.document === this.id_ && this.#end("withdrawn")))
    this.#ends.push(line.on("document.submitted", (event) => event.document === this.id_ && this.#end("submitted")))
  }

  // --- what is typed ---

  #input = ({ target }) => {
    const wrapper = target.closest("[data-path][data-type]")
    if (!wrapper || target.type === "file") return
    delete target.dataset.untouched
    if (target.matches("[data-own]") && target.value) this.#pickOwn(wrapper)
    if (target.matches("[data-slider]")) target.parentElement.querySelector("output").textContent = target.value
    this.#hold(wrapper, target.matches("input:not([type=radio], [type=checkbox], [type=range]), textarea") ? PAUSE : 0)
  }

  #change = ({ target }) => {
    const wrapper = target.closest("[data-path][data-type]")
    if (wrapper && target.type !== "file") this.#changed(wrapper)
  }

  #left = ({ target }) => {
    const wrapper = target.closest("[data-path][data-type]")
    if (wrapper && this.#typing.has(wrapper.dataset.path)) this.#changed(wrapper)
  }

  #hold(wrapper, pause) {
    const path = wrapper.dataset.path
    clearTimeout(this.#typing.get(path))
    this.#typing.set(path, setTimeout(() => this.#changed(wrapper), pause))
  }

  #changed(wrapper) {
    const path = wrapper.dataset.path
    clearTimeout(this.#typing.get(path))
    this.#typing.delete(path)
    const item = this.#item(path)
    if (!item || this.#over) return
    const exclusive = item.options.find((one, place) => one.exclusive && wrapper.querySelector(`[data-option="${place}"]`)?.checked)
    if (exclusive && item.repeats) this.#alone(wrapper, item, exclusive)
    this.#put(path, valuesOf(wrapper, item))
  }

  // an answer that stands alone lets the others go, or goes itself when another was ticked after it
  #alone(wrapper, item, exclusive) {
    const before = this.#answers[wrapper.dataset.path] ?? []
    const first = before.some((value) => same(exclusive.value, value))
    for (const box of wrapper.querySelectorAll("[data-option]")) {
      if ((item.options[Number(box.dataset.option)] === exclusive) === first) box.checked = false
    }
  }

  #pickOwn(wrapper) {
    const option = wrapper.querySelector("[data-option=own]")
    if (option) option.checked = true
    else if (wrapper.querySelector("[data-list]")) wrapper.querySelector("[data-list]").value = "own"
  }

  #put(path, values) {
    if (JSON.stringify(this.#answers[path] ?? []) === JSON.stringify(values)) return this.#draw()
    const at = now()
    this.#take(path, values, at)
    announce(this, line.state === "live" ? "saving" : "held")
    keepAndSend(this.id_, path, { value: values, at, page: this.#pages.current })
    this.#draw()
  }

  #take(path, values, at) {
    this.#answers[path] = values
    this.#at[path] = at
  }

  #item(path) { return this.#state?.byPath.get?.(path)?.item ?? this.#state?.byPath[path]?.item ?? this.#evaluated().byPath.get(path)?.item }

  // --- entries of what repeats ---

  #click = (event) => {
    const button = event.target.closest("button")
    if (!button) return
    if (button.matches("[data-more]")) { event.preventDefault(); this.#more(button) }
    else if (button.matches("[data-less]")) { event.preventDefault(); this.#less(button.closest("[data-instance]")) }
    else if (button.matches("[data-clear]")) this.#clear(button.closest("[data-path][data-type]"))
  }

  #more(button) {
    const wrapper = button.closest("[data-path]")
    if (isSeveral(wrapper)) return addField(wrapper)
    const number = lastNumber(wrapper, Object.keys(this.#answers)) + 1
    const entry = addInstance(wrapper, number)
    this.#put(`${wrapper.dataset.path}:${number}`, [])
    this.#draw()
    entry.querySelector("input, textarea, select")?.focus()
  }

  #less(entry) {
    const group = entry.closest("[data-repeats]")
    const path = entry.dataset.instance
    for (const one of Object.keys(this.#answers)) if (one.startsWith(`${path}/`)) delete this.#answers[one]
    removeInstance(group, entry)
    this.#put(path, [REMOVED])
  }

  #clear(wrapper) {
    for (const one of wrapper.querySelectorAll("[data-option]")) one.checked = false
    this.#changed(wrapper)
    wrapper.querySelector("[data-option]")?.focus()
  }

  // --- what follows from it ---

  #state

  #evaluated() {
    const gone = Object.keys(this.#answers).filter((path) => this.#answers[path][0] === REMOVED)
    const there = Object.entries(this.#answers).filter(([path]) => !gone.some((one) => path === one || path.startsWith(`${one}/`)))
    this.#state = evaluate(this.#form, Object.fromEntries(there))
    return this.#state
  }

  #draw() {
    const state = this.#evaluated()
    for (const one of this.querySelectorAll("[data-path]")) {
      const node = state.byPath.get(one.dataset.path)
      if (node) one.hidden = !node.enabled
    }
    for (const wrapper of this.#wrappers) this.#drawOne(wrapper, state.byPath.get(wrapper.dataset.path))
    for (const group of this.querySelectorAll("fieldset.group")) this.#fault(group, state.byPath.get(group.dataset.path))
    this.#pages.draw(state)
    this.#warn(state)
  }

  #drawOne(wrapper, node) {
    if (!node) return
    const said = wrapper.querySelector(":scope > .field > output[data-value], :scope > output[data-value]")
    if (said) said.textContent = node.values.map((value) => wordsOf(node.item, value)).join(", ") || "Nothing yet"
    const clear = wrapper.querySelector("[data-clear]")
    if (clear) clear.hidden = !node.values.length
    this.#fault(wrapper, node)
  }

  #fault(wrapper, node) {
    const page = Number(wrapper.closest("[data-page]")?.dataset.page)
    if (node) markFaults(wrapper, node.enabled && this.#tried.has(page) ? [...node.faults] : [])
  }

  #problemsOf(page) {
    const section = this.querySelector(`[data-page="${page}"]`)
    const state = this.#state
    return [...section.querySelectorAll("[data-path]")].filter((one) => { const node = state.byPath.get(one.dataset.path); return node?.enabled && node.faults.length })
  }

  // an answer that may mean danger: said at once, beside it, that nobody watches, and where help is
  #warn(state) {
    const notice = this.querySelector("[data-crisis]")
    const risky = [...this.#wrappers].find((one) => { const node = state.byPath.get(one.dataset.path); return node?.enabled && node.item.risk.some((risk) => node.values.some((value) => same(risk, value))) })
    if (!notice) return
    if (risky && notice.hidden) {
      risky.after(notice)
      notice.hidden = false
    } else if (!risky && !notice.dataset.stays) notice.hidden = true
  }

  // --- pages ---

  #moved(page) {
    if (line.state === "live") line.ask("document.page", { document: this.id_, page }, { once: true }).catch(() => {}) // the next answer says it too
  }

  // shown once before it is passed by; the review names all that is left
  #submit = (event) => {
    const action = event.submitter?.value
    if (event.submitter?.matches("[data-more], [data-less]")) return
    event.preventDefault()
    for (const wrapper of [...this.#wrappers]) if (this.#typing.has(wrapper.dataset.path)) this.#changed(wrapper)
    if (action === "back") return this.#pages.back()
    const page = this.#pages.current
    const problems = this.#problemsOf(page)
    if (problems.length && !this.#tried.has(page)) {
      this.#tried.add(page)
      this.#draw()
      return problems[0].querySelector("input, textarea, select")?.focus()
    }
    if (action === "review" || this.#pages.last) return this.#review()
    this.#pages.next()
  }

  async #review() {
    await drain()
    if (keptAnswers(this.id_).some((one) => !one.refused)) return announce(this, "waits")
    location.assign(this.dataset.review)
  }

  // --- the line ---

  #saved({ document, path, answer }) {
    if (document !== this.id_) return
    announce(this, keptAnswers(this.id_).some((one) => !one.refused) ? "saving" : "saved")
    if (answer?.stale) this.#newer(path, answer.value, answer.at)
    if (answer?.alerted) { const notice = this.querySelector("[data-crisis]"); if (notice) notice.dataset.stays = "true" }
  }

  #refused({ document, path, refused }) {
    if (document !== this.id_) return
    if (["withdrawn", "submitted", "not-found"].includes(refused.code)) return this.#end(refused.code === "submitted" ? "submitted" : "withdrawn")
    announce(this, "refused", refused.message)
    const wrapper = this.querySelector(`[data-path="${CSS.escape(path)}"]`)
    if (wrapper) markFaults(wrapper, [refused.message])
  }

  // what waits on this device is newer than what the page was drawn with; it may come from before a reload
  #takeKept() {
    for (const { path, value, at } of keptAnswers(this.id_)) if (!(this.#at[path] > at)) this.#newer(path, value, at)
  }

  async #fetch() {
    const since = Math.max(0, ...Object.values(this.#at)) - 60_000
    const found = await getJson(`${this.dataset.answersAt}?since=${Math.max(0, Math.round(since))}`).catch((refused) => refused)
    if (["withdrawn", "not-found"].includes(found.code)) return this.#end("withdrawn")
    for (const [path, { value, at }] of Object.entries(found.answers ?? {})) if (!(this.#at[path] >= at)) this.#newer(path, value, at)
  }

  // typed on another tab or device, later than what stands here
  #newer(path, values, at) {
    if (this.#typing.has(path)) return
    const before = this.#answers[path]
    this.#take(path, values, at)
    const group = this.querySelector(`[data-repeats][data-path="${CSS.escape(path.replace(/:\d+$/, ""))}"]`)
    if (group && /:\d+$/.test(path)) this.#entry(group, path, values)
    for (const missing of path.matchAll(/:(\d+)\//g)) this.#need(path.slice(0, missing.index + missing[0].length - 1))
    const wrapper = this.querySelector(`[data-path="${CSS.escape(path)}"][data-type]`)
    const item = wrapper && (this.#state?.byPath.get(path) ?? this.#evaluated().byPath.get(path))?.item
    if (item && JSON.stringify(before) !== JSON.stringify(values)) {
      while (isSeveral(wrapper) && wrapper.querySelectorAll("[data-several] [data-value]").length < values.length) addField(wrapper)
      showValues(wrapper, item, values, same)
      wrapper.dataset.fresh = ""
    }
    if (this.#pages) this.#draw()
  }

  #need(instance) {
    const group = this.querySelector(`[data-repeats][data-path="${CSS.escape(instance.replace(/:\d+$/, ""))}"]`)
    if (group) this.#entry(group, instance, this.#answers[instance] ?? [])
  }

  #entry(group, path, values) {
    const there = entryOf(group, path)
    if (values[0] === REMOVED) { if (there) removeInstance(group, there) }
    else if (!there) addInstance(group, path.split(":").pop())
  }

  // --- the end ---

  #end(why) {
    if (this.#over) return
    this.#over = true
    for (const fields of this.querySelectorAll("[data-page]")) fields.disabled = true
    const part = this.querySelector(`[data-over="${why}"]`)
    const words = [...this.#wrappers].filter((one) => !one.hidden).map((one) => this.#line(one)).filter(Boolean).join("\n\n")
    const copy = part.querySelector("copy-text")
    if (copy) { copy.dataset.text = words; copy.hidden = !words }
    const shown = part.querySelector("[data-words]")
    if (shown) { shown.textContent = words; shown.closest("details").hidden = !words }
    part.hidden = false
    part.focus()
    announce(this, "over")
    document.querySelector("[data-foot]").hidden = true
  }

  #line(wrapper) {
    const node = this.#state.byPath.get(wrapper.dataset.path)
    const values = node?.enabled ? node.values : this.#answers[wrapper.dataset.path] ?? []
    return values.length && node ? `${node.item.text}\n${values.map((value) => wordsOf(node.item, value)).join(", ")}` : ""
  }
})

function wordsOf(item, value) {
  const option = item.options.find((one) => same(one.value, value))
  if (option) return option.label
  if (value === true || value === false) return value ? "Yes" : "No"
  if (value && typeof value === "object") return [value.value, value.unit].filter((one) => one !== undefined).join(" ") || value.display || value.title || ""
  const unit = item.units[0]?.unit
  return unit && (item.type === "integer" || item.type === "decimal") ? `${value} ${unit}` : String(value)
}
