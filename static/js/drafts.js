// What is being written and not yet sent, kept on this device for this login and on the server for all its devices.
import { page } from "./page.js"

const prefix = `portico-draft:${page.login}:${page.side}:`

// "kept": something of this login was written down or let go here
export const drafts = new EventTarget()

// { body, saved, note, version }: saved says that the server has it too, note that it is one for staff, version grows with
// what any tab writes; null when there never was one
export function draftOf(conversation) {
  try { return JSON.parse(localStorage.getItem(prefix + conversation)) } catch { return null } // storage may be switched off
}

export function keepDraft(conversation, body, { saved = false, note = false, version = draftOf(conversation)?.version ?? 0 } = {}) {
  try {
    localStorage.setItem(prefix + conversation, JSON.stringify({ body, saved, note, version }))
  } catch {
    // switched off or full: the server's copy is what remains
  }
  drafts.dispatchEvent(new Event("kept"))
}

// fn(): another tab wrote it down. Gives what stops it.
export function keptElsewhere(conversation, fn) {
  const heard = ({ key }) => { if (key === prefix + conversation) fn() }
  addEventListener("storage", heard)
  return () => removeEventListener("storage", heard)
}

// Those that the server does not have: [{ conversation, body, note }].
export function unsaved() {
  try {
    const all = Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => [key, JSON.parse(localStorage.getItem(key))])
    return all.filter(([, kept]) => !kept.saved && kept.body).map(([key, { body, note }]) => ({ conversation: key.slice(prefix.length), body, note }))
  } catch {
    return [] // switched off
  }
}

export function unsavedDrafts() { return unsaved().length }

// At sign-out: what the server has needs no copy on a device that others may use. The rest stays for this login alone.
export function forgetSavedDrafts() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix) && JSON.parse(localStorage.getItem(key)).saved) localStorage.removeItem(key)
    }
  } catch {
    // switched off: there is nothing to forget
  }
}
