// A question that a script has to ask; the same box that templates/parts/floats.html draws. It stays until answered
// when `still` says so. Gives the <dialog>, already open.
import { tag } from "./tag.js"

let number = 0

export function openDialog({ title, words = "", body = [], still = false, css = "" }) {
  const id = `asked-${++number}`
  const says = tag("p", { class: "quiet", id: `${id}-words`, hidden: !words }, words)
  const dialog = tag("dialog", { class: `ask-dialog ${css}`, "aria-labelledby": id, "aria-describedby": `${id}-words` },
    tag("div", { class: "dialog-in" }, tag("header", { role: "none" }, tag("h2", { id }, title), says), ...body))
  if (still) staysAtEscape(dialog, (event) => event.preventDefault())
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
  return dialog
}

// `asks` hears each wish to close it as a `cancel` that it may prevent. Left to itself Chromium closes a dialog at the
// second or third Escape without a press between, whatever was prevented: so that key only ever asks. Returns how to end it.
export function staysAtEscape(dialog, asks) {
  const pressed = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !dialog.requestClose) return
    if (event.target.closest("dialog") !== dialog || dialog.querySelector(":popover-open")) return // that is nearer
    event.preventDefault()
    dialog.requestClose()
  }
  dialog.addEventListener("keydown", pressed)
  dialog.addEventListener("cancel", asks)
  return () => { dialog.removeEventListener("keydown", pressed); dialog.removeEventListener("cancel", asks) }
}

// Two buttons, each named by what it does; resolves true for `go`. The one that changes nothing has the focus.
export function ask({ title, words, keep, go, tone = "brand" }) {
  return new Promise((resolve) => {
    const answer = (value) => () => { dialog.close(); resolve(value) }
    const stay = tag("button", { type: "button", class: "wa-outlined", autofocus: true, click: answer(false) }, keep)
    const leave = tag("button", { type: "button", class: `wa-${tone}`, click: answer(true) }, go)
    const dialog = openDialog({ title, words, body: [tag("div", { class: "acts" }, stay, leave)] })
    dialog.addEventListener("cancel", () => resolve(false))
    stay.focus()
  })
}

// What a person must know before they go on; nothing to decide.
export function say(title, words) {
  const close = tag("button", { type: "button", class: "wa-brand", autofocus: true, click: () => dialog.close() }, "Close")
  const dialog = openDialog({ title, words, body: [tag("div", { class: "acts" }, close)] })
}

// one labelled field, as templates/parts/fields.html draws it
export function field(name, label, attributes) {
  const id = `${name}-${++number}`
  return tag("div", { class: "field" }, tag("label", { for: id }, label), tag("input", { id, name, required: true, ...attributes }))
}

export function wrong(form, words) {
  form.querySelector("[role=alert]")?.remove()
  form.prepend(tag("div", { class: "notice", "data-tone": "danger", role: "alert" }, tag("div", {}, tag("b", {}, words))))
}
