// What is looked for goes from one page to the next without standing in an address, which browsers and proxies keep.
// Whoever signs in here next is not shown what another looked for.
import { page } from "./page.js"

const KEPT = "portico-search"

const asked = (form) => ({ login: page.login, fields: Object.fromEntries(new FormData(form)) })

export function handOver(form) {
  sessionStorage.setItem(KEPT, JSON.stringify(asked(form)))
  location.assign(form.action)
}

// handed over just now, or looked for on this page before somebody went on and came back
export function lookedFor() {
  const handed = sessionStorage.getItem(KEPT)
  sessionStorage.removeItem(KEPT)
  const before = handed ? JSON.parse(handed) : history.state?.search
  return before?.login === page.login ? before.fields : null
}

// more: what belongs to the question and stands in no field. address: where it may be kept in the open. step: Back leads
// to what was asked before.
export function remember(form, more = {}, { address = "", step = false } = {}) {
  const { login, fields } = asked(form)
  const state = { ...history.state, search: { login, fields: { ...fields, ...more } } }
  if (step) history.pushState(state, "", address)
  else history.replaceState(state, "", address)
}
