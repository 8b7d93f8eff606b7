// The practice's portal has another address now, or none any more. A page follows by itself: the former address takes
// what was written, leads over, and takes the sign-in along. Where a form is half filled in the person says when.
import { changed } from "../changed.js"
import { ask, openDialog } from "../dialog.js"
import { outbox } from "../outbox.js"
import { tag } from "../tag.js"
import { noteUnsent } from "../unsent.js"

export async function sayMoved({ host, leads } = {}) {
  if (!leads) return sayGone()
  if (!typed() || (await willLeave(host))) return goThere()
  // sent from here after all: the former address takes it on the way
  return outbox.addEventListener("change", async ({ detail }) => detail.kind === "added" && goThere(await noteUnsent()))
}

function goThere() { return location.assign(location.pathname + location.search) }

// what is saved here is saved: the former address takes it, and goes on to the new one
function willLeave(host) {
  return ask({
    title: "This portal has moved",
    words: `${host ? `It is now at ${host}. ` : ""}What you are writing here can still be saved; you are led over then.`,
    keep: "Stay and save it", go: "Go there without it", tone: "danger",
  })
}

function sayGone() {
  openDialog({
    title: "This portal has moved", still: true,
    words: "This address does not lead to the practice any more, or it has a new one.",
    body: [tag("div", { class: "acts" }, tag("a", { class: "wa-button wa-brand", href: location.pathname + location.search }, "Look again"))],
  })
}

// in a form, also in one that was drawn again because something was wrong, or files chosen and not sent; what is written
// to somebody waits in the drafts and the outbox
function typed() {
  if (document.querySelector("main form :is([aria-invalid=true], .wrong:not([hidden]))")) return true
  if ([...document.querySelectorAll("message-composer")].some((one) => one.attachments.files.length)) return true
  const controls = [...document.querySelectorAll("main form[method=post] :is(input:not([type=file]), select, textarea)")]
  return controls.some((one) => changed(one) && !one.closest("message-composer, auto-save"))
}
