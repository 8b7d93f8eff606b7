// +Add under Shared documents: a file goes up on Continue, and is shared on Send with the words of an e-mail.
import { post } from "../http.js"
import { uploadOf } from "../uploads.js"
import { working } from "../working.js"

customElements.define("share-file", class extends HTMLElement {
  #file = null
  #person = ""
  #upload = null

  connectedCallback() {
    this.addEventListener("submit", this.#go)
    this.addEventListener("click", this.#leave)
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#go)
    this.removeEventListener("click", this.#leave)
    this.#upload?.cancel()
  }

  begin(person) {
    this.closest("dialog").addEventListener("close", () => this.#upload?.cancel(), { once: true }) // by Escape as well
    this.#person = person
    this.#file = null
    this.#step("file").reset()
    this.#step("message").reset()
    this.#offer(false)
    this.#show("file")
  }

  #leave = (event) => {
    if (event.target.closest("[data-leaves]")) this.closest("dialog").close()
  }

  #go = async (event) => {
    event.preventDefault()
    if (this.hasAttribute("busy")) return
    this.toggleAttribute("busy", true)
    const form = event.target
    this.#say(form, "")
    try {
      if (form.dataset.step === "file") await this.#bring(form)
      else await this.#send(event.submitter)
    } catch (refused) {
      if (refused.code !== "cancelled") this.#say(form, refused.errors?.words_ok?.[0] ?? refused.message)
      this.#offer(Boolean(refused.errors?.words_ok))
    } finally {
      this.toggleAttribute("busy", false)
    }
  }

  async #bring(form) {
    const chosen = form.elements.file.files[0]
    if (!chosen) return this.#say(form, "Choose a file.")
    const bar = form.querySelector("progress")
    bar.hidden = false
    this.#upload = uploadOf({ key: crypto.randomUUID(), name: chosen.name, type: chosen.type, blob: chosen })
    this.#upload.progress((part) => { bar.value = part })
    try {
      this.#file = { id: await this.#upload.done, name: chosen.name, signs: form.elements.signs.checked }
    } finally {
      bar.hidden = true
      this.#upload = null
    }
    this.#show("message")
    return this.#step("message").querySelector("textarea").focus()
  }

  async #send(button) {
    const message = this.#step("message").elements.message.value
    const more = button?.name ? { [button.name]: true } : {}
    const [person, file] = [this.#person, this.#file]
    const data = { person, file: file.id, signs: file.signs, message, ...more }
    const whole = this.closest("manage-documentation")
    const done = await working(whole.mine(() => post(this.getAttribute("here"), data)))
    if (this.#file === file) this.closest("dialog").close() // else it was begun anew meanwhile, maybe for somebody else
    whole.shared(person, done, file.name)
    document.querySelector("toast-stack")?.show("Shared")
  }

  #step(name) { return this.querySelector(`[data-step=${name}]`) }

  #show(name) { for (const form of this.querySelectorAll("[data-step]")) form.hidden = form.dataset.step !== name }

  // words that should not stand in an e-mail: sent all the same, or otherwise
  #offer(on) { for (const one of this.#step("message").querySelectorAll("button[name]")) one.hidden = !on }

  #say(form, words) {
    const place = form.querySelector("[data-say=wrong]")
    place.hidden = !words
    place.lastElementChild.textContent = words
  }
})
