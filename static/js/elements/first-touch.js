// <first-touch action="/invitation/…/opened">: tells the door, once, that a person is at this page: somebody moved,
// touched or typed. What opens links to look for malice does none of these.
const SIGNS = ["pointermove", "pointerdown", "keydown", "touchstart"]

customElements.define("first-touch", class extends HTMLElement {
  connectedCallback() { for (const sign of SIGNS) addEventListener(sign, this.#touched, { passive: true }) }

  disconnectedCallback() { for (const sign of SIGNS) removeEventListener(sign, this.#touched) }

  #touched = (event) => {
    if (!event.isTrusted) return
    this.disconnectedCallback()
    fetch(this.getAttribute("action"), { method: "POST", headers: { Accept: "application/json" } }).catch(() => {})
  }
})
