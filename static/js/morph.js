// Bring an element's content to what the server drew, keeping focus, scroll, typed text and open menus.
import { Idiomorph } from "../vendor/idiomorph.js"
import { keepTyped } from "./typed.js"

export function morph(element, html) {
  const putBack = keepTyped(element)
  Idiomorph.morph(element, html, { morphStyle: "innerHTML", ignoreActiveValue: true, restoreFocus: true, callbacks })
  putBack()
  for (const time of element.querySelectorAll("local-time")) rewrite(time)
}

const callbacks = {
  beforeNodeMorphed: (old, fresh) => !(keeps(old) || sameMoment(old, fresh)),
  beforeAttributeUpdated: (name, node) => !node.tagName.startsWith("WA-") && !keepsIts(name, node),
}

const keeps = (node) => node.nodeType === Node.ELEMENT_NODE && (node.hasAttribute("data-keep") || node.matches("wa-dropdown[open]"))

// elements set their own while they live: that they are ready; what somebody opened stays open
const keepsIts = (name, node) => name === "ready" || (name === "open" && node.matches("details, dialog"))

// <local-time> has rewritten its words in the reader's zone: the same moment needs nothing
function sameMoment(old, fresh) {
  if (old.localName !== "local-time" || fresh.localName !== "local-time") return false
  return old.querySelector("time")?.dateTime === fresh.querySelector("time")?.dateTime
}

function rewrite(time) {
  const moment = time.querySelector("time")?.dateTime
  if (moment) time.at = moment
}
