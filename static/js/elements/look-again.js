// On a page that stands in place of another one for a while: looks now and then whether that one is there again. With
// data-until="open": whether its door says so by now; nobody who is typing is interrupted.
import { changed } from "../changed.js"

const EVERY = 10_000

customElements.define("look-again", class extends HTMLElement {
  #timer = null

  connectedCallback() {
    this.#timer = setInterval(this.#look, EVERY)
    document.addEventListener("visibilitychange", this.#look)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
    document.removeEventListener("visibilitychange", this.#look)
  }

  #look = async () => {
    if (document.hidden) return
    const headers = { Accept: "application/json" }
    const answer = await fetch(location.href, { headers, cache: "no-store", redirect: "manual" }).catch(() => null) // no network
    if (this.dataset.until) return answer?.ok && this.#says(await answer.json())
    if (answer && answer.status !== 403 && answer.status < 500) location.reload()
  }

  // who is signed in is led on from there: then it says nothing of it
  #says(told) {
    if (told[this.dataset.until] !== false && ![...document.querySelectorAll("input")].some(changed)) location.reload()
  }
})
