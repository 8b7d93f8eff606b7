// Roles and switches of staff change while pages are open. A page that may not be looked at any more goes at once, and
// says so by its own door; one that may stays as it is, and where one may go and what its head offers follow. What is
// below the head are regions, which fetch themselves, and forms, in which somebody may be typing.
import { line } from "./line.js"
import { morph } from "./morph.js"
import { OwnDoor } from "./own-door.js"
import { desk } from "./page.js"

const LOST = new Set([403, 404])
const door = new OwnDoor()
const FOLLOWING = ["nav.rail", ".page-head", ".client-head", "nav.subnav"]

export function goWithTheRight() {
  if (desk) line.addEventListener("anew", look)
}

async function look() {
  const answer = await door.ask("text/html")
  if (answer === null || answer.type === "opaqueredirect") return
  if (LOST.has(answer.status)) location.replace(location.pathname + location.search)
  else if (answer.ok) follow(answer.text)
}

function follow(html) {
  const now = new DOMParser().parseFromString(html, "text/html")
  for (const one of FOLLOWING) {
    const [shown, fresh] = [document.querySelectorAll(one), now.querySelectorAll(one)]
    if (shown.length === fresh.length) shown.forEach((part, place) => morph(part, fresh[place].innerHTML))
  }
}
