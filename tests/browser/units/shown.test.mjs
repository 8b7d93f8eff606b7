import assert from "node:assert/strict"
import { test } from "node:test"
import { concerns, overlaps } from "../../../static/js/shown-times.js"

const WEEK = { starts: "2027-03-07T05:00:00+00:00", ends: "2027-03-16T04:00:00+00:00" }
const at = (day, hour) => `2027-03-${day}T${hour}:00:00+00:00`

test("times that touch do not overlap, whichever zone they are written in", () => {
  const slot = { starts: at("09", "10"), ends: at("09", "11") }
  assert.equal(overlaps(slot, { starts_at: at("09", "11"), ends_at: at("09", "12") }), false)
  assert.equal(overlaps(slot, { starts_at: "2027-03-09T05:59:00-05:00", ends_at: at("09", "12") }), true)
})

test("a page looks again after what happens in the week that it shows, and not after what happens later", () => {
  assert.equal(concerns(WEEK, { data: { starts_at: at("10", "10"), ends_at: at("10", "11") } }), true)
  assert.equal(concerns(WEEK, { data: { starts_at: at("20", "10"), ends_at: at("20", "11") } }), false)
})

test("what moves out of the week or into it concerns it", () => {
  const moved = { starts_at: at("20", "10"), ends_at: at("20", "11"), former_starts_at: at("10", "10"), former_ends_at: at("10", "11") }
  assert.equal(concerns(WEEK, { data: moved }), true)
  assert.equal(concerns(WEEK, { data: { ...moved, former_starts_at: at("21", "10"), former_ends_at: at("21", "11") } }), false)
})

test("hours, blocks and rules concern every week, and so does everything where no time is shown", () => {
  assert.equal(concerns(WEEK, { practitioner: "x" }), true)
  assert.equal(concerns(WEEK, {}), true)
  assert.equal(concerns({}, { data: { starts_at: at("20", "10"), ends_at: at("20", "11") } }), true)
})
