// What time it is by the server's clock: the device's own may be wrong by days, and what is compared with the server's
// moments (what can still be undone, which day is today) must not be.
import { page } from "./page.js"

const wrong = Number.isNaN(page.now) ? 0 : Date.now() - page.now

export const now = () => Date.now() - wrong
