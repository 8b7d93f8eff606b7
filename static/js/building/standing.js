// What the builder's bar says: saved when, what waits, who edits; and what somebody presses there and in the form.
import { tag } from "../tag.js"
import { Moving } from "./moving.js"
import { openPreview } from "./preview.js"
import { line } from "../line.js"

const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" })
const at = (moment) => clock.format(new Date(moment))

export class Standing {
  #builder
  #savedAt = null
  #faults = 0
  #was = "" // what the place of "Saved" says now

  constructor(builder) { this.#builder = builder }

  saved({ at: moment }) { this.#savedAt = moment }

  draw({ faults = this.#faults } = {}) {
    this.#faults = faults
    const { editable, saving, base } = this.#builder
    if (!saving) return
    this.#part("undo").disabled = !editable || !(base.undo || saving.waiting)
    this.#part("redo").disabled = !editable || !base.redo || saving.waiting > 0
    this.#saying(editable, saving)
    this.#banner()
    const { view } = this.#builder
    this.#put("title", view.title, editable)
    this.#put("description", view.description, editable)
    this.#part("empty").hidden = view.items.length > 0
    for (const button of this.#builder.querySelectorAll("[data-add]")) button.disabled = !editable
    this.#part("add-here").disabled = !editable
    const publish = this.#part("publish")
    const fresh = base.drafted || saving.waiting > 0
    publish.hidden = !base.editable || base.archived || !fresh
    publish.querySelector("input[name=draft_version]").value = saving.version
    this.#part("new").textContent = fresh || base.archived ? "" : "Nothing new to publish"
  }

  // what could not be saved, to be copied: `editor` took over, or `why` says it
  keepUnsent(words, editor = null, why = "") {
    const box = this.#part("unsent")
    if (editor) this.#tookOver(editor)
    if (!words.length) {
      if (why) this.#builder.say(why)
      return
    }
    box.hidden = false
    box.querySelector("[data-why]").textContent = why || "These changes could not be saved any more."
    box.querySelector("ul").append(...words.map((one) => tag("li", {}, one)))
    box.querySelector("copy-text").dataset.text = [...box.querySelectorAll("li")].map((one) => one.textContent).join("\n")
  }

  listen() {
    const builder = this.#builder
    builder.addEventListener("click", this.#click)
    builder.addEventListener("focusin", ({ target }) => {
      const card = target.closest(".build-card")
      if (card && !target.closest("[data-panel]")) builder.select(card.parentElement.dataset.id)
    })
    builder.addEventListener("input", this.#input)
    builder.addEventListener("keydown", this.#enter)
    document.addEventListener("keydown", this.#key)
    this.#part("publish").addEventListener("submit", this.#publish)
  }

  #click = (event) => {
    const { target } = event
    const builder = this.#builder
    if (target.closest("a[data-preview]") && !(event.ctrlKey || event.metaKey)) return this.#preview(event)
    const button = target.closest("button")
    const id = target.closest(".build-item")?.dataset.id
    if (!button) { if (id && !target.closest("[data-panel]")) builder.select(id); return }
    const { add, act } = button.dataset
    if (add) { this.#part("sheet").close(); builder.addHere(add) }
    if (act === "up" || act === "down") new Moving(builder).step(id, act === "up" ? -1 : 1)
    if (act === "remove") builder.remove(id)
    if (act === "duplicate") builder.duplicate(id)
    if (act === "settings") { builder.select(null); this.#part("panel").querySelector("select")?.focus() }
    if (act === "undo" || act === "redo") builder.turnBack(act === "redo")
    if (act === "add-here") this.#part("sheet").showModal()
    if (act === "take-over") builder.turns.begin({ takeOver: true }).then(() => builder.refresh()).catch((refused) => builder.say(refused.message))
    if (act === "let-go") this.#part("unsent").hidden = true
  }

  #input = ({ target }) => {
    const builder = this.#builder
    const id = target.closest(".build-item")?.dataset.id
    if (target.matches("[data-text]")) builder.perform({ do: "change", item: id, fields: { text: target.value } }, target.value)
    if (target.matches("[data-title]")) builder.perform({ do: "form", fields: { title: target.value } }, target.value)
    if (target.matches("[data-description]")) builder.perform({ do: "form", fields: { description: target.value } }, target.value)
  }

  forget() { document.removeEventListener("keydown", this.#key) }

  #enter = (event) => {
    if (event.key === "Enter" && event.target.matches("[data-text]") && !["words", "signature"].includes(event.target.closest(".build-item").dataset.kind)) event.preventDefault()
  }

  // wherever the focus is, but for what is typed elsewhere on the page
  #key = (event) => {
    if (event.target !== document.body && !this.#builder.contains(event.target)) return
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const again = (event.key.toLowerCase() === "z" && event.shiftKey) || event.key.toLowerCase() === "y"
    if (!again && event.key.toLowerCase() !== "z") return
    event.preventDefault()
    this.#builder.turnBack(again)
  }

  async #preview(event) {
    event.preventDefault()
    const { href } = event.target.closest("a")
    await this.#builder.saving.flush()
    openPreview(href, this.#builder.view.title)
  }

  // what waits goes out first; what keeps it from being published is shown instead
  #publish = async (event) => {
    const form = event.target
    event.preventDefault()
    await this.#builder.saving.flush()
    await this.#builder.refresh()
    const box = this.#part("faults")
    if (this.#faults) return box.focus()
    if (this.#builder.saving.waiting) return this.#builder.say("Your last changes are not saved yet. Publish when they are.")
    form.querySelector("input[name=draft_version]").value = this.#builder.saving.version
    form.submit()
  }

  #saying(editable, saving) {
    const waits = saving.waiting
    const count = `${waits} ${waits === 1 ? "change waits" : "changes wait"} on this device`
    const words = !editable ? "" : waits && line.state !== "live" ? `Offline: ${count}` : waits ? "Saving…" : this.#savedAt ? `Saved ${at(this.#savedAt)}` : "All changes are saved"
    if (words === this.#was) return
    this.#was = words
    this.#part("saved").hidden = !words
    this.#part("saved").lastElementChild.textContent = words
    this.#part("saved").toggleAttribute("data-waits", waits > 0)
  }

  #banner() {
    const { turns, base } = this.#builder
    const box = this.#part("banner")
    const other = turns.editor && !turns.here
    box.hidden = !other && !base.archived && base.editable
    const who = other ? `${turns.editor.own ? "Another page of yours is" : `${turns.editor.name || "Somebody"} is`} editing this form since ${at(turns.editor.since)}` : ""
    const reads = base.archived ? "This form is archived" : "You may look at this form"
    box.querySelector("[data-who]").textContent = who || reads
    box.querySelector("[data-meanwhile]").textContent = other ? "You see each change as it is made." : base.archived ? "Bring it back to change it." : "Administrators, practitioners and supervisors change it."
    box.querySelector("[data-act=take-over]").hidden = !other || !base.editable || base.archived
  }

  #tookOver(editor) {
    const words = `${editor.own ? "Another page of yours" : editor.name || "Somebody"} took over at ${at(editor.since)}. What you saved is part of the form.`
    this.#part("took").hidden = false
    this.#part("took").textContent = words
    this.#builder.say(words)
  }

  #put(name, words, editable) {
    const field = this.#part(name)
    field.readOnly = !editable
    if (field.value.trim() !== (words ?? "").trim() && (document.activeElement !== field || !editable)) field.value = words ?? ""
  }

  #part(name) { return this.#builder.querySelector(`[data-${name}], [data-act=${name}]`) }
}

