// The form in the middle of the builder: an item for each, in lists that follow the view. What did not change stays as it
// is drawn, and what somebody types into keeps its caret.
import { icon, setIcon, tag } from "../tag.js"
import { KINDS, conditionWords, nameOf } from "./kinds.js"
import { sketchOf } from "./sketches.js"
import { isGroup, walk } from "./tree.js"

const TEXT_LABELS = { heading: "Heading", page: "Title of the page", words: "Text, in Markdown", signature: "What is signed", total: "What the score is called" }

export class Drawing {
  #root
  #blank
  #items
  #drawn = new Map()

  // root: the outermost list; blank: the <template> of an item
  constructor(root, blank) {
    this.#root = root
    this.#blank = blank
  }

  // every list that takes items now
  get lists() { return [this.#root, ...[...this.#drawn.values()].map(({ list }) => list).filter((list) => list && !list.hasAttribute("data-shut"))] }

  element(id) { return this.#drawn.get(id)?.element ?? null }

  draw(view, { selected, faults, editable }) {
    this.#items = new Map([...walk(view.items)].map((item) => [item.id, item]))
    const seen = new Set()
    const focused = document.activeElement
    this.#list(this.#root, view.items, { selected, faults, editable, seen })
    for (const [id, { element }] of this.#drawn) {
      if (seen.has(id)) continue
      element.remove()
      this.#drawn.delete(id)
    }
    if (focused !== document.activeElement && this.#root.contains(focused)) focused.focus() // what is put elsewhere loses it
  }

  #list(list, items, how) {
    let at = list.firstElementChild
    for (const item of items) {
      const element = this.#item(item, how)
      if (element === at) at = at.nextElementSibling
      else list.insertBefore(element, at)
    }
  }

  #item(item, how) {
    how.seen.add(item.id)
    const drawn = this.#drawn.get(item.id) ?? this.#make(item)
    const { items, ...own } = item
    const faults = how.faults.get(item.id) ?? []
    const said = conditionWords(item, (id) => this.#items.get(id))
    const state = JSON.stringify([own, faults, said, how.editable])
    if (state !== drawn.state) this.#fill(drawn, item, { faults, said, editable: how.editable })
    drawn.state = state
    drawn.element.toggleAttribute("data-selected", how.selected === item.id)
    if (drawn.list) this.#list(drawn.list, items, how)
    return drawn.element
  }

  #make(item) {
    const element = this.#blank.content.cloneNode(true).firstElementChild
    element.dataset.id = item.id
    const list = element.querySelector("ol")
    list.dataset.under = item.id
    if (!isGroup(item) && !item.items.length) list.remove()
    const drawn = { element, list: list.isConnected || list.parentNode ? list : null, state: null }
    this.#drawn.set(item.id, drawn)
    return drawn
  }

  #fill({ element, list }, item, { faults, said, editable }) {
    const open = editable && item.kind !== "kept" && !item.locked
    const at = (name) => element.querySelector(`:scope > .build-card [data-${name}]`)
    Object.assign(element.dataset, { kind: item.kind, locked: item.locked ? "yes" : "no" })
    setIcon(at("icon").firstElementChild, KINDS[item.kind].icon)
    at("kind").textContent = kindWords(item)
    at("required").hidden = !item.required
    this.#text(at("text"), at("words-of"), item, open)
    put(at("help"), item.help)
    at("answer").replaceChildren(...[sketchOf(item)].filter(Boolean))
    put(at("condition"), said)
    put(at("notes"), item.notes.join(" "))
    at("faults-of").replaceChildren(...faults.map((fault) => tag("p", { class: fault.blocks ? "wrong" : "warned" }, icon(fault.blocks ? "circle-alert" : "triangle-alert", "small"), tag("span", {}, fault.words))))
    at("tools").hidden = !editable || Boolean(item.locked)
    for (const button of at("tools").children) button.setAttribute("aria-label", `${button.dataset.words} ${nameOf(item)}`)
    at("pick").setAttribute("aria-label", `${kindWords(item)}, ${nameOf(item)}: settings`)
    at("grip").hidden = !editable || Boolean(item.locked)
    if (list) list.toggleAttribute("data-shut", item.kind === "kept" || Boolean(item.locked))
  }

  #text(field, words, item, open) {
    field.hidden = !open
    words.hidden = open
    words.textContent = item.text || "Without words"
    field.setAttribute("aria-label", TEXT_LABELS[item.kind] ?? "Question")
    field.placeholder = TEXT_LABELS[item.kind] ?? "Question"
    if (field.value !== item.text && document.activeElement !== field) field.value = item.text
    else if (normal(field.value) !== normal(item.text)) field.value = item.text
  }
}

const kindWords = (item) => (item.kind === "kept" ? `Kept as it came in: ${item.kept}` : KINDS[item.kind].words)
const normal = (text) => text.replace(/\s+/g, " ").trim()

function put(element, words) {
  element.hidden = !words
  element.textContent = words
}
