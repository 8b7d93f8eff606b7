// Who sits in this conversation, as the page lists them: seat → { id, name, first, you }.
export class People {
  #element

  constructor(element) { this.#element = element }

  seat(id) {
    const mark = this.#element.querySelector(`[data-seat="${CSS.escape(id)}"]`)
    return mark ? person(mark) : null
  }

  get others() {
    return [...this.#element.querySelectorAll("[data-seat]")].map(person).filter((one) => !one.you && !one.left)
  }

  // Person of models/messaging/views.py; the hidden list follows who came and went
  draw(people) {
    this.#element.replaceChildren(...people.map((one) => {
      const mark = document.createElement("li")
      Object.assign(mark.dataset, { seat: one.id, name: one.name, first: one.first })
      if (one.you) mark.dataset.you = ""
      if (one.left) mark.dataset.left = ""
      return mark
    }))
  }
}

function person({ dataset }) {
  return { id: dataset.seat, name: dataset.name, first: dataset.first, you: "you" in dataset, left: "left" in dataset }
}
