// <my-uploads client="…" data-accept data-most data-told>: Add under My Uploads. Files are chosen, dropped or photographed,
// several at once; each shows how far it is, can be cancelled, and goes on after a lost line. [data-underway] holds the
// lines, <template data-row> is a blank one; what has arrived stands in the list that the server draws below.
import { page } from "../page.js"
import { setIcon } from "../tag.js"
import { size } from "../sizes.js"
import { faultOf } from "../uploads/fault.js"
import { KnownKeys } from "../uploads/known-keys.js"
import { Resumable } from "../uploads/resumable.js"

const AT_ONCE = 2
const keys = new KnownKeys({ store: localStorage, login: page.login })
const touched = matchMedia("(pointer: coarse)")

customElements.define("my-uploads", class extends HTMLElement {
  #going = new Map()
  #failed = new Map() // key → its line, until the list below tells of it
  #queue = []
  #busy = 0
  #ends = []
  #depth = 0

  get client() { return this.getAttribute("client") }

  connectedCallback() {
    this.form = this.querySelector("form")
    this.list = this.querySelector("[data-underway]")
    this.querySelector("[data-plain]").remove()
    this.querySelector("[data-photo]").hidden = !touched.matches
    this.querySelector("[data-drop]").hidden = touched.matches
    this.#hear(this.form, "submit", (event) => { event.preventDefault(); this.querySelector("[data-pick]").click() })
    this.#hear(this.querySelector("[data-photo]"), "click", () => this.querySelector("[data-camera]").click())
    for (const picker of this.querySelectorAll("input[type=file]")) this.#hear(picker, "change", () => { this.add(picker.files); picker.value = "" })
    this.#hear(window, "beforeunload", (event) => { if (this.#going.size) event.preventDefault() })
    for (const [name, act] of Object.entries(this.#drags)) this.#hear(this, name, act)
    this.#hideDrawn()
  }

  disconnectedCallback() { for (const end of this.#ends.splice(0)) end() }

  add(files) {
    for (const blob of [...files]) {
      const key = keys.keyOf(blob, this.client)
      if (this.#going.has(key)) continue // the same file chosen twice is one
      const row = this.#row(blob)
      const fault = faultOf(blob, { accept: this.dataset.accept, most: Number(this.dataset.most), told: this.dataset.told })
      if (fault) this.#refused(row, fault)
      else {
        this.#going.set(key, { key, blob, row })
        this.#queue.push(key)
      }
    }
    this.#hideOurs()
    this.#next()
  }

  #next() {
    while (this.#busy < AT_ONCE && this.#queue.length) {
      const one = this.#going.get(this.#queue.shift())
      if (one) this.#send(one)
    }
  }

  async #send({ key, blob, row }) {
    this.#busy += 1
    const upload = new Resumable({ blob, name: blob.name || "Photo.jpg", key }, { client: this.client })
    this.#going.get(key).upload = upload
    upload.progress((part) => this.#moved(row, blob, part))
    upload.states((state) => this.#state(row, blob, state))
    try {
      await upload.done
      keys.forget(key)
      row.remove()
      this.#say(`${blob.name} was uploaded.`)
    } catch (refused) {
      keys.forget(key)
      if (refused.code === "cancelled") row.remove()
      else {
        this.#refused(row, refused.message)
        this.#failed.set(key, row)
      }
    }
    this.#busy -= 1
    this.#going.delete(key)
    this.#hideOurs()
    this.#next()
  }

  #row(blob) {
    const row = this.querySelector("template[data-row]").content.firstElementChild.cloneNode(true)
    row.querySelector("[data-name]").textContent = blob.name
    row.querySelector("[data-words]").textContent = `${size(blob.size)}, waits its turn`
    row.querySelector("[data-progress]").setAttribute("aria-label", `Uploading ${blob.name}`)
    row.querySelector("[data-cancel]").setAttribute("aria-label", `Cancel ${blob.name}`)
    if (blob.type.startsWith("image/")) setIcon(row.querySelector(".mark .icon"), "file-image")
    row.querySelector("[data-cancel]").addEventListener("click", () => this.#cancel(row))
    this.list.hidden = false
    this.list.append(row)
    return row
  }

  #moved(row, blob, part) {
    row.querySelector("[data-progress]").value = part
    row.querySelector("[data-words]").textContent = `${size(Math.round(part * blob.size))} of ${size(blob.size)}`
  }

  #state(row, blob, state) {
    row.dataset.state = state
    if (state === "waiting") row.querySelector("[data-words]").textContent = `${size(blob.size)}, waits for your connection and goes on by itself`
    if (state === "checking") row.querySelector("[data-words]").textContent = `${size(blob.size)}, being checked`
  }

  #refused(row, words) {
    row.dataset.state = "refused"
    row.querySelector("[data-progress]").remove()
    row.querySelector("[data-words]").textContent = words
    setIcon(row.querySelector(".mark .icon"), "circle-alert")
    const close = row.querySelector("[data-cancel]")
    close.textContent = "Close"
    close.setAttribute("aria-label", `Close ${row.querySelector("[data-name]").textContent}`)
    this.#say(words)
  }

  #cancel(row) {
    const one = [...this.#going.values()].find((each) => each.row === row)
    if (one?.upload) return one.upload.cancel()
    if (one) { // it had not begun
      this.#going.delete(one.key)
      keys.forget(one.key)
    }
    row.remove()
    this.list.hidden = !this.list.children.length
    return undefined
  }

  // the server's list also tells of what is under way; what this page sends stands here already
  #hideDrawn() {
    const drawn = this.parentElement?.querySelector("live-region")
    if (!drawn) return
    const watch = new MutationObserver(() => this.#hideOurs())
    watch.observe(drawn, { childList: true, subtree: true })
    this.#ends.push(() => watch.disconnect())
  }

  #hideOurs() {
    for (const row of this.parentElement?.querySelectorAll("live-region [data-key]") ?? []) {
      row.hidden = this.#going.has(row.dataset.key)
      if (row.dataset.state !== "refused") continue
      this.#failed.get(row.dataset.key)?.remove()
      this.#failed.delete(row.dataset.key)
    }
    this.list.hidden = !this.list.children.length
  }

  #drags = {
    dragenter: (event) => this.#files(event) && this.#over(1),
    dragleave: (event) => this.#files(event) && this.#over(-1),
    dragover: (event) => this.#files(event) && event.preventDefault(),
    drop: (event) => {
      if (!this.#files(event)) return
      event.preventDefault()
      this.#over(-this.#depth)
      this.add(event.dataTransfer.files)
    },
  }

  #over(step) {
    this.#depth = Math.max(0, this.#depth + step)
    this.toggleAttribute("over", this.#depth > 0)
  }

  #files(event) { return [...(event.dataTransfer?.types ?? [])].includes("Files") }

  #say(words) { this.querySelector("[data-said]").textContent = words }

  #hear(target, name, fn) {
    target.addEventListener(name, fn)
    this.#ends.push(() => target.removeEventListener(name, fn))
  }
})
