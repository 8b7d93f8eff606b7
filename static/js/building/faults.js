// What keeps the form from being published, with the way to each.
import { icon, tag } from "../tag.js"

// by item: { id: [fault] }
export function byItem(faults) {
  const found = new Map()
  for (const fault of faults) found.set(fault.item, [...(found.get(fault.item) ?? []), fault])
  return found
}

export function drawFaults(box, faults, go) {
  const blocking = faults.filter((one) => one.blocks)
  box.dataset.tone = blocking.length ? "danger" : "warn"
  const words = blocking.length ? `${blocking.length === 1 ? "One thing keeps" : `${blocking.length} things keep`} this form from being published` : "Look at this before you publish"
  box.querySelector("[data-words]").textContent = words
  box.querySelector("ul").replaceChildren(...faults.map((fault) => tag("li", {}, fault.item
    ? tag("button", { type: "button", class: "link reach", click: () => go(fault.item) }, fault.words)
    : tag("span", {}, fault.words), fault.blocks ? null : tag("span", { class: "meta" }, " It can be published so."))))
  box.querySelector("svg use")?.setAttribute("href", icon(blocking.length ? "circle-alert" : "triangle-alert").firstElementChild.getAttribute("href"))
}
