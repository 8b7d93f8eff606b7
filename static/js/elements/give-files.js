// Files that somebody is asked for, or adds to an invitation: each goes up with its progress, then the door is told.
import { post } from "../http.js"
import { tag } from "../tag.js"
import { uploadOf } from "../uploads.js"

customElements.define("give-files", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this.#chosen)
    this.addEventListener("click", this.#pick)
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#chosen)
    this.removeEventListener("click", this.#pick)
  }

  #pick = (event) => { if (event.target.closest("[data-picks]")) this.querySelector("input[type=file]").click() }

  #chosen = async (event) => {
    const chosen = [...event.target.files]
    event.target.value = ""
    this.#say("")
    for (const file of chosen) await this.#give(file)
  }

  async #give(file) {
    const bar = tag("progress", { class: "bar", max: 1, value: 0, "aria-label": `Uploading ${file.name}` })
    const stop = tag("button", { type: "button", class: "small wa-plain", click: () => upload.cancel() }, "Cancel")
    const row = tag("li", { class: "line" }, tag("div", { class: "line-text" }, tag("span", {}, file.name), bar), stop)
    const upload = uploadOf({ key: crypto.randomUUID(), name: file.name, type: file.type, blob: file })
    upload.progress((part) => { bar.value = part })
    this.querySelector("[data-list=waiting]").append(row)
    try {
      await post(this.getAttribute("action"), { files: [await upload.done] })
    } catch (refused) {
      if (refused.code !== "cancelled") this.#say(`${file.name}: ${refused.errors?.files?.[0] ?? refused.message}`)
    } finally {
      row.remove()
    }
  }

  #say(words) {
    const place = this.querySelector("[data-say=wrong]")
    place.hidden = !words
    place.lastElementChild.textContent = words
  }
})
