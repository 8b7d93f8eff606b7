// Round a <time datetime>: writes it in the reader's own zone. Its `form` is clock, moment, short, ago or day, as
// templates/parts/time.html explains; the whole date stands in the title.
import { now } from "../clock.js"

const LOCALE = "en-US"
const MINUTE = 60_000
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "numeric", minute: "2-digit" })
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "short" })
const date = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric" })
const dateOfYear = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", year: "numeric" })
const whole = new Intl.DateTimeFormat(LOCALE, { weekday: "long", month: "long", day: "numeric" })
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "short" })

const forms = {
  clock: (at) => clock.format(at),
  moment: (at, days) => (days === 0 ? clock.format(at) : `${near(at, days)}${days < 7 ? "" : ","} ${clock.format(at)}`),
  short: (at, days) => (days === 0 ? clock.format(at) : near(at, days)),
  ago: (at, days) => ago(now() - at) ?? forms.moment(at, days),
  day: (at, days) => ["Today", "Yesterday"][days] ?? (days < 300 ? whole.format(at) : dateOfYear.format(at)),
}

customElements.define("local-time", class extends HTMLElement {
  #clock

  connectedCallback() {
    this.#write()
    if (this.getAttribute("form") === "ago") this.#clock = setInterval(() => this.#write(), MINUTE / 2)
  }

  disconnectedCallback() { clearInterval(this.#clock) }

  // a script that fills a cloned row sets the moment here
  set at(moment) {
    this.querySelector("time").dateTime = new Date(moment).toISOString()
    this.#write()
  }

  #write() {
    const time = this.querySelector("time")
    const at = new Date(time?.dateTime)
    if (Number.isNaN(at.valueOf())) return
    const form = forms[this.getAttribute("form")] ?? forms.clock
    time.textContent = form(at, daysAgo(at))
    time.title = full.format(at)
  }
})

// within a day: "just now", "12 minutes ago", "3 hours ago"
function ago(since) {
  const minutes = Math.floor(since / MINUTE)
  if (minutes < 1) return "just now"
  if (minutes < 60) return minutes === 1 ? "a minute ago" : `${minutes} minutes ago`
  const hours = Math.floor(minutes / 60)
  return hours >= 24 ? null : hours === 1 ? "an hour ago" : `${hours} hours ago`
}

function near(at, days) {
  if (days > 0 && days < 7) return weekday.format(at)
  return (days < 300 && days > -300 ? date : dateOfYear).format(at)
}

function daysAgo(at) {
  const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate())
  return Math.round((midnight(new Date(now())) - midnight(at)) / 86_400_000)
}
