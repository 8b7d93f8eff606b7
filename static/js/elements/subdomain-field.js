// <subdomain-field src="…/look"> round the field of a portal's address: says while it is typed whether it can be had.
// What is typed is posted, never put into an address. An older answer never replaces a newer one.
const PAUSE = 300

customElements.define("subdomain-field", class extends HTMLElement {
  #timer = null
  #asked = 0

  connectedCallback() { this.addEventListener("input", this.#typed) }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    this.removeEventListener("input", this.#typed)
  }

  #typed = ({ target }) => {
    clearTimeout(this.#timer)
    this.#asked += 1
    this.toggleAttribute("data-keep", target.value.trim() !== target.defaultValue) // whatever else changes on the page
    if (target.value.trim() === target.defaultValue) return this.#say("")
    this.#timer = setTimeout(() => this.#look(target), PAUSE)
    return undefined
  }

  async #look(field) {
    const asked = this.#asked
    const body = JSON.stringify({ subdomain: field.value })
    const headers = { Accept: "application/json", "Content-Type": "application/json" }
    const answer = await fetch(this.getAttribute("src"), { method: "POST", headers, body }).catch(() => null) // no network
    const found = answer && (await answer.json().catch(() => null)) // something in between answered
    if (asked !== this.#asked || !found) return
    if (answer.ok) this.#say(found.free ? `${found.link.replace(/^https?:\/\//, "")} is free.` : found.words, found.free)
    else this.#say(Object.values(found.errors ?? {}).flat()[0] ?? found.detail, false)
    field.setAttribute("aria-invalid", String(!(answer.ok && found.free)))
  }

  #say(words, free = true) {
    const line = this.querySelector("[data-availability]")
    line.textContent = words
    line.hidden = !words
    line.classList.toggle("wrong", !free)
  }
})
