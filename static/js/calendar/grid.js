// The grid itself: FullCalendar, told what to show. It thinks in times on the practice's wall; a day side by side is made
// of far days, one a column (lanes.js). Its options name what our style sheet dresses.
import { tag } from "../tag.js"
import { Lanes, columns, laneOf, takes } from "./lanes.js"
import { range } from "./place.js"
import { daylight, everywhere, inLane, shared } from "./shades.js"
import { dayWords, hourWords, shift, shortDay, timeOf, wall } from "./wall.js"

const SLOT = 30
const SNAP = 5
const SHORT = 25 // minutes; there is one line for all of it
const KINDS = { day: "timeGrid", week: "timeGrid", month: "dayGridMonth", list: "list" }

export class Grid {
  #calendar
  #nodes = new WeakMap() // by entry or shade

  // asks: { entry(id), fresh(id), opened(id), moved(id, { at, until, lane }), chosen({ at, minutes, lane }), dragging(id or null), books() }
  constructor(root, library, asks) {
    Object.assign(this, { root, library, asks })
    // it draws some of its parts later than it says
    this.drawn = new MutationObserver(() => this.#dressSoon())
    this.drawn.observe(root, { childList: true, subtree: true })
  }

  // everything anew: place, what is known of the practice, entries, shades
  show(place, { config, drawing, entries, shades, narrow }) {
    Object.assign(this, { place, config, drawing, narrow })
    this.lanes = this.#lanes(place, config, entries)
    this.view = place.view === "day" && !this.lanes ? "list" : place.view
    this.shades = this.#behind(shades)
    this.hours = this.#hours(entries, shades)
    const [slotMinTime, slotMaxTime] = daylight(this.hours)
    this.#set({ slotMinTime, slotMaxTime, scrollTime: this.#worthSeeing(slotMinTime), editable: true, selectable: this.asks.books() && place.view !== "list" })
    this.#calendar.batchRendering(() => {
      for (const source of this.#calendar.getEventSources()) source.remove()
      this.#calendar.addEventSource({ id: "all", events: [...entries.map((one) => this.#input(one)).filter(Boolean), ...this.shades, ...this.#now()] })
    })
    this.root.style.setProperty("--columns", this.lanes ? this.lanes.found.length : 7)
    this.root.dataset.view = this.lanes ? "lanes" : this.view
    this.#dressSoon()
  }

  // several do not stand side by side on a phone: there a day is a list
  #lanes(place, config, entries) {
    if (place.view !== "day") return null
    const found = columns(place, config, entries)
    return this.narrow && found.length > 1 ? null : new Lanes(found, place.day)
  }

  // only these changed
  refresh(ids) {
    if (!this.#calendar) return
    this.#calendar.batchRendering(() => {
      for (const id of ids) {
        this.#calendar.getEventById(id)?.remove()
        const entry = this.asks.entry(id)
        const input = entry && this.#input(entry)
        if (input) this.#calendar.addEvent(input, "all")
        if (input) this.#widen(entry)
      }
    })
  }

  // what came stands at an hour that was not worth showing before
  #widen(entry) {
    const before = daylight(this.hours)
    this.hours.push([this.drawing.begins(entry), this.drawing.ends(entry)])
    const [first, last] = daylight(this.hours)
    if (first !== before[0]) this.#calendar.setOption("slotMinTime", first)
    if (last !== before[1]) this.#calendar.setOption("slotMaxTime", last)
  }

  // the line of the present moment, in every column
  tick() {
    if (!this.#calendar) return
    if (!this.lanes) return void this.#calendar.setOption("now", this.#wallNow())
    this.#calendar.batchRendering(() => {
      for (const one of this.#calendar.getEvents()) if (one.extendedProps.shade?.kind === "now") one.remove()
      for (const one of this.#now()) this.#calendar.addEvent(one, "all")
    })
  }

  // on paper everything stands, whatever the window shows
  onPaper(on) { this.#calendar?.setOption("height", on ? "auto" : "100%") }

  stop() {
    this.drawn.disconnect()
    this.#calendar?.destroy()
  }

  #wallNow() { return wall(this.asks.now(), this.config.zone) }

  #set(options) {
    const [first, after] = range(this.place)
    const span = this.lanes ? this.lanes.range : { start: first, end: after }
    const kind = KINDS[this.view]
    if (!this.#calendar) {
      this.#calendar = new this.library.Calendar(this.root, { ...this.#options(), ...options, initialView: kind, ...(this.view === "month" ? { initialDate: this.place.day } : { visibleRange: span }) })
      this.#calendar.render()
    } else {
      for (const [name, value] of Object.entries({ ...options, now: this.#wallNow() })) this.#calendar.setOption(name, value)
    }
    this.#calendar.changeView(kind, this.view === "month" ? this.place.day : span)
  }

  #options() {
    const { dayGrid, timeGrid, list, interaction, theme } = this.library
    return {
      plugins: [dayGrid, timeGrid, list, interaction, theme], timeZone: "UTC", now: this.#wallNow(), locale: "en-US",
      headerToolbar: false, allDaySlot: false, height: "100%", expandRows: true, nowIndicator: true, firstDay: 0,
      slotDuration: { minutes: SLOT }, snapDuration: { minutes: SNAP }, slotHeaderContent: ({ date }) => ({ domNodes: [tag("span", { class: "slot-name" }, hourWords(date.toISOString().slice(0, 19)))] }), dayHeaderAlign: "start", slotEventOverlap: false,
      dayMaxEvents: true, moreLinkHint: (count) => `Show ${count} more`, eventMinHeight: 16, eventInteractive: true, eventOrder: "start,title", fixedWeekCount: true, scrollTimeReset: false,
      displayEventTime: false, weekNumbers: false, dayHeaderFormat: { weekday: "short" }, selectMirror: true, unselectAuto: true, longPressDelay: 400, eventDurationEditable: true,
      eventTimeFormat: { hour: "numeric", minute: "2-digit" }, listDayFormat: { weekday: "long", month: "long", day: "numeric" },
      listDayHeaderContent: ({ level, text, isToday }) => ({ domNodes: [tag("span", {}, level ? (isToday ? "Today" : "") : text)] }),
      nowIndicatorLineClass: "now-line", noEventsClass: "calendar-nothing",
      popoverClass: "calendar-more", popoverFormat: { weekday: "long", month: "long", day: "numeric" },
      dayCellTopInnerClass: ({ isToday }) => `day-number${isToday ? " today" : ""}`,
      dayHeaderInnerClass: "column-head", dayHeaderContent: (about) => this.#header(about),
      eventClass: ({ event }) => this.#classes(event.extendedProps),
      backgroundEventClass: ({ event }) => this.#classes(event.extendedProps),
      eventContent: (about) => this.#content(about), backgroundEventContent: (about) => this.#content(about),
      eventDidMount: ({ event, el }) => this.#named(event, el),
      eventClick: ({ event, jsEvent }) => { jsEvent.preventDefault(); if (event.extendedProps.entry) this.asks.opened(event.id) },
      eventAllow: (span, event) => this.#allowed(span, event),
      eventDragStart: ({ event }) => this.asks.dragging(event.id), eventDragStop: () => this.asks.dragging(null),
      eventResizeStart: ({ event }) => this.asks.dragging(event.id), eventResizeStop: () => this.asks.dragging(null),
      eventDrop: ({ event }) => this.asks.moved(event.id, this.#place(event)),
      eventResize: ({ event }) => this.asks.moved(event.id, this.#place(event, true)),
      select: (span) => this.#chosen(span),
      noEventsContent: () => ({ domNodes: [nothing()] }),
    }
  }

  #input(entry) {
    const [begins, ends] = [this.drawing.begins(entry), this.drawing.ends(entry)]
    const span = this.lanes ? this.lanes.shown(begins, ends, laneOf(entry, this.place.by)) : [begins, ends]
    if (!span) return null
    const [start, end] = span
    const may = this.asks.movable(entry) && (!this.lanes || this.lanes.holds(begins, ends))
    return { id: entry.id, title: this.drawing.title(entry), start, end, startEditable: may, durationEditable: may && this.place.view !== "month", extendedProps: { entry } }
  }

  #behind(shades) {
    if (this.view === "list" || this.view === "month") return []
    if (this.lanes) return this.lanes.found.flatMap(({ id }) => this.#inColumn(shades, id))
    const staff = this.place.practitioners.length ? this.place.practitioners : this.config.practitioners.filter(({ here }) => here).map(({ id }) => id)
    const alone = staff.length === 1 // of several, only what all of them have
    return shared(shades.filter((one) => everywhere(one) || staff.includes(one.lane)), staff)
      .filter((one) => everywhere(one) || alone || one.kind === "closed")
      .map((one) => this.#shade(one, [one.start, one.end], ""))
  }

  #inColumn(shades, id) {
    const there = shades.filter((one) => inLane(one, id)).map((one) => [one, this.lanes.shown(one.start, one.end, id)])
    return there.filter(([, span]) => span).map(([one, span]) => this.#shade(one, span, id))
  }

  #shade(shade, [start, end], lane) { return { id: `${shade.id}-${lane}`, start, end, display: "background", editable: false, extendedProps: { shade: { ...shade } } } }

  #now() {
    const at = this.#wallNow()
    if (!this.lanes || !at.startsWith(this.place.day)) return []
    return this.lanes.found.map(({ id }) => this.#shade({ id: "now", kind: "now", words: "" }, this.lanes.shown(at, shift(at, 2), id), id))
  }

  // a day that is today begins an hour ago
  #worthSeeing(first) {
    const at = this.#wallNow()
    const [from, after] = range(this.place)
    return at >= from && at < after ? timeOf(shift(at, -60)) : first
  }

  #hours(entries, { open = [] }) {
    const there = entries.map((one) => [this.drawing.begins(one), this.drawing.ends(one)])
    return [...there, ...open.map((one) => [wall(one.starts_at, this.config.zone), wall(one.ends_at, this.config.zone)])]
  }

  #classes({ entry, shade }) {
    if (shade) return `shade ${shade.kind}`
    if (!entry) return "entry chosen"
    const short = Date.parse(entry.ends_at) - Date.parse(entry.starts_at) < SHORT * 60_000
    return this.drawing.classes(entry, { colours: this.place.colours, now: new Date(this.asks.now()).toISOString(), fresh: this.asks.fresh(entry.id), short })
  }

  #content({ event, isMirror, isStart, isEnd }) {
    const { entry, shade } = event.extendedProps
    if (!entry && !shade) return { domNodes: [tag("b", {}, "New")] }
    const draw = () => (entry ? this.#drawn(entry) : shade.words ? [tag("span", {}, shade.words)] : [])
    if (isMirror || this.view === "month" || this.view === "list") return { domNodes: draw() }
    return this.#same(entry ?? shade, `${this.view} ${this.place.by} ${isStart} ${isEnd} ${entry ? this.asks.fresh(entry.id) : ""}`, draw)
  }

  // every change asks for all contents again: what reads the same keeps its nodes, one place each
  #same(what, how, draw) {
    const known = this.#nodes.get(what) ?? this.#nodes.set(what, new Map()).get(what)
    if (!known.has(how)) known.set(how, { domNodes: draw() })
    return known.get(how)
  }

  #drawn(entry) {
    const minutes = (Date.parse(entry.ends_at) - Date.parse(entry.starts_at)) / 60_000
    const staff = this.view === "list" || (this.place.by !== "practitioner" && this.view !== "month")
    const fresh = this.asks.fresh(entry.id)
    const at = this.drawing.when(entry, { until: this.view !== "month", unseen: this.view === "day" || this.view === "week" })
    return [at, ...this.drawing.nodes(entry, { fresh, short: this.view === "month" || (this.view !== "list" && minutes < SHORT), staff })]
  }

  #named({ extendedProps: { entry } }, element) {
    if (!entry) return
    element.title = this.drawing.whole(entry)
    element.dataset.entry = entry.id
  }

  #header({ date, text, isToday }) {
    const shown = date?.toISOString?.() ?? ""
    const column = this.lanes?.column(shown)
    if (!column) return { domNodes: [tag("span", { class: `day-name${isToday && this.view === "week" ? " today" : ""}` }, this.view === "week" && shown ? shortDay(shown.slice(0, 10)) : this.lanes ? "" : text)] }
    return { domNodes: [tag("span", { class: `column-name ${column.voice ? `who-${column.voice}` : ""}` }, tag("b", {}, column.name), column.meta ? tag("span", { class: "meta" }, column.meta) : null)] }
  }

  #allowed({ startStr }, event) {
    const entry = event?.extendedProps.entry
    return !entry || !this.lanes || takes(this.lanes.column(startStr)?.id, entry, this.place.by, this.config)
  }

  // until: where it ends, if that was changed
  #place({ startStr, endStr }, longer = false) {
    const [from, end] = [startStr, endStr].map((one) => one.slice(0, 19))
    const at = this.lanes ? this.lanes.at(from) : from
    const until = this.lanes ? this.lanes.at(end, at) : end
    return { at, lane: this.lanes?.column(from)?.id ?? null, until: longer ? until : null }
  }

  // a press means the quarter of an hour it stands in, a stretch means itself
  #chosen({ startStr, start, end, allDay }) {
    this.#calendar.unselect()
    const minutes = Math.round((end - start) / 60_000)
    if (allDay) return this.asks.chosen({ at: `${startStr.slice(0, 10)}T09:00:00`, minutes: null, lane: null })
    const shown = startStr.slice(0, 19)
    const at = minutes > SNAP ? shown : shift(shown, -(Number(shown.slice(14, 16)) % 15))
    return this.asks.chosen({ at: this.lanes ? this.lanes.at(at) : at, minutes: minutes > SNAP ? minutes : null, lane: this.lanes?.column(shown)?.id ?? null })
  }

  #dressSoon() { this.soon ??= requestAnimationFrame(() => { this.soon = null; this.#dress() }) }

  // what the library leaves unsaid to a screen reader, or says of days that stand for columns
  #dress() {
    const each = (selector, fn) => { for (const one of this.root.querySelectorAll(selector)) fn(one) }
    each("[role=columnheader] [aria-hidden]", (one) => one.removeAttribute("aria-hidden"))
    each("[role=columnheader][aria-label]", (one) => one.removeAttribute("aria-label"))
    each("[role=list] [role=list]", (one) => one.setAttribute("role", "group"))
    if (this.lanes) each("[role=grid]", (one) => one.setAttribute("aria-label", dayWords(this.place.day)))
    if (this.lanes || this.view === "month") each("[role=gridcell][aria-label]", (one) => one.removeAttribute("aria-label"))
    each("[role=rowheader][aria-label]:empty", (one) => one.append(tag("span", { class: "unseen" }, "Appointments")))
  }
}

function nothing() {
  const words = document.createElement("p")
  words.className = "calendar-empty"
  words.textContent = "Nothing stands in these days. New appointments appear here by themselves."
  return words
}
