// One page of the form at a time: all are there, one is shown, so that the next one comes without a line as well.
const SECONDS = { text: 60, string: 15, attachment: 60, group: 0, display: 4 }

export class Pages {
  #root
  #problems
  #moved
  #state = null

  // problems(page): what is wrong there; moved(page): somebody turned a page
  constructor(root, { problems, moved }) {
    this.#root = root
    this.#problems = problems
    this.#moved = moved
    addEventListener("popstate", this.#back)
    this.#show(Math.min(Math.max(Number(new URLSearchParams(location.search).get("page")) || this.current, 1), this.all.length))
  }

  get all() { return [...this.#root.querySelectorAll("[data-page]")] }
  get current() { return Number(this.all.find((one) => !one.hidden)?.dataset.page ?? 1) }
  get last() { return !this.#asked(this.current, 1) }

  next() { this.#turn(this.#asked(this.current, 1)) }
  back() { this.#turn(this.#asked(this.current, -1)) }

  // what is asked may have changed: pages without anything to ask are passed by
  draw(state) {
    this.#state = state
    const place = this.current // its number in the form, as staff read it: passing pages by changes no number
    const bar = this.#root.querySelector("[data-progress]")
    bar.querySelector("[data-place]").textContent = `Page ${place} of ${this.all.length}`
    bar.querySelector("[data-left]").textContent = left(this.#secondsLeft(state))
    const meter = bar.querySelector("progress")
    meter.max = this.all.length
    meter.value = place - 0.5
    meter.textContent = `Page ${place} of ${this.all.length}`
    this.#foot()
  }

  #foot() {
    const foot = document.querySelector("[data-foot]")
    const wrong = this.#problems(this.current).length
    foot.querySelector("[data-needs]").textContent = wrong ? `${wrong} ${wrong === 1 ? "question needs" : "questions need"} an answer` : ""
    foot.querySelector("[data-back]").hidden = !this.#asked(this.current, -1)
    const go = foot.querySelector("[data-go]")
    go.value = this.last ? "review" : "next"
    go.textContent = this.last ? "Review" : "Next page"
  }

  #turn(page) {
    if (!page) return
    this.#show(page)
    const at = new URL(location)
    at.searchParams.set("page", page)
    history.pushState(null, "", at)
    this.#arrive(page)
  }

  #back = () => {
    const page = Number(new URLSearchParams(location.search).get("page")) || 1
    this.#show(page)
    this.#arrive(page)
  }

  #arrive(page) {
    if (this.#state) this.draw(this.#state)
    scrollTo({ top: 0 })
    this.#root.querySelector(`[data-page="${page}"] h1`)?.focus({ preventScroll: true })
    this.#moved(page)
  }

  #show(page) {
    for (const one of this.all) {
      one.hidden = Number(one.dataset.page) !== page
      one.disabled = false
    }
  }

  // the nearest page that way with something on it; null: none
  #asked(page, step) {
    for (let at = page + step; at >= 1 && at <= this.all.length; at += step) {
      if (this.#asks(this.all[at - 1])) return at
    }
    return null
  }

  #asks(section) {
    if (!this.#state) return true
    const nodes = [...section.querySelectorAll("[data-path]")].map((one) => this.#state.byPath.get(one.dataset.path))
    return nodes.some((node) => node?.enabled && node.item.type !== "group")
  }

  #secondsLeft(state) {
    const pages = this.all.filter((one) => Number(one.dataset.page) >= this.current)
    const open = pages.flatMap((one) => [...one.querySelectorAll("[data-path][data-type]")]).map((one) => state.byPath.get(one.dataset.path))
    return open.filter((node) => node?.enabled && !node.values.length && !node.item.calculated)
      .reduce((sum, node) => sum + (SECONDS[node.item.type] ?? 8), 0)
  }
}

function left(seconds) {
  if (!seconds) return "Nothing left to answer here"
  const minutes = Math.max(1, Math.round(seconds / 60))
  return `About ${minutes} ${minutes === 1 ? "minute" : "minutes"} left`
}
