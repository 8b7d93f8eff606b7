// <save-files client="…">: beside each attachment of the conversation around it stands a button that saves it to the
// client's Files. What was saved says so; the same file a second time stays one.
import { post } from "../http.js"
import { icon, tag } from "../tag.js"

customElements.define("save-files", class extends HTMLElement {
  #watch = null
  #saved = new Set()

  connectedCallback() {
    const thread = this.parentElement.querySelector("message-thread")
    this.#watch = new MutationObserver(() => this.#offer(thread))
    this.#watch.observe(thread, { childList: true, subtree: true })
    this.#offer(thread)
  }

  disconnectedCallback() { this.#watch?.disconnect() }

  #offer(thread) {
    for (const link of thread.querySelectorAll("a.attached[data-file]")) {
      const row = link.parentElement
      if (!row.querySelector("[data-save-to-files]")) row.append(this.#button(link.dataset.file, link.querySelector("b").textContent))
    }
  }

  #button(file, name) {
    const done = this.#saved.has(file)
    const button = tag("button", { type: "button", class: "save-to-files small wa-plain", "data-save-to-files": true, "aria-label": `Save ${name} to Files`, disabled: done },
      icon("folder", "small"), tag("span", {}, done ? "Saved to Files" : "Save to Files"))
    button.addEventListener("click", () => this.#save(button, file))
    return button
  }

  async #save(button, file) {
    try {
      await post(`/staff/clients/${this.getAttribute("client")}/files/save`, { file })
      this.#saved.add(file)
      button.disabled = true
      button.querySelector("span").textContent = "Saved to Files"
    } catch (refused) {
      document.querySelector("toast-stack").show(refused.message)
    }
  }
})
