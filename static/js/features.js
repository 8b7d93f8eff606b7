// A page of one of the portal's features: when the feature is switched off for this person the page says so, and when it
// is on again it comes back. What was typed is on this device and stands in its field again.
import { line } from "./line.js"
import { OwnDoor, problemOf } from "./own-door.js"
import { page } from "./page.js"

const door = new OwnDoor()

export function followTheFeature() {
  if (!page.feature) return
  for (const name of ["features.changed", "access.features_changed"]) line.on(name, look)
  line.addEventListener("resync", () => setTimeout(look, Math.random() * 500))
}

// only the door knows: the practice has a switch, and each person has one below it
async function look() {
  const answer = await door.ask()
  if (answer?.ok && page.shut) location.reload()
  if (answer?.status === 403 && !page.shut && problemOf(answer).code === `${page.feature}-off`) location.reload()
}
