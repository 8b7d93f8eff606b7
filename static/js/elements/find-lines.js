// <find-lines>: of the lines in it only those stay whose words hold what is typed in its search field; a group
// [data-found] goes with its last line, [data-none] says that nothing is left. What asks for files always stays.
customElements.define("find-lines", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this.#find)
    this.addEventListener("keydown", this.#keep)
    const place = this.querySelector("[data-finds]")
    if (place) place.hidden = false
  }

  disconnectedCallback() {
    this.removeEventListener("input", this.#find)
    this.removeEventListener("keydown", this.#keep)
  }

  #find = (event) => {
    if (event.target.type !== "search") return
    const words = event.target.value.trim().toLowerCase()
    const rows = [...this.querySelectorAll("li:not([data-request])")]
    for (const row of rows) row.hidden = !row.querySelector(".line-text").textContent.toLowerCase().includes(words)
    for (const group of this.querySelectorAll("[data-found]")) group.hidden = !group.querySelector("li:not([hidden])")
    this.querySelector("[data-none]").hidden = rows.some((row) => !row.hidden)
  }

  // Enter looks for it, and saves nothing
  #keep = (event) => { if (event.key === "Enter" && event.target.type === "search") event.preventDefault() }
})
