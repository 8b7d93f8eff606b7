// Items are dragged by their grip, also into headings; new ones from the palette. Where one is dropped is told; what
// stands there afterwards is drawn from the view.
import { Sortable } from "../../vendor/sortable.js"

const GROUP = "form-items"
const calm = matchMedia("(prefers-reduced-motion: reduce)")

// moved(id, under, at), added(kind, under, at), ended(): it was let go, be it where it had been
export class Dragging {
  underway = false // whatever were drawn anew now would be taken out of the hand
  #lists = new Map()
  #moved
  #added
  #held

  constructor({ moved, added, ended }) {
    this.#moved = moved
    this.#added = added
    this.#held = { onStart: () => { this.underway = true }, onEnd: () => { this.underway = false; ended() } }
  }

  palette(list) {
    Sortable.create(list, { group: { name: GROUP, pull: "clone", put: false }, sort: false, draggable: "li", animation: 0, forceFallback: true, fallbackTolerance: 4, filter: "[disabled]", preventOnFilter: false, ...this.#held })
  }

  // lists: every one of the form that takes items now
  follow(lists, editable) {
    for (const list of lists) {
      if (!this.#lists.has(list)) this.#lists.set(list, this.#make(list))
    }
    for (const [list, sortable] of this.#lists) {
      if (list.isConnected) sortable.option("disabled", !editable || list.hasAttribute("data-shut"))
      else { sortable.destroy(); this.#lists.delete(list) }
    }
  }

  #make(list) {
    return Sortable.create(list, {
      group: { name: GROUP, pull: true, put: true }, handle: "[data-grip]", draggable: ".build-item, li[data-add]", animation: calm.matches ? 0 : 120,
      forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, swapThreshold: 0.6, invertSwap: true, ghostClass: "is-here", chosenClass: "is-chosen", dragClass: "is-dragged",
      onAdd: (event) => this.#dropped(event), onUpdate: (event) => this.#dropped(event), ...this.#held,
    })
  }

  #dropped({ item, to }) {
    this.underway = false
    const under = to.dataset.under || null
    const at = [...to.children].filter((one) => one.matches(".build-item, li[data-add]")).indexOf(item)
    if (item.dataset.add) {
      item.remove()
      this.#added(item.dataset.add, under, at)
    } else {
      this.#moved(item.dataset.id, under, at)
    }
  }
}
