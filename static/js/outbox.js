// What this login wrote and the server does not have yet. Shared by all tabs of the login, sent by whichever is live.
import { now } from "./clock.js"
import { line } from "./line.js"
import { Queue } from "./outbox/queue.js"
import { Store } from "./outbox/store.js"
import { page } from "./page.js"
import { uploadOf } from "./uploads.js"

const whose = { login: page.login, side: page.side }
const name = `portico-outbox:${whose.login}:${whose.side}`
const RETRY = 3_000

export const outbox = new Queue({
  store: new Store(), line, whose, now,
  lock: (run) => (navigator.locks ? navigator.locks.request(name, run) : run()), // absent on plain http: one tab then
  upload: (file) => uploadOf(file).done,
})

// Other tabs of this login draw the same rows.
const tabs = new BroadcastChannel(name)
outbox.addEventListener("change", ({ detail }) => { if (!detail.from) tabs.postMessage(plain(detail)) })
tabs.addEventListener("message", ({ data }) => outbox.dispatchEvent(new CustomEvent("change", { detail: { ...data, from: "tab" } })))

// While run() is under way nothing goes out, from any tab: what somebody decides about stays what they were told. One
// that is busy for long (a silent server, a large file) is not waited for.
export async function holdStill(run, patience = 3_000) {
  if (!navigator.locks) return run()
  return navigator.locks.request(name, { signal: AbortSignal.timeout(patience) }, run).catch((error) => {
    if (error.name !== "TimeoutError") throw error
    return run()
  })
}

export function sendWhenLive() {
  const send = () => { if (line.state === "live") outbox.drain() }
  line.addEventListener("state", send)
  line.addEventListener("leaving", ({ detail }) => detail.until(outbox.drain()))
  setInterval(send, RETRY) // an ask that was not answered in time, or a tab that held the lock and went
  send()
}

function plain({ kind, entry, answer }) {
  return { kind, answer, entry: { ...entry, files: entry.files.map(({ blob: _, ...file }) => file) } }
}
