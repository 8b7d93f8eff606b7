// Sends what was typed into forms, oldest first, one after the other, from whichever tab of this login is live. What
// comes too late is no loss: the server keeps what was typed last, and says what stands there.
import { line } from "../line.js"
import { page, root } from "../page.js"
import { post } from "../http.js"
import { answerKept, keepAnswer, keptAnswers, letGo } from "./kept.js"

const RETRY = 3_000
const LARGE = 40_000 // a frame of the line holds 64 KiB
const lockName = `portico-answers:${page.login}:${page.side}`
const lock = (run) => (navigator.locks ? navigator.locks.request(lockName, run) : run())

// "saved" { document, path, at, answer } · "refused" { document, path, refused } · "held" { refused }
export const answers = new EventTarget()

let draining = null
let again = false

export function keepAndSend(document, path, entry) {
  keepAnswer(document, path, entry)
  return drain()
}

// resolves when nothing more can be sent now
export function drain() {
  again = true
  draining ??= run()
  return draining
}

export function sendAnswersWhenLive() {
  const send = () => { if (line.state === "live" && keptAnswers().some((one) => !one.refused)) drain() }
  line.addEventListener("state", send)
  line.addEventListener("leaving", ({ detail }) => detail.until(drain()))
  setInterval(send, RETRY)
  send()
}

// over in the same step in which nothing more is wanted: who drains a moment later starts anew
async function run() {
  try {
    while (again) {
      again = false
      await (line.state === "live" ? lock(sendAll) : null) // never at once: `draining` is this very run
    }
  } finally {
    draining = null
  }
}

async function sendAll() {
  for (;;) {
    const entry = keptAnswers().find((one) => !one.refused)
    if (!entry || line.state !== "live" || !(await send(entry))) return
  }
}

// false: not decided, it stays where it is
async function send({ document, path, value, at, page: place }) {
  try {
    const answer = await ask({ document, path, value, at, ...(place ? { page: place } : {}) })
    letGo(document, path, at)
    tell("saved", { document, path, at, answer })
    return true
  } catch (refused) {
    if (refused.undecided) {
      tell("held", { refused })
      return false
    }
    if (answerKept(document, path)?.at === at) keepAnswer(document, path, { value, at, page: place, refused: refused.message })
    tell("refused", { document, path, refused })
    return true
  }
}

function ask(payload) {
  if (JSON.stringify(payload).length < LARGE) return line.ask("document.answer", payload, { once: true })
  const { document, ...answer } = payload
  return post(`${root}/documents/${document}/answers`, { answers: [answer] })
}

function tell(kind, detail) { answers.dispatchEvent(new CustomEvent(kind, { detail })) }
