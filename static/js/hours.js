// Minutes of a day, as fields and bars know them. Pure.
export const MIDNIGHT = 1440
const STEP = 15

// "09:30" in minutes; null for nothing. An end of 00:00 is the end of the day.
export function minutes(clock, ending = false) {
  const [hour, minute] = clock.split(":").map(Number)
  if (!clock || Number.isNaN(hour + minute)) return null
  const found = hour * 60 + minute
  return ending && found === 0 ? MIDNIGHT : found
}

export function clock(minute) {
  const at = minute % MIDNIGHT
  return [Math.floor(at / 60), at % 60].map((one) => String(one).padStart(2, "0")).join(":")
}

// The hours worth drawing: a working day, and whatever lies outside it.
export function scale(spans) {
  const first = Math.min(7 * 60, ...spans.map(([begins]) => begins))
  const last = Math.max(20 * 60, ...spans.map(([, ends]) => ends))
  return [Math.floor(first / 60) * 60, Math.ceil(last / 60) * 60]
}

// The next stretch that people mean when they add one: a morning, then an afternoon after a pause.
export function following(spans) {
  if (!spans.length) return [9 * 60, 17 * 60]
  const begins = Math.max(...spans.map(([, ends]) => ends)) + 60
  return begins < MIDNIGHT - 60 ? [begins, Math.min(begins + 240, MIDNIGHT - 1)] : null
}

export function snapped(minute) { return Math.max(0, Math.min(MIDNIGHT, Math.round(minute / STEP) * STEP)) }

export function overlapping(spans) {
  const inOrder = [...spans].sort((one, other) => one[0] - other[0])
  return inOrder.some((one, at) => at > 0 && one[0] < inOrder[at - 1][1])
}

export function total(spans) { return spans.reduce((sum, [begins, ends]) => sum + Math.max(0, ends - begins), 0) }
