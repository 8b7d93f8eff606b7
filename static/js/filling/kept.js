// Answers that were typed here and that the server does not have yet, on this device, for this login alone. One place in
// the storage for each field, so that two tabs never write over each other's; memory where there is no storage.
import { page } from "../page.js"

const prefix = `portico-answer:${page.login}:${page.side}:`
const memory = new Map()

// "kept": something was written down, sent or let go
export const kept = new EventTarget()

// entry: { value, at, page, refused? }; at in milliseconds by the server's clock
export function keepAnswer(document, path, entry) {
  write(`${prefix}${document}:${path}`, entry)
  tell()
}

// only when nothing newer was typed meanwhile
export function letGo(document, path, at) {
  const name = `${prefix}${document}:${path}`
  if (read(name)?.at === at) remove(name)
  tell()
}

export function answerKept(document, path) { return read(`${prefix}${document}:${path}`) }

// [{ document, path, value, at, page, refused }], in the order of typing
export function keptAnswers(document = null) {
  return names().map((name) => ({ ...taken(name), ...read(name) }))
    .filter((one) => one.at !== undefined && (!document || one.document === document)).sort((a, b) => a.at - b.at)
}

export function forgetAnswers(document = null) {
  for (const name of names()) if (!document || taken(name).document === document) remove(name)
  tell()
}

function taken(name) {
  const rest = name.slice(prefix.length)
  return { document: rest.slice(0, 36), path: rest.slice(37) }
}

function names() {
  const here = [...memory.keys()]
  try { return [...new Set([...Object.keys(localStorage).filter((one) => one.startsWith(prefix)), ...here])] } catch { return here } // switched off
}

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)) ?? memory.get(name) ?? null } catch { return memory.get(name) ?? null }
}

function write(name, entry) {
  try { localStorage.setItem(name, JSON.stringify(entry)) } catch { memory.set(name, entry) } // switched off or full
}

function remove(name) {
  memory.delete(name)
  try { localStorage.removeItem(name) } catch { /* switched off: there is nothing */ }
}

function tell() { kept.dispatchEvent(new Event("kept")) }
