import assert from "node:assert/strict"
import { test } from "node:test"
import { OwnDoor, problemOf } from "../../../static/js/own-door.js"

globalThis.location = { href: "/staff/clients" }

const answer = (status, text = "{}") => ({ ok: status < 300, status, type: "basic", text: async () => text })
const settled = () => new Promise((done) => setImmediate(done))

test("an older answer of the door says nothing any more", async () => {
  const answers = []
  globalThis.fetch = () => new Promise((come) => answers.push(come))
  const door = new OwnDoor()
  const [former, present] = [door.ask(), door.ask()]
  answers[1](answer(200))
  assert.equal((await present).ok, true)
  answers[0](answer(403))
  assert.equal(await former, null)
})

test("a door that decides nothing is asked again, a little later each time", async () => {
  const come = [() => Promise.reject(new TypeError("no network")), () => answer(503), () => answer(429),
    () => ({ ...answer(200), text: () => Promise.reject(new TypeError("broken off")) }), () => answer(404, '{"detail": "Gone."}')]
  globalThis.fetch = async () => come.shift()()
  const pauses = []
  const door = new OwnDoor(async (ms) => { pauses.push(ms) })
  const found = await door.ask()
  assert.equal(found.status, 404)
  assert.equal(problemOf(found).detail, "Gone.")
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000])
})

test("who asks again does not wait for who asked before", async () => {
  let asked = 0
  globalThis.fetch = async () => { asked += 1; return asked === 1 ? answer(503) : answer(200) }
  let go
  const door = new OwnDoor(() => new Promise((done) => { go = done }))
  const former = door.ask()
  await settled()
  assert.equal((await door.ask()).ok, true)
  go()
  assert.equal(await former, null)
  assert.equal(asked, 2)
})
