// Round a button that prints the page; without a script there is none.
customElements.define("print-page", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.#print)
  }

  disconnectedCallback() { this.removeEventListener("click", this.#print) }

  #print = () => print()
})
