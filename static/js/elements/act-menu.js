// Round a <wa-dropdown>: a chosen item follows its data-href, sends the form named by data-form, or opens the dialog
// named by data-dialog. Items without any of these are for whoever listens to `wa-select`.
customElements.define("act-menu", class extends HTMLElement {
  connectedCallback() { this.addEventListener("wa-select", this.#act) }

  disconnectedCallback() { this.removeEventListener("wa-select", this.#act) }

  #act = (event) => {
    const { href, form, dialog } = event.detail.item.dataset
    if (href) location.assign(href)
    if (form) document.getElementById(form)?.requestSubmit()
    if (dialog) document.getElementById(dialog)?.showModal()
  }
})
