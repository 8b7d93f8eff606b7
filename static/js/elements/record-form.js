// <record-form>: round the form of a section of a record. Each field is sent as soon as it is left, with those that did
// not get through before; what is being typed is never drawn over. Its Save is for pages without a script and hides here.
// `saves`: where single fields go; the form itself is sent as a form, when all of them got through.
import { post } from "../http.js"
import { line } from "../line.js"
import { icon, tag } from "../tag.js"

customElements.define("record-form", class extends HTMLElement {
  #dirty = new Map() // name of a control → how often it was typed into
  #sending = Promise.resolve()
  #unsent = false

  connectedCallback() {
    this.form = this.querySelector("form")
    this.toggleAttribute("ready", true)
    this.addEventListener("input", this.#typed)
    this.addEventListener("change", this.#changed)
    this.addEventListener("focusin", this.#entered)
    this.addEventListener("focusout", this.#left)
    this.addEventListener("submit", this.#submitted)
    line.addEventListener("state", this.#again)
    addEventListener("online", this.#again)
    addEventListener("beforeunload", this.#leaving)
  }

  disconnectedCallback() {
    line.removeEventListener("state", this.#again)
    removeEventListener("online", this.#again)
    removeEventListener("beforeunload", this.#leaving)
  }

  // the browser asks before what is not kept is lost
  #leaving = (event) => { if (this.#dirty.size) event.preventDefault() }

  // what a person has begun stays as they typed it until it is kept
  #typed = ({ target }) => {
    if (!target.name) return
    this.#dirty.set(target.name, (this.#dirty.get(target.name) ?? 0) + 1)
    holder(target).setAttribute("data-keep", "")
  }

  #changed = (event) => {
    if (!this.#dirty.has(event.target.name)) this.#typed(event)
    this.#save()
  }

  // a group is moved as a whole when another of its kind goes: not while somebody is in it
  #entered = ({ target }) => target.closest("[data-group]")?.setAttribute("data-keep", "")

  #left = ({ target, relatedTarget }) => {
    const group = target.closest("[data-group]")
    if (!group || group.contains(relatedTarget) || this.#holds(group)) return
    group.removeAttribute("data-keep")
    this.#fetch()
  }

  #submitted = (event) => {
    event.preventDefault()
    const { name, value } = event.submitter ?? {}
    if (name) this.#remove(event.submitter, { [name]: value })
    else if (this.hasAttribute("saves")) this.#goOn()
    else this.#save()
  }

  async #goOn() {
    await this.#save()
    if (!this.#dirty.size) this.form.submit()
  }

  // what did not get through is sent once more when the line is back; what was refused waits for a correction
  #again = () => { if (this.#unsent && line.state === "live") this.#save() }

  #save() { return (this.#sending = this.#sending.then(() => this.#send())) }

  async #send() {
    const sent = new Map(this.#dirty)
    if (!sent.size) return
    const refused = await this.#post(this.#values([...sent.keys()]))
    const wrong = new Set(Object.keys(refused?.errors ?? {}))
    this.#unsent = Boolean(refused?.undecided)
    if (refused && !wrong.size) return
    this.#mark(refused?.errors ?? {}, [...sent.keys()])
    if (wrong.size) return
    for (const [name, times] of sent) if (this.#dirty.get(name) === times) this.#dirty.delete(name)
    this.#letGo()
    this.#fetch()
  }

  async #remove(button, values) {
    const group = button.closest("[data-group]")
    await (this.#sending = this.#sending.then(() => this.#post(values)).then((refused) => {
      if (refused) return
      for (const one of group.querySelectorAll("[name]")) this.#dirty.delete(one.name)
      group.removeAttribute("data-keep")
      group.querySelector("summary").focus()
      this.#fetch()
    }))
  }

  // null, or what the door said
  async #post(values) {
    this.#say("nothing yet", "")
    try {
      await post(this.getAttribute("saves") ?? this.form.getAttribute("action"), values)
      this.#say("saved", "Saved")
      return null
    } catch (refused) {
      const fields = Object.keys(refused.errors ?? {}).length
      this.#say("wrong", fields ? "Correct what is marked. The rest is kept as you typed it." : refused.message)
      return refused
    }
  }

  // a field of a group goes with the group's id; in a new one, with all that the group holds
  #values(names) {
    const wanted = new Set(names)
    for (const name of names) {
      const group = this.#control(name)?.closest("[data-group]")
      if (group) wanted.add(`${group.dataset.group}_id`)
      if (group?.hasAttribute("data-blank")) for (const one of group.querySelectorAll("[name]")) wanted.add(one.name)
    }
    return Object.fromEntries([...wanted].filter((name) => this.#control(name)).map((name) => [name, this.#value(name)]))
  }

  #value(name) {
    const all = [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    if (all.some((one) => one.type === "checkbox")) return all.filter((one) => one.checked).map((one) => one.value)
    return (all.find((one) => one.type !== "radio" || one.checked) ?? { value: "" }).value
  }

  #control(name) { return this.form.querySelector(`[name="${CSS.escape(name)}"]`) }

  #mark(errors, sent) {
    for (const name of new Set([...sent, ...Object.keys(errors)])) {
      const control = this.#control(name)
      const field = control?.closest(".field")
      if (!field) continue
      field.querySelector(".wrong")?.remove()
      const said = errors[name]
      control.toggleAttribute("aria-invalid", Boolean(said))
      if (said) control.setAttribute("aria-invalid", "true")
      const hint = field.querySelector(".hint")
      if (hint) hint.hidden = Boolean(said)
      control.setAttribute("aria-describedby", said ? `${control.id}-wrong` : hint?.id ?? "")
      if (!control.getAttribute("aria-describedby")) control.removeAttribute("aria-describedby")
      if (said) field.append(tag("p", { class: "wrong", id: `${control.id}-wrong` }, icon("circle-alert", "small"), tag("span", {}, said.join(" "))))
      if (said && !this.#dirty.has(name)) this.#dirty.set(name, 1)
    }
  }

  #letGo() {
    for (const one of this.form.querySelectorAll("[data-keep]")) {
      const inside = one.matches("[data-group]") && one.contains(document.activeElement)
      if (!inside && !this.#holds(one)) one.removeAttribute("data-keep")
    }
  }

  #holds(part) { return [...part.querySelectorAll("[name]")].some((one) => this.#dirty.has(one.name)) }

  #fetch() { this.querySelector("live-region")?.source?.want() }

  #say(kind, words) {
    for (const said of this.form.querySelectorAll(":scope > [data-say]")) {
      said.hidden = said.dataset.say !== kind
      said.lastElementChild.textContent = said.hidden ? "" : words
    }
  }
})

const holder = (control) => control.closest("[data-group]") ?? control.closest(".field") ?? control
