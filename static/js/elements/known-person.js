// <known-person>: round a person picker and the fields of a new person. Whoever is chosen needs no new fields.
customElements.define("known-person", class extends HTMLElement {
  connectedCallback() { this.addEventListener("change", this.#show) }

  disconnectedCallback() { this.removeEventListener("change", this.#show) }

  #show = () => {
    const fresh = this.querySelector("[data-new-person]")
    fresh.hidden = Boolean(this.querySelector("person-picker input:checked"))
    for (const one of fresh.querySelectorAll("input")) one.disabled = fresh.hidden
  }
})
