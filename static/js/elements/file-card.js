// <file-card src kept cursor list on>: round what is done with one file, drawn at the event `cursor`. Its forms are sent in
// place and the card is drawn anew, as it is when somebody else changed the file; a form with data-ends leaves: the dialog
// closes, a page goes to `list`.
import { wrong } from "../dialog.js"
import { Fragment } from "../fragment.js"
import { fragment, post } from "../http.js"
import { line } from "../line.js"
import { morph } from "../morph.js"
import { working } from "../working.js"

customElements.define("file-card", class extends HTMLElement {
  #ends = []
  #source
  #given = []
  #before = Promise.resolve()
  #sending = new Set()

  connectedCallback() {
    const cursor = Number(this.getAttribute("cursor"))
    this.#source = new Fragment(() => fragment(this.getAttribute("src")), cursor)
    this.querySelector("form[method=dialog]").hidden = !this.closest("dialog")
    this.#hear(this, "submit", this.#sent)
    this.#hear(this.#source, "content", ({ detail }) => this.#draw(detail))
    this.#hear(line, "resync", ({ detail }) => this.#source.anew(detail.spread, () => this.isConnected))
    const names = this.getAttribute("on").split(/\s+/)
    this.#ends.push(...names.map((name) => line.on(name, (event) => this.#changed(event))))
    this.#catchUp(names, cursor)
  }

  disconnectedCallback() { for (const end of this.#ends.splice(0)) end() }

  #changed(event) { if (event.kept === this.getAttribute("kept")) this.#source.want(event.seq) }

  // A dialog opens with what was fetched a moment ago. What was heard since and is not told any more may concern it too.
  #catchUp(names, cursor) {
    const missed = line.heardSince(cursor)
    if (missed === null) this.#source.want()
    else for (const { name, event } of missed) if (names.includes(name)) this.#changed(event)
  }

  // Pressed while another form is on its way: after it, with what stood in it. The same one twice is once.
  #sent = (event) => {
    const form = event.target
    if (form.getAttribute("method") === "dialog") return
    event.preventDefault()
    if (this.#sending.has(form)) return
    this.#sending.add(form)
    const given = Object.fromEntries(new FormData(form, event.submitter))
    this.#before = this.#before.then(() => this.#send(form, given))
  }

  async #send(form, given) {
    try {
      const { seq = 0 } = await working(post(form.getAttribute("action"), given)).finally(() => this.#sending.delete(form))
      if (form.hasAttribute("data-ends")) return this.#leave()
      this.#given.push({ form, given, seq })
      this.#source.want()
    } catch (refused) {
      wrong(form, Object.values(refused.errors ?? {}).flat()[0] ?? refused.message)
    }
    return undefined
  }

  #leave() {
    const dialog = this.closest("dialog")
    if (dialog) dialog.close()
    else location.assign(this.getAttribute("list"))
  }

  // what was sent and stands in it is emptied; what is being typed since then or in another form stays
  #draw({ html, cursor }) {
    const part = new DOMParser().parseFromString(html, "text/html").querySelector("file-card")
    if (!part) return
    part.querySelector("form[method=dialog]").hidden = !this.closest("dialog")
    const done = this.#given.filter(({ seq }) => seq <= cursor)
    this.#given = this.#given.filter(({ seq }) => seq > cursor)
    const fields = done.flatMap(({ form, given }) => [...form.querySelectorAll("input[id]")].filter((one) => one.value === given[one.name]))
    for (const { form } of done) form.querySelector("[role=alert]")?.remove()
    morph(this, part.innerHTML)
    for (const field of fields) field.value = field.defaultValue = part.querySelector(`#${field.id}`)?.value ?? ""
  }

  #hear(target, name, fn) {
    target.addEventListener(name, fn)
    this.#ends.push(() => target.removeEventListener(name, fn))
  }
})
