// <client-list src on>: round the form that finds clients and, as data-part="found", whom it found. Asks anew while
// somebody types, when a filter changes, and when one of these events arrives; what is looked for is posted. Filters,
// order and page stand in the address and Back leads through them; what is typed never does. While a pointer or the focus
// is on the rows nothing moves: what changed comes when it has left.
import { failure } from "../failure.js"
import { postForPage } from "../http.js"
import { line } from "../line.js"
import { morph } from "../morph.js"
import { page } from "../page.js"
import { lookedFor, remember } from "../searching.js"

const PAUSE = 180
const [AGAIN, LONGEST] = [2_000, 30_000] // after news that could not be fetched
const TYPED = "words"
const USUAL = { sort: "name" }

const placeOf = (button) => (button?.name ? { [button.name]: button.value } : {})
const placeIn = ({ after, before }) => (after ? { after } : before ? { before } : {})
const inAddress = () => Object.fromEntries(new URLSearchParams(location.search))

customElements.define("client-list", class extends HTMLElement {
  #ends = []
  #place = {} // the page: after or before a client
  #asking = false
  #again = false
  #held = null
  #timer
  #soonAgain
  #misses = 0

  connectedCallback() {
    this.form = this.querySelector("form")
    this.querySelector("[data-plain]").hidden = true
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#look(placeOf(event.submitter), { step: true }) })
    this.form.addEventListener("input", ({ target }) => { if (target.name === TYPED) this.#soon() })
    this.form.addEventListener("change", ({ target }) => this.#look({}, { step: target.name !== TYPED }))
    addEventListener("popstate", this.#back)
    this.#ends.push(() => removeEventListener("popstate", this.#back))
    this.#found.addEventListener("pointerleave", () => this.#release())
    this.#found.addEventListener("focusout", () => requestAnimationFrame(() => this.#release()))
    this.#found.addEventListener("change", ({ target }) => this.#selects(target))
    this.#listen()
    this.#selected()
    this.#restore()
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    clearTimeout(this.#soonAgain)
    for (const end of this.#ends.splice(0)) end()
  }

  get #found() { return this.querySelector("[data-part=found]") }

  #listen() {
    const names = this.getAttribute("on").split(/\s+/)
    const again = () => this.#ask()
    this.#ends.push(...names.map((name) => line.on(name, again)))
    line.addEventListener("resync", again)
    this.#ends.push(() => line.removeEventListener("resync", again))
    if (line.heardSince(page.cursor)?.some(({ name }) => names.includes(name))) again()
  }

  #restore() {
    const before = lookedFor()
    if (before) this.#put(before)
    else this.#place = placeIn(inAddress()) // the server drew what the address says
    if (before) this.#look(placeIn(before))
  }

  // to what was asked before on this page; the first of them stands in the address alone
  #back = () => {
    const before = lookedFor() ?? inAddress()
    this.#put(before)
    this.#place = placeIn(before)
    this.#held = null
    this.#ask(true)
  }

  #put(fields) {
    for (const one of this.form.elements) if (one.name) one.value = fields[one.name] ?? USUAL[one.name] ?? ""
  }

  #soon() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look({}), PAUSE)
  }

  #look(place, { step = false } = {}) {
    clearTimeout(this.#timer)
    this.#place = placeIn(place)
    remember(this.form, this.#place, { step, address: this.#address })
    this.#held = null
    return this.#ask(true)
  }

  // ids and words of ours alone
  get #address() {
    const asked = new URLSearchParams(this.#place)
    for (const [name, value] of new FormData(this.form)) {
      if (name !== TYPED && value && value !== USUAL[name]) asked.append(name, value)
    }
    return asked.size ? `${location.pathname}?${asked}` : location.pathname
  }

  // One at a time, and once more when something was asked for meanwhile. What was fetched as news of a former question
  // is shown neither now nor when the rows are left.
  async #ask(mine = false) {
    if (this.#asking) { this.#again = mine ? "mine" : this.#again || "news"; return }
    this.#asking = true
    clearTimeout(this.#soonAgain)
    try {
      const data = new FormData(this.form)
      for (const [name, id] of Object.entries(this.#place)) data.set(name, id)
      const { body } = await postForPage(this.getAttribute("src"), data)
      this.#misses = 0
      if (mine || this.#again !== "mine") this.#show(body.innerHTML, mine)
    } catch (refused) {
      if (mine) this.#found.replaceChildren(failure(refused, () => this.#ask(true)))
      else if (refused.undecided) this.#askLater()
    }
    this.#asking = false
    const again = this.#again
    this.#again = false
    if (again) await this.#ask(again === "mine")
  }

  // news that could not be fetched would else stand nowhere; when the line is back all is asked for anyway
  #askLater() { this.#soonAgain = setTimeout(() => this.#ask(), Math.min(AGAIN * 2 ** this.#misses++, LONGEST)) }

  #show(html, mine) {
    if (!mine && this.#busy) this.#held = html
    else this.#draw(html)
  }

  get #busy() { return Boolean(this.querySelector("tbody tr:is(:hover, :focus-within)")) }

  #release() {
    if (this.#held === null || this.#busy) return
    this.#draw(this.#held)
  }

  // whoever was selected stays selected as long as they are on the page
  #draw(html) {
    this.#held = null
    const selected = new Set([...this.#found.querySelectorAll("[name=clients]:checked")].map((box) => box.value))
    morph(this.#found, html)
    for (const box of this.#boxes) box.checked = selected.has(box.value)
    this.#selected()
  }

  get #boxes() { return [...this.#found.querySelectorAll("[name=clients]")] }

  #selects(target) {
    if (target.closest("[data-select-all]")) for (const box of this.#boxes) box.checked = target.checked
    this.#selected()
  }

  // the box above the others, and how many are selected
  #selected() {
    const all = this.#found.querySelector("[data-select-all]")
    if (!all) return
    const [boxes, chosen] = [this.#boxes, this.#boxes.filter((box) => box.checked)]
    all.hidden = false
    all.querySelector("input").checked = boxes.length > 0 && chosen.length === boxes.length
    all.querySelector("input").indeterminate = chosen.length > 0 && chosen.length < boxes.length
    this.#found.querySelector("[data-select-word]").hidden = true
    this.#found.querySelector("[data-selected]").textContent = chosen.length ? `${chosen.length} selected` : ""
  }
})
