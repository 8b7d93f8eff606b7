import assert from "node:assert/strict"
import { test } from "node:test"
import { Asks } from "../../../static/js/line/asks.js"

// a line whose acknowledgements and whose clock the test holds
function line() {
  const sent = []
  const timers = []
  const asks = new Asks((name, payload, acknowledge) => sent.push({ name, payload, acknowledge }), (ms, run) => timers.push({ ms, run }))
  return { asks, sent, timers }
}

test("what is asked before the line is open goes out when it opens, in order", () => {
  const { asks, sent } = line()
  asks.ask("a")
  asks.ask("b")
  assert.equal(sent.length, 0)
  asks.open()
  assert.deepEqual(sent.map((one) => one.name), ["a", "b"])
})

test("what was not acknowledged goes out again after a loss, under the same key", async () => {
  const { asks, sent } = line()
  asks.open()
  const answer = asks.ask("message.send", { body: "x" }, { key: "k" })
  asks.close()
  asks.open()
  assert.equal(sent.length, 2)
  assert.deepEqual(sent[0].payload, sent[1].payload)
  sent[1].acknowledge({ ok: true, message: "m" })
  assert.equal((await answer).message, "m")
})

test("what was acknowledged never goes out again", async () => {
  const { asks, sent } = line()
  asks.open()
  const answer = asks.ask("a")
  sent[0].acknowledge({ ok: true })
  await answer
  asks.close()
  asks.open()
  assert.equal(sent.length, 1)
})

test("silence is asked again, with the line still open", () => {
  const { asks, sent, timers } = line()
  asks.open()
  asks.ask("a", {}, { key: "k" })
  timers[0].run()
  assert.equal(sent.length, 2)
})

test("an ask that keeps its own copy is given up with the line", async () => {
  const { asks } = line()
  await assert.rejects(asks.ask("a", {}, { once: true }), { code: "offline" })
  asks.open()
  const lost = asks.ask("a", {}, { once: true })
  asks.close()
  await assert.rejects(lost, { code: "offline" })
})

test("busy and slow-down are asked again after a growing pause, at least as long as the server says", () => {
  const { asks, sent, timers } = line()
  asks.open()
  asks.ask("a")
  sent[0].acknowledge({ ok: false, error: { code: "busy" } })
  const first = timers.at(-1)
  first.run()
  sent[1].acknowledge({ ok: false, error: { code: "slow-down", retry_after: 20 } })
  const second = timers.at(-1)
  assert.equal(first.ms, 500)
  assert.equal(second.ms, 20_000)
  second.run()
  assert.equal(sent.length, 3)
})

test("a refusal comes with its code and the server's own sentence", async () => {
  const { asks, sent } = line()
  asks.open()
  const answer = asks.ask("a")
  sent[0].acknowledge({ ok: false, error: { code: "forbidden", detail: "Your access does not include this." } })
  await assert.rejects(answer, { code: "forbidden", message: "Your access does not include this." })
})

test("a late answer to an ask that was settled changes nothing", async () => {
  const { asks, sent } = line()
  asks.open()
  const answer = asks.ask("a", {}, { key: "k" })
  asks.close()
  asks.open()
  sent[1].acknowledge({ ok: true, n: 2 })
  sent[0].acknowledge({ ok: false, error: { code: "forbidden" } })
  assert.equal((await answer).n, 2)
})

test("while the practice's records are away it is asked again, and who waits is told why", async () => {
  const { asks, sent, timers } = line()
  asks.open()
  const told = []
  const answer = asks.ask("message.send", { body: "x" }, { key: "k", once: true, waits: (detail) => told.push(detail) })
  sent[0].acknowledge({ ok: false, error: { code: "database-away", detail: "Away for a moment.", retry_after: 2 } })
  assert.deepEqual(told, ["Away for a moment."])
  const { ms, run } = timers.at(-1)
  assert.equal(ms, 2_000)
  run()
  assert.deepEqual(sent[1].payload, sent[0].payload)
  sent[1].acknowledge({ ok: true, message: "m" })
  assert.equal((await answer).message, "m")
})

test("what a person has asked for waits a while for a line that is away, and is sent once", async () => {
  const { asks, sent, timers } = line()
  const patient = asks.ask("a", {}, { once: true, patience: 5000 })
  asks.close()
  asks.open()
  assert.equal(sent.length, 1)
  timers.find((one) => one.ms === 5000).run()
  sent[0].acknowledge({ ok: true, done: 1 })
  assert.equal((await patient).done, 1)
  const lost = asks.ask("b", {}, { once: true, patience: 5000 })
  asks.close()
  await assert.rejects(lost, { code: "offline" })
})

test("patience ends: with a key it went out again and again, and then it is said that there is no line", async () => {
  const { asks, sent, timers } = line()
  asks.open()
  const started = asks.ask("conversation.start", {}, { key: "k", patience: 5000 })
  asks.close()
  asks.open()
  assert.equal(sent.length, 2)
  asks.close()
  timers.find((one) => one.ms === 5000).run()
  await assert.rejects(started, { code: "offline" })
  asks.open()
  assert.equal(sent.length, 2)
})
