import assert from "node:assert/strict"
import test from "node:test"
import { pathOf, placed, taken } from "../../../static/js/signing/strokes.js"

test("lines become a path and come back", () => {
  const strokes = [[[10, 20], [30, 40], [50, 10]], [[100, 100], [120, 90]]]
  const path = pathOf(strokes)
  assert.equal(path, "M10,20L30,40L50,10M100,100L120,90")
  assert.deepEqual(taken(path), strokes)
})

test("nothing drawn is no path", () => {
  assert.equal(pathOf([]), "")
  assert.deepEqual(taken(""), [])
})

test("whoever scribbles for long sends no more than fits", () => {
  const wild = Array.from({ length: 40 }, (_, line) => Array.from({ length: 600 }, (_, step) => [(step * 37) % 600, (step * 53 + line) % 200]))
  const path = pathOf(wild)
  assert.ok(path.length <= 38_000)
  assert.match(path, /^(?:M-?\d{1,4}(?:\.\d)?,-?\d{1,4}(?:\.\d)?(?:L-?\d{1,4}(?:\.\d)?,-?\d{1,4}(?:\.\d)?)*)+$/)
})

test("a pen that leaves the field stays near it", () => {
  assert.equal(pathOf([[[-500, 10], [900, 999]]]), "M-40,10L640,240")
})

test("a field of another width shows the same shape", () => {
  const [line] = placed([[[0, 0], [600, 200]]], 300)
  assert.deepEqual(line.points.map(({ x, y }) => [x, y]), [[0, 0], [300, 100]])
})
