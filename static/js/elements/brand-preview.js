// Round the branding page: while somebody types, the frame shows what clients would see. The page's own templates draw
// it at the server; the frame runs no script, and its document is filled from here.
import { fragment, postForPage } from "../http.js"
import { morph } from "../morph.js"

const PAUSE = 200

customElements.define("brand-preview", class extends HTMLElement {
  #waits = 0
  #turn = 0
  #picture = null

  connectedCallback() {
    this.addEventListener("input", this.#typed)
    this.addEventListener("change", this.#changed)
    this.addEventListener("settled", this.#draw)
    this.#frame.addEventListener("load", this.#drawPicture)
  }

  disconnectedCallback() {
    clearTimeout(this.#waits)
    this.removeEventListener("input", this.#typed)
    this.removeEventListener("change", this.#changed)
    this.removeEventListener("settled", this.#draw)
    if (this.#picture) URL.revokeObjectURL(this.#picture)
  }

  get #frame() { return this.querySelector("iframe") }

  get #form() { return this.querySelector("form[data-brand]") }

  #typed = ({ target }) => {
    if (target.matches("[type=color]")) this.#form.elements[target.dataset.for].value = target.value
    if (target.matches("[name=ground], [data-for=ground]")) this.#form.elements.own_ground.value = "true"
    if (target.matches("[name=accent], [name=ground]")) this.#showInPicker(target)
    if (target.form !== this.#form) return
    clearTimeout(this.#waits)
    this.#waits = setTimeout(() => this.#draw(), PAUSE)
  }

  #changed = ({ target }) => {
    if (target.matches("[name=show], [name=theme]")) this.#turnTo()
    if (target.matches("[type=file]")) this.#choose(target.files[0])
  }

  #showInPicker(field) {
    const digits = field.value.trim().replace(/^#/, "")
    const whole = digits.length === 3 ? [...digits].map((one) => one + one).join("") : digits
    if (/^[0-9a-f]{6}$/i.test(whole)) this.querySelector(`[data-for=${field.name}]`).value = `#${whole.toLowerCase()}`
  }

  get #view() {
    return Object.fromEntries(["show", "theme"].map((name) => [name, this.querySelector(`[name=${name}]:checked`).value]))
  }

  // another page brings its own policy, so it is loaded anew; then what is typed is drawn into it
  #turnTo() {
    const path = `${this.getAttribute("src")}/preview?${new URLSearchParams(this.#view)}`
    this.#frame.addEventListener("load", () => this.#draw(), { once: true })
    this.#frame.contentWindow.location.replace(path)
  }

  #draw = async () => {
    const turn = ++this.#turn
    const typed = Object.fromEntries(new FormData(this.#form))
    try {
      const [page] = await Promise.all([postForPage(`${this.getAttribute("src")}/preview`, { ...typed, ...this.#view }), this.#tell(typed, turn)])
      if (turn === this.#turn) this.#fill(page)
    } catch { /* no network, or signed out: the line says so, and the last preview stays */ }
  }

  async #tell({ accent, ground, own_ground }, turn) {
    const colours = new URLSearchParams({ accent, ground: own_ground === "true" ? ground : "" })
    const told = await fragment(`${this.getAttribute("src")}/colours?${colours}`).catch(() => null) // no colour yet
    if (told && turn === this.#turn) morph(this.querySelector("[data-colours]"), told.html)
  }

  #fill(page) {
    const shown = this.#frame.contentDocument
    const sheet = (from) => from.querySelector('link[href*="/settings/branding/"]') // the one with the colours
    const [old, fresh] = [sheet(shown), sheet(page)]
    if (fresh && old?.getAttribute("href") !== fresh.getAttribute("href")) this.#change(shown, old, fresh)
    shown.body.replaceChildren(...[...page.body.childNodes].map((node) => shown.importNode(node, true)))
    this.#drawPicture()
  }

  // the former colours stay until the new ones have come: nothing flashes
  #change(shown, old, fresh) {
    const link = shown.importNode(fresh)
    link.addEventListener("load", () => old?.remove(), { once: true })
    const last = [...shown.head.querySelectorAll('link[rel="stylesheet"]')].at(-1)
    last.after(link)
  }

  #choose(file) {
    if (this.#picture) URL.revokeObjectURL(this.#picture)
    this.#picture = file ? URL.createObjectURL(file) : null
    this.#draw()
  }

  #drawPicture = () => {
    if (!this.#picture) return
    const shown = this.#frame.contentDocument
    for (const mark of shown.querySelectorAll("[data-mark]")) {
      const logo = shown.createElement("img")
      logo.className = mark.className.replace("seal", "logo").replace(/ ?plate-\w+/, "")
      logo.alt = ""
      logo.src = this.#picture
      logo.toggleAttribute("data-mark", true)
      mark.replaceWith(logo)
    }
  }
})
