// What is wrong, beside its question, as templates/documents/_controls.html (wrong_of) draws it.
import { icon, tag } from "../tag.js"

// wrong: sentences; an empty list says that all is well
export function markFaults(wrapper, wrong) {
  const path = wrapper.dataset.path
  const id = `f-${path}-wrong`
  wrapper.classList.toggle("is-wrong", wrong.length > 0)
  const said = wrapper.querySelector(`[id="${CSS.escape(id)}"]`)
  const words = wrong.join(" ")
  if (said && words) { if (said.lastElementChild.textContent !== words) said.lastElementChild.textContent = words } else if (said) said.remove()
  else if (words) place(wrapper).append(tag("p", { class: "wrong", id }, icon("circle-alert", "small"), tag("span", {}, words)))
  describe(wrapper, id, Boolean(words))
}

export function clearFaults(wrapper) { markFaults(wrapper, []) }

function place(wrapper) {
  if (wrapper.tagName === "TR") return wrapper.querySelector("th")
  if (wrapper.tagName === "FIELDSET") return wrapper
  return wrapper.querySelector(":scope > fieldset, :scope > .field") ?? wrapper
}

// a group of choices is described as a whole, a field by itself
function describe(wrapper, id, there) {
  const group = wrapper.querySelector(":scope > fieldset")
  const controls = group ? [group] : [...wrapper.querySelectorAll(":scope > .field > [data-value], :scope > .field > .row > [data-value], :scope > [data-value], :scope > td input")]
  for (const one of wrapper.tagName === "FIELDSET" ? [wrapper] : controls) {
    const ids = new Set((one.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean))
    if (there) ids.add(id)
    else ids.delete(id)
    if (ids.size) one.setAttribute("aria-describedby", [...ids].join(" "))
    else one.removeAttribute("aria-describedby")
    if (one.tagName === "FIELDSET") continue
    if (there) one.setAttribute("aria-invalid", "true")
    else one.removeAttribute("aria-invalid")
  }
}
