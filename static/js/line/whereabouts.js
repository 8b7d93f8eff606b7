// Why there is no line: asked of the practice's own door after a failed connect.
import { page, root } from "../page.js"

// { where, words }: "here" (signed in as this page's login), "other" (as somebody else), "signed-out", "locked", "moved"
// or "offline"; of a session that ended, the door's words for why; `leads`: the former address leads to the present one.
export async function whereabouts() {
  try {
    const headers = { Accept: "application/json" }
    const answer = await fetch(`${root}/me`, { headers, cache: "no-store", redirect: "manual" })
    const where = answer.ok ? sameLogin(await answer.json()) : meaning(answer)
    const leads = answer.type === "opaqueredirect"
    return { where, leads, words: where === "signed-out" ? (await answer.json()).detail : "" }
  } catch {
    return { where: "offline" } // no network, or no practice behind it: the page cannot tell which
  }
}

function sameLogin(me) {
  const login = me.login?.id ?? me.login
  return login === page.login ? "here" : "other"
}

function meaning(answer) {
  if (answer.type === "opaqueredirect") return "moved"
  return { 401: "signed-out", 403: "other", 404: "moved", 423: "locked" }[answer.status] ?? "offline"
}
