// <refused-dialog for="id">: what a dialog's form held was refused; it opens again, with the faults at their fields.
customElements.define("refused-dialog", class extends HTMLElement {
  connectedCallback() {
    requestAnimationFrame(() => {
      const dialog = document.getElementById(this.getAttribute("for"))
      dialog?.showModal()
      dialog?.querySelector("[aria-invalid]")?.focus()
    })
  }
})
