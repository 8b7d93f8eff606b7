// Whether this browser keeps words of this login which the server does not have: told in a cookie of this address, so
// that a portal that has moved asks for them before it leads over (server/leading.py). It names the login, no words.
import { drafts, unsavedDrafts } from "./drafts.js"
import { kept, keptAnswers } from "./filling/kept.js"
import { outbox } from "./outbox.js"
import { page } from "./page.js"

const NAME = "portico_unsent"
const mine = `${page.login}_${page.side}`
let waiting = 0

export function tellWhatIsUnsent() {
  outbox.addEventListener("change", noteUnsent)
  drafts.addEventListener("kept", tell)
  kept.addEventListener("kept", tell)
  noteUnsent()
}

// nothing of this login is asked for here any more
export function letGo() { mark(false) }

export async function noteUnsent() {
  waiting = (await outbox.entries()).length
  tell()
}

function tell() { mark(waiting > 0 || unsavedDrafts() > 0 || keptAnswers().length > 0) }

function mark(there) {
  const all = marked()
  if (all.includes(mine) === there) return
  const left = there ? [...all, mine] : all.filter((one) => one !== mine)
  const lasts = left.length ? 60 * 24 * 3600 : 0
  const secure = location.protocol === "https:" ? "; Secure" : ""
  document.cookie = `${NAME}=${left.join(".")}; Path=/; Max-Age=${lasts}; SameSite=Lax${secure}`
}

function marked() {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${NAME}=`))
  return found ? found.slice(NAME.length + 1).split(".").filter(Boolean) : []
}
