// Functions of FHIRPath on texts.
import { shortEnough, single } from "./operators.js"
import { Failed } from "./things.js"

const LONGEST_PATTERN = 500

function textIn(focus) {
  const value = single(focus)
  if (value !== null && typeof value !== "string") throw new Failed("a text is wanted")
  return value
}

const asked = (answer) => (run, focus, ...given) => {
  const texts = [focus, ...given].map(textIn)
  if (texts.includes(null)) return []
  run.tick(1 + Math.floor(texts.join("").length / 100))
  const made = answer(...texts)
  if (typeof made === "string") shortEnough(made)
  return made === null ? [] : Array.isArray(made) ? made : [made]
}

function substring(run, focus, start, length) {
  const [text, at] = [textIn(focus), single(start)]
  if (text === null || at === null || at < 0) return []
  const letters = [...text]
  if (at >= letters.length) return []
  const count = length ? single(length) : null
  return [letters.slice(at, count === null ? undefined : at + Math.max(0, count)).join("")]
}

function join(run, focus, between) {
  const parts = focus.filter((one) => typeof one === "string")
  run.tick(parts.length)
  return parts.length ? [shortEnough(parts.join((between && textIn(between)) ?? ""))] : []
}

function pattern(said, flags) {
  if (said.length > LONGEST_PATTERN) return null
  try {
    return new RegExp(said, flags)
  } catch {
    return null
  }
}

const letterAt = (text, at) => (at < 0 ? -1 : [...text.slice(0, at)].length)

export const TEXTS = {
  indexOf: asked((text, part) => letterAt(text, text.indexOf(part))),
  lastIndexOf: asked((text, part) => letterAt(text, text.lastIndexOf(part))),
  substring, join,
  startsWith: asked((text, part) => text.startsWith(part)), endsWith: asked((text, part) => text.endsWith(part)),
  contains: asked((text, part) => text.includes(part)),
  upper: asked((text) => text.toUpperCase()), lower: asked((text) => text.toLowerCase()), trim: asked((text) => text.trim()),
  length: asked((text) => [...text].length), toChars: asked((text) => [...text]),
  replace: asked((text, old, put) => text.split(old).join(put)),
  matches: asked((text, said) => pattern(said, "u")?.test(text) ?? null),
  matchesFull: asked((text, said) => pattern(`^(?:${said})$`, "u")?.test(text) ?? null),
  replaceMatches: asked((text, said, put) => {
    const found = pattern(said, "gu")
    return found && text.replace(found, put)
  }),
  split: asked((text, mark) => (mark ? text.split(mark) : [...text])),
}
