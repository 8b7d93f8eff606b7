// A form as the builder shows it, and what operations make of it. Pure: the same as the server does to the Questionnaire
// behind it, so that a page shows a change before it is saved.

export function* walk(items) {
  for (const item of items) {
    yield item
    yield* walk(item.items)
  }
}

export function find(view, id) {
  for (const item of walk(view.items)) if (item.id === id) return item
  return null
}

// { under, at, items }: the heading it stands in (null: the form), its number there, and its neighbours
export function placeOf(view, id, items = view.items, under = null) {
  const at = items.findIndex((item) => item.id === id)
  if (at >= 0) return { under, at, items }
  for (const item of items) {
    const found = placeOf(view, id, item.items, item.id)
    if (found) return found
  }
  return null
}

export const idsOf = (item) => [item.id, ...[...walk(item.items)].map((one) => one.id)]

// Where something new of this kind goes that is asked for at this item: into the heading or page that it is, else behind
// it. A heading stands in no other heading, a page in nothing, and what came in whole takes nothing in.
export function placeFor(view, kind, id) {
  const item = find(view, id)
  const holds = (one) => isGroup(one) && !one.locked && kind !== "page" && (kind !== "heading" || one.kind === "page")
  if (holds(item)) return { under: id, at: item.items.length }
  let place = placeOf(view, id)
  while (place.under !== null && !holds(find(view, place.under))) place = placeOf(view, place.under)
  return { under: place.under, at: place.at + 1 }
}

// The end of the form: of its last page, where it ends with one.
export function placeAtEnd(view, kind) {
  const last = view.items.at(-1)
  return last?.kind === "page" && !last.locked && kind !== "page" ? { under: last.id, at: last.items.length } : { under: null, at: view.items.length }
}

// its number in the order of reading, for telling what comes later
export const orderOf = (view) => new Map([...walk(view.items)].map((item, number) => [item.id, number]))

export const isGroup = (item) => item.kind === "heading" || item.kind === "page"

// A new view; throws what the server would refuse because the item is no longer there.
export function applied(view, operation) {
  const made = structuredClone(view)
  acts[operation.do](made, operation)
  return made
}

const acts = {
  add(view, { item, under, at }) { insert(view, asShown(item), under, at) },
  change(view, { item, fields }) { change(there(view, item), fields) },
  move(view, { item, under, at }) {
    const moved = takeOut(view, item)
    insert(view, moved, under, at)
  },
  remove(view, { item }) {
    const gone = new Set(idsOf(takeOut(view, item)))
    for (const one of walk(view.items)) {
      one.conditions = one.conditions.filter(({ question }) => !gone.has(question)).map(numbered)
      const left = one.sums?.filter((id) => !gone.has(id))
      if (left?.length) one.sums = left
    }
  },
  duplicate(view, { item, ids }) {
    const twin = structuredClone(there(view, item))
    for (const one of walk([twin])) {
      one.id = ids[one.id] ?? `${one.id}-copy`
      for (const condition of one.conditions) condition.question = ids[condition.question] ?? condition.question
    }
    const { items, at } = placeOf(view, item)
    items.splice(at + 1, 0, twin)
  },
  form(view, { fields }) { Object.assign(view, fields) },
  several(view, { operations }) { for (const one of operations) acts[one.do](view, one) },
}

const BLANK = { text: "", help: "", required: false, any: false, conditions: [], notes: [], items: [] }
const OF_KIND = {
  single: () => ({ options: [], fixed: false, several: false, control: "" }),
  several: () => ({ options: [], fixed: false, several: true, control: "" }),
  open: () => ({ options: [], fixed: false, several: false, control: "" }),
  number: () => ({ min: null, max: null, decimals: 0, unit: "" }),
  string: () => ({ max_length: null }), text: () => ({ max_length: null }),
  file: () => ({ media: [], max_size: null, several: false }),
  total: () => ({ sums: [], bands: [] }),
}

function asShown({ id, kind, ...fields }) {
  const made = { id, kind, ...structuredClone(BLANK), ...OF_KIND[kind]?.() }
  change(made, structuredClone(fields))
  return made
}

function change(item, fields) {
  Object.assign(item, structuredClone(fields))
  if (fields.kind && "options" in item) Object.assign(item, { control: "", several: fields.kind === "several" || (fields.kind === "open" && item.several) })
  if (fields.options) item.options = item.options.map((option, was) => shownOption(option, was))
  if (fields.conditions) item.conditions = item.conditions.map(numbered)
}

// from now on the one with this number
const numbered = (one, was) => ({ ...one, was })

const shownOption = ({ code, ...option }, was) => ({ score: null, risk: false, ...option, key: option.key ?? `|${code ?? ""}`, was })

function insert(view, item, under, at) {
  const items = under === null || under === undefined ? view.items : there(view, under).items
  items.splice(Math.max(0, Math.min(at, items.length)), 0, item)
}

function takeOut(view, id) {
  const place = placeOf(view, id)
  if (!place) throw new Error("gone")
  return place.items.splice(place.at, 1)[0]
}

function there(view, id) {
  const found = find(view, id)
  if (!found) throw new Error("gone")
  return found
}

// Whose conditions wait for one of these.
export function waitingFor(view, ids) {
  const wanted = new Set(ids)
  return [...walk(view.items)].filter((item) => !wanted.has(item.id) && item.conditions.some(({ question }) => wanted.has(question)))
}

// Conditions that wait for a question which comes later in this view and did not before: [{ item, question }].
export function latelyLater(before, after) {
  const was = orderOf(before)
  const now = orderOf(after)
  const later = (order, item, question) => order.has(question) && order.get(question) > order.get(item)
  return [...walk(after.items)].flatMap((item) => item.conditions
    .filter(({ question }) => later(now, item.id, question) && !later(was, item.id, question))
    .map(({ question }) => ({ item: item.id, question })))
}

// One step up or down in the order of reading: into a heading that stands there, out of the one it stands in.
export function stepOf(view, id, by) {
  const item = find(view, id)
  const { under, at, items } = placeOf(view, id)
  const beside = items[at + by]
  if (beside && isGroup(beside) && !beside.locked && !isGroup(item)) {
    return { under: beside.id, at: by < 0 ? beside.items.length : 0 }
  }
  if (beside) return { under, at: at + by }
  if (under === null) return null
  const out = placeOf(view, under)
  return { under: out.under, at: out.at + (by < 0 ? 0 : 1) }
}
