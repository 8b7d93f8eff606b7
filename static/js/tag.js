// tag("p", { class: "quiet" }, "words", node): an element, from words and nodes only, never from markup in a string.
export function tag(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value)
    else if (value === true) element.setAttribute(key, "")
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value)
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

const SVG = "http://www.w3.org/2000/svg"
const SPRITE = new URL("../vendor/icons.svg", import.meta.url).pathname // under the same stamp as this module

// the same mark that templates/parts/icon.html draws
export function icon(name, size = "") {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", size ? `icon ${size}` : "icon")
  svg.setAttribute("aria-hidden", "true")
  svg.append(document.createElementNS(SVG, "use"))
  return setIcon(svg, name)
}

export function setIcon(svg, name) {
  svg.firstElementChild.setAttribute("href", `${SPRITE}#${name}`)
  return svg
}
