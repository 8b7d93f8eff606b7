import assert from "node:assert/strict"
import test from "node:test"
import { changed } from "../../../static/js/changed.js"

const option = (selected, defaultSelected) => ({ selected, defaultSelected })
const select = (selectedIndex, ...options) => ({ localName: "select", multiple: false, selectedIndex, options })

test("what was typed differs from what was drawn", () => {
  assert.equal(changed({ type: "text", value: "a", defaultValue: "a" }), false)
  assert.equal(changed({ type: "text", value: "ab", defaultValue: "a" }), true)
  assert.equal(changed({ type: "checkbox", checked: true, defaultChecked: false }), true)
})

test("what nobody sees nobody changed", () => {
  assert.equal(changed({ type: "hidden", value: "new", defaultValue: "old" }), false)
})

test("where the page chose none, the first of a list is no choice", () => {
  assert.equal(changed(select(0, option(true, false), option(false, false))), false)
  assert.equal(changed(select(1, option(false, false), option(true, false))), true)
})

test("where the page chose one, another is a choice", () => {
  assert.equal(changed(select(1, option(false, false), option(true, true))), false)
  assert.equal(changed(select(0, option(true, false), option(false, true))), true)
})
