// On a page that stands in place of another one for a while: looks now and then whether that one is there again. With
// data-until="open": whether its door says so by now; nobody who is typing is interrupted. With data-ready="/readyz":
// whether that is well, since the page itself may do something that is done once.
import { changed } from "../changed.js"

const EVERY = 10_000
const SOON = 2_000 // what fails for a moment is there again in one

customElements.define("look-again", class extends HTMLElement {
  #timer = null

  connectedCallback() {
    const every = this.dataset.ready ? SOON : EVERY
    this.#timer = setInterval(this.#look, every * (1 + Math.random() / 2)) // not all that failed at once in one moment
    document.addEventListener("visibilitychange", this.#look)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
    document.removeEventListener("visibilitychange", this.#look)
  }

  #look = async () => {
    if (document.hidden) return
    const headers = { Accept: "application/json" }
    const answer = await fetch(this.dataset.ready ?? location.href, { headers, cache: "no-store", redirect: "manual" }).catch(() => null) // no network
    if (this.dataset.ready) return answer?.ok && location.reload()
    if (this.dataset.until) return answer?.ok && this.#says(await answer.json())
    if (answer && answer.status !== 403 && answer.status < 500) location.reload()
  }

  // who is signed in is led on from there: then it says nothing of it
  #says(told) {
    if (told[this.dataset.until] !== false && ![...document.querySelectorAll("input")].some(changed)) location.reload()
  }
})
