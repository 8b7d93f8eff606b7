// Requests to the practice's doors. Refusals come as Refused with the door's own sentence.
import { line } from "./line.js"
import { Refused } from "./refused.js"
import { resting } from "./working.js"

// GET of a piece of a page: { html, cursor }, cursor being the event it is as new as.
export async function fragment(src) {
  const answer = await reach(src, { headers: { Accept: "text/html", "Portico-Fragment": "1" }, redirect: "manual" })
  return { html: await whole(answer.text()), cursor: cursorOf(answer) }
}

// POST of a form, answered by a page: as a document that is not shown yet
export async function postForPage(path, data) {
  return new DOMParser().parseFromString((await postForFragment(path, data)).html, "text/html")
}

// the same as a piece of a page: { html, cursor }
export async function postForFragment(path, data) {
  const headers = { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" }
  const answer = await reach(path, { method: "POST", headers, body: new URLSearchParams(data), redirect: "manual" })
  return { html: await whole(answer.text()), cursor: cursorOf(answer) }
}

// GET of a whole page, as a document that is not shown yet
export async function getPage(path) {
  const answer = await reach(path, { headers: { Accept: "text/html" }, redirect: "manual" })
  return new DOMParser().parseFromString(await whole(answer.text()), "text/html")
}

export async function getJson(path) { return (await getWithCursor(path)).data }

// { data, cursor }: JSON, and the event it is as new as
export async function getWithCursor(path) {
  const answer = await reach(path, { headers: { Accept: "application/json" }, redirect: "manual" })
  return { data: await whole(answer.json()), cursor: cursorOf(answer) }
}

// null: this door does not say
function cursorOf(answer) {
  const said = answer.headers.get("Portico-Cursor")
  return said ? Number(said) : null
}

export async function post(path, data = {}) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" }
  return whole((await reach(path, { method: "POST", headers, body: JSON.stringify(data) })).json())
}

// The line was lost in the middle of an answer, or something in between answered: as if nobody had, so that who asks
// again does.
export function whole(body) { return body.catch(() => { throw new Refused({ code: "unanswered" }) }) }

async function reach(path, options) {
  const answer = await fetch(path, { cache: "no-store", ...options }).catch(() => null) // no network: fetch throws
  if (answer === null) throw new Refused({ code: "offline" })
  if (answer.ok) return answer
  const refused = await refusal(answer)
  if (await mayAskAgain(refused)) return reach(path, options)
  throw refused
}

// a sensitive door first wants to know who is there; then the same may be asked again
export async function mayAskAgain(refused) {
  return refused.code === "step-up" && resting((await import("./stepping-up.js")).askWhoIsThere())
}

export async function refusal(answer) {
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 423) line.check()
  if (answer.type === "opaqueredirect") return new Refused({ code: "signed-out" })
  const problem = await answer.json().catch(() => ({ code: answer.status >= 500 ? "busy" : "refused" })) // an HTML page
  return new Refused({ ...problem, status: answer.status, retry_after: Number(answer.headers.get("Retry-After")) || null })
}
