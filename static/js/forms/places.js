// The places of a form where answers stand: its items as a tree, with the instances of what repeats.
import { asOffered } from "./options.js"
import { answered } from "./values.js"

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

export function grow(definition, answers) {
  const growth = { answers, numbers: numbersIn(answers), places: 0, limits: definition.limits }
  return definition.items.map((item) => nodeOf(growth, item, "", null))
}

function numbersIn(answers) {
  const numbers = new Map()
  for (const path of Object.keys(answers)) {
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
})

function nodeOf(growth, item, above, parent) {
  const path = above ? `${above}/${segment(item.id)}` : segment(item.id)
  if (item.type !== "group" || !item.repeats) return filled(growth, item, path, parent, null)
  const node = bare(item, path, parent, null)
  node.instances = instances(growth, item, path).map((one) => filled(growth, item, `${path}:${one}`, node, one))
  return node
}

function filled(growth, item, path, parent, number) {
  growth.places += 1
  const node = bare(item, path, parent, number)
  if (item.type !== "group" && item.type !== "display") {
    const given = Object.hasOwn(growth.answers, path) ? growth.answers[path] : []
    node.values = answered(given).map((one) => asOffered(item, one))
  }
  node.children = (item.items ?? []).map((one) => nodeOf(growth, one, path, node))
  return node
}

function instances(growth, item, path) {
  const { instances: limit, places } = growth.limits
  const most = growth.places > places ? 1 : Math.min(item.maxOccurs || limit, limit)
  const held = [...(growth.numbers.get(path) ?? [])].sort((a, b) => a - b).slice(0, most)
  const least = Math.min(Math.max(item.minOccurs ?? 0, 1), most)
  for (let next = (held.at(-1) ?? 0) + 1; held.length < least; next += 1) held.push(next)
  return held
}
