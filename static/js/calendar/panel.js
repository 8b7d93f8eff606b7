// The panel beside the calendar: one entry, the form for a new one, or Clear a day, as the server draws its page. Every
// form in it is sent from here; what was refused stands in the form, and nothing typed is lost.
import { ask, staysAtEscape, wrong } from "../dialog.js"
import { failure } from "../failure.js"
import { getPage, post } from "../http.js"
import { icon, tag } from "../tag.js"
import { working } from "../working.js"

export class Panel {
  #dialog
  #path = ""
  #back = null
  #asked = 0

  // done(form, answer): what a form did
  constructor(dialog, done) {
    this.#dialog = dialog
    this.done = done
    dialog.addEventListener("submit", (event) => this.#submitted(event))
    dialog.addEventListener("close", () => this.#closed())
    staysAtEscape(dialog, (event) => this.#leaves(event))
  }

  get open() { return this.#dialog.open ? this.#path : "" }

  async show(path, part) {
    this.#path = path
    this.part = part
    this.#back ??= document.activeElement
    this.#dialog.setAttribute("closedby", part === "entry" ? "any" : "closerequest")
    if (!this.#dialog.open) {
      this.#dialog.querySelector("[data-panel-in]").replaceChildren()
      this.#dialog.showModal()
    }
    await this.#load()
  }

  // it changed while it was open; what somebody types in it stays
  async again() {
    if (!this.#dialog.open || this.part !== "entry") return
    if (this.#typed) this.#meanwhile()
    else await this.#load({ again: true })
  }

  close() { this.#dialog.close() }

  // what is chosen in passing is no loss
  get #typed() {
    const controls = [...this.#dialog.querySelectorAll("input:not([type=hidden]), textarea, select")]
    return controls.some((one) => !one.closest("[data-passing]") && changed(one))
  }

  // again: somebody has it before them, and may have begun to type while the page came
  async #load({ again = false } = {}) {
    const asked = ++this.#asked
    const inside = this.#dialog.querySelector("[data-panel-in]")
    try {
      const page = await getPage(this.#path)
      if (asked !== this.#asked) return
      if (again && this.#typed) return this.#meanwhile()
      const stood = again ? document.activeElement?.name : ""
      inside.replaceChildren(this.#closer(), document.adoptNode(page.querySelector(`[data-part=${this.part}]`)))
      inside.querySelector("h1")?.setAttribute("tabindex", "-1")
      this.#dialog.setAttribute("aria-label", inside.querySelector("h1")?.textContent ?? "Appointment")
      const there = stood && inside.querySelector(`[name="${CSS.escape(stood)}"]`)
      ;(there || inside.querySelector(this.part === "new" ? "input[type=search]" : "h1"))?.focus()
    } catch (refused) {
      if (asked !== this.#asked) return
      if (again && this.#typed) return this.#meanwhile()
      inside.replaceChildren(this.#closer(), failure(refused, () => this.#load()))
    }
  }

  #meanwhile() { this.#say("This appointment changed meanwhile. Save to see whether yours still fits, or close and look again.") }

  #closer() { return tag("button", { type: "button", class: "wa-plain icon-only panel-close", "aria-label": "Close", click: () => this.#dialog.requestClose?.() ?? this.close() }, icon("x")) }

  async #submitted(event) {
    const form = event.target
    if (form.method !== "post") return
    event.preventDefault()
    const button = event.submitter
    const given = values(form, button)
    await this.#send(form, given)
  }

  async #send(form, given) {
    form.setAttribute("aria-busy", "true")
    try {
      this.done(form, await working(post(new URL(form.action).pathname, given)))
    } catch (refused) {
      const asked = question(refused)
      if (!asked) this.#refuse(form, refused)
      else if (await ask(asked)) await this.#send(form, { ...given, [asked.sure]: true, ...(given.key ? { key: crypto.randomUUID() } : {}) })
    } finally {
      form.removeAttribute("aria-busy")
    }
  }

  #refuse(form, refused) {
    for (const old of form.querySelectorAll(".wrong[data-said]")) old.remove()
    const faults = Object.entries(refused.errors).map(([name, said]) => [form.elements[name.replace(/\.0$/, "")], said.join(" ")])
    const loose = faults.filter(([field]) => !field?.closest?.(".field"))
    for (const [field, said] of faults) {
      field?.closest?.(".field")?.append(tag("p", { class: "wrong", "data-said": true }, icon("circle-alert", "small"), tag("span", {}, said)))
    }
    wrong(form, loose.length ? loose.map(([, said]) => said).join(" ") : faults.length ? "Something here needs a correction." : refused.message)
    form.querySelector("[role=alert]").scrollIntoView({ block: "nearest" })
  }

  #say(words) {
    const inside = this.#dialog.querySelector("[data-part]")
    inside.querySelector("[data-meanwhile]")?.remove()
    inside.prepend(tag("div", { class: "notice", "data-tone": "warn", role: "status", "data-meanwhile": true }, icon("info"), tag("div", {}, tag("b", {}, words))))
  }

  async #leaves(event) {
    if (!this.#typed) return
    event.preventDefault()
    if (await ask({ title: LEAVING[this.part], words: "What you typed is lost.", keep: "Go on", go: "Leave it" })) this.close()
  }

  // told a moment after it was closed: it may be open for something else by then
  #closed() {
    if (this.#dialog.open) return
    this.#asked += 1 // what still comes is shown to nobody
    this.#path = ""
    this.#dialog.querySelector("[data-panel-in]").replaceChildren()
    this.#back?.isConnected && this.#back.focus()
    this.#back = null
  }
}

const LEAVING = { new: "Leave this appointment unbooked?", entry: "Leave without saving?", clear: "Leave the day as it is?" }

// what the door refuses only until somebody says that it is meant so; `sure`: the name under which that is sent
function question({ code, message, errors }) {
  if (code === "overlaps") return { sure: "overlap_ok", title: "Book it all the same?", words: message.replace(/ Book it all the same\?$/, ""), keep: "Choose another time", go: "Book it all the same" }
  if (errors.names_ok) return { sure: "names_ok", title: "Send it as it stands?", words: errors.names_ok.join(" "), keep: "Change the message", go: "Send it as it stands" }
  return null
}

// a field that came several times is a list, as is one whose boxes could
function values(form, button) {
  const data = new FormData(form)
  if (button?.name) data.set(button.name, button.value)
  const found = {}
  for (const [name, value] of data) {
    if (value === "" && name !== "note" && name !== "place") continue
    found[name] = name in found ? [found[name], value].flat() : value
  }
  return found
}

function changed(control) {
  if (control.type === "search") return false
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked
  if (control.localName === "select") return [...control.options].some((one) => one.selected !== one.defaultSelected) && [...control.options].some((one) => one.defaultSelected)
  return control.value !== control.defaultValue
}
