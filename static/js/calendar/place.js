// Where the calendar is: what the address says of view, day and filters. Ids and words of ours alone; no name. Pure.
import { daysOn, monthDay, monthWords, dayWords, shortDay, shortMonthDay, weekOf } from "./wall.js"

const VIEWS = ["day", "week", "month", "list"]
const LISTS = ["practitioners", "rooms", "locations"]
const ID = /^[0-9a-f-]{36}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

// beside the address, the way of looking is kept in this browser for the next visit
export function read(search, { today, kept = {}, view = "week" }) {
  const asked = Object.fromEntries(new URLSearchParams(search))
  const said = LISTS.some((name) => name in asked) || asked.view ? asked : { ...kept, ...asked }
  const one = (name, allowed, usual) => (allowed.includes(said[name]) ? said[name] : usual)
  return {
    view: one("view", VIEWS, view),
    by: one("by", ["practitioner", "room", "location"], "practitioner"),
    colours: one("colours", ["practitioner", "service"], "practitioner"),
    cancelled: said.cancelled === "true",
    day: DAY.test(asked.day) && !Number.isNaN(Date.parse(asked.day)) ? asked.day : today,
    ...Object.fromEntries(LISTS.map((name) => [name, (said[name] ?? "").split(",").filter((id) => ID.test(id))])),
  }
}

export function fields(place) {
  const said = { view: place.view, day: place.day }
  if (place.by !== "practitioner") said.by = place.by
  if (place.colours !== "practitioner") said.colours = place.colours
  if (place.cancelled) said.cancelled = "true"
  for (const name of LISTS) if (place[name].length) said[name] = place[name].join(",")
  return said
}

// [first day, day after the last] that the view shows
export function range({ view, day }) {
  if (view === "day") return [day, daysOn(day, 1)]
  if (view === "list") return [day, daysOn(day, 7)]
  if (view === "week") return [weekOf(day), daysOn(weekOf(day), 7)]
  const first = weekOf(`${day.slice(0, 8)}01`)
  return [first, daysOn(first, 42)]
}

export function step({ view, day }, count) {
  if (view === "day") return daysOn(day, count)
  if (view !== "month") return daysOn(day, 7 * count)
  const [year, month] = day.split("-").map(Number)
  const first = new Date(Date.UTC(year, month - 1 + count, 1))
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate()
  return `${first.toISOString().slice(0, 8)}${String(Math.min(Number(day.slice(8)), last)).padStart(2, "0")}`
}

// on a phone they are short
export function words({ view, day }, narrow = false) {
  if (view === "day") return narrow ? shortDay(day) : dayWords(day)
  if (view === "month") return monthWords(day)
  const [first, after] = range({ view, day })
  const last = daysOn(after, -1)
  const year = first.slice(0, 4) === last.slice(0, 4) ? "" : ` ${last.slice(0, 4)}`
  const named = narrow ? shortMonthDay : monthDay
  return first.slice(5, 7) === last.slice(5, 7) ? `${named(first)} to ${Number(last.slice(8))}` : `${named(first)} to ${named(last)}${narrow ? "" : year}`
}
