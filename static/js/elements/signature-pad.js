// <signature-pad way watches>: the panel of templates/documents/_sign.html. A drawing is lines in a field of 600 by 200,
// sent as SVG path data; it keeps its shape when the phone is turned. Whoever draws nothing signs with their typed name.
// `watches`: the end of what is signed stands right above; it says truthfully whether that was ever in sight.
import { wrong } from "../dialog.js"
import { signatureLibrary } from "../paper-libraries.js"
import { pathOf, placed, taken } from "../signing/strokes.js"

customElements.define("signature-pad", class extends HTMLElement {
  #ends = []
  #pad = null
  #strokes = []

  async connectedCallback() {
    this.#field("zone").value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? ""
    for (const one of this.querySelectorAll("[data-scripted]")) one.hidden = false
    this.#on(this, "change", () => this.#show())
    this.#on(this, "input", () => this.#name())
    this.#on(this, "click", (event) => this.#clicked(event))
    this.#watch()
    this.#name()
    await this.#show()
  }

  disconnectedCallback() {
    for (const end of this.#ends.splice(0)) end()
    this.#pad?.off()
    this.#pad = null
  }

  // what is shown above was in sight to its end; said by whoever shows it
  read() { this.#field("read").value = "true" }

  get #drawn() { return this.querySelector("[name=sign_way]:checked")?.value === "drawn" }

  #field(name) { return this.querySelector(`[name=sign_${name}]`) }

  #on(target, name, act) {
    target.addEventListener(name, act)
    this.#ends.push(() => target.removeEventListener(name, act))
  }

  #watch() {
    if (!this.hasAttribute("watches")) return
    const end = document.createElement("span")
    end.dataset.end = ""
    this.prepend(end)
    const seen = new IntersectionObserver((found) => {
      if (!found.some((one) => one.isIntersecting)) return
      this.read()
      seen.disconnect()
    })
    seen.observe(end)
    this.#ends.push(() => { seen.disconnect(); end.remove() })
  }

  #name() { this.querySelector("[data-typed-name]").textContent = this.#field("name").value }

  // what is drawn before the library is there would be lost: so the field comes with it
  async #show() {
    this.querySelector("[data-typed]").hidden = this.#drawn
    this.querySelector("[data-drawn]").hidden = !this.#drawn || !this.#pad
    if (!this.#drawn || this.#pad) return
    try {
      await this.#begin()
    } catch {
      return wrong(this.closest("form"), "The field to draw in did not load. Load the page again when you are online.")
    }
    this.querySelector("[data-drawn]").hidden = !this.#drawn
  }

  async #begin() {
    const { SignaturePad } = await signatureLibrary()
    if (!this.isConnected || this.#pad) return
    const canvas = this.querySelector("canvas")
    this.#pad = new SignaturePad(canvas, { penColor: "#14202a", minWidth: 1.2, maxWidth: 2.6, throttle: 0, minDistance: 2 })
    this.#strokes = taken(this.#field("mark").value)
    this.#pad.addEventListener("endStroke", () => this.#keep())
    const fit = new ResizeObserver(() => this.#fit(canvas))
    fit.observe(canvas)
    this.#ends.push(() => fit.disconnect())
  }

  #fit(canvas) {
    const { width, height } = canvas.getBoundingClientRect()
    if (!width) return
    const ratio = Math.max(window.devicePixelRatio ?? 1, 1)
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    canvas.getContext("2d").scale(ratio, ratio)
    this.#draw()
  }

  #draw() {
    const { width } = this.querySelector("canvas").getBoundingClientRect()
    this.#pad.clear()
    this.#pad.fromData(placed(this.#strokes, width), { clear: false })
  }

  #keep() {
    const { width } = this.querySelector("canvas").getBoundingClientRect()
    const fresh = this.#pad.toData().slice(this.#strokes.length)
    this.#strokes.push(...fresh.map((group) => group.points.map(({ x, y }) => [x * 600 / width, y * 600 / width])))
    this.#write()
  }

  #write() { this.#field("mark").value = pathOf(this.#strokes) }

  #clicked(event) {
    const clear = event.target.closest("[data-clear]")
    if (!clear && !event.target.closest("[data-undo]")) return
    this.#strokes = clear ? [] : this.#strokes.slice(0, -1)
    this.#write()
    this.#draw()
  }
})
