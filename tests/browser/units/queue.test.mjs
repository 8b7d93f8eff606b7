import assert from "node:assert/strict"
import { test } from "node:test"
import { Queue } from "../../../static/js/outbox/queue.js"
import { Refused } from "../../../static/js/refused.js"

const DAY = 24 * 3600_000
const KAREN = { login: "karen", side: "portal" }

// what a device keeps: it outlives every page
class Shelf {
  kept = []
  n = 0
  async add(entry) { const placed = { ...entry, n: ++this.n }; this.kept.push(placed); return placed }
  async put(entry) { this.kept[this.kept.findIndex((one) => one.n === entry.n)] = entry }
  async remove({ n }) { this.kept = this.kept.filter((one) => one.n !== n) }
  async of(login, side) { return this.kept.filter((one) => one.login === login && one.side === side) }
}

function page({ shelf = new Shelf(), whose = KAREN, lock = (run) => run(), now = () => 0, upload = async () => "file" } = {}) {
  const asked = []
  const line = { state: "live", answer: async (ask) => ({ ok: true, message: ask.payload.body }), ask: (name, payload, options) => { const ask = { name, payload, ...options }; asked.push(ask); return line.answer(ask) } }
  return { queue: new Queue({ store: shelf, line, lock, upload, whose, now }), line, asked, shelf }
}

const write = (queue, body, more = {}) => queue.add({ name: "message.send", conversation: "c", body, ...more })
const bodies = (asked) => asked.map((one) => one.payload.body)

test("what waits goes out in the order of writing, each after the former's acknowledgement", async () => {
  const { queue, line, asked } = page()
  line.state = "offline"
  for (const body of ["one", "two", "three"]) await write(queue, body)
  let open = 0
  line.answer = async () => { open += 1; assert.equal(open, 1); await null; open -= 1; return { ok: true } }
  line.state = "live"
  await queue.drain()
  assert.deepEqual(bodies(asked), ["one", "two", "three"])
  assert.deepEqual(await queue.entries(), [])
})

test("who looks while a message is still being written down is told of it", async () => {
  const { queue, line, shelf } = page()
  line.state = "offline"
  let written
  const add = shelf.add.bind(shelf)
  shelf.add = async (entry) => { await new Promise((go) => { written = go }); return add(entry) }
  const adding = write(queue, "a moment ago")
  const seen = queue.entries()
  const erased = queue.erase()
  written()
  await adding
  assert.deepEqual((await seen).map((one) => one.body), ["a moment ago"])
  await erased
  assert.deepEqual(await queue.entries(), [])
})

test("an unanswered message stays and goes out again after a reload, under its key", async () => {
  const first = page()
  first.line.answer = async () => { throw new Refused({ code: "unanswered" }) }
  await write(first.queue, "hello")
  await first.queue.drain()
  const second = page({ shelf: first.shelf })
  await second.queue.drain()
  assert.equal(second.asked[0].key, first.asked[0].key)
  assert.deepEqual(await second.queue.entries(), [])
})

test("nothing of another login is seen, sent or erased", async () => {
  const karen = page()
  karen.line.state = "offline"
  await write(karen.queue, "secret")
  const david = page({ shelf: karen.shelf, whose: { login: "david", side: "portal" } })
  const desk = page({ shelf: karen.shelf, whose: { login: "karen", side: "desk" } })
  for (const other of [david, desk]) {
    await other.queue.drain()
    await other.queue.erase()
    assert.deepEqual(await other.queue.entries(), [])
    assert.deepEqual(other.asked, [])
  }
  assert.equal((await karen.queue.entries()).length, 1)
})

test("two tabs send each message once", async () => {
  let turn = Promise.resolve()
  const lock = (run) => { turn = turn.then(run); return turn }
  const one = page({ lock })
  const other = page({ lock, shelf: one.shelf })
  one.line.state = "offline"
  for (const body of ["a", "b"]) await write(one.queue, body)
  one.line.state = "live"
  await Promise.all([one.queue.drain(), other.queue.drain()])
  assert.deepEqual(bodies([...one.asked, ...other.asked]), ["a", "b"])
})

test("a refusal is kept with its sentence and does not hold up the others", async () => {
  const { queue, line, asked } = page()
  line.answer = async ({ payload }) => { if (payload.body === "bad") throw new Refused({ code: "forbidden", detail: "You left." }); return { ok: true } }
  line.state = "offline"
  for (const body of ["bad", "good"]) await write(queue, body)
  line.state = "live"
  await queue.drain()
  assert.deepEqual(bodies(asked), ["bad", "good"])
  const [kept] = await queue.entries()
  assert.deepEqual([kept.body, kept.state, kept.detail], ["bad", "refused", "You left."])
})

test("after a day a message asks before it goes", async () => {
  let clock = 0
  const { queue, line, asked } = page({ now: () => clock })
  line.state = "offline"
  await write(queue, "old")
  clock = DAY + 1
  line.state = "live"
  await queue.drain()
  assert.deepEqual(asked, [])
  const [old] = await queue.entries()
  assert.equal(old.state, "asks")
  await queue.again(old.key)
  await queue.drain()
  assert.deepEqual(bodies(asked), ["old"])
})

test("files go up first, once, and a message waits for its own", async () => {
  let tries = 0
  const upload = async () => { tries += 1; if (tries === 1) throw new Refused({ code: "offline" }); return "id-1" }
  const { queue, asked } = page({ upload })
  await write(queue, "with a picture", { files: [{ key: "f", name: "a.png", size: 1, blob: {} }] })
  await queue.drain()
  await queue.drain()
  assert.equal(tries, 2)
  assert.deepEqual(asked.map((one) => one.payload.files), [["id-1"]])
})

test("signing out erases what this login had not sent", async () => {
  const { queue, line } = page()
  line.state = "offline"
  await write(queue, "never mind")
  await queue.erase()
  assert.deepEqual(await queue.entries(), [])
})

test("what cannot be taken right now is not refused: it stays, says why, and goes out later", async () => {
  for (const code of ["database-away", "storage-away", "busy"]) {
    const { queue, line, asked } = page()
    const told = []
    queue.addEventListener("change", ({ detail }) => told.push([detail.kind, detail.entry.detail]))
    line.answer = async () => { throw new Refused({ code, detail: "Not right now." }) }
    await write(queue, "hello")
    await queue.drain()
    assert.ok(told.some(([kind, detail]) => kind === "held" && detail === "Not right now."), code)
    assert.equal((await queue.entries())[0].state, "waiting", code)
    line.answer = async () => ({ ok: true })
    await queue.drain()
    assert.deepEqual(await queue.entries(), [], code)
    assert.equal(asked[0].key, asked.at(-1).key, code)
  }
})
