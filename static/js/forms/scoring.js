// What a form adds up to, what that is called, and what must be looked at at once.
import { optionOf } from "./options.js"
import { isThing, number, same, tidy, words } from "./values.js"

export function scoresOf({ scales }, everything) {
  if (!scales.length) return []
  const asked = everything.filter((node) => node.enabled)
  const holders = new Map(everything.toReversed().map((node) => [node.item.id, node]))
  return scales.map((scale) => scoreOf(scale, holders.get(scale.id), asked))
}

// of all that weighs, or of what it names: there numbers count as they are
function scoreOf(scale, holder, asked) {
  const counted = asked.filter(({ item }) => (scale.of.length ? counts(item) && scale.of.includes(item.id) : weighs(item)))
  const value = valueOf(holder, counted)
  const band = scale.bands.find(([least, most]) => value !== null && least <= value && value <= most)
  const missing = counted.filter((node) => !node.values.length).length
  return { id: scale.id, title: scale.title, value, most: scale.most, words: band?.[2] ?? "", missing }
}

const weighs = (item) => item.options?.some((one) => one.score !== undefined) ?? false
const counts = (item) => weighs(item) || ["integer", "decimal", "quantity"].includes(item.type)

function valueOf(holder, counted) {
  if (counted.length && !counted.some((node) => node.values.length)) return null
  if (!holder || !(holder.item.calculated || holder.values.length)) return summed(counted)
  const held = holder.values[0]
  return number(isThing(held) ? held.value : held)
}

function summed(nodes) {
  const weights = nodes.flatMap((node) => node.values.map((value) => optionOf(node.item, value)?.score))
  const held = weights.filter((one) => one !== undefined)
  return held.length ? tidy(held.reduce((sum, one) => sum + one, 0)) : null
}

export const risksIn = (everything) =>
  everything
    .filter((node) => node.enabled && node.item.risk)
    .flatMap((node) =>
      node.values
        .filter((value) => node.item.risk.some((one) => same(value, one)))
        .map((value) => ({ path: node.path, question: node.item.text, answer: words(value) })),
    )
