// Patterns that came with a form are strangers' code: they run in an engine whose time grows with the length of the text
// alone, the same as the server's (models/documents/patterns.py). Until it is there, they wait for the server.
const LONGEST_PATTERN = 500
export const MOST_PARTS = 4_000
const MOST_KEPT = 512
const MOST_WORK = 5_000_000 // letters times parts, at one question
const TOKEN = /\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|./gsu
// What a substitution may name: a group by its number or its name; $$ is the sign itself.
const GROUP = /\$(?:\$|(\d)|\{([A-Za-z0-9_]+)\})/g
const programs = new Map()
let compile = null

export function useEngine({ RE2JS }) {
  compile = (pattern) => RE2JS.compile(pattern)
  programs.clear()
}

/** Whether an answer is as the pattern wants it. What would take too long is the server's to say. */
export function fits(pattern, text) {
  const program = text.length * partsOf(pattern) > MOST_WORK ? null : programOf(pattern)
  return !program || program.testExact(text)
}

// null for a pattern that is not understood
export const finds = (pattern, text) => programOf(pattern)?.test(text) ?? null
export const matches = (pattern, text) => programOf(pattern)?.testExact(text) ?? null

export function replaces(pattern, text, put) {
  const program = programOf(pattern)
  if (!program) return null
  const find = program.matcher(text)
  let made = ""
  let at = 0
  while (find.find()) {
    made += text.slice(at, find.start()) + put.replace(GROUP, (all, number, name) => ofGroup(program, find, number ?? name))
    at = find.end()
  }
  return made + text.slice(at)
}

// What a group found; nothing for one that the pattern does not have.
function ofGroup(program, find, named) {
  if (named === undefined) return "$"
  const group = /^\d+$/.test(named) ? Number(named) : program.namedGroups()[named]
  return group === undefined || group > program.groupCount() ? "" : (find.group(group) ?? "")
}

/** About how much of it there is to go through at each letter. */
export function partsOf(pattern) {
  const sizes = [0]
  let last = 0
  for (const [token] of [...pattern].slice(0, LONGEST_PATTERN + 1).join("").matchAll(TOKEN)) {
    if (token === "(") sizes.push(0)
    else if (token === ")" && sizes.length > 1) {
      last = sizes.pop() + 2
      sizes[sizes.length - 1] += last
    } else if (token.length > 2 && token[0] === "{") {
      const times = Math.max(...token.slice(1, -1).split(",").map((one) => Number(one.slice(0, 4) || 1)))
      sizes[sizes.length - 1] += last * (times - 1)
      last *= times
    } else {
      last = "?*+".includes(token) ? last + 1 : 1
      sizes[sizes.length - 1] += 1
    }
  }
  return sizes.reduce((sum, one) => sum + one, 2)
}

function programOf(pattern) {
  if (!compile) return null
  if (!programs.has(pattern)) {
    if (programs.size >= MOST_KEPT) programs.clear()
    programs.set(pattern, made(pattern))
  }
  return programs.get(pattern)
}

function made(pattern) {
  if ([...pattern].length > LONGEST_PATTERN || partsOf(pattern) > MOST_PARTS) return null
  try {
    return compile(pattern)
  } catch {
    return null
  }
}
