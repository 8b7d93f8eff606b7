// Entries of what repeats: one more from the blank that the page brings, or one less. Numbers are given once.
const NUMBER = "§"

// root: a repeating group; number: of the new entry. Gives the entry that was added.
export function addInstance(group, number) {
  const blank = group.querySelector(":scope > template[data-blank]")
  const entry = blank.content.firstElementChild.cloneNode(true)
  for (const one of everything(entry)) rename(one, `${group.dataset.path}:${NUMBER}`, `${group.dataset.path}:${number}`)
  list(group).insertBefore(entry, entriesOf(group).find((one) => numberOf(one) > Number(number)) ?? null)
  count(group)
  return entry
}

// also what stands in the blanks of entries within entries
function everything(element) {
  const within = element.tagName === "TEMPLATE" ? element.content : element
  return [element, ...[...within.children].flatMap(everything)]
}

const numberOf = (entry) => Number(entry.dataset.instance.split(":").at(-1))

export function removeInstance(group, entry) {
  const next = entry.nextElementSibling ?? entry.previousElementSibling
  const held = entry.contains(document.activeElement)
  entry.remove()
  count(group)
  if (held) (next?.querySelector("input, textarea, select, button") ?? group.querySelector("[data-more]"))?.focus()
}

// one more field of a question that takes several answers
export function addField(wrapper) {
  const fields = wrapper.querySelector("[data-several]")
  const control = wrapper.querySelector("template[data-blank]").content.cloneNode(true)
  const number = fields.querySelectorAll("[data-value]").length + 1
  for (const one of control.querySelectorAll("[id]")) one.id = `f-${wrapper.dataset.path}-${number}`
  for (const one of control.querySelectorAll("[aria-label]")) one.setAttribute("aria-label", `${one.getAttribute("aria-label")} ${number}`)
  fields.append(control)
  const last = fields.lastElementChild
  ;(last?.querySelector("[data-value]") ?? last)?.focus()
}

// the highest number that any path ever gave to an entry of this group, and that stands on the page
export function lastNumber(group, paths) {
  const start = `${group.dataset.path}:`
  const numbers = [...paths, ...[...list(group).children].map((one) => one.dataset.instance)]
    .filter((path) => path?.startsWith(start)).map((path) => Number.parseInt(path.slice(start.length), 10))
  return Math.max(0, ...numbers.filter(Number.isFinite))
}

export function entriesOf(group) { return [...list(group).children] }

export function entryOf(group, path) { return [...list(group).children].find((one) => one.dataset.instance === path) ?? null }

function list(group) { return group.querySelector("[data-instances]") }

function count(group) {
  ;[...list(group).children].forEach((entry, place) => {
    const said = entry.querySelector("[data-number]")
    if (said) said.textContent = place + 1
  })
}

function rename(element, from, to) {
  for (const { name, value } of [...element.attributes]) if (value.includes(from)) element.setAttribute(name, value.replaceAll(from, to))
  if (element.matches("[data-number]")) element.textContent = to.split(":").pop()
}
