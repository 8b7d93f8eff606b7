// Where operations wait on this device that the server does not have yet: for this login and form, over a reload.
import { page } from "../page.js"

export function keptHere(form) {
  const place = `portico-form-edits:${page.login}:${form}`
  let memory = null // storage may be switched off or full
  return {
    read() {
      try { return JSON.parse(localStorage.getItem(place)) ?? memory } catch { return memory }
    },
    write(kept) {
      memory = kept
      try {
        if (kept) localStorage.setItem(place, JSON.stringify(kept))
        else localStorage.removeItem(place)
      } catch {
        // what the page itself remembers is what remains
      }
    },
  }
}
