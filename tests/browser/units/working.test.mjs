import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"

// the page, as far as the bar stands on it
const shown = new Set()
const element = () => ({ setAttribute() {}, append() {}, showPopover() {}, remove() { shown.delete(this) } })
globalThis.document = { createElement: element, body: { append: (one) => shown.add(one) } }
const { resting, working } = await import("../../../static/js/working.js")

const settle = () => new Promise((resolve) => setImmediate(resolve))

beforeEach((context) => context.mock.timers.enable({ apis: ["setTimeout"] }))

test("what is answered within a moment shows nothing", async ({ mock }) => {
  assert.equal(await working(Promise.resolve("there")), "there")
  mock.timers.tick(1_000)
  assert.equal(shown.size, 0)
})

test("what takes longer is seen until the last of it is there", async ({ mock }) => {
  const [first, second] = [Promise.withResolvers(), Promise.withResolvers()]
  const both = [working(first.promise), working(second.promise)]
  mock.timers.tick(299)
  assert.equal(shown.size, 0)
  mock.timers.tick(1)
  assert.equal(shown.size, 1)
  first.resolve()
  await settle()
  assert.equal(shown.size, 1)
  second.resolve()
  await Promise.all(both)
  assert.equal(shown.size, 0)
})

test("a refusal ends it and is passed on", async ({ mock }) => {
  const refused = Promise.withResolvers()
  const asked = working(refused.promise)
  mock.timers.tick(300)
  refused.reject(new Error("no"))
  await assert.rejects(asked, /no/)
  assert.equal(shown.size, 0)
})

test("while somebody is asked it stands still, and goes on after their answer", async ({ mock }) => {
  const [door, question] = [Promise.withResolvers(), Promise.withResolvers()]
  const asked = working(door.promise)
  mock.timers.tick(300)
  const answered = resting(question.promise)
  assert.equal(shown.size, 0)
  mock.timers.tick(60_000)
  assert.equal(shown.size, 0)
  question.resolve("yes")
  assert.equal(await answered, "yes")
  mock.timers.tick(300)
  assert.equal(shown.size, 1)
  door.resolve()
  await asked
  assert.equal(shown.size, 0)
})

test("what was answered while somebody was asked is over", async ({ mock }) => {
  const [door, question] = [Promise.withResolvers(), Promise.withResolvers()]
  const asked = working(door.promise)
  const answered = resting(question.promise)
  door.resolve()
  await asked
  question.resolve()
  await answered
  mock.timers.tick(1_000)
  assert.equal(shown.size, 0)
})
