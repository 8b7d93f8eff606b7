// What a form asks, calculates and warns of, on its page, as the answers want it.
import { markFaults } from "./faults.js"
import { wordsOf } from "./paper.js"

export class Drawing {
  #root
  #paper
  #tried = new Set() // pages whose faults are shown
  #refused = new Map() // path → what the server said

  constructor(root, paper) {
    this.#root = root
    this.#paper = paper
  }

  draw(state) {
    for (const one of this.#root.querySelectorAll("[data-path]")) {
      const node = state.byPath.get(one.dataset.path)
      if (!node) continue
      one.hidden = !node.enabled
      if (one.dataset.type) this.#one(one, node)
      if (one.dataset.type || one.matches("fieldset.group")) this.#fault(one, node)
    }
    this.#warn(state)
  }

  problems(page) {
    return [...this.#root.querySelectorAll(`[data-page="${page}"] [data-path]`)].filter((one) => {
      const node = this.#paper.state.byPath.get(one.dataset.path)
      return node?.enabled && node.faults.length
    })
  }

  // the first problem of a page that nobody was shown yet
  tryPage(page) {
    if (this.#tried.has(page)) return null
    this.#tried.add(page)
    return this.problems(page)[0] ?? null
  }

  refuse(path, words) { this.#refused.set(path, { words, of: JSON.stringify(this.#paper.values(path)) }); this.draw(this.#paper.state) }

  keepWarning() {
    const notice = this.#root.querySelector("[data-crisis]")
    notice.dataset.stays = ""
    if (notice.hidden) this.#show(notice)
  }

  #one(wrapper, node) {
    const said = wrapper.querySelector(":scope > .field > output[data-value], :scope > output[data-value]")
    const words = node.values.map((value) => wordsOf(node.item, value)).join(", ") || "Nothing yet"
    if (said && said.textContent !== words) said.textContent = words
    const clear = wrapper.querySelector("[data-clear]")
    if (clear) clear.hidden = !node.values.length && !node.unsaid
  }

  #fault(wrapper, node) {
    const page = Number(wrapper.closest("[data-page]")?.dataset.page)
    const refused = this.#refused.get(node.path)
    const held = refused?.of === JSON.stringify(this.#paper.values(node.path)) ? [refused.words] : []
    markFaults(wrapper, node.enabled ? [...held, ...(this.#tried.has(page) ? node.faults : [])] : [])
  }

  // on a phone it would stand below what is seen
  #show(notice) {
    notice.hidden = false
    notice.scrollIntoView({ block: "nearest" })
  }

  // an answer that may mean danger: said at once beside it that nobody watches, and where help is; and kept in sight
  #warn(state) {
    const notice = this.#root.querySelector("[data-crisis]")
    const risk = state.risks[0]
    if (risk && notice.hidden) {
      this.#root.querySelector(`[data-path="${CSS.escape(risk.path)}"]`)?.after(notice)
      this.#show(notice)
    } else if (!risk && !("stays" in notice.dataset)) notice.hidden = true
  }
}
