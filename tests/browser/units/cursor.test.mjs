import assert from "node:assert/strict"
import { test } from "node:test"
import { Cursor } from "../../../static/js/line/cursor.js"
import { Recent } from "../../../static/js/line/recent.js"

test("an event is taken once, and never one from before", () => {
  const cursor = new Cursor({ at: 10, epoch: "e" })
  assert.equal(cursor.takes(10), false)
  assert.equal(cursor.takes(12), true)
  assert.equal(cursor.takes(12), false)
  assert.equal(cursor.takes(11), false)
  assert.equal(cursor.at, 12)
})

test("a beat moves the cursor forward and never back", () => {
  const cursor = new Cursor({ at: 10 })
  cursor.beat({ cursor: 9 })
  assert.equal(cursor.at, 10)
  cursor.beat({ cursor: 30 })
  assert.equal(cursor.at, 30)
})

test("live is the server's word, also in another epoch that begins lower", () => {
  const cursor = new Cursor({ at: 900, epoch: "old" })
  cursor.live({ cursor: 4, epoch: "new" })
  assert.deepEqual(cursor.auth, { cursor: 4, epoch: "new" })
  assert.equal(cursor.takes(5), true)
})

test("a page without a cursor says so and takes what comes", () => {
  const cursor = new Cursor()
  assert.deepEqual(cursor.auth, { cursor: null })
  assert.equal(cursor.takes(1), true)
})

test("what was heard since is told in order, what is forgotten is not guessed", () => {
  const recent = new Recent(5)
  for (const seq of [6, 8, 9]) recent.add("message.sent", { seq })
  assert.deepEqual(recent.since(6).map(({ event }) => event.seq), [8, 9])
  assert.deepEqual(recent.since(9), [])
  assert.equal(recent.since(4), null)
  assert.equal(recent.since(null), null)
})

test("after many events the oldest are gone and the gap is known", () => {
  const recent = new Recent(0)
  for (let seq = 1; seq <= 600; seq += 1) recent.add("x", { seq })
  assert.equal(recent.since(50), null)
  assert.equal(recent.since(100).length, 500)
})

test("after a resync nothing before is told", () => {
  const recent = new Recent(0)
  recent.add("x", { seq: 1 })
  recent.forget(null)
  assert.equal(recent.since(0), null)
  recent.forget(40)
  assert.deepEqual(recent.since(40), [])
})
