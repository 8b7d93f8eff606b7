import assert from "node:assert/strict"
import { test } from "node:test"
import { runTree } from "../../../static/js/forms/fhirpath/compiling.js"
import { Run } from "../../../static/js/forms/fhirpath/running.js"
import { number } from "../../../static/js/forms/fhirpath/things.js"

const SHEET = { item: [{ answer: [{ valueDecimal: 3 }] }, { answer: [{ valueInteger: 4 }] }, { answer: [{ valueDecimal: 2.5 }] }] }
const of = (...names) => names.reduce((left, name) => ["dot", left, ["name", name]], ["this"])
const called = (left, name, ...given) => ["dot", left, ["call", name, given]]
const typed = (kind) => called(of("item", "answer", "value"), "ofType", ["name", kind])
const given = (tree) => runTree(tree, new Run(() => [], {}, { steps: 1_000 }), [SHEET])
const numbers = (tree) => given(tree).map(number)

test("a decimal answer that is whole is a decimal, and an integer is none", () => {
  assert.deepEqual(numbers(typed("decimal")), [3, 2.5])
  assert.deepEqual(numbers(typed("integer")), [4])
  assert.deepEqual(numbers(called(typed("decimal"), "sum")), [5.5])
})

test("what is made of a decimal is one, and a quotient always", () => {
  const made = (...tree) => given(["is", tree, "Decimal"])[0]
  assert.equal(made("op", "+", ["num", "3.0"], ["num", "1"]), true)
  assert.equal(made("op", "/", ["num", "6"], ["num", "2"]), true)
  assert.equal(made("op", "+", ["num", "3"], ["num", "1"]), false)
})

test("a whole decimal equals the integer, and comes no sooner or later", () => {
  const said = (operator) => given(["op", operator, ["num", "3.0"], ["num", "3"]])[0]
  assert.deepEqual(["=", "~", "<=", ">=", "<", ">", "!="].map(said), [true, true, true, true, false, false, false])
})
