// Who is online, wherever somebody is named: an element with data-presence="login:<id>" or "access:<id>" shows its dot.
import { line } from "./line.js"

export function showPresence() {
  line.on("presence", ({ login, access, state }) => {
    const whose = login ? `login:${login}` : `access:${access}`
    for (const element of document.querySelectorAll(`[data-presence="${CSS.escape(whose)}"]`)) show(element, state === "online")
  })
}

function show(element, online) {
  for (const dot of element.querySelectorAll(".presence")) dot.hidden = !online
  for (const word of element.querySelectorAll("[data-online-word]")) word.hidden = !online
}
