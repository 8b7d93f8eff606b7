// Files that answer a question: their bytes go to the file door at once, the answer holds their ids.
import { icon, tag } from "../tag.js"
import { size } from "../sizes.js"
import { uploadOf } from "../uploads.js"

export class Attaching {
  #changed
  #going = 0
  #uploads = new WeakMap() // row → its upload, while it is on its way

  // root: the form; changed(wrapper): its answer is another now
  constructor(root, changed) {
    this.#changed = changed
    root.addEventListener("change", ({ target }) => target.type === "file" && this.#add(target))
    root.addEventListener("click", ({ target }) => target.closest("[data-drop]") && this.#drop(target.closest("[data-file]")))
    for (const [name, act] of Object.entries({ dragover: this.#over, drop: this.#dropped })) root.addEventListener(name, act)
  }

  // files that are still on their way, and would be lost with the page
  get underway() { return this.#going }

  #over = (event) => { if (event.target.closest("[data-files]")) event.preventDefault() }

  #dropped = (event) => {
    const box = event.target.closest("[data-files]")
    if (!box) return
    event.preventDefault()
    this.#take(box, [...event.dataTransfer.files])
  }

  #add(input) {
    this.#take(input.closest("[data-files]"), [...input.files])
    input.value = ""
  }

  #take(box, blobs) {
    const input = box.querySelector("input[type=file]")
    for (const blob of input.multiple ? blobs : blobs.slice(0, 1)) this.#upload(box, input, blob)
  }

  async #upload(box, input, blob) {
    const file = { key: crypto.randomUUID(), name: blob.name || "Picture.png", type: blob.type, blob }
    const row = this.#row(file, blob)
    const list = box.querySelector("[data-attached]")
    list.append(row)
    list.hidden = false
    const most = Number(input.dataset.most)
    if (most && blob.size > most) return this.#fail(row, `${size(blob.size)} is more than the ${size(most)} asked for.`)
    const upload = uploadOf(file)
    this.#going += 1
    this.#uploads.set(row, upload)
    upload.progress((fraction) => { const bar = row.querySelector("progress"); if (bar) bar.value = fraction })
    try {
      this.#done(row, { file: await upload.done, title: file.name, contentType: blob.type, size: blob.size })
      if (!input.multiple) for (const one of list.querySelectorAll("[data-file]")) if (one !== row) one.remove() // the former answers no more
      this.#changed(box.closest("[data-path][data-type]"))
    } catch (refused) {
      if (refused.code !== "cancelled") this.#fail(row, refused.message)
    } finally {
      this.#going -= 1
      this.#uploads.delete(row)
    }
  }

  #row(file, blob) {
    return rowOf(file.name, tag("span", { class: "meta" }, size(blob.size)),
      tag("progress", { class: "bar", max: 1, value: 0, "aria-label": `Uploading ${file.name}` }))
  }

  #done(row, value) {
    row.querySelector("progress").remove()
    hold(row, value)
  }

  #fail(row, words) {
    row.querySelector("progress")?.remove()
    row.dataset.state = "refused"
    row.querySelector(".meta").textContent = words
  }

  #drop(row) {
    const box = row.closest("[data-files]")
    this.#uploads.get(row)?.cancel()
    row.remove()
    const list = box.querySelector("[data-attached]")
    list.hidden = !list.children.length
    this.#changed(box.closest("[data-path][data-type]"))
    box.querySelector("input[type=file]").focus()
  }
}

// what was attached and taken off elsewhere; what is on its way from here stays
export function showFiles(list, values) {
  const there = new Map([...list.children].filter((row) => row.dataset.file).map((row) => [row.dataset.file, row]))
  for (const [file, row] of there) if (!values.some((one) => one.file === file)) row.remove()
  for (const value of values) if (value.file && !there.has(value.file)) list.append(hold(rowOf(value.title || "File"), value))
  list.hidden = !list.children.length
}

function rowOf(name, ...below) {
  return tag("li", { class: "line", "data-file": "" }, icon("file-text"),
    tag("span", { class: "line-text" }, tag("b", { class: "one-line" }, name), ...below),
    tag("button", { type: "button", class: "small wa-plain icon-only", "data-drop": true, "aria-label": `Remove ${name}` }, icon("x")))
}

function hold(row, value) {
  row.dataset.file = value.file
  row.append(tag("input", { type: "hidden", "data-value": true, value: JSON.stringify(value) }))
  return row
}
