// On a page that stands in place of another one for a while: looks now and then whether that one is there again.
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
    if (answer && answer.status !== 403 && answer.status < 500) location.reload()
  }
})
