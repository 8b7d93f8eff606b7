// Dates and times of answers as one reads them, the same as the server draws them (models/documents/drawing.py).
import { isDay } from "../forms/values.js"

const DAY = { weekday: "long", month: "long", day: "numeric", year: "numeric", timeZone: "UTC" }
const CLOCK = { hour: "numeric", minute: "2-digit", timeZone: "UTC" }
const SHAPES = {
  date: /^(\d{4}-\d{2}-\d{2})$/, dateTime: /^(\d{4}-\d{2}-\d{2})(?:T([01]\d:[0-5]\d|2[0-3]:[0-5]\d))?/,
  time: /^()([01]\d:[0-5]\d|2[0-3]:[0-5]\d)/,
}

export function momentWords(type, value) {
  const [found, day, clock = type === "dateTime" ? "00:00" : ""] = SHAPES[type]?.exec(value) ?? []
  if (found === undefined || (day && !isDay(day))) return value
  const at = new Date(`${day || "2000-01-01"}T${clock || "00:00"}Z`)
  const said = [day && at.toLocaleDateString("en-US", DAY), clock && at.toLocaleTimeString("en-US", CLOCK)]
  return said.filter(Boolean).join(", ").replaceAll("\u202f", " ")
}
