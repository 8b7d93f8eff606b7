// Bring a thread to a page of lines that the server gave, row by row, keeping what is the same, what is older than the
// page, and what still waits to be sent (it stands behind `end`).
export function settle(thread, fresh, end) {
  const drawn = new Map([...thread.querySelectorAll(":scope > [data-line]")].map((row) => [row.dataset.line, row]))
  const first = fresh.map((row) => drawn.get(row.dataset.line)).find(Boolean)
  const covered = rowsFrom(first ?? thread.firstElementChild, end)
  const kept = new Set()
  let place = covered[0] ?? end
  for (const row of fresh) {
    const old = drawn.get(row.dataset.line)
    const node = old && says(old) === says(row) ? old : row
    kept.add(node)
    if (old === place) place = place.nextElementSibling
    put(thread, node, old, place)
  }
  for (const row of covered) if (!kept.has(row)) row.remove()
  return { joined: Boolean(first) }
}

function rowsFrom(row, end) {
  const rows = []
  for (let one = row; one && one !== end; one = one.nextElementSibling) rows.push(one)
  return rows
}

// a row that is already where it belongs is not touched: its focus, its selection, a picture that is loaded
function put(thread, node, old, place) {
  if (node === old && old.nextElementSibling === place) return
  if (node !== old) old?.remove()
  thread.insertBefore(node, place)
}

function says(row) {
  const words = row.querySelector(".note-words, .bubble")?.textContent
  const sent = row.querySelector(".sent")
  const readers = sent?.querySelectorAll("[data-reader]").length
  return [row.dataset.kind, words, sent?.dataset.state, readers, row.querySelectorAll(".attached").length].join("|")
}
