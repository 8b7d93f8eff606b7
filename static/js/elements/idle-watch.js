// Watches whether someone is there: a key, a pointer or a touch, told at most once a minute, together with what other
// tabs of the session saw. A portal session that is about to end says so two minutes ahead; a desk locks. `ends` is when, in
// milliseconds by this device's clock, once that is known.
import { openDialog } from "../dialog.js"
import { getJson } from "../http.js"
import { line } from "../line.js"
import { desk, page } from "../page.js"
import { tag } from "../tag.js"

const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]
const MINUTE = 60_000
const SOON = 5_000
const TOLD = `portico-told:${page.login}:${page.side}` // the minute goes on over the pages of this tab

customElements.define("idle-watch", class extends HTMLElement {
  #endsAt = Infinity
  #warn = 2 * MINUTE
  #seenAt = 0
  #toldAt = Number(sessionStorage.getItem(TOLD))
  #every = MINUTE
  #dialog = null
  #unsure = false // nobody has said when the session ends, or what was said is over
  #tabs = new BroadcastChannel(`portico-activity:${page.login}:${page.side}`)

  connectedCallback() {
    for (const sign of SIGNS) addEventListener(sign, this.#seen, { passive: true, capture: true })
    this.#tabs.onmessage = ({ data }) => this.#learn(data)
    line.addEventListener("state", this.#back)
    this.#ask()
    this.clock = setInterval(() => this.#look(), 1_000)
  }

  disconnectedCallback() {
    for (const sign of SIGNS) removeEventListener(sign, this.#seen, { capture: true })
    line.removeEventListener("state", this.#back)
    clearInterval(this.clock)
    this.#tabs.close()
  }

  // once the end is announced, only the button says that someone is there
  #seen = () => {
    if (this.#dialog) return
    this.#seenAt = Date.now()
    if (this.#seenAt - this.#toldAt >= this.#every) this.#tell()
  }

  async #tell() {
    this.#toldAt = Date.now()
    const left = await line.tell("session.activity", {})
    if (left?.idle === undefined) return this.#tellSoon()
    sessionStorage.setItem(TOLD, this.#toldAt)
    this.#every = Math.min(MINUTE, left.idle * 250) // of a session that ends after a minute a quarter
    this.#share(left)
  }

  // it did not arrive, as from a page that is not live yet: a sign after a few seconds is told again
  #tellSoon() { this.#toldAt -= Math.max(0, this.#every - SOON) }

  #ask() {
    getJson("/session").then((left) => this.#share(left)).catch(() => { this.#unsure = true }) // as offline
  }

  #back = () => { if (line.state === "live" && this.#unsure) this.#ask() }

  #share({ idle, warn }) {
    const told = { endsAt: Date.now() + idle * 1000, warn: warn * 1000 }
    this.#tabs.postMessage(told)
    this.#learn(told)
  }

  #learn({ endsAt, warn }) {
    this.#endsAt = endsAt
    this.#warn = warn
    this.#unsure = false
    this.setAttribute("ends", endsAt)
    if (endsAt - Date.now() > warn) this.#close()
  }

  #look() {
    const left = this.#endsAt - Date.now()
    if (left > this.#warn || line.state === "signed-out" || line.state === "locked") return this.#close()
    if (this.#seenAt > this.#toldAt && !this.#dialog) return this.#tell()
    if (left <= 0) return this.#over()
    if (!desk && !this.#unsure) this.#say(left)
    return undefined
  }

  #say(left) {
    this.#dialog ??= openDialog({
      title: "Are you still there?", words: "What you are writing is kept.", still: true,
      body: [tag("p", { class: "num", role: "timer" }), tag("div", { class: "acts" }, tag("button", { type: "button", class: "wa-brand", autofocus: true, click: () => this.#stay() }, "Stay signed in"))],
    })
    const seconds = Math.ceil(left / 1000)
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
    this.#dialog.querySelector("[role=timer]").textContent = `You will be signed out in ${clock}.`
  }

  #stay() {
    this.#close()
    this.#tell()
  }

  // the server decides: it signs out or locks by its own clock
  #over() {
    this.#endsAt = Date.now() + 10_000
    this.#unsure = true
    this.#close()
    line.check()
  }

  #close() {
    this.#dialog?.close()
    this.#dialog = null
  }
})
