// The live line: one socket for the page. Whatever changes is heard here, in order, once; whatever is asked here is
// asked until it is acknowledged. Its state is honest: "live", "catching-up", "offline" (since `since`), or why not at
// all: "signed-out", "locked", "moved", "other" (the browser is somebody else now).
import { io } from "../vendor/socket.io.js"
import { seen } from "./clock.js"
import { Asks } from "./line/asks.js"
import { Cursor } from "./line/cursor.js"
import { asked, heard } from "./line/names.js"
import { Recent } from "./line/recent.js"
import { whereabouts } from "./line/whereabouts.js"
import { desk, page } from "./page.js"

const SILENT = 45_000
const LEAVING = 2_000
export const PATIENCE = 5_000 // what a person looks at while it waits
const [PAUSE, LONGEST] = [500, 15_000]
const ENDED = new Set(["signed-out", "locked", "moved", "other"])

export class Line extends EventTarget {
  state = "catching-up"
  stays = false // a page that stands at a former address on purpose
  since = new Date()
  detail = {}
  #cursor = new Cursor({ at: page.cursor, epoch: page.epoch })
  #recent = new Recent(page.cursor)
  #asks = new Asks((name, payload, acknowledge) => this.#socket.emit(name, payload, acknowledge))
  #ears = new Map()
  #socket = null
  #heardAt = Date.now()
  #connects = 0
  #checking = null
  #signIn = 0 // which one over this page: what was asked before it tells of the session that is over
  #fruitless = 0
  #leaving = false
  #host

  get cursor() { return this.#cursor.at }

  open() {
    this.#socket = io({
      transports: ["websocket"], reconnectionDelay: PAUSE, reconnectionDelayMax: LONGEST, randomizationFactor: 1,
      auth: (give) => give(this.#cursor.auth),
    })
    this.#socket.on("connect", () => this.#connected())
    this.#socket.on("connect_error", () => this.#failed())
    this.#socket.on("disconnect", (reason) => this.#lost(reason))
    this.#socket.onAny((name, payload) => this.#hear(name, payload ?? {}))
    setInterval(() => this.#listenForBeat(), 5_000)
  }

  // fn(payload, name); "*" hears every event. Gives back what stops it.
  on(name, fn) {
    heard(name)
    const ears = this.#ears.get(name) ?? this.#ears.set(name, new Set()).get(name)
    ears.add(fn)
    return () => ears.delete(fn)
  }

  // Resolves with the answer, or rejects with a Refused. `key` makes repeating harmless; `once` gives up with the line;
  // `patience` waits so long for a line that is only catching up, as after a change of rights.
  ask(name, payload, options) {
    asked(name)
    return this.#asks.ask(name, payload, options).catch((refused) => {
      if (refused.code === "signed-out" || refused.code === "locked") this.check()
      throw refused
    })
  }

  // For what is worth nothing later: typing, presence, activity. Never rejects; false when it did not arrive.
  tell(name, payload) { return this.#asks.ask(name, payload, { once: true }).catch(() => false) }

  // Events heard after this seq, oldest first; null when the page must fetch instead.
  heardSince(seq) { return this.#recent.since(seq) }

  // Everything on the page fetches itself once: after a resync, a long absence, or when the network is back.
  refresh({ spread = 0 } = {}) { this.dispatchEvent(new CustomEvent("resync", { detail: { spread } })) }

  reconnect() {
    if (!this.#socket || ENDED.has(this.state)) return
    this.#lost("reconnecting")
    this.#socket.disconnect().connect()
  }

  // after signing in again over the page, as the same login
  reopen() {
    this.#signIn += 1
    this.#checking = null
    this.#become("catching-up")
    this.#socket?.disconnect().connect()
  }

  // Ask the practice's door where we stand. Safe to call from anywhere that was refused.
  check() {
    return (this.#checking ??= this.#ask())
  }

  async #ask() {
    const signIn = this.#signIn
    const found = await whereabouts()
    if (signIn !== this.#signIn) return
    this.#checking = null
    this.#found(found)
  }

  // the network itself is gone; the browser says so before the socket notices
  cut() {
    if (ENDED.has(this.state)) return
    this.#lost("offline")
    this.#become("offline")
    this.#socket?.io.engine?.close()
  }

  // back from hidden, from sleep, from a lost network: the socket may be dead without knowing it
  wake() {
    if (ENDED.has(this.state)) return
    if (this.state !== "live" || Date.now() - this.#heardAt > SILENT / 2) this.reconnect()
    this.refresh({ spread: 1_000 })
  }

  #connected() {
    this.#connects += 1
    this.#heardAt = Date.now()
    if (this.state === "offline") this.#become("catching-up")
  }

  #hear(name, payload) {
    this.#heardAt = Date.now()
    if (name in this.#own) return this.#own[name](payload)
    if (payload.seq !== undefined) {
      if (!this.#cursor.takes(payload.seq)) return
      this.#recent.add(name, payload)
    }
    if (payload.at) seen(Date.parse(payload.at))
    this.#tellEars(name, payload)
  }

  #own = {
    live: (payload) => this.#live(payload),
    beat: (payload) => this.#cursor.beat(payload),
    resync: () => this.#startAnew(),
    signed_out: ({ reason }) => this.#end("signed-out", { reason }),
    moved: ({ host }) => this.#moveTo(host),
    locked: () => this.#end("locked"),
  }

  // "anew": the server could not let the page go on from where it was, as after a change of rights. A live desk is told
  // so when the rights of its own login changed: that is a few pages, and they follow at once.
  #startAnew() {
    this.#recent.forget(null)
    this.dispatchEvent(new Event("anew"))
    this.refresh({ spread: desk && this.state === "live" ? 200 : 3_000 })
  }

  async #live(payload) {
    if (payload.cursor === undefined) return this.#onlyAVisitor()
    const { at, epoch } = this.#cursor
    this.#cursor.live(payload)
    if (this.heardSince(at) === null || (epoch && epoch !== payload.epoch)) this.#recent.forget(payload.cursor)
    if (!(await this.#sameLogin(payload))) return
    if (ENDED.has(this.state)) return this.check() // a locked desk keeps its socket; only the door says that it opened
    this.#asks.open()
    return this.#become("live")
  }

  // The session is over, and the server let this page in as anybody: it hears nothing of its own on this line.
  async #onlyAVisitor() {
    await this.check()
    if (!ENDED.has(this.state)) setTimeout(() => this.reconnect(), 2_000 + Math.random() * 3_000)
  }

  // The cookie may have become another login's while this page was away: nothing of ours may go out as theirs.
  async #sameLogin({ login }) {
    if (login) return login === page.login || this.#found({ where: "other" })
    if (this.#connects === 1 && performance.now() < 10_000) return true
    const signIn = this.#signIn
    const found = await whereabouts()
    if (signIn !== this.#signIn) return false
    if (found.where === "offline") setTimeout(() => this.reconnect(), 2_000 + Math.random() * 3_000)
    return found.where === "here" || this.#found(found)
  }

  #tellEars(name, payload) {
    for (const fn of [...(this.#ears.get(name) ?? []), ...(this.#ears.get("*") ?? [])]) {
      try { fn(payload, name) } catch (error) { reportError(error) } // one broken element must not deafen the others
    }
  }

  #lost(reason) {
    this.#asks.close()
    this.#backOff(this.state === "live" ? 0 : this.#fruitless + 1)
    if (ENDED.has(this.state)) return
    if (this.state === "live") this.#become("catching-up", { reason })
    if (reason === "io server disconnect") this.check().then(() => { if (!ENDED.has(this.state)) this.#socket.connect() })
  }

  // A socket that opens and goes before it was live is no success: socket.io alone would try again at once, for ever.
  #backOff(fruitless) {
    this.#fruitless = fruitless
    this.#socket.io.reconnectionDelay(Math.min(PAUSE * 2 ** fruitless, LONGEST))
  }

  async #failed() {
    await this.check()
    if (!this.#socket.active && !ENDED.has(this.state)) setTimeout(() => this.#socket.connect(), 2_000 + Math.random() * 8_000)
  }

  #found({ where, words, leads }) {
    if (where === "other") location.reload()
    if (where === "here" && this.state === "locked") this.dispatchEvent(new Event("unlocked"))
    if (leads) this.#moveTo()
    else if (ENDED.has(where)) this.#end(where, { words })
    else if (this.state !== "live" && !this.#socket?.connected) this.#become("offline")
    return false
  }

  // What was written is told to the server first, as long as there is a line: the new host is another place for a
  // browser. host: where to, if the server said so; a door that leads elsewhere says it as well.
  async #moveTo(host) {
    if (host === location.host || this.stays) return
    this.#host ??= host
    if (this.#leaving) return
    this.#leaving = true
    const waits = []
    this.dispatchEvent(new CustomEvent("leaving", { detail: { until: (promise) => waits.push(promise) } }))
    await Promise.race([Promise.allSettled(waits), new Promise((done) => setTimeout(done, LEAVING))])
    this.#end("moved", { host: this.#host, leads: true })
  }

  #end(state, detail = {}) {
    this.#asks.close()
    this.#recent.forget(null) // words of messages are among it
    if (state !== "locked") this.#socket?.disconnect()
    this.#become(state, detail)
  }

  #become(state, detail = {}) {
    if (this.state === state) return
    if (this.state === "live") this.since = new Date()
    this.state = state
    this.detail = detail
    this.dispatchEvent(new Event("state"))
  }

  #listenForBeat() {
    if (Date.now() - this.#heardAt > SILENT && this.#socket.connected) this.reconnect()
  }
}

export const line = new Line()
