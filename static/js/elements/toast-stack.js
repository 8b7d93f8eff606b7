// The one place for toasts. show(words, { undo, seconds }) resolves "undo" when its button was pressed, else "gone".
// A toast lasts 10 s with a way back and 4 s without; its time stands still while it is pointed at or focused.
const TICK = 100

customElements.define("toast-stack", class extends HTMLElement {
  #end = () => {}
  #left = 0
  #clock

  connectedCallback() {
    const drawn = this.querySelector(":scope > .toast")
    if (drawn) this.#run(drawn, 4)
  }

  disconnectedCallback() { this.#end("gone") }

  show(words, { undo = null, seconds = undo ? 10 : 4 } = {}) {
    this.#end("gone")
    const toast = this.querySelector(`template[data-kind="${undo ? "undo" : "plain"}"]`).content.cloneNode(true).firstElementChild
    toast.querySelector("span").textContent = words
    if (undo) toast.querySelector("[data-undo]").textContent = undo
    this.append(toast)
    return this.#run(toast, seconds)
  }

  #run(toast, seconds) {
    this.#left = seconds * 1000
    toast.dataset.seconds = seconds
    this.#clock = setInterval(() => this.#tick(), TICK)
    return new Promise((resolve) => {
      this.#end = (how) => { clearInterval(this.#clock); toast.remove(); this.#end = () => {}; resolve(how) }
      toast.addEventListener("click", (event) => this.#pressed(event.target.closest("button")))
    })
  }

  #tick() {
    if (!this.matches(":hover, :focus-within")) this.#left -= TICK
    if (this.#left <= 0) this.#end("gone")
  }

  #pressed(button) {
    if (button) this.#end("undo" in button.dataset ? "undo" : "gone")
  }
})
