// The names that the server knows. A misspelt one would never be heard and nobody would notice: it is reported at once.
import { ASKS, EVENTS } from "../wire.js"

const HEARD = new Set([...EVENTS, "presence", "typing", "looking", "answered", "*"])
const ASKED = new Set(ASKS)

export function heard(name) {
  if (!HEARD.has(name)) reportError(new Error(`Nobody tells “${name}”.`))
}

export function asked(name) {
  if (!ASKED.has(name)) reportError(new Error(`Nobody answers “${name}”.`))
}
