// What somebody did before the page's script ran: controls that no longer stand as the server drew them.

// each is told as if it were touched now, so that one way leads from a control to its answer
export function tellTouched(root) {
  for (const control of touched(root)) {
    for (const name of control.type === "file" ? ["change"] : ["input", "change"]) control.dispatchEvent(new Event(name, { bubbles: true }))
  }
}

function touched(root) {
  const found = [...root.querySelectorAll("[data-path][data-type] :is(input, select, textarea)")].filter(differs)
  const chosen = (own) => found.some((one) => one.type === "radio" && one !== own && place(one) === place(own))
  return found.filter((one) => !(one.matches("[data-own]") && chosen(one))) // who chose something else after writing
}

const place = (control) => control.closest("[data-path][data-type]")

function differs(control) {
  if (control.type === "hidden") return false
  if (control.type === "file") return control.files.length > 0
  if (control.type === "radio") return control.checked && !control.defaultChecked
  if (control.type === "checkbox") return control.checked !== control.defaultChecked
  if (control.tagName === "SELECT") return control.selectedIndex !== Math.max(0, [...control.options].findIndex((one) => one.defaultSelected))
  return control.value !== (control.tagName === "TEXTAREA" ? control.defaultValue : drawn(control))
}

// what a browser makes of the value it is given: a slider without one stands in the middle
function drawn(control) {
  const form = document.createElement("form")
  const copy = form.appendChild(control.cloneNode())
  form.reset()
  return copy.value
}
