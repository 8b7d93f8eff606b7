// <live-region src="/messages/badge" on="message.sent conversation.read">: what the server drew, fetched again when one
// of these events arrives. With `loads` its first content is fetched too. `part`: src is a whole page, of which only
// data-part="…" is taken; what says data-again-at is fetched anew at that moment; `about`: only events of this conversation or client count; `entry`: only those of this appointment, `calendar`: of this practitioner, `document`: of this document. A failure shows only where nothing stands.
import { now } from "../clock.js"
import { fragmentOf } from "../fragments.js"
import { line } from "../line.js"
import { failure } from "../failure.js"
import { morph } from "../morph.js"
import { page } from "../page.js"

export class LiveRegion extends HTMLElement {
  #ends = []
  #shown = false
  #clock

  get #part() { return this.getAttribute("part") }

  get names() { return (this.getAttribute("on") ?? "").split(/\s+/).filter(Boolean) }

  connectedCallback() {
    const loads = this.hasAttribute("loads")
    this.source = this.fetched(loads ? null : page.cursor)
    this.#shown = !loads
    this.#hear(this.source, "content", (event) => { this.#shown = true; this.show(this.#mine(event.detail.html)) })
    this.#hear(this.source, "failed", (event) => this.#failed(event.detail))
    this.#hear(line, "resync", (event) => this.source.anew(event.detail.spread, () => this.isConnected))
    this.#ends.push(...this.names.map((name) => line.on(name, (event) => this.#concerns(event) && this.source.want(event.seq))))
    if (loads) this.source.want()
    else this.#catchUp()
    this.#again()
  }

  disconnectedCallback() { for (const end of this.#ends.splice(0)) end(); clearTimeout(this.#clock) }

  fetched(have) { return fragmentOf(this.getAttribute("src"), have) }

  show(html) {
    morph(this, html)
    this.#again()
  }

  // something in it reads differently from a moment on
  #again() {
    clearTimeout(this.#clock)
    const at = Date.parse(this.querySelector("[data-again-at]")?.dataset.againAt)
    if (at > now()) this.#clock = setTimeout(() => this.source.want(), Math.min(at - now() + 500, 2 ** 30))
  }

  #concerns({ conversation, client, appointment, practitioner, document }) {
    if (this.#others("entry", appointment) || this.#others("calendar", practitioner) || this.#others("document", document)) return false
    const about = this.getAttribute("about")
    const of = [conversation, client].filter(Boolean)
    return !about || !of.length || of.includes(about)
  }

  #others(name, id) {
    const mine = this.getAttribute(name)
    return Boolean(mine && id && mine !== id)
  }

  #mine(html) {
    if (!this.#part) return html
    const page = new DOMParser().parseFromString(html, "text/html")
    return page.querySelector(`[data-part="${this.#part}"]`)?.outerHTML ?? this.innerHTML
  }

  #hear(target, name, fn) {
    target.addEventListener(name, fn)
    this.#ends.push(() => target.removeEventListener(name, fn))
  }

  // drawn a moment ago, from a state that may be older than what the page has heard since
  #catchUp() {
    const missed = line.heardSince(page.cursor)?.filter(({ name, event }) => this.names.includes(name) && this.#concerns(event)) ?? []
    for (const { event } of missed) this.source.want(event.seq)
  }

  #failed(refused) {
    if (this.#shown) return
    this.replaceChildren(failure(refused, () => this.source.want()))
  }
}

customElements.define("live-region", LiveRegion)
