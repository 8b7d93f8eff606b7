// Whether somebody changed a control since the page was drawn.
export function changed(control) {
  if (control.type === "hidden") return false
  if (control.type === "radio" || control.type === "checkbox") return control.checked !== control.defaultChecked
  if (control.localName === "select") return chosenAnew(control)
  return "defaultValue" in control && control.value !== control.defaultValue
}

// where none was chosen by the page, the first one stands there
function chosenAnew({ options, multiple, selectedIndex }) {
  const all = [...options]
  if (!multiple && !all.some((one) => one.defaultSelected)) return selectedIndex > 0
  return all.some((one) => one.selected !== one.defaultSelected)
}
