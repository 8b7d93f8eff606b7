import assert from "node:assert/strict"
import { test } from "node:test"
import { clock, following, minutes, overlapping, scale, snapped, total } from "../../../static/js/hours.js"

test("a clock is read in minutes, and midnight ends a day", () => {
  assert.deepEqual(["09:30", "00:00", ""].map((one) => minutes(one)), [570, 0, null])
  assert.equal(minutes("00:00", true), 1440)
  assert.equal(minutes("12:00", true), 720)
})

test("minutes are written as a field wants them", () => {
  assert.deepEqual([0, 570, 1440].map(clock), ["00:00", "09:30", "00:00"])
})

test("the scale is a working day and whatever lies outside it, in whole hours", () => {
  assert.deepEqual(scale([]), [420, 1200])
  assert.deepEqual(scale([[330, 600], [1000, 1305]]), [300, 1320])
})

test("what follows is a day, then an afternoon after a pause, and nothing that would not fit", () => {
  assert.deepEqual(following([]), [540, 1020])
  assert.deepEqual(following([[540, 720]]), [780, 1020])
  assert.deepEqual(following([[540, 1200]]), [1260, 1439])
  assert.equal(following([[540, 1380]]), null)
})

test("a pointer falls on quarters of an hour, within the day", () => {
  assert.deepEqual([-20, 7, 8, 1500].map(snapped), [0, 0, 15, 1440])
})

test("stretches overlap, touch, and are counted together", () => {
  assert.equal(overlapping([[600, 700], [540, 600]]), false)
  assert.equal(overlapping([[600, 700], [540, 601]]), true)
  assert.equal(total([[540, 600], [700, 760]]), 120)
})
