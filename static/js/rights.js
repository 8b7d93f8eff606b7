// Roles and switches of staff change while pages are open. A page that may not be looked at any more goes at once, and
// says so by its own door; one that may stays as it is, and its rail follows.
import { line } from "./line.js"
import { morph } from "./morph.js"
import { desk } from "./page.js"

const LOST = new Set([403, 404])

export function goWithTheRight() {
  if (desk) line.addEventListener("anew", look)
}

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" }).catch(() => null)
  if (answer === null || answer.type === "opaqueredirect") return
  if (LOST.has(answer.status)) location.replace(location.pathname + location.search)
  else if (answer.ok) follow(await answer.text())
}

function follow(html) {
  const rail = document.querySelector("nav.rail")
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("nav.rail")
  if (rail && fresh) morph(rail, fresh.innerHTML)
}
