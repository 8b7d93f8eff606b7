// What somebody asked for and waits for longer than a moment is seen to be under way: a bar on top of everything, also of
// dialogs. What goes out by itself, or says in its own place how far it is, needs none.
import { tag } from "./tag.js"

const MOMENT = 300

const underway = new Set()
let timer
let bar = null

// The answer of what was asked, as it comes.
export async function working(asked) {
  const one = { over: false }
  begin(one)
  try {
    return await asked
  } finally {
    one.over = true
    end(one)
  }
}

// While somebody is asked something nothing is under way but what they do about it.
export async function resting(question) {
  const before = [...underway]
  for (const one of before) end(one)
  try {
    return await question
  } finally {
    for (const one of before) if (!one.over) begin(one)
  }
}

function begin(one) {
  if (!underway.size) timer = setTimeout(show, MOMENT)
  underway.add(one)
}

function end(one) {
  underway.delete(one)
  if (underway.size) return
  clearTimeout(timer)
  bar?.remove()
  bar = null
}

function show() {
  bar = tag("div", { class: "working", role: "status", popover: "manual" }, tag("span", { class: "unseen" }, "One moment"))
  document.body.append(bar)
  bar.showPopover?.() // above a dialog that is open
}
