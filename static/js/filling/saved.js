// The state of what was typed, in words, in the page's bar: "Saved 2:17 PM".
import { line } from "../line.js"
import { now } from "../clock.js"

const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" })
const WORDS = {
  saving: () => "Saving",
  saved: () => `Saved ${clock.format(now())}`,
  held: () => (line.state === "live" ? "Waits for the practice’s server" : "Offline, kept on this device"),
  waits: () => "Not everything is saved yet. It is kept here and sent when the line is back",
  attaching: () => "A file is still on its way. Wait until it is here, or remove it",
  refused: (words) => words || "Not saved",
  over: () => "",
  settled: () => null, // nothing waits: what was said of a lost line is over
}
const WRONG = new Set(["waits", "attaching", "refused"])

export function announce(kind, words = "") {
  const said = document.querySelector("[data-saved]")
  if (!said || !WORDS[kind]) return
  if (kind === "settled") {
    if (said.dataset.state !== "held") return
    kind = "saved"
  }
  said.dataset.state = kind
  said.classList.toggle("is-wrong", WRONG.has(kind))
  said.querySelector("span").textContent = WORDS[kind](words)
  said.hidden = kind === "over"
}
