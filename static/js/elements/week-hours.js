// <week-hours today> round the seven days of the form of weekly hours: a bar above each day's lines shows them while they
// are typed and is drawn on with the pointer; a day's lines are copied to other days. Each day is a <row-list>.
import { clock, following, minutes, overlapping, scale, snapped, total } from "../hours.js"

const SVG = "http://www.w3.org/2000/svg"
const EDGE = 8

customElements.define("week-hours", class extends HTMLElement {
  #drag = null

  connectedCallback() {
    this.#each("addEventListener")
    this.#draw()
  }

  disconnectedCallback() { this.#each("removeEventListener") }

  #each(how) {
    for (const name of ["input", "rows"]) this[how](name, this.#changed)
    this[how]("click", this.#pressed)
    this[how]("pointerdown", this.#grab)
    this.closest("settled-form")?.[how]("settled", this.#settled)
  }

  get #days() { return [...this.querySelectorAll("[data-weekday]")] }

  #settled = () => this.#draw()

  #changed = (event) => {
    if (event.type === "rows") this.#begin(event.target)
    this.#draw()
  }

  // a line that was just added begins with hours that make sense
  #begin(list) {
    const fresh = list.rows.find((row) => !field(row, "starts").value && !field(row, "ends").value && !row.dataset.begun)
    if (!fresh || fresh !== list.rows.at(-1)) return
    fresh.dataset.begun = "yes"
    const span = following(list.rows.filter((row) => row !== fresh).map(spanOf).filter(Boolean))
    const last = list.rows.at(-2)
    if (last) field(fresh, "place").value = field(last, "place").value
    if (span) put(fresh, span)
  }

  #pressed = (event) => {
    const button = event.target.closest("[data-copy]")
    if (!button) return
    const from = button.closest("[data-weekday]")
    const chosen = [...from.querySelectorAll("[data-copy-to]:checked")]
    for (const box of chosen) {
      this.#copy(from, this.querySelector(`[data-weekday="${box.value}"]`))
      box.checked = false
    }
    button.closest("details").open = false
    button.closest("details").querySelector("summary").focus()
    if (chosen.length) this.#say(`Copied to ${chosen.length === 1 ? "one day" : `${chosen.length} days`}. Nothing is saved yet.`)
  }

  #copy(from, to) {
    const list = to.querySelector("row-list")
    list.querySelector("[data-rows]").replaceChildren()
    for (const row of from.querySelector("row-list").rows) {
      const made = list.add()
      for (const name of ["starts", "ends", "place", "since", "until", "every"]) field(made, name).value = field(row, name).value
    }
    this.closest("form").toggleAttribute("data-typed", true)
    this.#draw()
  }

  #draw() {
    const spans = this.#days.map((day) => day.querySelector("row-list").rows.map(spanOf).filter(Boolean))
    this.scale = scale(spans.flat())
    this.#days.forEach((day) => this.#bar(day))
    for (const row of this.querySelectorAll("[data-row]")) rhythm(row, this.getAttribute("today"))
    const all = total(spans.flat())
    this.#say(all ? `${Math.round(all / 6) / 10} hours a week` : "")
  }

  #bar(day) {
    const svg = day.querySelector("[data-bar]")
    const [ground] = svg.children
    const rows = day.querySelector("row-list").rows.filter(spanOf)
    svg.replaceChildren(ground, ...this.#ticks(), ...rows.map((row) => this.#rect(row)))
    const alike = rows.filter((row) => field(row, "every").value === "1" && !field(row, "until").value)
    day.toggleAttribute("clashes", overlapping(alike.map(spanOf)))
  }

  #ticks() {
    const [first, last] = this.scale
    return Array.from({ length: (last - first) / 60 - 1 }, (_, at) => {
      const x = `${((at + 1) * 6000) / (last - first)}%`
      return shape("line", { class: (first / 60 + at + 1) % 3 ? "tick" : "tick strong", x1: x, x2: x, y1: 0, y2: "100%" })
    })
  }

  #rect(row) {
    const [begins, ends] = spanOf(row)
    const [first, last] = this.scale
    const percent = (minute) => ((minute - first) * 100) / (last - first)
    const colour = field(row, "place").selectedOptions[0]?.dataset.colour ?? "none"
    const width = Math.max(0, percent(ends) - percent(begins))
    const drawn = shape("rect", { class: `at-${colour}`, x: `${percent(begins)}%`, width: `${width}%`, height: "100%", rx: 5 })
    drawn.row = row
    return drawn
  }

  // with the pointer: an empty place is drawn on, a bar is moved, its edges are pulled. Fields do all of it for a keyboard.
  #grab = (event) => {
    const svg = event.target.closest("[data-bar]")
    if (!svg || event.button) return
    event.preventDefault()
    const at = this.#minute(svg, event)
    const row = event.target.row
    const box = event.target.getBoundingClientRect()
    const pulled = !row ? "ends" : event.clientX - box.left < EDGE ? "starts" : box.right - event.clientX < EDGE ? "ends" : "both"
    const list = svg.closest("row-list")
    this.#drag = { svg, row, list, pulled, at, span: row ? spanOf(row) : [snapped(at), snapped(at)] }
    svg.setPointerCapture(event.pointerId)
    svg.addEventListener("pointermove", this.#pull)
    svg.addEventListener("pointerup", this.#leave, { once: true })
    svg.addEventListener("pointercancel", this.#leave, { once: true })
  }

  #pull = (event) => {
    const drag = this.#drag
    const now = this.#minute(drag.svg, event)
    if (!drag.row && Math.abs(now - drag.at) < 15) return
    if (!drag.row) this.#drawOn(drag)
    const [begins, ends] = drag.span
    const by = now - drag.at
    if (drag.pulled === "both") {
      const start = Math.max(0, Math.min(1440 - (ends - begins), snapped(begins + by)))
      put(drag.row, [start, start + ends - begins])
    } else if (drag.pulled === "starts") put(drag.row, [Math.min(snapped(begins + by), ends - 15), ends])
    else put(drag.row, now < begins && begins === ends ? [snapped(now), begins] : [begins, Math.max(snapped(now), begins + 15)])
    this.#draw()
  }

  #drawOn(drag) {
    drag.row = drag.list.add()
    const former = drag.list.rows.at(-2)
    if (former) field(drag.row, "place").value = field(former, "place").value
  }

  #leave = () => {
    this.#drag.svg.removeEventListener("pointermove", this.#pull)
    this.#drag = null
  }

  #minute(svg, event) {
    const box = svg.getBoundingClientRect()
    const [first, last] = this.scale
    return first + ((event.clientX - box.left) / box.width) * (last - first)
  }

  #say(words) { this.closest("form").querySelector("[data-total]").textContent = words }
})

function field(row, name) { return row.querySelector(`[name=${name}]`) }

function spanOf(row) {
  const begins = minutes(field(row, "starts").value)
  const ends = minutes(field(row, "ends").value, true)
  return begins === null || ends === null || ends <= begins ? null : [begins, ends]
}

function put(row, [begins, ends]) {
  field(row, "starts").value = clock(begins)
  field(row, "ends").value = clock(ends)
}

// "Every second week, from Dec 7, until Jan 31"
function rhythm(row, today) {
  const say = (day) => new Date(`${day}T12:00`).toLocaleDateString("en-US", { month: "short", day: "numeric", year: day.slice(0, 4) === today.slice(0, 4) ? undefined : "numeric" })
  const [since, until] = [field(row, "since").value, field(row, "until").value]
  const parts = [field(row, "every").selectedOptions[0].text]
  if (since > today) parts.push(`from ${say(since)}`)
  if (until) parts.push(`until ${say(until)}`)
  row.querySelector("[data-rhythm]").textContent = parts.join(", ")
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}
