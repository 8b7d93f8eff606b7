// How an entry of the calendar is said and coloured.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Drawing, movable, said } from "../../../static/js/calendar/drawing.js"
import { Fresh, NEARLY } from "../../../static/js/calendar/fresh.js"

const drawing = new Drawing({
  zone: "America/New_York", practitioners: [{ id: "m", name: "Maya Okafor", voice: "b" }],
  states: { busy: { words: "Busy" }, held: { words: "Being chosen" }, confirmed: { words: "Confirmed" }, requested: { words: "Asked for" } },
  modes: { "in-person": { words: "In person" }, phone: { words: "By phone" } },
})
const entry = {
  id: "e", staff_id: "m", starts_at: "2026-12-01T14:00:00Z", ends_at: "2026-12-01T14:50:00Z", status: "confirmed", people: [{ name: "Ana Beltrán" }],
  others: 0, service: "Counseling", colour: "d", mode: "in-person", room: "Cove", location: "Wharf Street", overlap: false, may_change: true,
}
const EARLY = { colours: "practitioner", now: "2026-12-01T00:00:00Z", fresh: false }

test("colours are those of the practitioner or of the service", () => {
  assert.match(drawing.classes(entry, EARLY), /\bwho-b\b/)
  assert.match(drawing.classes(entry, { ...EARLY, colours: "service" }), /\bservice-d\b/)
  assert.match(drawing.classes({ ...entry, colour: "" }, { ...EARLY, colours: "service" }), /\bwho-b\b/)
})

test("each state has a look of its own", () => {
  const look = (more, how = {}) => drawing.classes({ ...entry, ...more }, { ...EARLY, ...how }).split(" ")
  assert.ok(look({ status: "requested" }).includes("asked") && look({ status: "proposed" }).includes("asked"))
  assert.ok(look({ status: "held" }).includes("held") && look({ status: "busy" }).includes("busy"))
  assert.ok(look({ status: "cancelled" }).includes("gone") && look({ status: "late-cancelled" }).includes("gone"))
  assert.ok(look({ overlap: true }).includes("over") && look({}, { fresh: true }).includes("just"))
  assert.ok(look({}, { now: "2026-12-02T00:00:00Z" }).includes("past"))
  assert.ok(!look({ status: "requested" }, { now: "2026-12-02T00:00:00Z" }).includes("past"))
})

test("who may not be named is busy, and of many some are counted", () => {
  assert.equal(drawing.title({ ...entry, status: "busy", people: [] }), "Busy")
  assert.equal(drawing.title({ ...entry, people: ["A", "B", "C", "D"].map((name) => ({ name })), others: 2 }), "A, B, C and 3 more")
  assert.equal(drawing.whole(entry), "9:00 AM to 9:50 AM, Ana Beltrán, Counseling, Cove, with Maya Okafor, Confirmed")
})

test("who did it is said, and nothing of what one did oneself", () => {
  assert.equal(said({ type: "appointment.moved", by: "Tess", side: "desk" }), "Moved by Tess")
  assert.equal(said({ type: "appointment.booked", by: "", side: "portal" }), "Just booked online")
  assert.equal(said({ type: "appointment.cancelled", by: "", side: "portal" }), "Cancelled online")
  assert.equal(said({ type: "request.placed", by: "", side: "public" }), "Asked for online")
  assert.equal(said({ type: "appointment.moved", by: "you", side: "desk" }), "")
})

test("only what is to come and theirs to fill is moved", () => {
  assert.ok(movable(entry) && movable({ ...entry, status: "scheduled" }))
  assert.ok(!movable({ ...entry, may_change: false }) && !movable({ ...entry, status: "requested" }))
})

test("a highlight lasts as long as it takes to read, and what is nearly over goes along with what is drawn", () => {
  let at = 0
  const fresh = new Fresh(() => at)
  fresh.mark("own", false)
  fresh.mark("theirs", true)
  assert.ok(fresh.has("own") && fresh.wait === 2_400)
  assert.deepEqual(fresh.over(NEARLY, ["own"]), [], "what just changed is not over")
  at = 2_400
  assert.deepEqual(fresh.over(), ["own"])
  assert.ok(fresh.has("theirs") && fresh.wait === 6_600)
  at = 6_500
  assert.deepEqual([fresh.over(), fresh.over(NEARLY), fresh.wait], [[], ["theirs"], null])
})
