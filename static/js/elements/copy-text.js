// Round a button: copies data-text and says so for a moment in the button's own words.
customElements.define("copy-text", class extends HTMLElement {
  #said = false

  connectedCallback() { this.addEventListener("click", this.#copy) }

  disconnectedCallback() { this.removeEventListener("click", this.#copy) }

  #copy = async (event) => {
    const button = event.target.closest("button")
    if (!button || this.#said) return
    const words = [...button.childNodes]
    this.#said = true
    button.replaceChildren((await this.#put()) ? "Copied" : "Copying is not allowed here")
    setTimeout(() => { button.replaceChildren(...words); this.#said = false }, 2_000)
  }

  // absent on plain http
  #put() { return navigator.clipboard?.writeText(this.dataset.text).then(() => true, () => false) ?? false }
})
