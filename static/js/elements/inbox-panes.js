// Round the desk's three panes: opens a conversation in place, so that the list stays where it is and the line stays up.
// Without it every link is a page of its own, which is what a phone does.
import { getPage } from "../http.js"

const wide = matchMedia("(min-width: 48rem)")
const PARTS = [".thread-pane", ".person-pane"]

customElements.define("inbox-panes", class extends HTMLElement {
  #asked = 0

  connectedCallback() {
    this.addEventListener("click", this.#pressed)
    addEventListener("popstate", this.#back)
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#pressed)
    removeEventListener("popstate", this.#back)
  }

  #pressed = (event) => {
    const about = event.target.closest("[data-about-toggle]")
    if (about) return this.querySelector(".inbox").toggleAttribute("data-about")
    const talk = event.target.closest("a.talk")
    if (!talk || !wide.matches || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return undefined
    event.preventDefault()
    return this.#open(talk.href, { push: true })
  }

  #back = () => { if (this.querySelector(".inbox")) this.#open(location.href, { push: false }) }

  async #open(href, { push }) {
    const asked = ++this.#asked
    this.querySelector("conversation-list").current = new URL(href).pathname + new URL(href).search
    const page = await getPage(href).catch(() => null)
    if (asked !== this.#asked) return
    if (!page) return location.assign(href)
    if (push) history.pushState(null, "", href)
    this.#show(page)
  }

  #show(page) {
    const inbox = this.querySelector(".inbox")
    const fresh = page.querySelector(".inbox")
    document.title = page.title
    inbox.toggleAttribute("data-open", fresh.hasAttribute("data-open"))
    inbox.removeAttribute("data-about")
    for (const part of PARTS) this.#swap(inbox, inbox.querySelector(part), fresh.querySelector(part))
    this.querySelector("textarea")?.focus({ preventScroll: true })
  }

  #swap(inbox, old, fresh) {
    const node = fresh && document.importNode(fresh, true)
    if (old && node) old.replaceWith(node)
    else if (node) inbox.append(node)
    else old?.remove()
  }
})
