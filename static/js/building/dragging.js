// Items are dragged by their grip, also into headings; new ones from the palette. Where one is dropped is told; what
// stands there afterwards is drawn from the view.
import { Sortable } from "../../vendor/sortable.js"

const GROUP = "form-items"
const calm = matchMedia("(prefers-reduced-motion: reduce)")

// moved(id, under, at), added(kind, under, at)
export class Dragging {
  #lists = new Map()
  #moved
  #added

  constructor({ moved, added }) {
    this.#moved = moved
    this.#added = added
  }

  palette(list) {
    Sortable.create(list, { group: { name: GROUP, pull: "clone", put: false }, sort: false, draggable: "li", animation: 0, forceFallback: true, fallbackTolerance: 4, filter: "[disabled]", preventOnFilter: false })
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
      onAdd: (event) => this.#dropped(event), onUpdate: (event) => this.#dropped(event),
    })
  }

  #dropped({ item, to }) {
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
