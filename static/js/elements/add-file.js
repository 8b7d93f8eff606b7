// In an invitation: a document that is uploaded and joins the lines of the <sortable-list> round it.
import { uploadOf } from "../uploads.js"

customElements.define("add-file", class extends HTMLElement {
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
    const file = event.target.files[0]
    event.target.value = ""
    if (!file) return
    const upload = uploadOf({ key: crypto.randomUUID(), name: file.name, type: file.type, blob: file })
    upload.progress((part) => this.#say(part < 1 ? `Uploading, ${Math.round(part * 100)} %` : "Checking"))
    try {
      this.#add(await upload.done, file)
      this.#say("")
    } catch (refused) {
      this.#say(refused.message)
    }
  }

  #add(id, file) {
    this.closest("sortable-list").add("file", (row) => {
      row.querySelector("[data-title]").textContent = file.name
      const select = row.querySelector("select")
      select.setAttribute("aria-label", file.name)
      for (const option of [...select.options]) {
        option.value = option.value.replace("FILE", id)
        if (option.value.startsWith("sign:") && !file.name.toLowerCase().endsWith(".pdf")) option.remove()
      }
    })
  }

  #say(words) { this.querySelector("[data-say=state]").textContent = words }
})
