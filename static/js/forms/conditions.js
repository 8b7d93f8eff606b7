// Whether a question is to be answered at all: enableWhen by the rules of FHIR R4.
import { order, same } from "./values.js"

const COMPARES = { ">": (at) => at > 0, "<": (at) => at < 0, ">=": (at) => at >= 0, "<=": (at) => at <= 0 }

// With several answers, one is enough; != holds when none of them is the same, so also when there is none.
export function holds([, operator, wanted], values) {
  if (operator === "exists") return values.length > 0 === wanted
  if (operator === "=") return values.some((one) => same(one, wanted))
  if (operator === "!=") return !values.some((one) => same(one, wanted))
  return values.some((one) => {
    const at = order(one, wanted)
    return at !== null && COMPARES[operator](at)
  })
}

export function wants(node, byLink) {
  const conditions = node.item.when
  if (!conditions) return true
  const met = (one) => holds(one, answersOf(nearest(node, byLink.get(one[0]) ?? [])))
  return node.item.any ? conditions.some(met) : conditions.every(met)
}

// Of the places of one question those nearest to a node: in its own instance of what repeats, else further out.
function nearest(node, candidates) {
  if (candidates.length < 2) return candidates
  for (let above = node; above; above = above.parent) {
    const within = candidates.filter((one) => one === above || one.path.startsWith(`${above.path}/`))
    if (within.length) return within
  }
  return candidates
}

const answersOf = (nodes) => nodes.filter((one) => one.enabled).flatMap((one) => one.values)
