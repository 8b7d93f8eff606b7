// The one place for toasts. show(words, { undo, seconds, stays }) resolves "undo" when its button was pressed, else "gone".
// A toast lasts 10 s with a way back and 4 s without; its time stands still while toasts are pointed at or focused. The
// next one takes its place, unless it `stays`: then it is there until its time is over or somebody closes it.
const TICK = 100

customElements.define("toast-stack", class extends HTMLElement {
  #shown = new Set()

  connectedCallback() {
    const drawn = this.querySelector(":scope > .toast")
    if (drawn) this.#run(drawn, { seconds: 4 })
  }

  disconnectedCallback() { for (const one of [...this.#shown]) one.end("gone") }

  show(words, { undo = null, seconds = undo ? 10 : 4, stays = false } = {}) {
    for (const one of [...this.#shown]) if (!one.stays) one.end("gone")
    const kind = stays ? "stays" : undo ? "undo" : "plain"
    const toast = this.querySelector(`template[data-kind="${kind}"]`).content.cloneNode(true).firstElementChild
    toast.querySelector("span").textContent = words
    if (undo) toast.querySelector("[data-undo]").textContent = undo
    toast.style.setProperty("--toast-time", `${seconds}s`)
    this.append(toast)
    return this.#run(toast, { seconds, stays })
  }

  #run(toast, { seconds, stays = false }) {
    let left = seconds * 1000
    toast.dataset.seconds = seconds
    return new Promise((resolve) => {
      const clock = setInterval(() => {
        if (!this.matches(":hover, :focus-within")) left -= TICK
        if (left <= 0) one.end("gone")
      }, TICK)
      const one = { stays, end: (how) => { clearInterval(clock); toast.remove(); this.#shown.delete(one); resolve(how) } }
      this.#shown.add(one)
      toast.addEventListener("click", (event) => {
        const button = event.target.closest("button")
        if (button) one.end("undo" in button.dataset ? "undo" : "gone")
      })
    })
  }
})
