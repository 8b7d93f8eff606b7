// <own-time-zone> round the choice of a time zone: the browser's own is chosen first, unless somebody chose already.
customElements.define("own-time-zone", class extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select")
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone
    if (!this.hasAttribute("chosen") && [...select.options].some(({ value }) => value === here)) select.value = here
  }
})
