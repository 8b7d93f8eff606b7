// The state of the page's line, in words: Live · Catching up · Offline since 2:02 PM. Read out only when the line goes
// and when it comes back; a catching up too short to be read is not shown.
import { line } from "../line.js"

const BRIEF = 400
const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" })
const words = {
  live: () => "Live",
  "catching-up": () => "Catching up",
  offline: () => `Offline since ${clock.format(line.since)}`,
  "signed-out": () => "Signed out", locked: () => "Locked", moved: () => "Moved", other: () => "Signed out",
}

customElements.define("live-state", class extends HTMLElement {
  #timer

  connectedCallback() {
    line.addEventListener("state", this.#changed)
    this.#changed()
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    line.removeEventListener("state", this.#changed)
  }

  #changed = () => {
    clearTimeout(this.#timer)
    if (line.state === "catching-up") this.#timer = setTimeout(() => this.#show(), BRIEF)
    else this.#show()
  }

  #show() {
    const chip = this.querySelector(".live")
    const look = line.state === "live" || line.state === "catching-up" ? line.state : "offline"
    chip.setAttribute("aria-live", look === "catching-up" || chip.dataset.state !== "offline" && look === "live" ? "off" : "polite")
    chip.dataset.state = look
    this.setAttribute("state", line.state)
    chip.querySelector("span").textContent = words[line.state]()
  }
})
