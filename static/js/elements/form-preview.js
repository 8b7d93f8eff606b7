// <form-preview data-form data-answers>: a draft to be tried. Conditions, limits and scores act as they will; nothing that
// is typed leaves this page.
import { fieldOf, letOthersGo, pickOwn, valuesOf } from "../filling/controls.js"
import { Drawing } from "../filling/drawing.js"
import { Entries } from "../filling/entries.js"
import { Paper } from "../filling/paper.js"
import { tellTouched } from "../filling/touched.js"
import { tag } from "../tag.js"

customElements.define("form-preview", class extends HTMLElement {
  #paper
  #drawing
  #entries

  connectedCallback() {
    this.#paper = new Paper(JSON.parse(this.dataset.form), JSON.parse(this.dataset.answers))
    this.#drawing = new Drawing(this, this.#paper)
    this.#entries = new Entries(this, this.#paper, (path, values) => this.#put(path, values))
    this.addEventListener("input", this.#touched)
    this.addEventListener("change", this.#touched)
    this.addEventListener("click", this.#click)
    this.addEventListener("submit", (event) => event.preventDefault())
    const foot = document.querySelector("[data-foot]")
    foot.querySelector("[data-go]").addEventListener("click", () => this.#go())
    foot.querySelector("[data-back]").addEventListener("click", () => this.#turn(this.#beside(-1)))
    this.#draw()
    tellTouched(this)
    this.#paper.withPatterns(() => this.#draw())
    this.toggleAttribute("ready", true)
  }

  get #pages() { return [...this.querySelectorAll("[data-page]")] }
  get #end() { return this.querySelector("[data-end]") }
  get #current() { return this.#pages.find((one) => !one.hidden) ?? this.#end }

  #touched = ({ target, type }) => {
    const wrapper = target.closest("[data-path][data-type]")
    const item = wrapper && this.#paper.item(wrapper.dataset.path)
    if (!item) return
    if (target.type === "file") { if (type === "change") this.#attach(wrapper, target, item) }
    else {
      target.removeAttribute("data-untouched")
      if (target.matches("[data-own]") && target.value) pickOwn(wrapper)
      if (target.matches("[data-slider]")) target.parentElement.querySelector("output").textContent = target.value
      if (target.checked && item.repeats) letOthersGo(wrapper, item, target)
      this.#put(wrapper.dataset.path, valuesOf(wrapper, item))
    }
  }

  // its name alone: the file stays where it is
  #attach(wrapper, input, item) {
    const values = [...input.files].map(({ name, type, size }) => ({ file: name, title: name, contentType: type, size }))
    const list = wrapper.querySelector("[data-attached]")
    list.replaceChildren(...values.map(({ title }) => tag("li", { class: "line" }, tag("b", { class: "one-line" }, title))))
    list.hidden = !values.length
    this.#put(wrapper.dataset.path, item.repeats ? values : values.slice(0, 1))
  }

  #click = ({ target }) => {
    const button = target.closest("button")
    if (button?.matches("[data-more]")) { this.#entries.more(button); this.#draw() }
    else if (button?.matches("[data-less]")) this.#entries.less(button.closest("[data-instance]"))
    else if (button?.matches("[data-clear]")) {
      const wrapper = button.closest("[data-path][data-type]")
      for (const one of wrapper.querySelectorAll("[data-option]")) one.checked = false
      this.#put(wrapper.dataset.path, [])
    }
  }

  #put(path, values) {
    this.#paper.take(path, values, Date.now())
    this.#draw()
  }

  #draw() {
    const state = this.#paper.settle()
    this.#entries.draw(state)
    this.#drawing.draw(state)
    const pages = this.#pages
    const place = pages.indexOf(this.#current)
    this.querySelector("[data-place]").textContent = place < 0 ? "At the end" : `Page ${place + 1} of ${pages.length}`
    const bar = this.querySelector("progress")
    Object.assign(bar, { max: pages.length, value: place < 0 ? pages.length : place + 0.5 })
    const foot = document.querySelector("[data-foot]")
    const wrong = place < 0 ? 0 : this.#drawing.problems(this.#current.dataset.page).length
    foot.querySelector("[data-needs]").textContent = wrong ? `${wrong} ${wrong === 1 ? "question needs" : "questions need"} an answer` : ""
    foot.querySelector("[data-back]").hidden = !this.#beside(-1)
    foot.querySelector("[data-go]").hidden = place < 0
    foot.querySelector("[data-go]").textContent = this.#beside(1) === this.#end ? "Review" : "Next page"
  }

  // the same as for a client: what is wrong on a page is shown once before it is passed by
  #go() {
    const first = this.#drawing.tryPage(Number(this.#current.dataset.page))
    this.#draw()
    if (first) fieldOf(first)?.focus()
    else this.#turn(this.#beside(1))
  }

  #turn(page) {
    if (!page) return
    this.#current.hidden = true
    page.hidden = false
    this.#draw()
    scrollTo(0, 0)
    ;(page.querySelector("h1") ?? page).focus()
  }

  // the next page on which something is asked; behind the last the end
  #beside(step) {
    const all = [...this.#pages, this.#end]
    let at = all.indexOf(this.#current) + step
    while (all[at] && all[at] !== this.#end && !this.#asks(all[at])) at += step
    return all[at] ?? null
  }

  #asks(page) {
    return [...page.querySelectorAll("[data-path]")].some((one) => {
      const node = this.#paper.state.byPath.get(one.dataset.path)
      return node?.enabled && node.item.type !== "group" && !node.item.hidden
    })
  }
})
