// The controls of the builder's properties. Each says its `name` in data-name, so that focus finds it again.
import { icon, tag } from "../tag.js"

let number = 0

// change(value) hears every letter; `rows` makes it a text of several lines
export function textField(label, value, change, { rows = 0, hint = "", optional = false, name = label, ...attributes } = {}) {
  const id = `build-${++number}`
  const control = tag(rows ? "textarea" : "input", { id, "data-name": name, ...(rows ? { rows } : { type: "text", autocomplete: "off" }), ...(hint ? { "aria-describedby": `${id}-hint` } : {}), ...attributes,
    input: (event) => change(event.target.value) })
  control.value = value ?? ""
  return tag("div", { class: "field" }, labelOf(id, label, optional), control, hint ? tag("p", { class: "hint", id: `${id}-hint` }, hint) : null)
}

// change(number or null) hears what is a number, or nothing
export function numberField(label, value, change, options = {}) {
  return textField(label, value ?? "", (text) => {
    const given = text.trim() === "" ? null : Number(text.replace(",", "."))
    if (given === null || Number.isFinite(given)) change(given)
  }, { inputmode: "decimal", class: "num", maxlength: 12, optional: true, ...options })
}

export function choiceField(label, options, value, change, { name = label, unseen = false, ...attributes } = {}) {
  const id = `build-${++number}`
  const select = tag("select", { id, "data-name": name, ...attributes, change: (event) => change(event.target.value) },
    ...options.map(([key, words]) => tag("option", { value: key, selected: key === value }, words)))
  return tag("div", { class: "field" }, unseen ? tag("label", { for: id, class: "unseen" }, label) : labelOf(id, label, false), select)
}

export function switchField(label, on, change, hint = "") {
  return tag("label", { class: "right" }, tag("span", { class: "line-text" }, tag("span", {}, label), hint ? tag("span", { class: "meta" }, hint) : null),
    tag("input", { class: "switch push", type: "checkbox", role: "switch", "data-name": label, checked: on, change: (event) => change(event.target.checked) }))
}

export function checkField(label, on, change, name = label) {
  return tag("label", { class: "check" }, tag("input", { type: "checkbox", "data-name": name, checked: on, change: (event) => change(event.target.checked) }), label)
}

export function act(words, mark, run, { css = "small wa-outlined", name = words } = {}) {
  return tag("button", { type: "button", class: css, "data-name": name, click: run }, mark ? icon(mark) : null, words)
}

// a mark alone, for rows; label says which row
export function smallAct(label, mark, run) {
  return tag("button", { type: "button", class: "small wa-plain icon-only", "aria-label": label, "data-name": label, click: run }, icon(mark))
}

export function part(title, ...children) {
  return tag("section", { class: "build-part stack near" }, title ? tag("h3", {}, title) : null, ...children)
}

// Only what is otherwise is touched: even the same word once more makes the browser look at the whole page.
export function hide(element, on) { if (element.hidden !== on) element.hidden = on }
export function write(element, words) { if (element.textContent !== words) element.textContent = words }

function labelOf(id, words, optional) {
  return tag("label", { for: id }, words, optional ? " " : null, optional ? tag("span", { class: "quiet" }, "Optional") : null)
}
