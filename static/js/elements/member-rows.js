// <member-rows data-most>: one more member of a couple or family with each press, cloned from its template.
customElements.define("member-rows", class extends HTMLElement {
  connectedCallback() {
    const more = this.querySelector("[data-more]")
    if (!more) return
    more.hidden = false
    more.addEventListener("click", () => this.#add(more))
  }

  #add(more) {
    const count = this.querySelectorAll(".member").length
    const fresh = this.querySelector("template").content.cloneNode(true)
    fresh.querySelector("legend").textContent = `Member ${count + 1}`
    for (const one of fresh.querySelectorAll("[id]")) one.id = one.id.replace("#", count)
    for (const one of fresh.querySelectorAll("[for]")) one.htmlFor = one.htmlFor.replace("#", count)
    more.parentElement.before(fresh)
    more.hidden = count + 1 >= Number(this.dataset.most)
    this.querySelector(`#first_name-${count}`).focus()
  }
})
