import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"

// the browser's own events, as the module hears them
const heard = {}
globalThis.document = { hidden: false, addEventListener: (name, fn) => { heard[name] = fn } }
globalThis.addEventListener = (name, fn) => { heard[name] = fn }
const { listenToTheBrowser } = await import("../../../static/js/line/waking.js")

const done = []
listenToTheBrowser({ cut: () => done.push("cut"), wake: () => done.push("wake") })

beforeEach(() => done.splice(0))

function hideFor(ms, context) {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000 })
  document.hidden = true
  heard.visibilitychange()
  context.mock.timers.tick(ms)
  document.hidden = false
  heard.visibilitychange()
}

test("a network that goes cuts the line, one that comes wakes it", () => {
  heard.offline()
  heard.online()
  assert.deepEqual(done, ["cut", "wake"])
})

test("a page shown again after more than a minute looks anew", (context) => {
  hideFor(61_000, context)
  assert.deepEqual(done, ["wake"])
})

test("a glance at another tab changes nothing", (context) => {
  hideFor(59_000, context)
  assert.deepEqual(done, [])
})

test("a page that the browser had put away looks anew, a fresh one does not", () => {
  heard.pageshow({ persisted: false })
  assert.deepEqual(done, [])
  heard.pageshow({ persisted: true })
  assert.deepEqual(done, ["wake"])
})
