import assert from "node:assert/strict"
import { test } from "node:test"
import { Fragment } from "../../../static/js/fragment.js"
import { Refused } from "../../../static/js/refused.js"

// a server whose answers the test gives one by one
function server(have) {
  const calls = []
  const fetch = () => new Promise((resolve, reject) => calls.push({ resolve, reject }))
  const fragment = new Fragment(fetch, have, async () => {})
  const shown = []
  fragment.addEventListener("content", (event) => shown.push(event.detail.cursor))
  return { calls, fragment, shown }
}

const settled = () => new Promise((done) => setTimeout(done))

test("an event that is already in the page fetches nothing", () => {
  const { calls, fragment } = server(10)
  fragment.want(9)
  fragment.want(10)
  assert.equal(calls.length, 0)
})

test("one fetch at a time, and one more when a newer event came meanwhile", async () => {
  const { calls, fragment, shown } = server(10)
  fragment.want(11)
  fragment.want(12)
  fragment.want(13)
  assert.equal(calls.length, 1)
  calls[0].resolve({ cursor: 12 })
  await settled()
  assert.equal(calls.length, 2)
  calls[1].resolve({ cursor: 13 })
  await settled()
  assert.equal(calls.length, 2)
  assert.deepEqual(shown, [12, 13])
})

test("an older answer is never shown", async () => {
  const { calls, fragment, shown } = server(10)
  fragment.want(11)
  calls[0].resolve({ cursor: 8 })
  await settled()
  assert.deepEqual(shown, [])
  calls[1].resolve({ cursor: 11 })
  await settled()
  assert.deepEqual(shown, [11])
})

test("a failure without a decision is tried again, a refusal is not", async () => {
  const { calls, fragment } = server(10)
  fragment.want(11)
  calls[0].reject(new Refused({ code: "offline" }))
  await settled()
  assert.equal(calls.length, 2)
  calls[1].reject(new Refused({ code: "not-found", status: 404 }))
  await settled()
  assert.equal(calls.length, 2)
})

test("a resync fetches though nothing newer is known", async () => {
  const { calls, fragment, shown } = server(10)
  fragment.want()
  calls[0].resolve({ cursor: 10 })
  await settled()
  assert.deepEqual(shown, [10])
  assert.equal(calls.length, 1)
})

test("begun anew it is fetched once, however many elements show it, and not for one that went", async () => {
  const { calls, fragment } = server(10)
  fragment.anew(3_000, () => true)
  fragment.anew(3_000, () => false)
  fragment.anew(3_000, () => true)
  await settled()
  assert.equal(calls.length, 1)
  calls[0].resolve({ cursor: 10 })
  await settled()
  assert.equal(calls.length, 1)
  fragment.anew(3_000, () => false)
  await settled()
  assert.equal(calls.length, 1)
  fragment.anew(3_000, () => true)
  await settled()
  assert.equal(calls.length, 2)
})
