// Manage Documentation, on its page or in a dialog: what is checked in the library joins what is asked, in its order; saved
// without leaving, so that nothing is lost when the door asks first or the network is away. It says when somebody else
// changed the same meanwhile, and asks before what was not saved is lost.
import { ask, staysAtEscape } from "../dialog.js"
import { line } from "../line.js"
import { refusal, whole } from "../http.js"
import { Refused } from "../refused.js"
import { working } from "../working.js"

customElements.define("manage-documentation", class extends HTMLElement {
  #ends = []
  #number = 0
  #busy = false
  #waiting = [] // heard while we send: whose it is shows with the answer
  #seq = 0 // of what was last shared here
  #dialog = null
  #stood // where somebody was who saved

  get form() { return this.querySelector("form#documentation") }

  connectedCallback() {
    for (const one of this.querySelectorAll("noscript")) one.remove() // what was fetched brings its own lines
    this.addEventListener("change", this.#checked)
    this.addEventListener("click", this.#pressed)
    this.addEventListener("submit", this.#save)
    this.#dialog = this.closest("dialog.page-dialog")
    if (this.#dialog) this.#ends.push(staysAtEscape(this.#dialog, this.#cancelled))
    addEventListener("beforeunload", this.#leaving)
    const names = (this.getAttribute("on") ?? "").split(/\s+/).filter((name) => /^document\.(shared|withdrawn|changed)$/.test(name))
    this.#ends.push(...names.map((name) => line.on(name, (event) => this.#heard(event))))
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#checked)
    this.removeEventListener("click", this.#pressed)
    this.removeEventListener("submit", this.#save)
    removeEventListener("beforeunload", this.#leaving)
    for (const end of this.#ends.splice(0)) end()
  }

  // a file was shared at once: it stands there, and the set is another one
  shared(person, { document: id, version }, title) {
    this.form.elements.version.value = version
    const section = this.querySelector(`[data-person="${person}"]`)
    const row = this.#line("file")
    row.dataset.item = `${person}/document/${id}`
    row.querySelector("input").value = row.dataset.item
    row.querySelector("[data-title]").textContent = title
    row.querySelector("[data-words]").textContent = "Shared just now"
    const list = section.querySelector("[data-list=files]")
    list.append(row)
    const nothing = list.parentElement.querySelector("[data-empty]")
    if (nothing) nothing.hidden = true
  }

  // what we send ourselves is heard as well, and is no news
  async mine(work) {
    this.#busy = true
    try {
      const done = await work()
      this.#seq = Math.max(this.#seq, done?.seq ?? 0)
      return done
    } finally {
      this.#busy = false
      for (const event of this.#waiting.splice(0)) this.#heard(event)
    }
  }

  #heard(event) {
    if (event.client !== this.getAttribute("about") || event.seq <= this.#seq) return
    if (this.#busy) this.#waiting.push(event)
    else this.querySelector("[data-say=changed]").hidden = false
  }

  #checked = (event) => {
    const box = event.target
    const row = box.closest?.("li[data-item]")
    if (!row) return
    const section = row.closest("[data-person]")
    this.#unsaved(section)
    if (box.type !== "checkbox") return
    const asked = section.querySelector("[data-list=asked]")
    if (row.closest("[data-list=library]") && box.checked) {
      row.home = row.parentElement
      asked.append(row)
      box.focus()
    } else if (!box.checked && row.home) {
      row.home.append(row)
      row.home.closest("details").open = true
      box.focus()
    }
    this.#emptiness(section)
  }

  #pressed = (event) => {
    const button = event.target.closest("button, a")
    const section = button?.closest("[data-person]")
    if (!button) return
    if (button.dataset.adds === "request") this.#addRequest(section)
    else if (button.dataset.adds === "file") this.#addFile(section)
    else if ("removes" in button.dataset) this.#remove(button)
    else if ("closes" in button.dataset && (this.#dialog || this.#dirty)) {
      event.preventDefault()
      this.#leave()
    }
  }

  get #dirty() { return Boolean(this.querySelector("[data-unsaved]:not([hidden])")) }

  #cancelled = (event) => {
    if (event.target !== this.#dialog || !this.#dirty) return
    event.preventDefault()
    this.#leave()
  }

  async #leave() {
    const asked = { title: "Leave without saving?", words: "What you changed is lost; nobody is told of it.", keep: "Go on", go: "Leave it" }
    if (!this.#dirty || await ask(asked)) this.#end()
  }

  #end() {
    removeEventListener("beforeunload", this.#leaving)
    if (this.#dialog) this.#dialog.close()
    else location.assign(this.getAttribute("back"))
  }

  #leaving = (event) => { if (this.#dirty) event.preventDefault() }

  #addRequest(section) {
    const key = this.#newKey(section.dataset.person)
    const row = this.#line("request")
    row.dataset.item = key
    row.querySelector("[name=items]").value = key
    row.querySelector("[type=text]").name = `title:${key}`
    row.querySelector("[type=date]").name = `due:${key}`
    for (const label of row.querySelectorAll("label[for]")) {
      const field = row.querySelector(label.htmlFor.startsWith("due") ? "[type=date]" : "[type=text]")
      field.id = label.htmlFor = `${label.htmlFor}${key}`
    }
    section.querySelector("[data-list=asked]").append(row)
    this.#emptiness(section)
    this.#unsaved(section)
    row.querySelector("[type=text]").focus()
  }

  // a page that came back with what was typed has some already
  #newKey(person) {
    const taken = (number) => this.querySelector(`[data-item="${person}/request/new${number}"]`)
    do this.#number += 1
    while (taken(this.#number))
    return `${person}/request/new${this.#number}`
  }

  #addFile(section) {
    const dialog = this.querySelector("#add-shared")
    dialog.querySelector("share-file").begin(section.dataset.person)
    dialog.showModal()
  }

  #remove(button) {
    const section = button.closest("[data-person]")
    button.closest("li").remove()
    this.#emptiness(section)
    this.#unsaved(section)
    section.querySelector("[data-adds=request]").focus()
  }

  // what is folded says so as well
  #unsaved(section) { section.querySelector("[data-unsaved]").hidden = false }

  #emptiness(section) {
    const words = section.querySelector("[data-list=asked]")?.closest("div").querySelector("[data-empty]")
    if (words) words.hidden = section.querySelector("[data-list=asked]").children.length > 0
  }

  #line(kind) { return this.querySelector(`template[data-line=${kind}]`).content.cloneNode(true).firstElementChild }

  #save = async (event) => {
    if (event.target !== this.form) return
    event.preventDefault()
    if (this.hasAttribute("busy")) return
    this.#say("")
    const body = this.#body(event.submitter)
    this.#sending(true)
    const answer = await this.#send(body)
    this.#sending(false)
    if (answer instanceof Refused) this.#refused(answer)
    else if (answer === null) this.#saved()
    else this.#drawn(answer)
  }

  // what was heard meanwhile may be somebody else's, or our own of which the answer was lost: both are worth a look
  #refused({ message }) {
    this.#say(message)
    for (const event of this.#waiting.splice(0)) this.#heard(event)
  }

  // What were checked now would be neither saved nor kept. Who saved by Enter in a field is there again after a refusal.
  #sending(on) {
    const stood = document.activeElement
    this.toggleAttribute("busy", on)
    this.#busy = on
    for (const section of this.querySelectorAll("[data-person]")) section.inert = on
    if (on) this.#stood = stood
    else if (stood === document.body) this.#stood.focus()
  }

  // What was agreed and written in a dialog holds for its own buttons: Save after "Not now" asks anew.
  #body(button) {
    const body = new URLSearchParams(new FormData(this.form, button))
    if (!button?.closest("#notify, #close-started")) for (const name of ["message", "close_started"]) body.delete(name)
    return body
  }

  // null: saved; a page: it asks first; Refused: it was not reached
  async #send(body) {
    const options = { method: "POST", body, headers: { Accept: "text/html" }, redirect: "manual" }
    const answer = await working(fetch(this.form.action, options)).catch(() => null)
    if (answer === null) return new Refused({ code: "offline" })
    if (answer.type === "opaqueredirect") return null
    const html = await whole(answer.text()).catch((refused) => refused)
    if (html instanceof Refused) return html
    const page = new DOMParser().parseFromString(html, "text/html")
    const part = page.querySelector("manage-documentation")
    return part ?? refusal(new Response(null, { status: answer.status }))
  }

  #saved() {
    this.#end()
    if (this.#dialog) document.querySelector("toast-stack")?.show("Saved")
  }

  // who was unfolded stays so, and what was not saved is not saved yet
  #drawn(part) {
    for (const section of this.querySelectorAll("[data-person]")) {
      const same = part.querySelector(`[data-person="${section.dataset.person}"] > details`)
      const fold = section.querySelector(":scope > details")
      if (!same || !fold) continue
      same.open ||= fold.open
      same.querySelector("[data-unsaved]").hidden = section.querySelector("[data-unsaved]").hidden
    }
    const [before, now] = [this, part].map((one) => one.querySelector("#notify-message"))
    if (before && now) now.value = before.value
    this.replaceWith(document.adoptNode(part))
    part.querySelector("[role=alert]:not([hidden]), [aria-invalid=true]")?.scrollIntoView({ block: "center" })
  }

  #say(words) {
    const place = this.form.querySelector(".sticky-acts [data-say=wrong]")
    place.hidden = !words
    place.lastElementChild.textContent = words
  }
})
