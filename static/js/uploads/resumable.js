// A file on its way in pieces: it goes on where the line was lost, also after a reload with the same key. The server says
// how far it is; nothing here is believed to have arrived until it says so.
import { getJson, mayAskAgain, post, refusal } from "../http.js"
import { line } from "../line.js"
import { Refused } from "../refused.js"

const DOOR = "/files/uploads"
const [PAUSE, LONGEST] = [1_000, 15_000]
const LOOKS = 2_000 // an event says sooner that it was checked
// A piece that did not get through is lost: on a bad line they become smaller, and larger again when they arrive.
const SMALLEST = 256 * 1024
const LOST = ["piece-cut-off", "file-stalled"]
const ELSEWHERE = ["piece-elsewhere", "piece-damaged", ...LOST]

export class Resumable {
  #file
  #id = null
  #fraction = 0
  #heard = new Set()
  #told = new Set()
  #request = null
  #cancelled = false
  #wake = null
  #most = Infinity

  // file: { blob, name, key }; client: whose files it joins; about: whose room it takes else
  constructor(file, { client = null, about = null } = {}) {
    this.#file = { ...file, client, about }
    this.done = this.#run()
  }

  progress(fn) {
    this.#heard.add(fn)
    fn(this.#fraction)
  }

  // "going" | "waiting" (for the line) | "checking"
  states(fn) { this.#told.add(fn) }

  cancel() {
    this.#cancelled = true
    this.#request?.abort()
    this.#wake?.()
    this.#end()
  }

  // its day ends it anyway
  #end() { if (this.#id) post(`${DOOR}/${this.#id}/cancel`).catch(() => {}) }

  async #run() {
    let at = null
    let pause = PAUSE
    for (;;) {
      if (this.#cancelled) throw new Refused({ code: "cancelled" })
      try {
        at = at ?? await this.#begun()
        this.#say("going")
        at = await this.#onward(at)
        pause = PAUSE
        if (at.state === "ready") return at.file
        if (at.state === "refused") throw new Refused({ code: at.code || "refused", detail: at.reason, status: 422 })
        if (at.state === "checking") at = await this.#checked()
      } catch (refused) {
        if (this.#cancelled) throw new Refused({ code: "cancelled" })
        if (ELSEWHERE.includes(refused.code)) at = await this.#looked(at)
        else if (!(refused instanceof Refused) || refused.undecided) {
          this.#say("waiting")
          await this.#wait(Math.max(pause, (refused.retryAfter ?? 0) * 1000))
          pause = Math.min(pause * 2, LONGEST)
          at = await this.#looked(at)
        } else throw refused
      }
    }
  }

  async #begun() {
    const { name, key, blob, client, about } = this.#file
    const { upload } = await post(DOOR, { name, size: blob.size, key, ...(client ? { client } : {}), ...(about ? { about } : {}) })
    this.#id = upload.id
    if (this.#cancelled) this.#end() // while it was being begun
    return upload
  }

  async #onward(upload) {
    if (upload.state !== "uploading") return upload
    const most = Math.min(upload.piece, this.#most)
    const piece = this.#file.blob.slice(upload.received, Math.min(upload.received + most, upload.size))
    try {
      const moved = (await this.#sent(upload, piece, await digest(piece))).upload
      this.#most = most * 2
      return moved
    } catch (refused) {
      if (refused.code === "offline" || LOST.includes(refused.code)) this.#most = Math.max(most / 2, SMALLEST)
      throw refused
    }
  }

  #sent(upload, piece, sum) {
    return new Promise((resolve, reject) => {
      if (this.#cancelled) return reject(new Refused({ code: "cancelled" }))
      const request = this.#request = new XMLHttpRequest()
      const failed = (code) => () => reject(new Refused({ code }))
      request.upload.addEventListener("progress", ({ loaded }) => this.#moved((upload.received + loaded) / upload.size))
      request.addEventListener("error", failed("offline"))
      request.addEventListener("abort", failed("cancelled"))
      request.addEventListener("load", async () => {
        if (request.status >= 200 && request.status < 300) return resolve(JSON.parse(request.responseText))
        const refused = await refusal(new Response(request.responseText, { status: request.status, headers: after(request) }))
        return reject(await mayAskAgain(refused) ? new Refused({ code: "busy" }) : refused)
      })
      request.open("POST", `${DOOR}/${this.#id}/pieces`)
      request.setRequestHeader("Accept", "application/json")
      request.setRequestHeader("Content-Type", "application/octet-stream")
      request.setRequestHeader("Upload-Offset", upload.received)
      if (sum) request.setRequestHeader("Upload-Checksum", `sha-256 ${sum}`)
      request.send(piece)
    })
  }

  // how far it is; null where nothing began yet, or the line is still away
  async #looked(before) {
    if (!this.#id) return null
    return getJson(`${DOOR}/${this.#id}`).then(({ upload }) => upload, (refused) => {
      if (refused.undecided) return before
      throw refused
    })
  }

  async #checked() {
    this.#say("checking")
    this.#moved(1)
    for (;;) {
      await this.#wait(LOOKS)
      const { upload } = await getJson(`${DOOR}/${this.#id}`)
      if (upload.state !== "checking" || this.#cancelled) return upload
    }
  }

  // until then, or the line is back, or the server says that it ended
  #wait(most) {
    return new Promise((resolve) => {
      const ends = [line.on("upload.ended", (event) => event.upload === this.#id && done())]
      const back = () => line.state === "live" && done()
      const clock = setTimeout(done, most)
      line.addEventListener("state", back)
      window.addEventListener("online", done)
      this.#wake = done
      function done() {
        clearTimeout(clock)
        line.removeEventListener("state", back)
        window.removeEventListener("online", done)
        for (const end of ends.splice(0)) end()
        resolve()
      }
    })
  }

  #say(state) { for (const fn of this.#told) fn(state) }

  #moved(fraction) {
    this.#fraction = fraction
    for (const fn of this.#heard) fn(fraction)
  }
}

// browsers have the digest only where the page came over a safe line
async function digest(piece) {
  if (!crypto.subtle) return null
  const sum = await crypto.subtle.digest("SHA-256", await piece.arrayBuffer())
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

function after(request) {
  const seconds = request.getResponseHeader("Retry-After")
  return seconds ? { "Retry-After": seconds } : {}
}
