// <held-time data-left="300" data-release="…/release">: counts down how long a time is held, and lets it go when the page
// is left without its form being sent. Its form's fields hold and secret say which hold it is. Without a connection the form
// stays with what was typed: this page came by a form, so a browser could not go back to it.
customElements.define("held-time", class extends HTMLElement {
  #timer = null
  #ends = 0
  #sent = false

  connectedCallback() {
    this.#ends = performance.now() + Number(this.dataset.left) * 1_000
    this.#timer = setInterval(() => this.#tick(), 1_000)
    this.#form?.addEventListener("submit", this.#submitted)
    addEventListener("pagehide", this.#left)
    addEventListener("pageshow", this.#shown)
    addEventListener("online", this.#online)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
    removeEventListener("pagehide", this.#left)
    removeEventListener("pageshow", this.#shown)
    removeEventListener("online", this.#online)
  }

  get #form() { return this.closest("form") }

  #value(name) { return this.#form?.elements[name]?.value ?? "" }

  #submitted = (event) => {
    this.#say("offline", !navigator.onLine)
    if (!navigator.onLine) {
      event.preventDefault()
      this.scrollIntoView({ block: "center" }) // the button is below it, further than a screen on a phone
    }
    if (!event.defaultPrevented) this.#sent = true
  }

  #online = () => this.#say("offline", false)

  #say(what, on) { this.querySelector(`[data-say=${what}]`).hidden = !on }

  #left = () => {
    const hold = this.#value("hold")
    if (this.#sent || !hold || !this.dataset.release) return
    const said = new Blob([JSON.stringify({ hold, secret: this.#value("secret") })], { type: "application/json" })
    navigator.sendBeacon(this.dataset.release, said)
    this.#ends = 0
  }

  // back from the browser's memory of pages: what it showed then is no longer so
  #shown = (event) => { if (event.persisted) { this.#sent = false; this.#tick() } }

  #tick() {
    const left = Math.max(0, Math.round((this.#ends - performance.now()) / 1_000))
    const clock = this.querySelector(".hold-clock")
    if (left) clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
    this.#say("held", left > 0)
    this.#say("over", left === 0)
    this.querySelector(".notice").dataset.tone = left ? "accent" : "warn"
    if (!left) clearInterval(this.#timer)
  }
})
