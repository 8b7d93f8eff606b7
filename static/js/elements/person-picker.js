// <person-picker src>: choose one or more people by name. The list comes from the server for the words typed; who cannot
// be written to is shown grey with the reason. What is chosen stands above as chips and goes out as `people` and `client`.
// `about`: a contact counts once for each client, and its box says which. `whole`: src tells all, whatever is typed.
import { getJson, post } from "../http.js"
import { tag } from "../tag.js"

const SHORTLY = 200

customElements.define("person-picker", class extends HTMLElement {
  #chosen = new Map()
  #asked = 0
  #timer = null

  connectedCallback() {
    this.search = this.querySelector("input[type=search]")
    this.list = this.querySelector("[data-choices]")
    this.search.addEventListener("input", () => this.#later())
    this.list.addEventListener("change", (event) => this.#changed(event.target))
    this.search.form?.addEventListener("submit", this.#entered)
    this.addEventListener("focusin", () => this.#first(), { once: true })
    for (const box of this.list.querySelectorAll("input:checked")) this.#changed(box)
  }

  // { people: [id], clients: [id] }: whom it is about, which should be one at most
  get value() {
    const people = [...this.#chosen.keys()].map((value) => value.split(".")[0])
    const clients = [...this.#chosen.values()].map((one) => one.about).filter(Boolean)
    return { people: [...new Set(people)], clients: [...new Set(clients)] }
  }

  get #many() { return this.hasAttribute("many") }

  // Enter in the search finds, and sends nothing
  #entered = (event) => {
    if (document.activeElement !== this.search) return
    event.preventDefault()
    clearTimeout(this.#timer)
    this.#load()
  }

  #later() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#load(), SHORTLY)
  }

  // a picker in a dialog has nobody in it until it is looked at
  #first() { if (!this.list.querySelector("input")) this.#load() }

  async #load() {
    const asked = ++this.#asked
    const words = this.search.value.trim()
    try {
      const { choices } = await this.#choices(words)
      if (asked === this.#asked) this.#show(this.#those(choices, words.toLowerCase()))
    } catch (refused) {
      if (asked === this.#asked) this.#say(refused.message)
    }
  }

  // a list that tells all is narrowed here; elsewhere the server found them, by an e-mail as well
  #those(choices, words) {
    return this.hasAttribute("whole") ? choices.filter((one) => one.name.toLowerCase().includes(words)) : choices
  }

  // a name is posted: it must not stand in an address
  #choices(words) {
    const src = this.getAttribute("src")
    return this.hasAttribute("whole") ? getJson(src) : post(src, { words })
  }

  #show(choices) {
    this.list.replaceChildren(this.list.querySelector("legend"), ...choices.map((choice) => this.#option(choice)))
    this.#chips()
    this.#say(choices.length || !this.search.value.trim() ? "" : "Nobody has that name. Try another part of it.")
  }

  // the same row that templates/messaging/_people.html draws
  #option(choice) {
    const row = this.querySelector("template[data-option]").content.firstElementChild.cloneNode(true)
    const box = row.querySelector("input")
    const value = this.hasAttribute("about") && choice.kind === "contact" ? `${choice.id}.${choice.about}` : choice.id
    Object.assign(box, { value, disabled: Boolean(choice.reason), checked: this.#chosen.has(value) })
    Object.assign(box.dataset, { name: choice.name, about: choice.about ?? "" })
    row.querySelector("span[data-name]").textContent = choice.name // the box has its data-name, too
    row.querySelector("[data-says]").textContent = says(choice)
    return row
  }

  #changed(box) {
    if (!this.#many) this.#chosen.clear()
    if (box.checked) this.#chosen.set(box.value, { name: box.dataset.name, about: box.dataset.about || null })
    else this.#chosen.delete(box.value)
    this.#chips()
    this.dispatchEvent(new Event("change", { bubbles: true }))
  }

  #chips() {
    const chips = this.querySelector("[data-chosen]")
    chips.hidden = this.#chosen.size === 0 || !this.#many
    chips.replaceChildren(...[...this.#chosen].map(([value, { name }]) => tag("li", {},
      tag("button", { type: "button", class: "small wa-outlined", "aria-label": `Remove ${name}`, click: () => this.#drop(value) }, name, " ×"),
      this.#box(value) ? null : tag("input", { type: "hidden", name: this.#name, value })))) // found by other words: the form sends them all the same
  }

  get #name() { return this.querySelector("template[data-option]").content.querySelector("input").name }

  #box(value) { return this.list.querySelector(`input[value="${CSS.escape(value)}"]`) }

  #drop(value) {
    this.#chosen.delete(value)
    const box = this.#box(value)
    if (box) box.checked = false
    this.#chips()
    this.search.focus()
  }

  #say(words) { this.querySelector("[data-say]").textContent = words }
})

export function says({ reason, role, about_name: about, kind }) {
  if (reason) return reason
  if (role) return role
  return kind === "contact" && about ? `About ${about}` : ""
}
