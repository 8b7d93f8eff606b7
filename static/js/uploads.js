// Files on their way to the practice. One upload for each file, however often it is asked for: what the composer began,
// the outbox waits for. Bytes go straight to the file door, what is large in pieces that go on after a lost line; the
// answer is the id that a message carries.
import { page } from "./page.js"
import { Refused } from "./refused.js"
import { Resumable } from "./uploads/resumable.js"

const LARGE = 8 * 1024 * 1024
const under = new Map()

// file: { key, name, type, blob }. Gives { done: Promise<id>, progress(fn), cancel() }.
export function uploadOf(file) {
  if (!under.has(file.key)) {
    const upload = file.blob.size > LARGE ? new Resumable(file, { about: page.client }) : new Upload(file)
    under.set(file.key, upload)
    upload.done.catch(() => under.delete(file.key)) // the next asking begins anew
  }
  return under.get(file.key)
}

class Upload {
  #request = new XMLHttpRequest()
  #fraction = 0
  #heard = new Set()

  constructor(file) {
    this.done = new Promise((resolve, reject) => this.#start(file, resolve, reject))
  }

  progress(fn) {
    this.#heard.add(fn)
    fn(this.#fraction)
  }

  cancel() { this.#request.abort() }

  #start(file, resolve, reject) {
    const request = this.#request
    const failed = (code) => () => reject(new Refused({ code }))
    request.upload.addEventListener("progress", (event) => this.#moved(event.loaded / event.total))
    request.addEventListener("load", () => this.#answered(resolve, reject))
    request.addEventListener("error", failed("offline"))
    request.addEventListener("timeout", failed("unanswered"))
    request.addEventListener("abort", failed("cancelled"))
    request.open("POST", page.client ? `/files?client=${page.client}` : "/files")
    request.setRequestHeader("Accept", "application/json")
    request.setRequestHeader("Idempotency-Key", file.key)
    const form = new FormData()
    form.append("file", file.blob, file.name)
    request.send(form)
  }

  #moved(fraction) {
    this.#fraction = fraction
    for (const fn of this.#heard) fn(fraction)
  }

  #answered(resolve, reject) {
    const { status, responseText } = this.#request
    const answer = parsed(responseText)
    if (status >= 200 && status < 300) return resolve(answer.file?.id ?? answer.file ?? answer.id)
    return reject(new Refused({ code: status >= 500 ? "busy" : "refused", ...answer, status }))
  }
}

function parsed(text) {
  try { return JSON.parse(text) } catch { return {} } // an answer in between, of a proxy for instance
}
