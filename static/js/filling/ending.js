// A form that is over while somebody fills it in: said at once, and what was typed is there to be copied.
export function endForm(root, why, paper) {
  for (const fields of root.querySelectorAll("[data-page]")) fields.disabled = true
  root.querySelector("form").hidden = true
  const words = [...root.querySelectorAll("[data-path][data-type]")].map((one) => paper.line(one.dataset.path)).filter(Boolean).join("\n\n")
  const part = root.querySelector(`[data-over="${why}"]`)
  const copy = part.querySelector("copy-text")
  if (copy) {
    copy.dataset.text = words
    copy.hidden = !words
    part.querySelector("[data-words]").textContent = words
    part.querySelector("details").hidden = !words
  }
  document.querySelector("[data-foot]").hidden = true
  part.hidden = false
  part.focus()
}
