import assert from "node:assert/strict"
import { test } from "node:test"

// a portal page of login "ana"
globalThis.document = { querySelector: (name) => (name.includes("login") ? { content: "ana" } : null) }
globalThis.location = { pathname: "/messages" }
const { whereabouts } = await import("../../../static/js/line/whereabouts.js")

async function asked(answer) {
  const asks = []
  globalThis.fetch = async (path, options) => {
    asks.push({ path, ...options })
    if (answer instanceof Error) throw answer
    return { ok: answer.status === 200, type: "basic", json: async () => answer.body ?? {}, ...answer }
  }
  const found = await whereabouts()
  assert.deepEqual(asks.map(({ path, cache }) => [path, cache]), [["/me", "no-store"]])
  return found
}

test("signed in as this page's login, the line was only cut", async () => {
  assert.equal((await asked({ status: 200, body: { login: "ana" } })).where, "here")
})

test("a browser that is somebody else by now says so", async () => {
  assert.equal((await asked({ status: 200, body: { login: "leo" } })).where, "other")
})

test("of a session that ended the door's own words are shown", async () => {
  const found = await asked({ status: 401, body: { detail: "You were signed out after 30 minutes." } })
  assert.deepEqual([found.where, found.words], ["signed-out", "You were signed out after 30 minutes."])
})

test("no such practice here means that the portal moved", async () => {
  assert.deepEqual(await asked({ status: 404 }), { where: "moved", leads: false, words: "" })
  assert.deepEqual(await asked({ status: 0, type: "opaqueredirect" }), { where: "moved", leads: true, words: "" })
})

test("a locked desk is no ended session", async () => {
  assert.equal((await asked({ status: 423 })).where, "locked")
})

test("a practice in trouble, and no network at all, are both offline", async () => {
  assert.equal((await asked({ status: 503 })).where, "offline")
  assert.deepEqual(await asked(new TypeError("no network")), { where: "offline" })
})
