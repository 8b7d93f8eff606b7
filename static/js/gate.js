// What stands over the page when its session does not hold any more: sign in again, unlock, or where the portal went.
// What was written stays: the outbox and the drafts are on this device, for this login alone.
import { line } from "./line.js"
import { desk } from "./page.js"
import { askToSignIn } from "./gate/signing-in.js"
import { lockThePage } from "./gate/lock.js"
import { sayMoved } from "./gate/moved.js"

const gates = { "signed-out": askToSignIn, locked: lockThePage, moved: sayMoved }

export function watchTheGate() {
  line.addEventListener("state", () => gates[line.state]?.(line.detail))
  line.on("session.locked", () => line.check())
  line.on("portal.closed", () => desk || line.check())
  line.addEventListener("resync", () => setTimeout(() => line.check(), Math.random() * 500)) // a lock is a change of rights
}
