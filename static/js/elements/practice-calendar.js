// <practice-calendar on data-day data-zone>: the calendar that staff keep open. The page drew its tools; the grid, the
// entries and what can be chosen are fetched. On an event only the entries that it names are fetched, many in one go; a
// whole range after a gap, and when hours or blocks changed.
import { cleared, clears, showClearing } from "../calendar/clearing.js"
import { Entries } from "../calendar/entries.js"
import { Drawing, gone, movable, said } from "../calendar/drawing.js"
import { Fresh, NEARLY } from "../calendar/fresh.js"
import { Grid } from "../calendar/grid.js"
import { NOWHERE, into } from "../calendar/lanes.js"
import { Panel } from "../calendar/panel.js"
import { move } from "../calendar/moving.js"
import { range } from "../calendar/place.js"
import { shades } from "../calendar/shades.js"
import { Tools } from "../calendar/tools.js"
import { carried, clockWords, dayOf, moment, shortDay, timeOf, wall } from "../calendar/wall.js"
import { now } from "../clock.js"
import { failure } from "../failure.js"
import { gridLibrary } from "../grid-library.js"
import { getJson, getWithCursor } from "../http.js"
import { line } from "../line.js"
import { page } from "../page.js"

const SOON = 120
const MINUTE = 60_000
const MOST = 60 // ids in one address
const BEHIND = ["hours.changed", "calendar.blocked", "services.changed", "rooms.changed", "client.merged"]
const HERE = "/staff/calendar"

customElements.define("practice-calendar", class extends HTMLElement {
  #ends = []
  #entries = new Entries()
  #fresh = new Fresh(now)
  #left = new Set() // cancelled while the page was open: shown struck through
  #late = new Set() // changed while it was dragged
  #behind = {}
  #loads = 0
  #timers = {}
  #asking = false
  #dragged = null
  #taken = null // what is dragged, as it was taken up: what changed since is not what the hand meant, and the door says so

  connectedCallback() {
    this.narrow = matchMedia("(max-width: 47.99rem)")
    this.tools = new Tools(this, { zone: this.dataset.zone, day: this.dataset.day, narrow: this.narrow.matches }, () => this.#load())
    this.panel = new Panel(this.querySelector("[data-panel]"), (form, answer) => cleared(this.panel, form, answer) || this.#did(form, answer))
    for (const name of this.getAttribute("on").split(" ")) this.#ends.push(line.on(name, (event) => this.#heard(event)))
    for (const name of BEHIND) this.#ends.push(line.on(name, () => this.#later("anew", () => this.#anew(), SOON)))
    this.#hear(line, "resync", ({ detail }) => this.#later("resync", () => this.#anew(), Math.random() * (detail?.spread ?? 0)))
    this.#hear(this, "click", (event) => this.#pressed(event))
    this.#hear(this, "wa-select", (event) => clears(event) && showClearing(this.panel, this.place))
    this.#hear(document, "keydown", (event) => this.#key(event))
    this.#hear(this.narrow, "change", () => { this.tools.show(); this.#show() })
    this.#hear(matchMedia("print"), "change", ({ matches }) => this.grid?.onPaper(matches))
    const clock = setInterval(() => this.grid?.tick(), MINUTE)
    this.#ends.push(() => clearInterval(clock))
    this.#start()
  }

  disconnectedCallback() {
    for (const end of this.#ends.splice(0)) end()
    for (const timer of Object.values(this.#timers)) clearTimeout(timer)
    this.grid?.stop()
  }

  get place() { return this.tools.place }

  async #start() {
    try {
      const [found, config] = await Promise.all([gridLibrary(), getJson(HERE)])
      this.#knows(config)
      this.grid = new Grid(this.querySelector("[data-grid]"), found, {
        now, entry: (id) => this.#visible(id), fresh: (id) => this.#fresh.has(id), movable, books: () => this.config.books,
        opened: (id) => this.panel.show(`${HERE}/${id}`, "entry"), moved: (id, to) => this.#move(id, to),
        chosen: (where) => this.#book(where), dragging: (id) => this.#drags(id),
      })
      await this.#load()
    } catch (refused) {
      this.#trouble(refused, () => this.#start())
    }
  }

  #knows(config) {
    this.config = config
    this.drawing = new Drawing(config)
    this.tools.knows(config)
  }

  // the whole range: at first, in another place, after a gap
  async #load() {
    if (!this.grid) return
    const load = ++this.#loads
    this.tools.show()
    this.#later("waits", () => this.querySelector("[data-waits]").toggleAttribute("hidden", false), 300)
    try {
      const { data, cursor } = await getWithCursor(`${HERE}/entries?${this.#asked({ hours: true })}`)
      if (load !== this.#loads) return
      if (this.shown !== this.tools.key) this.#entries.clear()
      this.shown = this.tools.key
      this.#entries.settle(data.entries, cursor)
      this.#behind = data
      this.#show()
      this.#catchUp(cursor)
    } catch (refused) {
      if (load === this.#loads) this.#trouble(refused, () => this.#load())
    } finally {
      clearTimeout(this.#timers.waits)
      if (load === this.#loads) this.querySelector("[data-waits]").hidden = true
    }
  }

  async #anew() {
    if (!this.grid) return
    try { this.#knows(await getJson(HERE)) } catch (refused) { if (!refused.undecided) throw refused }
    await this.#load()
  }

  #asked(more) {
    const [first, after] = range(this.place)
    const zone = this.config.zone
    const asked = { from: moment(`${first}T00:00:00`, zone).toISOString(), until: moment(`${after}T00:00:00`, zone).toISOString(), ...more }
    for (const name of ["practitioners", "rooms", "locations"]) if (this.place[name].length) asked[name] = this.place[name].join(",")
    return new URLSearchParams(asked)
  }

  #show() {
    if (!this.config || !this.shown) return
    this.querySelector("[data-trouble]").hidden = true
    const entries = this.#entries.all.filter((one) => this.#visible(one.id))
    const [first, after] = range(this.place)
    const known = this.#behind.open && this.place.view !== "month" // who named no hours is never away
    const behind = known ? this.config.practitioners.filter(({ here, hours }) => here && hours).map(({ id }) => id) : []
    this.grid.show(this.place, {
      config: this.config, drawing: this.drawing, entries, narrow: this.narrow.matches,
      shades: Object.assign(shades(this.#behind, { zone: this.config.zone, first, after, staff: behind }), { open: this.#behind.open ?? [] }),
    })
    this.toggleAttribute("ready", true)
    this.#holds()
  }

  #visible(id) {
    const entry = this.#entries.get(id)
    if (!entry || (entry.status === "cancelled" && !this.place.cancelled && !this.#left.has(id))) return null
    return entry
  }

  // an event: what it names is fetched, unless it is elsewhere
  #heard(event) {
    if (!event.appointment || !this.#concerns(event)) return
    this.#entries.want(event.appointment, event.seq)
    if (this.grid) this.#later("ask", () => this.#ask(), SOON)
  }

  #concerns({ appointment, data }) {
    if (!this.config || this.#entries.has(appointment)) return true
    if (!data?.starts_at) return this.place.rooms.length + this.place.locations.length > 0
    const [first, after] = range(this.place).map((day) => moment(`${day}T00:00:00`, this.config.zone))
    return new Date(data.ends_at) > first && new Date(data.starts_at) < after
  }

  #catchUp(cursor) {
    const names = this.getAttribute("on").split(" ")
    const missed = line.heardSince(cursor)
    if (missed === null && line.state === "live" && line.cursor > cursor) this.#later("anew", () => this.#load(), SOON)
    for (const { name, event } of missed ?? []) if (names.includes(name)) this.#heard(event)
  }

  // one request at a time for all that were named; an answer older than what named them is asked for again
  async #ask(misses = 0) {
    const ids = this.#entries.wanted.slice(0, MOST)
    if (this.#asking || !ids.length) return
    this.#asking = true
    let waits = SOON
    try {
      const key = this.tools.key
      const { data, cursor } = await getWithCursor(`${HERE}/entries?${this.#asked({ only: ids.join(",") })}`)
      if (key === this.tools.key) this.#changed(this.#entries.update(ids, data.entries, cursor))
    } catch (refused) {
      if (!refused.undecided) reportError(refused)
      waits = Math.min(250 * 2 ** misses, 15_000)
    }
    this.#asking = false
    if (this.#entries.wanted.length) this.#later("ask", () => this.#ask(misses + 1), waits)
  }

  #changed(ids) {
    for (const id of ids) this.#mark(id)
    this.#draw([...ids, ...this.#fresh.over(NEARLY, ids)])
    this.#calm()
    const spoken = ids.map((id) => this.#entries.get(id)).filter((one) => one?.done && said(one.done))
    if (spoken.length) this.#announce(spoken.length > 3 ? `${spoken.length} appointments changed` : spoken.map((one) => `${said(one.done)}: ${this.drawing.spoken(one)}`).join(". "))
    if (ids.some((id) => this.panel.open.endsWith(id))) this.panel.again()
  }

  #mark(id) {
    const entry = this.#entries.get(id)
    if (!entry) return
    if (gone(entry)) this.#left.add(id)
    this.#fresh.mark(id, Boolean(said(entry.done)))
  }

  // the highlight is over by itself
  #calm() {
    const over = this.#fresh.over()
    if (over.length) this.#draw(over)
    if (this.#fresh.wait !== null) this.#later("calm", () => this.#calm(), this.#fresh.wait + 20)
  }

  // what is being dragged is drawn when it is let go
  #draw(ids) {
    const held = ids.filter((id) => id === this.#dragged)
    for (const id of held) this.#late.add(id)
    this.grid.refresh(ids.filter((id) => !held.includes(id)))
    this.#holds()
  }

  #drags(id) {
    this.#dragged = id
    if (id !== null) this.#taken = this.#entries.get(id)
    else queueMicrotask(() => { this.grid.refresh([...this.#late]); this.#late.clear() })
  }

  // a time that is held is let go at its moment
  #holds() {
    const held = this.#entries.all.filter(({ until }) => until)
    for (const { id } of held.filter(({ until }) => new Date(until) <= now())) { this.#entries.drop(id); this.grid.refresh([id]) }
    const next = Math.min(...held.map(({ until }) => new Date(until) - now()).filter((wait) => wait > 0))
    if (Number.isFinite(next)) this.#later("holds", () => this.#holds(), Math.min(next + 50, 2 ** 30))
  }

  async #move(id, { at, until, lane }) {
    const entry = this.#entries.get(id) && this.#taken
    if (!entry) { this.grid.refresh([id]); return }
    const { zone } = this.config
    const to = { ...carried(entry, { at, until }, zone), ...into(lane, entry, this.place.by) }
    this.grid.refresh([])
    const version = await move(entry, to, wall(to.starts_at, zone))
    if (version === null) this.#entries.want(id, page.cursor ?? 0)
    this.grid.refresh([id])
    if (version === null) this.#ask()
  }

  #book({ at, minutes, lane } = {}) {
    const asked = new URLSearchParams({ day: at ? dayOf(at) : this.place.day })
    if (at) asked.set("time", timeOf(at).slice(0, 5))
    if (minutes) asked.set("minutes", minutes)
    const [alone, ...others] = this.place.practitioners
    if (lane && lane !== NOWHERE) asked.set(this.place.by === "practitioner" ? "practitioner" : "place", lane)
    else if (alone && !others.length) asked.set("practitioner", alone)
    return this.panel.show(`${HERE}/new?${asked}`, "new")
  }

  #did(form, { appointment, seq, room }) {
    if ("book" in form.dataset) {
      this.panel.close()
      const { day, time } = form.elements
      const where = this.config.rooms.find(({ id }) => id === room)?.name
      document.querySelector("toast-stack")?.show(`Booked for ${shortDay(day.value)}, ${clockWords(`${day.value}T${time.value}:00`)}${where ? `, in ${where}` : ""}`)
      this.#entries.want(appointment, seq ?? 0)
    } else {
      const id = this.panel.open.split("/").at(-1)
      this.panel.show(this.panel.open, "entry")
      this.#entries.want(id, seq ?? 0)
    }
    this.#ask()
  }

  #pressed(event) {
    const link = event.target.closest("[data-new]")
    if (!link || event.metaKey || event.ctrlKey) return
    event.preventDefault()
    this.#book()
  }

  #key(event) {
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input, textarea, select, dialog[open], [contenteditable]")) return
    if (document.querySelector("dialog[open]")) return
    if (event.key === "n" && this.config?.books) { event.preventDefault(); this.#book() }
    else this.tools.pressed(event)
  }

  #trouble(refused, again) {
    const box = this.querySelector("[data-trouble]")
    this.querySelector("[data-waits]").hidden = true
    box.replaceChildren(failure(refused, () => { box.hidden = true; again() }))
    box.hidden = false
  }

  #announce(words) { this.querySelector("[data-announce]").textContent = words }

  #later(name, fn, wait) {
    if (name === "ask" && this.#timers.ask) return
    clearTimeout(this.#timers[name])
    this.#timers[name] = setTimeout(() => { delete this.#timers[name]; if (this.isConnected) fn() }, wait)
  }

  #hear(target, name, fn) {
    target.addEventListener(name, fn)
    this.#ends.push(() => target.removeEventListener(name, fn))
  }
})
