// A moment as the practice's clock shows it: formulas that ask for today() mean its day, wherever the device is. The same
// as the server's models/documents/filling.py, moment_of.
const MINUTE = 60_000
const shown = new Map() // zone → what writes a moment in it

/** `day` ("2026-11-29"), `time` ("10:30:00.000") and `offset` ("-05:00") of a Date in a `zone`; with `dayBegan` of the
 * midnight at which its day began. */
export function onItsClock(at, { zone = "UTC", dayBegan = false } = {}) {
  const minutes = minutesIn(zone, at.getTime())
  const [day, time] = wall(at.getTime() + minutes * MINUTE)
  if (!dayBegan) return { day, time, offset: written(minutes) }
  return { day, time: "00:00:00.000", offset: written(minutesAtMidnight(zone, Date.parse(`${day}T00:00:00Z`))) }
}

const wall = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 23).split("T")

// How many minutes the zone is ahead at that moment.
function minutesIn(zone, milliseconds) {
  const text = writer(zone)?.format(milliseconds) ?? ""
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(text) ?? []
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0
}

function writer(zone) {
  if (!shown.has(zone)) shown.set(zone, made(zone))
  return shown.get(zone)
}

function made(zone) {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })
  } catch {
    return null // a zone newer than this browser: the server counts again
  }
}

// Where the clocks are changed at midnight: as before the change, as the server has it.
function minutesAtMidnight(zone, midnight) {
  const before = minutesIn(zone, midnight - 1440 * MINUTE)
  const after = minutesIn(zone, midnight - before * MINUTE)
  return minutesIn(zone, midnight - after * MINUTE) === after ? after : before
}

function written(minutes) {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}`
}
