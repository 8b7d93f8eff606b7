// <emoji-picker>: a panel of emoji for people whose keyboard has none. What is chosen goes where they write. Words find,
// arrows walk, Escape closes.
import { emoji, found } from "../emoji.js"
import { tag } from "../tag.js"

const ROW = 8
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -ROW, ArrowDown: ROW }

customElements.define("emoji-picker", class extends HTMLElement {
  #panel = null

  connectedCallback() {
    this.button = this.querySelector("button")
    this.button.addEventListener("click", () => (this.#panel ? this.#close() : this.#open()))
    this.addEventListener("keydown", this.#key)
    document.addEventListener("pointerdown", this.#elsewhere)
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this.#elsewhere)
    this.#close()
  }

  async #open() {
    this.search = tag("input", { type: "search", placeholder: "Find an emoji", "aria-label": "Find an emoji", autocomplete: "off", input: () => this.#show() })
    this.list = tag("div", { class: "emoji-list" })
    this.#panel = tag("div", { class: "emoji-panel", role: "dialog", "aria-label": "Emoji" }, this.search, this.list)
    this.append(this.#panel)
    this.button.setAttribute("aria-expanded", "true")
    this.search.focus()
    this.groups = await emoji()
    this.#show()
  }

  #close() {
    this.#panel?.remove()
    this.#panel = null
    this.button.setAttribute("aria-expanded", "false")
  }

  #show() {
    if (!this.#panel) return
    const shown = found(this.groups ?? [], this.search.value).filter(([, all]) => all.length)
    this.list.replaceChildren(...shown.map(([name, all]) => this.#group(name, all)))
    if (!shown.length) this.list.append(tag("p", { class: "meta", role: "status" }, this.groups?.length ? "None is called that." : "They cannot be shown without a connection."))
    this.list.querySelector("button")?.setAttribute("tabindex", "0")
  }

  #group(name, all) {
    return tag("div", { role: "group", "aria-label": name }, tag("p", { class: "meta", "aria-hidden": "true" }, name),
      tag("div", { class: "emoji-grid" }, ...all.map(([sign, words]) =>
        tag("button", { type: "button", class: "wa-plain", tabindex: "-1", title: words, "aria-label": words, click: () => this.#choose(sign) }, sign))))
  }

  #choose(sign) {
    this.#close()
    this.closest("message-composer").insert(sign)
  }

  #key = (event) => {
    if (!this.#panel) return
    if (event.key === "Escape") return this.#leave(event)
    const all = [...this.list.querySelectorAll("button")]
    if (event.target === this.search) return this.#fromSearch(event, all)
    if (event.key in STEPS) this.#walk(event, all)
  }

  #leave(event) {
    event.preventDefault()
    this.#close()
    this.button.focus()
  }

  // Enter takes the first one; it must not send the message
  #fromSearch(event, [first]) {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return
    event.preventDefault()
    if (event.key === "Enter") first?.click()
    else first?.focus()
  }

  #walk(event, all) {
    event.preventDefault()
    const next = all[all.indexOf(event.target) + STEPS[event.key]] ?? (STEPS[event.key] < 0 ? this.search : event.target)
    event.target.setAttribute("tabindex", "-1")
    if (next !== this.search) next.setAttribute("tabindex", "0")
    next.focus()
  }

  #elsewhere = (event) => { if (this.#panel && !this.contains(event.target)) this.#close() }
})
