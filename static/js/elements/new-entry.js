// <new-entry>: round the form for a new appointment. Lengths, practitioners and ways to meet follow the service; times that
// are free stand below as buttons, and a press fills them in; at a location with rooms it says which one it would be.
import { post } from "../http.js"
import { tag } from "../tag.js"
import { clockWords, dayOf, shortDay, timeOf, wall } from "../calendar/wall.js"

const SHORTLY = 250
const FREE = "/staff/calendar/free"

customElements.define("new-entry", class extends HTMLElement {
  #asked = 0
  #timer
  #lengths = []
  #shown = "" // the times below

  connectedCallback() {
    this.form = this.querySelector("form")
    this.#lengths = [...this.form.elements.minutes.options].map(({ value, text }) => [value, text])
    this.staff = [...this.form.elements.practitioner.options].map(({ value, text }) => [value, text])
    this.modes = [...this.form.elements.mode.options].map(({ value, text }) => [value, text])
    this.form.addEventListener("change", ({ target }) => this.#changed(target))
    this.#follow()
    this.#later()
  }

  disconnectedCallback() { clearTimeout(this.#timer) }

  get #zone() { return this.closest("practice-calendar")?.dataset.zone ?? null }

  #changed({ name }) {
    this.placed ||= name === "place"
    if (name === "service") this.#follow()
    if (["service", "minutes", "practitioner", "mode", "day", "time", "place"].includes(name)) this.#later()
  }

  // what this service leaves to choose from
  #follow() {
    const { service, minutes, practitioner, mode } = this.form.elements
    const { lengths, staff, modes } = service.selectedOptions[0].dataset
    narrow(minutes, this.#lengths, lengths.split(","))
    narrow(practitioner, this.staff, staff.split(","))
    narrow(mode, this.modes, modes.split(","))
  }

  #later() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#find(), SHORTLY)
  }

  async #find() {
    const zone = this.#zone
    const { service, minutes, practitioner, mode, day, time, place } = this.form.elements
    if (!zone || !day.value || !practitioner.value) return
    const asked = ++this.#asked
    const given = { service: service.value, minutes: Number(minutes.value), practitioner: practitioner.value, mode: mode.value, day: day.value, time: time.value, place: place.value }
    try {
      const { times, places, room, full } = await post(FREE, given)
      if (asked !== this.#asked) return
      const found = times.map((at, number) => ({ at: wall(at, zone), place: places[number] }))
      this.#suggest(found)
      this.#says(room, full)
      this.#settle(found.find(({ at }) => at === `${day.value}T${time.value}:00`)?.place)
    } catch {
      if (asked === this.#asked) this.querySelector("[data-free]").hidden = true // a help, nothing more: any time can be typed
    }
  }

  // which room it would get; another one can be chosen above
  #says(room, full) {
    const box = this.querySelector("[data-room-says]")
    const { place } = this.form.elements
    const name = [...place.options].find(({ value }) => value === room)?.text
    box.textContent = full ? "Every room there is taken at this time. Choose another time or place." : name ? `It will be in ${name}, which is free then.` : ""
    box.hidden = !box.textContent
  }

  #suggest(times) {
    const { day } = this.form.elements
    const here = times.filter(({ at }) => dayOf(at) === day.value)
    const next = times.find(({ at }) => dayOf(at) > day.value)?.at
    const shown = here.length ? here : times.filter(({ at }) => next && dayOf(at) === dayOf(next))
    const words = here.length ? "Free that day" : next ? `Nothing is free that day. Free on ${shortDay(dayOf(next))}` : "Nothing is free in these seven days, within their hours."
    this.querySelector("[data-free-says]").textContent = words
    this.#offer(shown)
    this.querySelector("[data-free]").hidden = false
  }

  // the same ones stay as they are: somebody may be about to press one
  #offer(times) {
    const shown = JSON.stringify(times)
    if (shown === this.#shown) return
    this.#shown = shown
    this.querySelector("[data-free-times]").replaceChildren(...times.map(({ at, place }) => tag("button", { type: "button", class: "small wa-outlined num", click: () => this.#take(at, place) }, clockWords(at))))
  }

  // the place where they work then, unless one was chosen
  #settle(there) {
    const { place } = this.form.elements
    if (!there || place.value || this.placed) return
    place.value = there
    this.#later()
  }

  #take(at, there) {
    const { day, time } = this.form.elements
    day.value = dayOf(at)
    time.value = timeOf(at).slice(0, 5)
    this.#settle(there)
    time.focus()
    this.#later()
  }
})

function narrow(select, all, allowed) {
  const before = select.value
  select.replaceChildren(...all.filter(([value]) => allowed.includes(value)).map(([value, text]) => tag("option", { value, selected: value === before }, text)))
}
