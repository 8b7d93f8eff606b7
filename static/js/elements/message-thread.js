// <message-thread conversation="…">: the messages of one conversation, live. What the page drew is brought up to now by
// the events heard since; after a gap the latest lines are fetched and the newer events applied over them again.
import { desk, base, page } from "../page.js"
import { Fragment } from "../fragment.js"
import { getWithCursor } from "../http.js"
import { line } from "../line.js"
import { outbox } from "../outbox.js"
import { Announcing } from "../thread/announcing.js"
import { readsDeleted } from "../thread/deleted-text.js"
import { Deleting } from "../thread/deleting.js"
import { applies, calls } from "../thread/applying.js"
import { People } from "../thread/people.js"
import { Pending } from "../thread/pending.js"
import { Place } from "../thread/place.js"
import { Reading } from "../thread/reading.js"
import { Rows } from "../thread/rows.js"
import { Typing } from "../thread/typing.js"
import { View } from "../thread/view.js"

const PEOPLE = "conversation.people_changed"
// Whether something can be said here hangs on these.
const READ_ONLY = ["client.status_changed"]
const REACH = [
  ...READ_ONLY, "client.portal_closed", "access.revoked", "access.restored", "access.ended", "access.began",
  "access.features_changed", "invitation.accepted",
]

customElements.define("message-thread", class extends HTMLElement {
  #ends = []
  #below = 0
  #loading = false

  get conversation() { return this.getAttribute("conversation") }
  get #path() { return `${base}/conversations/${this.conversation}/messages` }

  connectedCallback() {
    const thread = this.querySelector(".thread")
    this.people = new People(this.querySelector("[data-people]"))
    this.place = new Place(thread, () => this.#moved())
    this.view = new View({ thread, rows: new Rows(this), place: this.place })
    this.reading = new Reading(this.conversation)
    this.typing = new Typing(this.view.typingLine)
    this.announcing = new Announcing(this.querySelector("[data-announce]"))
    this.deleting = new Deleting(this)
    readsDeleted(this)
    this.pending = new Pending(this.view, this.conversation)
    this.latest = new Fragment(() => getWithCursor(this.getAttribute("src")), this.#cursor)
    this.#begin(thread)
    this.#listen()
  }

  disconnectedCallback() {
    for (const end of this.#ends.splice(0)) end()
    this.typing.clear()
    this.place.stop()
  }

  get #cursor() { return Number(this.getAttribute("cursor")) || page.cursor }
  get #attended() { return Reading.attending(this.place) && !this.view.newer }

  get #facts() {
    return { people: this.people, attended: this.#attended, readsDeleted: Boolean(this.querySelector("[data-deleted]")) }
  }

  #begin(thread) {
    this.view.arrange() // nobody is at the end yet: what stands there is neither read nor followed
    const around = location.hash.startsWith("#line-") && this.view.row(location.hash.slice(6))
    const unread = thread.querySelector(":scope > [data-kind=unread]")
    if (around) around.classList.add("fresh")
    if (around || unread) this.place.to(around || unread)
    else this.place.toEnd()
    this.#catchUp(this.#cursor)
    this.#moved()
  }

  #listen() {
    for (const name of Object.keys(applies)) this.#on(line.on(name, (event) => this.#heard(name, event)))
    this.#on(line.on(PEOPLE, (event) => this.#mine(event) && this.latest.want(event.seq)))
    if (desk) this.#on(line.on("features.changed", (event) => this.latest.want(event.seq)))
    for (const name of desk ? REACH : READ_ONLY) this.#on(line.on(name, (event) => this.#concerns(event) && this.latest.want(event.seq)))
    this.#on(line.on("typing", (event) => this.#typed(event)))
    this.#hear(line, "resync", (event) => setTimeout(() => this.isConnected && this.latest.want(), Math.random() * event.detail.spread))
    this.#hear(this.latest, "content", (event) => this.#settle(event.detail))
    this.#hear(this.latest, "failed", (event) => this.#lost(event.detail))
    this.#hear(outbox, "change", (event) => this.pending.changed(event.detail))
    this.#hear(line, "state", () => this.pending.lineChanged())
    this.#hear(document, "visibilitychange", () => this.#moved())
    this.#hear(window, "focus", () => this.#moved())
    this.#hear(this.querySelector("[data-jump]"), "click", () => this.#jump())
    outbox.entries().then((entries) => this.pending.show(entries))
  }

  #heard(name, event) {
    if (!this.#mine(event)) return
    const row = applies[name](this.view, event, this.#facts)
    if (name === "message.withdrawn" || name === "message.deleted") this.announcing.takeBack()
    if (name !== "message.sent") return
    this.typing.set(event.sender, "", false)
    if (row && !row.matches(".own")) this.#cameIn(event)
    this.#moved()
  }

  #cameIn(event) {
    if (!this.place.atEnd) this.#below += 1
    this.announcing.message(calls(this.people.seat(event.sender), event.data), event.data.body || "sent a file")
  }

  #typed({ conversation, seat, on }) {
    const person = conversation === this.conversation && this.people.seat(seat)
    if (person && !person.you) this.place.keep(() => this.typing.set(seat, person.first, on))
  }

  #settle({ data, cursor }) {
    if (this.#changedPlace(data)) return location.reload()
    const lines = data.page ?? data
    if (data.people) this.people.draw(data.people)
    this.view.settle(lines)
    this.#catchUp(cursor)
    return this.#moved()
  }

  // removed, added again, or nobody left to hear: the page draws anew what may be done here; what was typed is kept
  #changedPlace({ may_write: may }) {
    return may !== undefined && may !== Boolean(this.parentElement.querySelector("message-composer"))
  }

  // apply over an older state what was heard since; what is no longer remembered is fetched
  #catchUp(cursor) {
    const missed = line.heardSince(cursor)
    if (missed === null && line.state === "live" && line.cursor > cursor) return this.latest.want()
    for (const { name, event } of missed ?? []) {
      if (applies[name] && this.#mine(event)) this.#heard(name, event)
      if (name === PEOPLE && this.#mine(event)) this.latest.want(event.seq)
    }
    return undefined
  }

  // no longer ours to read: the page says so itself
  #lost(refused) { if (refused.status === 404 || refused.status === 403) location.reload() }

  #moved() {
    if (this.place.atEnd) this.#below = 0
    this.#showJump()
    if (this.#attended) this.#readAll()
    if (this.place.nearTop && this.view.older) this.#load("before", "older", (page) => this.view.prepend(page))
    if (this.place.atEnd && this.view.newer) this.#load("after", "newer", (page) => this.place.staying(() => this.view.append(page)))
  }

  #readAll() {
    this.reading.upTo(this.view.lastOfOthers?.dataset.line)
    this.view.seen()
  }

  #showJump() {
    const jump = this.querySelector("[data-jump]")
    jump.hidden = this.place.atEnd && !this.view.newer
    jump.querySelector("span").textContent = this.#below ? `${this.#below} new below` : "Jump to latest"
  }

  async #jump() {
    if (this.view.newer) await this.latest.want()
    this.place.toEnd()
    this.view.thread.focus({ preventScroll: true })
  }

  // from: the line it goes on from; when the latest lines have come in its place meanwhile, it belongs nowhere
  async #load(which, side, show) {
    if (this.#loading) return
    const from = this.view[side]
    this.#loading = true
    this.view.thread.setAttribute("aria-busy", "true")
    try {
      const { data } = await getWithCursor(`${this.#path}?${which}=${from}`)
      if (this.view[side] === from) show(data)
    } catch (refused) {
      if (!refused.undecided) throw refused
      return
    } finally {
      this.#loading = false
      this.view.thread.removeAttribute("aria-busy")
    }
    if (this.isConnected) this.#moved() // whoever scrolled to the other end meanwhile was told nothing
  }

  #mine(event) { return event.conversation === this.conversation && (desk || !page.client || !event.client || event.client === page.client) }
  #concerns({ client }) { return !client || client === this.getAttribute("about") }
  #on(end) { this.#ends.push(end) }

  #hear(target, name, fn) {
    target.addEventListener(name, fn)
    this.#on(() => target.removeEventListener(name, fn))
  }
})
