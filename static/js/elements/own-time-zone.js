// <own-time-zone> round the choice of a time zone: the browser's own is chosen first, unless somebody chose already. Round a
// hidden field: it says the browser's own. With `named`, round words about the zone of a page: in another one the page,
// which is found at `src`, is asked for in the browser's own, once.
customElements.define("own-time-zone", class extends HTMLElement {
  connectedCallback() {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone
    const field = this.querySelector("select, input")
    if (field?.matches("input")) field.value = here
    else if (field && !this.hasAttribute("chosen") && [...field.options].some(({ value }) => value === here)) field.value = here
    if (this.hasAttribute("named") && this.getAttribute("named") !== here) this.#ask(here)
  }

  #ask(here) {
    const address = new URL(this.getAttribute("src"), location)
    if (address.searchParams.get("zone") === here) return // a name that is not known there
    address.searchParams.set("zone", here)
    location.replace(address)
  }
})
