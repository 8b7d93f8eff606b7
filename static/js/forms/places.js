// The places of a form where answers stand: its items as a tree, with the instances of what repeats.
import { asOffered } from "./options.js"
import { answered, isBlank } from "./values.js"

const INSTANCE = /:([1-9]\d{0,8})(?=\/|$)/g

// A linkId as it stands in a path.
export const segment = (id) =>
  encodeURIComponent(id).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

export function* everyNode(nodes) {
  for (const node of nodes) {
    yield node
    yield* everyNode(below(node))
  }
}

export const below = (node) => (node.instances.length ? node.instances : node.children)

export const UNSAID = " " // what stands for an answer of one's own that is chosen and not written yet
const isUnsaid = (item, given) =>
  item.type === "open-choice" && Boolean(item.options?.length) && given.some((one) => typeof one === "string" && isBlank(one))

export const REMOVED = "removed" // what stands at an instance that was taken away

export function grow(definition, answers) {
  const gone = new Set(Object.keys(answers).filter((path) => isRemoved(path, answers[path])))
  const left = Object.entries(answers).filter(([path]) => !gone.size || !upwards(path).some((one) => gone.has(one)))
  const there = Object.fromEntries(left)
  const numbers = numbersIn(Object.keys(there))
  const { instances: most, places } = definition.limits
  // room: how many places may still be added to those that the form has at first
  const room = numbers.size ? places - placesAtFirst(definition.items, most) : 0
  const growth = { answers: there, numbers, gone: numbersIn(gone), most, room }
  const nodes = definition.items.map((item) => nodeOf(growth, item, "", null))
  sayWhereFull(nodes, most, places)
  return nodes
}

// full: the form has no room for one more instance
function sayWhereFull(nodes, most, places) {
  const every = [...everyNode(nodes)]
  const holders = every.filter((node) => mostOf(node.item, most) && node.number === null)
  const left = places - (every.length - holders.length)
  for (const node of holders) {
    node.full = node.instances.length < mostOf(node.item, most) && 1 + placesAtFirst(node.item.items, most) > left
  }
}

const isRemoved = (path, values) => values?.length === 1 && values[0] === REMOVED && path.split("/").at(-1).includes(":")

// The place itself and all that it stands in.
function upwards(path) {
  const places = []
  for (let at = path.length; at > 0; at = path.lastIndexOf("/", at - 1)) places.push(path.slice(0, at))
  return places
}

const placesAtFirst = (items, limit) =>
  (items ?? []).reduce((sum, item) => sum + leastOf(item, limit) * (1 + placesAtFirst(item.items, limit)), 0)
const mostOf = (item, limit) => (item.type === "group" && item.repeats ? Math.min(item.maxOccurs || limit, limit) : 0)
const leastOf = (item, limit) => Math.max(1, Math.min(item.minOccurs ?? 0, mostOf(item, limit)))

function numbersIn(paths) {
  const numbers = new Map()
  for (const path of paths) {
    if (!path.includes(":")) continue
    for (const found of path.matchAll(INSTANCE)) {
      const group = path.slice(0, found.index)
      numbers.set(group, (numbers.get(group) ?? new Set()).add(Number(found[1])))
    }
  }
  return numbers
}

const bare = (item, path, parent, number) => ({
  item, path, parent, number, enabled: true, values: [], calculated: false, children: [], instances: [], faults: [],
  unsaid: false, full: false,
})

function nodeOf(growth, item, above, parent) {
  const path = above ? `${above}/${segment(item.id)}` : segment(item.id)
  if (item.type !== "group" || !item.repeats) return filled(growth, item, path, parent, null)
  const node = bare(item, path, parent, null)
  node.instances = instances(growth, item, path).map((one) => filled(growth, item, `${path}:${one}`, node, one))
  return node
}

function filled(growth, item, path, parent, number) {
  const node = bare(item, path, parent, number)
  if (item.type !== "group" && item.type !== "display") {
    const given = Object.hasOwn(growth.answers, path) ? growth.answers[path] : []
    node.values = answered(given).map((one) => asOffered(item, one))
    node.unsaid = isUnsaid(item, given)
  }
  node.children = (item.items ?? []).map((one) => nodeOf(growth, one, path, node))
  return node
}

// Their numbers. What there is no room for is counted before it is made, and left out.
function instances(growth, item, path) {
  const named = [...(growth.numbers.get(path) ?? [])].sort((a, b) => a - b)
  const least = leastOf(item, growth.most)
  let held = named.slice(0, Math.max(least, mostOf(item, growth.most)))
  if (held.length > least) {
    const each = 1 + placesAtFirst(item.items, growth.most)
    held = held.slice(0, least + Math.max(Math.floor(growth.room / each), 0))
    growth.room -= (held.length - least) * each
  }
  const taken = new Set([...held, ...(growth.gone.get(path) ?? [])])
  for (let next = 1; held.length < least; next += 1) if (!taken.has(next)) held.push(next)
  return held.sort((a, b) => a - b)
}
