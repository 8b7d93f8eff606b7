// Round a conversation: files dragged over it are taken by the composer inside. It says so while they hang above it.
customElements.define("file-drop", class extends HTMLElement {
  #depth = 0

  connectedCallback() {
    for (const [name, act] of Object.entries(this.#acts)) this.addEventListener(name, act)
  }

  disconnectedCallback() {
    for (const [name, act] of Object.entries(this.#acts)) this.removeEventListener(name, act)
  }

  #acts = {
    dragenter: (event) => this.#files(event) && this.#over(1),
    dragleave: (event) => this.#files(event) && this.#over(-1),
    dragover: (event) => this.#files(event) && event.preventDefault(),
    drop: (event) => this.#drop(event),
  }

  #drop(event) {
    if (!this.#files(event)) return
    event.preventDefault()
    this.#over(-this.#depth)
    this.querySelector("message-composer")?.attach([...event.dataTransfer.files])
  }

  #over(step) {
    this.#depth = Math.max(0, this.#depth + step)
    this.toggleAttribute("over", this.#depth > 0)
  }

  #files(event) { return [...(event.dataTransfer?.types ?? [])].includes("Files") }
})
