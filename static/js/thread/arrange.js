// What depends on the neighbours: whose corners join, where a day begins, which ticks repeat what the next ones say.
// The server draws the same for the first page; the days are the reader's own, whatever the practice's zone is.
const JOINED = 5 * 60_000
const PERSONAL = new Set(["message", "deleted"])

export function arrange(thread, dayRow) {
  for (const day of thread.querySelectorAll('[data-kind="day"]')) day.remove()
  let before = null
  for (const row of [...thread.querySelectorAll(":scope > [data-at]")]) {
    if (!before || dayOf(row) !== dayOf(before)) beginning(row).before(dayRow(row.dataset.at))
    join(row, before)
    before = row
  }
  const rows = [...thread.querySelectorAll(":scope > [data-kind=message].own")]
  for (const row of rows) quieten(row)
}

// a day is named above the line that says what is new in it
function beginning(row) {
  const above = row.previousElementSibling
  return above?.dataset.kind === "unread" ? above : row
}

function join(row, before) {
  if (!PERSONAL.has(row.dataset.kind)) return
  const follows = Boolean(before) && row.previousElementSibling === before && saidBySame(row, before)
  row.classList.toggle("follows", follows)
  row.querySelector(".by").hidden = follows || row.classList.contains("own")
}

function saidBySame(row, before) {
  if (before.dataset.kind !== "message" || row.dataset.kind !== "message") return false
  if (row.classList.contains("automatic") !== before.classList.contains("automatic")) return false
  const own = row.classList.contains("own")
  if (own !== before.classList.contains("own") || (!own && !sameVoice(row, before))) return false
  return Date.parse(row.dataset.at) - Date.parse(before.dataset.at) < JOINED
}

// Front desk is one seat that several people speak from
function sameVoice(row, before) {
  const [name, other] = [row, before].map((one) => one.querySelector(".by b").textContent)
  return row.dataset.sender === before.dataset.sender && name === other
}

// in a run of own messages the same words stand once, under the last
function quieten(row) {
  const sent = row.querySelector(".sent")
  const next = row.nextElementSibling
  if (!sent.dataset.state) return
  sent.hidden = Boolean(next?.matches(".own.follows")) && next.querySelector(".sent").textContent === sent.textContent
}

const dayOf = (row) => new Date(row.dataset.at).toDateString()
