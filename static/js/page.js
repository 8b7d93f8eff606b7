// Who this page was drawn for, and up to which event: what stands in its head.
const meta = (name) => document.querySelector(`meta[name="portico-${name}"]`)?.content ?? ""

export const page = {
  login: meta("login"),
  side: meta("side"),
  client: meta("client") || null,
  feature: meta("feature") || null,
  shut: meta("shut") !== "",
  epoch: meta("epoch"),
  cursor: /^\d+$/.test(meta("cursor")) ? Number(meta("cursor")) : null,
  now: Date.parse(meta("now")),
  idle: Number(meta("idle")) || 1800,
}

export const signedIn = page.login !== ""
export const desk = page.side === "desk"

// The doors of this side: /staff/… on the desk; on the portal the short ones, or those of the client acted for.
export const root = desk ? "/staff" : ""
export const base = desk ? "/staff" : (location.pathname.match(/^\/for\/[0-9a-f-]{36}/)?.[0] ?? "")
