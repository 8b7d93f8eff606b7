// The tools above the grid: views, days, filters, the key of colours. They keep the place in the address, where Back leads
// through it, and the way of looking in this browser, for this login, for the next visit. Ids only, no names.
import { tag } from "../tag.js"
import { page } from "../page.js"
import { fields, read, step, words } from "./place.js"

const LISTS = ["practitioners", "rooms", "locations"]
const KEYS = { d: "day", w: "week", m: "month", l: "list" }

export class Tools {
  constructor(element, { day, narrow }, moved) {
    Object.assign(this, { element, today: day, moved })
    this.place = read(location.search, { today: day, kept: this.#kept, view: narrow ? "day" : "week" })
    element.addEventListener("click", (event) => this.#clicked(event.target.closest("button")))
    element.addEventListener("change", ({ target }) => this.#changed(target))
    addEventListener("popstate", () => this.#back())
    this.show()
  }

  // what is fetched hangs on these
  get key() { return JSON.stringify([this.place.view, this.place.day, this.place.practitioners, this.place.rooms, this.place.locations]) }

  knows({ today, practitioners, services }) {
    this.today = today
    this.known = { practitioners, services }
    this.show()
  }

  show() {
    const { place, element } = this
    element.querySelector("[data-title]").textContent = words(place, element.narrow.matches)
    element.querySelector("[data-pick]").value = place.day
    for (const button of element.querySelectorAll("button[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === place.view)
    for (const box of element.querySelectorAll("[data-filter-box] input")) box.checked = this.#on(box)
    const count = LISTS.reduce((sum, name) => sum + place[name].length, 0)
    element.querySelector("[data-filter-words]").textContent = count ? `Filters, ${count} on` : "Filters"
    this.#key()
  }

  pressed(event) {
    if (KEYS[event.key]) this.#go({ view: KEYS[event.key] })
    else if (event.key === "t") this.#go({ day: this.today })
    else if (event.key === "j" || event.key === "k") this.#go({ day: step(this.place, event.key === "j" ? 1 : -1) })
    else return
    event.preventDefault()
  }

  #on({ name, value }) {
    if (LISTS.includes(name)) return this.place[name].includes(value)
    return name === "cancelled" ? this.place.cancelled : this.place[name] === value
  }

  #clicked(button) {
    if (!button) return
    const { go, view } = button.dataset
    if (view) this.#go({ view })
    else if (go) this.#go({ day: go === "today" ? this.today : step(this.place, go === "after" ? 1 : -1) })
    else if ("filters" in button.dataset) this.#toggle(button)
    else if ("clear" in button.dataset) this.#go({ practitioners: [], rooms: [], locations: [], by: "practitioner" })
  }

  #toggle(button) {
    const box = this.element.querySelector("[data-filter-box]")
    box.hidden = !box.hidden
    button.setAttribute("aria-expanded", !box.hidden)
  }

  #changed(target) {
    if ("pick" in target.dataset && target.value) return this.#go({ day: target.value })
    if (!target.closest("[data-filter-box]")) return undefined
    const { name, value, checked } = target
    if (LISTS.includes(name)) return this.#go({ [name]: checked ? [...this.place[name], value] : this.place[name].filter((one) => one !== value) })
    return this.#go(name === "cancelled" ? { cancelled: checked } : { [name]: value })
  }

  #go(change) {
    this.place = { ...this.place, ...change }
    history.pushState(null, "", `${location.pathname}?${new URLSearchParams(fields(this.place))}`)
    this.#keep()
    this.show()
    this.moved()
  }

  #back() {
    this.place = read(location.search, { today: this.today, kept: this.#kept, view: this.place.view })
    this.show()
    this.moved()
  }

  get #name() { return `portico-calendar-${page.login}` }

  get #kept() {
    try { return JSON.parse(localStorage.getItem(this.#name)) ?? {} } catch { return {} }
  }

  #keep() {
    const { day, ...kept } = fields(this.place)
    try { localStorage.setItem(this.#name, JSON.stringify(kept)) } catch { /* full, or not allowed: the next visit begins anew */ }
  }

  // which colour is whose
  #key() {
    const box = this.element.querySelector("[data-key]")
    const { practitioners = [], services = [] } = this.known ?? {}
    const there = this.place.colours === "service"
      ? services.map(({ name, colour }) => [name, `service-${colour}`])
      : practitioners.filter(({ id, here }) => here && (!this.place.practitioners.length || this.place.practitioners.includes(id))).map(({ name, voice }) => [name, `who-${voice}`])
    box.hidden = !there.length || (this.place.view === "day" && this.place.by === "practitioner" && this.place.colours === "practitioner")
    box.replaceChildren(...there.map(([name, css]) => tag("span", {}, tag("i", { class: `voice ${css}`, "aria-hidden": "true" }), name)))
  }
}
