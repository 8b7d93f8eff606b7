// What time it is by the server's clock: the device's own may be wrong by days, and what is compared with the server's
// moments (what can still be undone, which day is today) must not be.
import { page } from "./page.js"

// The page says when it was drawn, and began to arrive a moment later. How long it then took until this runs must not
// count: two devices would take each other's words for older ones.
function arrived() {
  const at = performance.getEntriesByType("navigation")[0]?.responseStart
  return at ? Math.round(performance.timeOrigin + at) : Date.now()
}

let wrong = Number.isNaN(page.now) ? 0 : arrived() - page.now

// What the server stamped `at` has come by now. The sooner it came the better it tells; of a page that took long to be
// drawn, or of what was stamped long ago, nothing is learned.
export function seen(at) {
  const atMost = Date.now() - at
  if (atMost < wrong) wrong = atMost
}

export const now = () => Date.now() - wrong
