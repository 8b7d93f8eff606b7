import assert from "node:assert/strict"
import { test } from "node:test"
import { deliveredAt, readBy } from "../../../static/js/thread/ticks.js"

const sent = { state: "sent", at: null, readers: [], waiting: ["Karen Marsh", "Leo Marsh"] }
const karen = { id: "s1", name: "Karen Marsh", at: "2026-11-23T14:00:00Z" }

test("a reader is added once and waited for no longer", () => {
  const read = readBy(sent, karen)
  assert.deepEqual(read, { state: "read", at: null, readers: [karen], waiting: ["Leo Marsh"] })
  assert.equal(readBy(read, karen), null)
})

test("delivered comes after sent and never after read", () => {
  assert.equal(deliveredAt(sent, "t").state, "delivered")
  assert.equal(deliveredAt(readBy(sent, karen), "t"), null)
  assert.equal(deliveredAt({ ...sent, state: "delivered" }, "t"), null)
})
