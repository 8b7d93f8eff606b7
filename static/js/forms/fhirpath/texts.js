// Functions of FHIRPath on texts.
import { stripped } from "../values.js"
import { MOST_PARTS, finds, matches, partsOf, replaces } from "../patterns.js"
import { single } from "./operators.js"
import { LONGEST_TEXT, bounded } from "./running.js"
import { Failed, Moment, number } from "./things.js"

function textIn(focus) {
  const value = wordsOf(single(focus))
  if (value !== null && typeof value !== "string") throw new Failed("a text is wanted")
  return value
}

const wordsOf = (value) => (value instanceof Moment ? value.text : value)

const asked = (answer) => (run, focus, ...given) => {
  const texts = [focus, ...given].map(textIn)
  if (texts.includes(null)) return []
  run.tick(1 + Math.floor(texts.join("").length / 100))
  const made = MATCHING.has(answer) ? matched(run, answer, texts) : answer(...texts)
  if (typeof made === "string" && made.length > LONGEST_TEXT) throw new Failed("it makes a text without end")
  if (!Array.isArray(made)) return made === null ? [] : [made]
  run.tick(made.length >> 2)
  return bounded(made)
}

function substring(run, focus, start, length) {
  const [text, at, count] = [textIn(focus), placeIn(start), length ? placeIn(length) : null]
  if (text === null || at === null || at < 0) return []
  const letters = [...text]
  if (at >= letters.length) return []
  return [letters.slice(at, count === null ? undefined : at + Math.max(0, count)).join("")]
}

function placeIn(focus) {
  const value = single(focus)
  if (value !== null && number(value) === null) throw new Failed("a number is wanted")
  return value === null ? null : Math.trunc(number(value))
}

function join(run, focus, between) {
  const parts = focus.map(wordsOf).filter((one) => typeof one === "string")
  run.tick(parts.length)
  const mark = (between && textIn(between)) ?? ""
  const letters = parts.reduce((sum, one) => sum + one.length + mark.length, 0)
  if (letters > LONGEST_TEXT) throw new Failed("it makes a text without end")
  return parts.length ? [parts.join(mark)] : []
}

// A text of which every letter may be replaced.
function ensureShort(text, put) {
  if (text.length * (put.length + 1) > LONGEST_TEXT * 10) throw new Failed("it makes a text without end")
}

function replaced(text, old, put) {
  ensureShort(text, put)
  return old ? text.split(old).join(put) : [put, ...[...text].flatMap((one) => [one, put])].join("")
}

// A pattern is made, and then looks at each letter with all of its parts.
function matched(run, answer, [text, said, put = ""]) {
  const counted = partsOf(said)
  const parts = counted > MOST_PARTS ? 1 : counted // one with too many is not even made
  run.tick(parts + Math.floor((text.length * parts) / 100))
  ensureShort(text, put)
  return answer(text, said, put)
}

const found = (text, said) => finds(said, text)
const whole = (text, said) => matches(said, text)
const replacedMatches = (text, said, put) => replaces(said, text, put)
const MATCHING = new Set([found, whole, replacedMatches])

const letterAt = (text, at) => (at < 0 ? -1 : [...text.slice(0, at)].length)

export const TEXTS = {
  indexOf: asked((text, part) => letterAt(text, text.indexOf(part))),
  lastIndexOf: asked((text, part) => letterAt(text, text.lastIndexOf(part))),
  substring, join,
  startsWith: asked((text, part) => text.startsWith(part)), endsWith: asked((text, part) => text.endsWith(part)),
  contains: asked((text, part) => text.includes(part)),
  upper: asked((text) => text.toUpperCase()), lower: asked((text) => text.toLowerCase()), trim: asked(stripped),
  length: asked((text) => [...text].length), toChars: asked((text) => [...text]),
  replace: asked(replaced), matches: asked(found), matchesFull: asked(whole), replaceMatches: asked(replacedMatches),
  split: asked((text, mark) => (mark ? text.split(mark) : [...text])),
}
