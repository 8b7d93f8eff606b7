// Files of the message that is being written: checked before anything is sent, uploaded at once, each with its own
// progress and a way to stop it. Files that cannot go up now wait for the connection; what is refused says why.
import { size } from "../sizes.js"
import { icon, setIcon, tag } from "../tag.js"
import { faultOf } from "../uploads/fault.js"
import { uploadOf } from "../uploads.js"

const MOST = 10

export class Attachments extends EventTarget {
  #list
  #rules
  #files = new Map()

  // list: the <ul> that shows them; rules: { accept: ".jpg,.png", most: bytes, told: "Pictures, PDF …" }
  constructor(list, rules) {
    super()
    this.#list = list
    this.#rules = rules
  }

  get files() { return [...this.#files.values()].filter((one) => !one.wrong).map(({ key, name, type, size: bytes, blob, id }) => ({ key, name, type, size: bytes, id, blob: id ? null : blob })) }
  get waiting() { return [...this.#files.values()].some((one) => !one.wrong && !one.id) }
  get empty() { return this.files.length === 0 }

  add(blobs) {
    for (const blob of blobs) {
      const file = { key: crypto.randomUUID(), name: blob.name || "Pasted picture.png", type: blob.type, size: blob.size, blob, id: null, wrong: this.#fault(blob) }
      this.#files.set(file.key, file)
      this.#draw(file)
      if (!file.wrong) this.#upload(file)
    }
    this.#told()
  }

  // the message goes; uploads that run are the outbox's now
  clear() {
    this.#files.clear()
    this.#list.replaceChildren()
    this.#told()
  }

  #fault(blob) {
    const fault = faultOf(blob, this.#rules)
    if (fault) return fault
    if (this.files.length >= MOST) return `A message carries up to ${MOST} files. Send the others in a further one.`
    return null
  }

  async #upload(file) {
    const row = this.#row(file)
    const upload = uploadOf(file)
    upload.progress((fraction) => { row.querySelector("progress").value = fraction })
    try {
      file.id = await upload.done
      this.#say(row, `${size(file.size)}, uploaded`)
    } catch (refused) {
      if (refused.code === "cancelled") return
      if (refused.undecided) this.#say(row, `${size(file.size)}, waits for ${refused.status ? "the practice’s server" : "your connection"}`)
      else this.#refuse(file, row, refused.message)
    }
    this.#told()
  }

  #refuse(file, row, words) {
    file.wrong = words
    this.#say(row, words)
    row.dataset.state = "refused"
    setIcon(row.querySelector(".mark .icon"), "circle-alert")
  }

  #draw(file) {
    const row = tag("li", { class: "upload", "data-key": file.key },
      tag("span", { class: "mark" }, icon(file.type.startsWith("image/") ? "file-image" : "file-text")),
      tag("span", { class: "line-text" }, tag("b", { class: "one-line" }, file.name), tag("span", { class: "meta" }, file.wrong ?? size(file.size)),
        file.wrong ? null : tag("progress", { class: "bar", max: 1, value: 0, "aria-label": `Uploading ${file.name}` })),
      tag("button", { type: "button", class: "small wa-plain icon-only", "aria-label": `Remove ${file.name}`, click: () => this.#remove(file) }, icon("x")))
    if (file.wrong) {
      row.dataset.state = "refused"
      setIcon(row.querySelector(".mark .icon"), "circle-alert")
    }
    this.#list.append(row)
    this.#list.hidden = false
    row.scrollIntoView({ block: "nearest" })
  }

  #remove(file) {
    if (!file.id && !file.wrong) uploadOf(file).cancel()
    this.#row(file).remove()
    this.#files.delete(file.key)
    this.#told()
  }

  #say(row, words) {
    row.querySelector("progress")?.remove()
    row.querySelector(".meta").textContent = words
  }

  #row(file) { return this.#list.querySelector(`[data-key="${file.key}"]`) }
  #told() {
    this.#list.hidden = this.#files.size === 0
    this.dispatchEvent(new Event("change"))
  }
}
