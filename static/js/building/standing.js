// What the builder's bar says: saved when, what waits, who edits; and what somebody presses there and in the form.
import { drawFaults } from "./faults.js"
import { hide, write } from "./fields.js"
import { say } from "../dialog.js"
import { tag } from "../tag.js"
import { Moving } from "./moving.js"
import { openPreview } from "./preview.js"
import { line } from "../line.js"

const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" })
const WAITS = "You are offline. What you change waits on this device, and is saved by itself once you are back."
const at = (moment) => clock.format(new Date(moment))

const whose = (editor) => (editor.own ? "Another page of yours" : editor.name || "Somebody")

export class Standing {
  #builder
  #savedAt = null
  #blocking = 0 // things that keep it from being published
  #listed = ""
  #was = "" // what the place of "Saved" says now
  #adds // what adds something stands beside the form, and stays

  constructor(builder) {
    this.#builder = builder
    this.#adds = [...builder.querySelectorAll("button[data-add]"), builder.at("add-here")]
  }

  saved({ at: moment }) { this.#savedAt = moment }

  draw() {
    const { editable, saving, base, view } = this.#builder
    if (!saving) return
    const part = (name) => this.#builder.at(name)
    part("undo").disabled = !editable || !(base.undo || saving.waiting)
    part("redo").disabled = !editable || !base.redo || saving.waiting > 0
    this.#saying(editable, saving)
    this.#banner()
    this.#put("title", view.title, editable)
    this.#put("description", view.description, editable)
    if (editable) hide(part("took"), true)
    hide(part("empty"), view.items.length > 0)
    this.#scrolling(editable)
    for (const button of this.#adds) if (button.disabled === editable) button.disabled = !editable
    const fresh = base.drafted || saving.waiting > 0
    hide(part("publish"), !base.editable || base.archived || !fresh)
    part("publish").querySelector("input[name=draft_version]").value = saving.version
    write(part("new"), fresh || base.archived ? "" : "Nothing new to publish")
  }

  // nothing in them takes the focus while one only looks: then they are scrolled by keys themselves
  #scrolling(editable) {
    for (const one of [this.#builder.at("side"), this.#builder.querySelector(".build-palette")]) {
      if (editable) one.removeAttribute("tabindex")
      else one.tabIndex = 0
    }
  }

  // what could not be saved, to be copied: `editor` took over, or `why` says it
  keepUnsent(words, editor = null, why = "") {
    const box = this.#builder.at("unsent")
    if (editor) this.#tookOver(editor)
    if (!words.length) {
      if (why) document.querySelector("toast-stack").show(why)
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
    this.#builder.at("publish").addEventListener("submit", this.#publish)
  }

  #click = (event) => {
    const { target } = event
    const builder = this.#builder
    if (target.closest("a[data-preview]") && !(event.ctrlKey || event.metaKey)) return this.#preview(event)
    const button = target.closest("button")
    const id = target.closest(".build-item")?.dataset.id
    const option = target.closest(".sketch-option[data-option]")
    if (option && builder.editable) return builder.showOption(id, Number(option.dataset.option))
    if (!button) { if (id && !target.closest("[data-panel]")) builder.select(id); return }
    const { add, act } = button.dataset
    if (add) builder.adding[button.closest("dialog") ? "fromSheet" : "here"](add)
    if (act === "up" || act === "down") new Moving(builder).step(id, act === "up" ? -1 : 1)
    if (act === "remove") builder.remove(id)
    if (act === "duplicate") builder.duplicate(id)
    if (act === "settings") { builder.select(null); this.#builder.at("panel").querySelector("select")?.focus() }
    if (act === "undo" || act === "redo") builder.turnBack(act === "redo")
    if (act === "add-here" || act === "below") builder.adding.ask(id)
    if (act === "to-mend") this.#mend(button.getAttribute("aria-expanded") !== "true")
    if (act === "take-over") builder.turns.begin({ takeOver: true }).then(() => builder.refresh()).catch((refused) => document.querySelector("toast-stack").show(refused.message))
    if (act === "let-go") this.#builder.at("unsent").hidden = true
  }

  #input = ({ target }) => {
    const builder = this.#builder
    const id = target.closest(".build-item")?.dataset.id
    if (target.matches("[data-text]")) builder.perform({ do: "change", item: id, fields: { text: target.value } }, target.value)
    if (target.matches("[data-title]")) builder.perform({ do: "form", fields: { title: target.value } }, target.value)
    if (target.matches("[data-description]")) builder.perform({ do: "form", fields: { description: target.value } }, target.value)
  }

  async #preview(event) {
    event.preventDefault()
    const { href } = event.target.closest("a")
    await this.#builder.saving.flush()
    if (line.state !== "live") return say("No preview yet", `${WAITS} The preview shows the form as it is saved.`)
    openPreview(href, this.#builder.view.title)
  }

  // what waits goes out first; what keeps it from being published is shown instead
  #publish = async (event) => {
    const form = event.target
    event.preventDefault()
    await this.#builder.saving.flush()
    await this.#builder.refresh()
    if (this.#blocking) return this.#mend(true)
    if (this.#builder.saving.waiting) return say("Not published yet", `${WAITS} Publish the form then.`)
    form.querySelector("input[name=draft_version]").value = this.#builder.saving.version
    form.submit()
  }

  // What is to mend is said in few words, and listed when somebody asks: a form that is only begun always lacks something.
  faulty(faults) {
    const blocking = faults.filter((one) => one.blocks).length
    const button = this.#builder.at("to-mend")
    const words = blocking ? `${blocking} ${blocking === 1 ? "thing" : "things"} to mend` : `${faults.length} to look at`
    this.#blocking = blocking
    hide(button, !faults.length || !this.#builder.view.items.length)
    write(button.lastElementChild, words)
    const listed = JSON.stringify(faults)
    if (listed !== this.#listed) drawFaults(this.#builder.at("faults"), faults, (id) => { this.#builder.select(id); this.#builder.focusOn(id) })
    this.#listed = listed
    if (!faults.length && !this.#builder.at("faults").hidden) this.#mend(false)
  }

  #mend(open) {
    this.#builder.at("to-mend").setAttribute("aria-expanded", String(open))
    hide(this.#builder.at("faults"), !open)
    if (open) this.#builder.at("faults").focus()
  }

  #saying(editable, saving) {
    const waits = saving.waiting
    const count = `${waits} ${waits === 1 ? "change waits" : "changes wait"} on this device`
    const { turns } = this.#builder
    const words = !editable ? (turns.editor && !turns.here ? `Read only: ${whose(turns.editor)} edits` : "") : waits && line.state !== "live" ? `Offline: ${count}` : waits ? "Saving…" : this.#savedAt ? `Saved ${at(this.#savedAt)}` : "All changes are saved"
    if (words === this.#was) return
    this.#was = words
    hide(this.#builder.at("saved"), !words)
    this.#builder.at("saved").lastElementChild.textContent = words
    this.#builder.at("saved").toggleAttribute("data-waits", waits > 0 || !editable)
  }

  #banner() {
    const { turns, base } = this.#builder
    const box = this.#builder.at("banner")
    const other = turns.editor && !turns.here
    hide(box, !other && !base.archived && base.editable)
    if (box.hidden) return
    const who = other ? `${whose(turns.editor)} is editing this form since ${at(turns.editor.since)}` : ""
    const reads = base.archived ? "This form is archived" : "You may look at this form"
    write(box.querySelector("[data-who]"), who || reads)
    write(box.querySelector("[data-meanwhile]"), other ? "You see each change as it is made." : base.archived ? "Bring it back to change it." : "Administrators, practitioners and supervisors change it.")
    hide(box.querySelector("[data-act=take-over]"), !other || !base.editable || base.archived)
  }

  #tookOver(editor) {
    const words = `${whose(editor)} took over at ${at(editor.since)}. What you saved is part of the form.`
    this.#builder.at("took").hidden = false
    this.#builder.at("took").textContent = words
    this.#builder.say(words)
  }

  #put(name, words, editable) {
    const field = this.#builder.at(name)
    field.readOnly = !editable
    if (field.value.trim() !== (words ?? "").trim() && (document.activeElement !== field || !editable)) field.value = words ?? ""
  }
}

