// What <give-files> and <add-file> have in common: files are picked, or photographed; each goes up with its progress, can
// be cancelled, goes on after a lost line; then `taken(id, file)` says what becomes of it. [data-list=waiting] holds what
// is on its way, [data-list=wrong] what was not taken; a form that `sends` them waits until all are here.
import { page } from "../page.js"
import { icon, tag } from "../tag.js"
import { Resumable } from "./resumable.js"

const EARLY = "A file is still on its way. Wait until it is here, or cancel it."
const SAID = { waiting: "Waits for your connection and goes on by itself", checking: "Being checked" }

export class GivingFiles extends HTMLElement {
  #going = new Map() // row → how it is stopped
  #early = null // what is said to who sends before all is here

  connectedCallback() {
    this.addEventListener("change", this.#chosen)
    this.addEventListener("click", this.#pick)
    document.addEventListener("submit", this.#sent, { capture: true })
    addEventListener("beforeunload", this.#left)
    for (const one of this.querySelectorAll("[data-photo]")) one.hidden = !matchMedia("(pointer: coarse)").matches
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#chosen)
    this.removeEventListener("click", this.#pick)
    document.removeEventListener("submit", this.#sent, { capture: true })
    removeEventListener("beforeunload", this.#left)
    for (const stop of this.#going.values()) stop()
  }

  get underway() { return this.#going.size }

  // what is still on its way would be lost with the page
  #left = (event) => { if (this.underway) event.preventDefault() }

  #sent = (event) => {
    if (!this.underway || !this.sends(event.target)) return
    event.preventDefault()
    event.stopPropagation()
    this.#early ??= this.#wrong("Not yet.", EARLY)
  }

  #pick = (event) => {
    if (event.target.closest("[data-picks]")) this.querySelector("input[type=file]").click()
    else if (event.target.closest("[data-photo]")) this.querySelector("[data-camera]").click()
  }

  #chosen = async (event) => {
    const chosen = [...event.target.files]
    event.target.value = ""
    this.querySelector("[data-list=wrong]").replaceChildren()
    this.#early = null
    const rows = chosen.map((file) => this.#row(file))
    for (const [place, row] of rows.entries()) if (this.#going.has(row)) await this.#give(chosen[place], row)
  }

  #row(file) {
    const bar = tag("progress", { class: "bar", max: 1, value: 0, "aria-label": `Uploading ${file.name}` })
    const stop = tag("button", { type: "button", class: "small wa-plain", "aria-label": `Cancel ${file.name}`, click: () => this.#going.get(row)?.() }, "Cancel")
    const row = tag("li", { class: "line" }, tag("div", { class: "line-text" }, tag("b", { class: "one-line", dir: "auto" }, file.name), tag("span", { class: "meta", hidden: true }), bar), stop)
    this.querySelector("[data-list=waiting]").append(row)
    this.#going.set(row, () => this.#ended(row))
    return row
  }

  async #give(file, row) {
    const upload = new Resumable({ key: crypto.randomUUID(), name: file.name, blob: file }, { about: page.client })
    this.#going.set(row, () => upload.cancel())
    upload.progress((part) => { row.querySelector("progress").value = part })
    upload.states((state) => this.#say(row, SAID[state] ?? ""))
    try {
      await this.taken(await upload.done, file)
    } catch (refused) {
      if (refused.code !== "cancelled") this.#wrong(file.name, refused.errors?.files?.[0] ?? refused.message)
    } finally {
      this.#ended(row)
    }
  }

  #ended(row) {
    row.remove()
    this.#going.delete(row)
    if (this.underway) return
    this.#early?.remove()
    this.#early = null
  }

  #say(row, words) {
    row.querySelector(".meta").textContent = words
    row.querySelector(".meta").hidden = !words
  }

  // one line for each: of several, more than one may be wrong
  #wrong(name, words) {
    const row = tag("p", { class: "wrong" }, icon("circle-alert", "small"), tag("span", {}, tag("b", { dir: "auto" }, name), ` ${words}`))
    this.querySelector("[data-list=wrong]").append(row)
    return row
  }
}
