// What a page of free times has to know of an event. Pure.

export function overlaps({ starts, ends }, { starts_at, ends_at }) {
  return Date.parse(starts) < Date.parse(ends_at) && Date.parse(starts_at) < Date.parse(ends)
}

// Whether the times shown from `starts` to `ends` may be others after it. What names no time may change any; a time of
// somebody else may, too: it may take the last room.
export function concerns(shown, { data } = {}) {
  if (!shown.starts || !data?.starts_at) return true
  const former = data.former_starts_at && { starts_at: data.former_starts_at, ends_at: data.former_ends_at }
  return overlaps(shown, data) || Boolean(former && overlaps(shown, former))
}
