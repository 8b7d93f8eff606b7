// The preview in a dialog: the draft in a frame, as wide as a phone or as the page. It is fetched anew each time.
import { icon, tag } from "../tag.js"
import { openDialog } from "../dialog.js"

const WIDTHS = [["phone", "smartphone", "Phone"], ["desktop", "monitor", "Desktop"]]

export function openPreview(src, title) {
  const frame = tag("iframe", { src, title: `Preview of ${title || "the form"}`, class: "build-frame" })
  const choose = (width) => {
    frame.dataset.width = width
    for (const one of switches.children) one.setAttribute("aria-pressed", String(one.dataset.width === width))
  }
  const switches = tag("div", { class: "segments", role: "group", "aria-label": "How wide" }, ...WIDTHS.map(([width, mark, words]) => tag("button", { type: "button", "data-width": width, click: () => choose(width) }, icon(mark, "small"), words)))
  const close = tag("button", { type: "button", class: "wa-outlined", click: () => dialog.close() }, "Close")
  const bar = tag("div", { class: "row near build-preview-bar" }, switches, tag("span", { class: "push" }, close))
  const dialog = openDialog({ title: "Preview", words: "As a client will get it. Try it: nothing is saved.", body: [bar, tag("div", { class: "build-frame-room" }, frame)], css: "build-preview" })
  choose(innerWidth < 1024 ? "phone" : "desktop")
  return dialog
}
