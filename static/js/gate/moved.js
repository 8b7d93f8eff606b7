// The practice's portal has another address now, or none any more.
import { openDialog } from "../dialog.js"
import { tag } from "../tag.js"

export function sayMoved({ host } = {}) {
  const there = host ? `${location.protocol}//${host}${location.pathname}` : location.href
  const words = host ? `It is now at ${host}.` : "This address does not lead to the practice any more, or it has a new one."
  openDialog({
    title: "This portal has moved", words, still: true,
    body: [tag("div", { class: "acts" }, tag("a", { class: "wa-button wa-brand", href: there }, host ? "Go there" : "Look again"))],
  })
}
