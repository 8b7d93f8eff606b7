// <open-dialog for="id"><button>…</button></open-dialog>: its button opens the <dialog> with that id.
customElements.define("open-dialog", class extends HTMLElement {
  connectedCallback() { this.addEventListener("click", this.#open) }

  disconnectedCallback() { this.removeEventListener("click", this.#open) }

  #open = (event) => {
    if (!event.target.closest("button, a")) return
    event.preventDefault()
    document.getElementById(this.getAttribute("for"))?.showModal()
  }
})
