import assert from "node:assert/strict"
import { test } from "node:test"
import { conditionWords, waysOf } from "../../../static/js/building/kinds.js"
import { Saving } from "../../../static/js/building/saving.js"
import { applied, find, latelyLater, placeAtEnd, placeFor, stepOf, waitingFor } from "../../../static/js/building/tree.js"
import { Refused } from "../../../static/js/refused.js"

const item = (id, kind = "string", more = {}) => ({ id, kind, text: id, help: "", required: false, any: false, conditions: [], notes: [], items: [], ...more })
const view = () => ({ title: "Talk", items: [
  item("you", "heading", { items: [item("why", "text"), item("before", "boolean")] }),
  item("when", "string", { conditions: [{ was: 0, question: "before", operator: "=", answer: true }] }),
  item("sleep", "single", { options: [{ was: 0, label: "Well", key: "|well" }] }),
] })
const ids = (items) => items.map((one) => (one.items.length ? [one.id, ids(one.items)] : one.id))

test("operations do to what is shown what the server does to the form", () => {
  const before = view()
  const added = applied(before, { do: "add", item: { id: "new", kind: "single", text: "New" }, under: "you", at: 1 })
  assert.deepEqual(ids(added.items), [["you", ["why", "new", "before"]], "when", "sleep"])
  assert.deepEqual(find(added, "new").options, [])
  assert.deepEqual(ids(applied(before, { do: "move", item: "sleep", under: "you", at: 0 }).items), [["you", ["sleep", "why", "before"]], "when"])
  assert.deepEqual(find(applied(before, { do: "remove", item: "you" }), "when").conditions, [])
  const twin = applied(before, { do: "duplicate", item: "you", ids: { you: "you2", why: "why2", before: "before2" } })
  assert.deepEqual(ids(twin.items)[1], ["you2", ["why2", "before2"]])
  assert.deepEqual(before, view(), "what was shown stays as it was")
})

test("options go on from what they were", () => {
  const once = applied(view(), { do: "change", item: "sleep", fields: { options: [{ label: "New", code: "option-a" }, { was: 0, label: "Well", key: "|well" }] } })
  assert.deepEqual(find(once, "sleep").options.map(({ was, key }) => [was, key]), [[0, "|option-a"], [1, "|well"]])
})

test("one step leads into a heading and out of it", () => {
  assert.deepEqual(stepOf(view(), "when", -1), { under: "you", at: 2 })
  assert.deepEqual(stepOf(view(), "before", 1), { under: null, at: 1 })
  assert.deepEqual(stepOf(view(), "why", -1), { under: null, at: 0 })
  assert.deepEqual(stepOf(view(), "you", 1), { under: null, at: 1 })
  assert.equal(stepOf(view(), "you", -1), null)
  assert.equal(stepOf(view(), "sleep", 1), null)
})

test("something new goes behind what is chosen or into the heading that is, a heading beside headings, a page beside pages", () => {
  const paged = { items: [item("p", "page", { items: [item("you", "heading", { items: [item("why")] }), item("grid", "kept", { items: [item("cell", "string", { locked: true })] })] }), item("end")] }
  assert.deepEqual(placeFor(paged, "string", "why"), { under: "you", at: 1 })
  assert.deepEqual(placeFor(paged, "string", "you"), { under: "you", at: 1 })
  assert.deepEqual(placeFor(paged, "heading", "why"), { under: "p", at: 1 })
  assert.deepEqual(placeFor(paged, "heading", "p"), { under: "p", at: 2 })
  assert.deepEqual(placeFor(paged, "page", "why"), { under: null, at: 1 })
  assert.deepEqual(placeFor(paged, "string", "cell"), { under: "p", at: 2 })
  assert.deepEqual(placeFor(view(), "heading", "you"), { under: null, at: 1 })
  assert.deepEqual(placeAtEnd(paged, "string"), { under: null, at: 2 })
  const last = { items: paged.items.slice(0, 1) }
  assert.deepEqual([placeAtEnd(last, "string"), placeAtEnd(last, "page")], [{ under: "p", at: 2 }, { under: null, at: 1 }])
})

test("a question that becomes one of a kind that is alike keeps what it holds", () => {
  const made = find(applied(view(), { do: "change", item: "sleep", fields: { kind: "several" } }), "sleep")
  assert.deepEqual([made.kind, made.several, made.options.length], ["several", true, 1])
  assert.equal(find(applied({ items: [made] }, { do: "change", item: "sleep", fields: { kind: "single" } }), "sleep").several, false)
  const waits = { items: [made, item("why", "text", { conditions: [{ question: "sleep", operator: "!=", answer: "|well" }] })] }
  assert.equal(conditionWords(waits.items[1], (id) => find(waits, id)), "Shown only if “sleep” is not “Well”")
})

test("it is known whose conditions wait, and which wait for something later after a move", () => {
  assert.deepEqual(waitingFor(view(), ["before"]).map(({ id }) => id), ["when"])
  const after = applied(view(), { do: "move", item: "before", under: null, at: 9 })
  assert.deepEqual(latelyLater(view(), after), [{ item: "when", question: "before" }])
})

test("conditions are said in words", () => {
  const shown = view()
  assert.equal(conditionWords(find(shown, "when"), (id) => find(shown, id)), "Shown only if “before” is Yes")
  assert.deepEqual(waysOf({ kind: "text" }).map(([way]) => way), ["exists:true", "exists:false"])
})

function page({ kept = {}, state = "live", answer } = {}) {
  const asked = []
  const line = { state, answer: answer ?? (async ({ payload }) => ({ version: payload.version + 1 })),
    ask: (name, payload, options) => { const one = { name, payload, ...options }; asked.push(one); return line.answer(one) } }
  const waits = []
  const store = { read: () => kept.now ?? null, write: (now) => { kept.now = structuredClone(now) } }
  const saving = new Saving({ form: "f", tab: "t", version: 4, line, store, wait: (ms, run) => { waits.push(run); return () => waits.splice(waits.indexOf(run), 1) } })
  return { saving, line, asked, waits, kept }
}

const type = (saving, text) => saving.add({ do: "change", item: "why", fields: { text } }, text)
const settled = () => new Promise((done) => setImmediate(done))

test("what is typed into one field goes out once a second, what is done at once", async () => {
  const { saving, asked, waits } = page()
  type(saving, "W")
  type(saving, "Wh")
  assert.equal(asked.length, 0)
  assert.equal(waits.length, 1)
  waits.shift()()
  await settled()
  assert.deepEqual(asked.map(({ payload }) => [payload.version, payload.operation.fields.text]), [[4, "Wh"]])
  type(saving, "Why")
  saving.add({ do: "remove", item: "sleep" })
  await settled()
  assert.deepEqual(asked.map(({ payload }) => [payload.version, payload.operation.do]), [[4, "change"], [5, "change"], [6, "remove"]])
  assert.equal(saving.waiting, 0)
})

test("offline it waits on the device, over a reload, and goes out unchanged", async () => {
  const { saving, line, kept } = page({ answer: async () => { throw new Refused({ code: "offline" }) } })
  saving.add({ do: "remove", item: "sleep" })
  await settled()
  assert.equal(saving.waiting, 1)
  line.state = "offline"
  saving.add({ do: "remove", item: "when" })
  await settled()
  const again = page({ kept })
  assert.equal(again.saving.waiting, 2)
  await again.saving.flush()
  assert.deepEqual(again.asked.map(({ payload }) => payload.version), [4, 5])
  assert.equal(again.asked[0].key, kept.now?.entries?.[0]?.key ?? again.asked[0].key)
  assert.equal(kept.now, null)
})

test("what nobody sent yet is taken back here", () => {
  const { saving } = page({ state: "offline" })
  saving.add({ do: "remove", item: "sleep" })
  assert.equal(saving.takeBack().operation.item, "sleep")
  assert.equal(saving.waiting, 0)
  assert.equal(saving.takeBack(), null)
})

test("options that are typed on speak of those that the server has", () => {
  const { saving } = page({ state: "offline" })
  saving.add({ do: "change", item: "sleep", fields: { options: [{ was: 1, label: "B" }, { code: "option-x", label: "" }] } })
  saving.add({ do: "change", item: "sleep", fields: { options: [{ was: 1, label: "New" }, { was: 0, label: "B!" }] } })
  assert.deepEqual(saving.entries.map(({ operation }) => operation.fields.options), [[{ label: "New", code: "option-x" }, { label: "B!", was: 1 }]])
})

test("what is refused stays until somebody gives it up, with its words", async () => {
  const { saving } = page({ answer: async () => { throw new Refused({ code: "editing-elsewhere" }) } })
  const heard = []
  saving.addEventListener("changed", ({ detail }) => heard.push(detail.kind))
  saving.add({ do: "remove", item: "sleep" }, "“Sleep” removed")
  type(saving, "What brings you?")
  await settled()
  assert.ok(heard.includes("refused"))
  assert.deepEqual(saving.giveUp(), ["“Sleep” removed", "What brings you?"])
})

test("what nobody answered in time is sent again by itself, unchanged", async () => {
  let silent = true
  const { saving, asked, waits } = page({ answer: async ({ payload }) => {
    if (silent) throw new Refused({ code: "unanswered" })
    return { version: payload.version + 1 }
  } })
  saving.add({ do: "remove", item: "why" }, "gone")
  await settled()
  assert.equal(saving.waiting, 1)
  assert.equal(waits.length, 1, "it is tried once more in a while")
  silent = false
  waits.shift()()
  await settled()
  assert.equal(saving.waiting, 0)
  assert.deepEqual(asked[0], asked[1])
})
