// <save-files client="…" saved="…">: beside each attachment of the conversation around it stands a button that saves it to
// the client's Files. What was saved says so, whoever of the staff did it; the same file a second time stays one.
import { post } from "../http.js"
import { line } from "../line.js"
import { icon, tag } from "../tag.js"
import { working } from "../working.js"

customElements.define("save-files", class extends HTMLElement {
  #watch = null
  #saved = new Set()
  #ends = []

  connectedCallback() {
    const thread = this.parentElement.querySelector("message-thread")
    for (const file of this.getAttribute("saved").split(" ")) this.#saved.add(file)
    this.#watch = new MutationObserver(() => this.#offer(thread))
    this.#watch.observe(thread, { childList: true, subtree: true })
    this.#ends = [line.on("file.saved", (event) => event.client === this.getAttribute("client") && this.#done(thread, event.file))]
    this.#offer(thread)
  }

  disconnectedCallback() {
    this.#watch?.disconnect()
    for (const end of this.#ends.splice(0)) end()
  }

  #offer(thread) {
    for (const link of thread.querySelectorAll("a.attached[data-file]")) {
      const row = link.parentElement
      if (!row.querySelector("[data-save-to-files]")) row.append(this.#button(thread, link.dataset.file, link.querySelector("b").textContent))
    }
  }

  #button(thread, file, name) {
    const done = this.#saved.has(file)
    const button = tag("button", { type: "button", class: "save-to-files small wa-plain", "data-save-to-files": file, "aria-label": `Save ${name} to Files`, disabled: done },
      icon("folder", "small"), tag("span", {}, done ? "Saved to Files" : "Save to Files"))
    button.addEventListener("click", () => this.#save(thread, file))
    return button
  }

  async #save(thread, file) {
    try {
      await working(post(`/staff/clients/${this.getAttribute("client")}/files/save`, { file }))
      this.#done(thread, file)
    } catch (refused) {
      document.querySelector("toast-stack").show(refused.message)
    }
  }

  #done(thread, file) {
    this.#saved.add(file)
    for (const button of thread.querySelectorAll(`[data-save-to-files="${CSS.escape(file)}"]`)) {
      button.disabled = true
      button.querySelector("span").textContent = "Saved to Files"
    }
  }
})
