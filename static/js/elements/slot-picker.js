// <slot-picker src on data-starts data-ends>: the free times of those days, which follow what others take. What is taken
// stays where it stands, struck through, so that nothing moves under a pointer; what comes free joins once no pointer and
// no focus is there. A group's time says how many places are left.
import { ears } from "../ears.js"
import { getPage } from "../http.js"
import { morph } from "../morph.js"
import { concerns, overlaps } from "../shown-times.js"
import { tag } from "../tag.js"

const CALM = 300
const SPREAD = 500 // a hundred who look at the same week do not ask in the same moment
const AGAIN = 10_000
const WITHOUT_A_LINE = 60_000
const WORDS = { taken: "Just taken", "held-else": "Being booked", full: "Full now" }

customElements.define("slot-picker", class extends HTMLElement {
  #ends = []
  #timer = null
  #fresh = null
  #looking = false
  #missed = false
  #marked = new WeakMap() // when each was marked

  connectedCallback() {
    for (const name of (this.getAttribute("on") ?? "").split(/\s+/).filter(Boolean)) {
      this.#ends.push(ears.on(name, (event) => this.#heard(name, event)))
    }
    const anew = (event) => this.#later(Math.random() * (event.detail?.spread ?? 0))
    ears.addEventListener("resync", anew)
    const poll = setInterval(() => { if (ears.state !== "live" && !document.hidden) this.#later() }, WITHOUT_A_LINE)
    this.#ends.push(() => ears.removeEventListener("resync", anew), () => clearInterval(poll))
    this.addEventListener("click", this.#refuse)
    this.addEventListener("pointerleave", this.#settle)
    this.addEventListener("focusout", this.#settle)
    this.#later(CALM) // what changed between drawing and hearing
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    for (const end of this.#ends.splice(0)) end()
  }

  get #slots() { return [...this.querySelectorAll("button.slot")] }

  get #busy() { return this.matches(":hover") || this.contains(document.activeElement) }

  // of one practitioner the word itself is enough; whether somebody else is free then only the server knows
  #heard(name, event) {
    const { practitioner, data } = event
    if (data?.free === false) {
      const mark = name === "hold.placed" ? "held-else" : "taken"
      for (const slot of this.#slots.filter((one) => one.dataset.staff === practitioner && overlaps(one.dataset, data))) this.#mark(slot, mark)
    }
    if (concerns(this.dataset, event)) this.#later(Math.random() * SPREAD)
  }

  #later(after = 0) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), CALM + after)
  }

  async #look() {
    if (this.#looking) { this.#missed = true; return }
    this.#looking = true
    const began = performance.now()
    try {
      const page = await getPage(this.getAttribute("src"))
      const part = page.querySelector("slot-picker [data-part=times]")
      if (part && this.isConnected) this.#take(part, began)
    } catch (refused) {
      if (refused.code === "online-booking-off" || refused.code === "not-found") location.reload()
      else this.#later(AGAIN)
    } finally {
      this.#looking = false
      if (this.#missed) { this.#missed = false; this.#later() }
    }
  }

  // what was heard since it was asked for is newer
  #take(part, began) {
    const here = this.querySelector("[name=day]")
    const same = part.querySelector("[name=day]")?.value === here?.value
    const free = new Map(same ? [...part.querySelectorAll("button.slot")].map((one) => [one.value, one]) : [])
    for (const slot of this.#slots) {
      const fresh = free.get(slot.value)
      if (!fresh) this.#mark(slot, slot.dataset.mark ?? "taken")
      else if (slot.dataset.mark && this.#marked.get(slot) < began) this.#unmark(slot)
      if (fresh) leave(slot, places(fresh))
    }
    if (!here) { morph(this.querySelector("[data-part=times]"), part.innerHTML); return }
    this.#fresh = part
    this.#settle()
  }

  // what came free, and the counts of the days
  #settle = () => {
    const part = this.#fresh
    if (!part || this.#busy) return
    this.#fresh = null
    const strip = part.querySelector(".day-strip")
    const day = this.querySelector("[name=day]")?.value
    if (part.querySelector("[name=day]")?.value !== day) strip.querySelector("[aria-current]")?.removeAttribute("aria-current")
    morph(this.querySelector(".day-strip"), strip.innerHTML)
    if (part.querySelector("[name=day]")?.value !== day) return
    const known = new Map(this.#slots.map((one) => [one.value, one]))
    for (const one of part.querySelectorAll("button.slot")) {
      const there = known.get(one.value)
      if (there) there.dataset.staff = one.dataset.staff
      else this.#join(one)
    }
  }

  #join(slot) {
    const group = this.querySelector(`[data-group="${slot.closest("[data-group]").dataset.group}"]`)
    const after = [...group.querySelectorAll("button.slot")].find((one) => one.dataset.starts > slot.dataset.starts)
    group.hidden = false
    group.querySelector("ul").insertBefore(slot.closest("li"), after?.closest("li") ?? null)
  }

  #mark(slot, mark) {
    this.#marked.set(slot, performance.now())
    if (slot.dataset.mark === mark) return
    this.#unmark(slot)
    slot.dataset.mark = mark
    slot.classList.add(mark)
    slot.setAttribute("aria-disabled", "true")
    const words = WORDS[mark === "taken" && places(slot) ? "full" : mark]
    slot.append(tag("small", { "data-mark-words": "" }, words))
    this.querySelector("[data-say]").textContent = `${slot.querySelector("b").textContent}: ${words}`
  }

  #unmark(slot) {
    delete slot.dataset.mark
    slot.classList.remove("taken", "held-else")
    slot.removeAttribute("aria-disabled")
    slot.querySelector("[data-mark-words]")?.remove()
  }

  #refuse = (event) => { if (event.target.closest("button.slot[aria-disabled]")) event.preventDefault() }
})

const places = (slot) => slot.querySelector("[data-places]")?.textContent ?? ""

// a time becomes a group's when its first client books it
function leave(slot, words) {
  const there = slot.querySelector("[data-places]")
  if (there && words) there.textContent = words
  else if (there) there.remove()
  else if (words) slot.append(tag("small", { "data-places": "" }, words))
}
