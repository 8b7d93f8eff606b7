// What somebody typed or chose on a page that is drawn anew under their hands. keepTyped(within) gives how to put it back
// once it was drawn: by the form, the name, the id and a box's own value, since a line may have come in above and its
// control stands there then. Where two are alike, for what acts at once, and in <record-form>, which keeps its own, the
// server’s word stays.
import { changed } from "./changed.js"

const CONTROLS = "input, select, textarea"
const THEIRS = "auto-save *, record-form *, [data-access]"

export function keepTyped(within) {
  const typed = named(within).filter(([, control]) => changed(control) && !control.matches(THEIRS))
  const states = new Map(typed.map(([key, control]) => [key, stateOf(control)]))
  return () => {
    if (!states.size) return
    for (const [key, control] of named(within)) if (states.has(key)) putBack(control, states.get(key))
  }
}

// those that a name tells from all others
function named(within) {
  const found = new Map()
  for (const control of within.querySelectorAll(CONTROLS)) {
    const key = keyOf(control)
    found.set(key, found.has(key) ? null : control)
  }
  return [...found].filter(([, control]) => control)
}

const boxed = ({ type }) => type === "radio" || type === "checkbox"

const keyOf = (control) => [control.form?.getAttribute("action"), control.name, control.id, boxed(control) && control.value].join("\n")

function stateOf(control) {
  if (boxed(control)) return control.checked
  return control.localName === "select" ? [...control.selectedOptions].map(({ value }) => value) : control.value
}

// a choice that is not offered any more is the server's to make
function putBack(control, state) {
  if (control.type === "file") return
  if (boxed(control)) control.checked = state
  else if (control.localName !== "select") typeIn(control, state)
  else if (state.every((value) => [...control.options].some((one) => one.value === value))) choose(control, state)
}

// written only where it differs: writing moves the cursor
function typeIn(control, words) { if (control.value !== words) control.value = words }

function choose(control, values) { for (const one of control.options) one.selected = values.includes(one.value) }
