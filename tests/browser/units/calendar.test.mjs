// The calendar's pure parts: the wall clock, the place in the address, what is known of entries, columns, shades.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Entries } from "../../../static/js/calendar/entries.js"
import { Lanes, NOWHERE, columns, into, laneOf, takes } from "../../../static/js/calendar/lanes.js"
import { fields, range, read, step, words } from "../../../static/js/calendar/place.js"
import { daylight, shades, shared } from "../../../static/js/calendar/shades.js"
import { carried, daysBetween, moment, wall, weekOf } from "../../../static/js/calendar/wall.js"

const ZONE = "America/New_York"
const ID = "01a2256e-7cc5-7104-b8eb-cda758111c05"

test("the wall shows the zone's clock, and gives the moment back", () => {
  for (const at of ["2026-01-15T14:00:00Z", "2026-07-15T13:00:00Z", "2026-03-08T06:59:00Z", "2026-03-08T07:00:00Z", "2026-11-01T07:00:00Z"]) {
    assert.equal(moment(wall(at, ZONE), ZONE).toISOString(), new Date(at).toISOString())
  }
})

test("an hour that comes twice is the first, one that is left out is the one after it", () => {
  assert.equal(moment("2026-11-01T01:30:00", ZONE).toISOString(), "2026-11-01T05:30:00.000Z")
  assert.equal(moment("2026-03-08T02:30:00", ZONE).toISOString(), "2026-03-08T07:30:00.000Z")
})

test("carried over a change of the clocks it keeps its length, and pulled it gets that of the clock that runs", () => {
  const entry = { starts_at: "2026-03-08T06:30:00Z", ends_at: "2026-03-08T07:30:00Z" } // 1:30 to 3:30 on the wall
  assert.deepEqual(carried(entry, { at: "2026-03-08T10:00:00" }, ZONE), { starts_at: "2026-03-08T14:00:00.000Z", minutes: 60 })
  assert.deepEqual(carried(entry, { at: "2026-03-08T02:30:00" }, ZONE), { starts_at: "2026-03-08T07:30:00.000Z", minutes: 60 })
  assert.deepEqual(carried(entry, { at: "2026-03-08T01:00:00", until: "2026-03-08T04:00:00" }, ZONE).minutes, 120)
  assert.deepEqual(carried(entry, { at: "2026-11-01T00:30:00", until: "2026-11-01T03:00:00" }, ZONE).minutes, 210)
})

test("days are counted by the calendar, over a change of the clock too", () => {
  assert.equal(daysBetween("2026-03-07", "2026-03-09"), 2)
  assert.equal(weekOf("2026-11-01"), "2026-11-01")
  assert.equal(weekOf("2026-11-07"), "2026-11-01")
})

test("an older answer never stands over a newer one", () => {
  const entries = new Entries()
  entries.settle([{ id: "a", v: 1 }], 10)
  entries.want("a", 12)
  assert.deepEqual(entries.update(["a"], [{ id: "a", v: 3 }], 13), ["a"])
  assert.deepEqual(entries.settle([{ id: "a", v: 2 }], 11), [])
  assert.equal(entries.get("a").v, 3)
})

test("what an event named is asked for until an answer is as new as the event", () => {
  const entries = new Entries()
  entries.want("a", 12)
  entries.update(["a"], [], 11)
  assert.deepEqual(entries.wanted, ["a"])
  entries.update(["a"], [{ id: "a" }], 12)
  assert.deepEqual(entries.wanted, [])
  assert.ok(entries.has("a"))
})

test("what came while the range was read stays, what is no longer in it goes", () => {
  const entries = new Entries()
  entries.settle([{ id: "a" }, { id: "b" }], 10)
  entries.update(["c"], [{ id: "c" }], 12)
  assert.deepEqual(entries.settle([{ id: "a" }], 11), ["b"], "what reads the same did not change")
  assert.deepEqual(entries.all.map(({ id }) => id), ["a", "c"])
  assert.deepEqual(entries.update(["c"], [], 13), ["c"])
  entries.update(["c"], [{ id: "c" }], 12)
  assert.ok(!entries.has("c"), "gone is newer")
})

test("the address keeps view, day and filters, and nothing else", () => {
  const place = read(`?view=day&day=2026-12-01&by=room&practitioners=${ID},x&name=Ana`, { today: "2026-11-28" })
  assert.deepEqual(place.practitioners, [ID])
  assert.deepEqual(fields(place), { view: "day", day: "2026-12-01", by: "room", practitioners: ID })
  assert.equal(read("?view=year&day=tomorrow", { today: "2026-11-28" }).day, "2026-11-28")
  assert.equal(read("", { today: "2026-11-28", kept: { view: "list" } }).view, "list")
})

test("a month steps to the last day where the next one is shorter", () => {
  assert.equal(step({ view: "month", day: "2026-01-31" }, 1), "2026-02-28")
  assert.equal(step({ view: "month", day: "2026-03-31" }, -1), "2026-02-28")
  assert.equal(step({ view: "week", day: "2026-12-30" }, 1), "2027-01-06")
  assert.deepEqual(range({ view: "month", day: "2026-11-15" }), ["2026-11-01", "2026-12-13"])
  assert.equal(words({ view: "week", day: "2026-12-01" }), "November 29 to December 5")
  assert.equal(words({ view: "week", day: "2026-12-01" }, true), "Nov 29 to Dec 5")
})

const config = {
  practitioners: [{ id: "m", name: "Maya", here: true }, { id: "j", name: "Jonas", here: true }, { id: "x", name: "Left", here: false }],
  rooms: [{ id: "r", name: "Room 2", location: "Wharf" }], locations: [{ id: "l", name: "Wharf" }],
}
const place = { by: "practitioner", practitioners: [], rooms: [], locations: [] }

test("a column for each practitioner who is here, and for who left while something stands there", () => {
  assert.deepEqual(columns(place, config, []).map(({ id }) => id), ["m", "j"])
  assert.deepEqual(columns(place, config, [{ staff_id: "x" }]).map(({ id }) => id), ["m", "j", "x"])
  assert.deepEqual(columns({ ...place, practitioners: ["j"] }, config, []).map(({ id }) => id), ["j"])
  assert.deepEqual(columns({ ...place, by: "room" }, config, []).map(({ id }) => id), ["r", NOWHERE])
  assert.equal(laneOf({ room_id: null }, "room"), NOWHERE)
})

test("a column takes what may stand there: a calendar that one fills, a place for who comes in person", () => {
  const fills = { ...config, practitioners: [{ id: "m", fills: true }, { id: "j", fills: false }] }
  const entry = { staff_id: "j", room_id: "r", location_id: "l", mode: "in-person" }
  assert.deepEqual(["m", "j", "gone"].map((id) => takes(id, entry, "practitioner", fills)), [true, true, false])
  assert.deepEqual(["r", "s", NOWHERE].map((id) => takes(id, entry, "room", fills)), [true, true, false])
  assert.deepEqual([into("m", entry, "practitioner"), into("j", entry, "practitioner"), into(null, entry, "practitioner")], [{ practitioner: "m" }, {}, {}])
  assert.deepEqual([into("s", entry, "room"), into("r", entry, "room")], [{ place: "s" }, {}])
  const call = { staff_id: "m", room_id: null, location_id: null, mode: "phone" }
  assert.deepEqual(["r", NOWHERE].map((id) => takes(id, call, "room", fills)), [false, true])
})

test("a column is a day far away, and gives the true day and person back", () => {
  const lanes = new Lanes(columns(place, config, []), "2026-12-01")
  const [starts, ends] = lanes.shown("2026-12-01T09:30:00", "2026-12-01T10:20:00", "j")
  assert.equal(lanes.column(starts).id, "j")
  assert.equal(lanes.at(starts), "2026-12-01T09:30:00")
  assert.equal(lanes.at(ends, lanes.at(starts)), "2026-12-01T10:20:00")
  assert.equal(lanes.shown("2026-12-01T09:30:00", "2026-12-01T10:20:00", "nobody"), null)
})

test("what lasts longer than the day reaches into nobody else's column", () => {
  const lanes = new Lanes(columns(place, config, []), "2026-12-01")
  const [starts, ends] = lanes.shown("2026-11-28T09:00:00", "2026-12-03T17:00:00", "m")
  assert.deepEqual([lanes.column(starts).id, starts.slice(11), ends.slice(0, 10) > starts.slice(0, 10), ends.slice(11)], ["m", "00:00:00", true, "00:00:00"])
  assert.equal(lanes.at(ends, "2026-12-01T23:00:00"), "2026-12-02T00:00:00", "midnight ends this day")
  assert.equal(lanes.shown("2026-11-28T09:00:00", "2026-12-01T00:00:00", "m"), null)
  assert.ok(lanes.holds("2026-12-01T23:00:00", "2026-12-02T00:00:00"))
  assert.ok(!lanes.holds("2026-12-01T23:30:00", "2026-12-02T00:20:00"))
})

test("of two practitioners only the hours are closed in which neither is there", () => {
  const open = [
    { staff_id: "m", starts_at: "2026-12-01T14:00:00Z", ends_at: "2026-12-01T17:00:00Z" },
    { staff_id: "j", starts_at: "2026-12-01T16:00:00Z", ends_at: "2026-12-01T20:00:00Z" },
  ]
  const all = shades({ open }, { zone: ZONE, first: "2026-12-01", after: "2026-12-02", staff: ["m", "j"] })
  assert.deepEqual(all.filter(({ lane }) => lane === "m").map(({ start, end }) => [start.slice(11), end.slice(11)]), [["00:00:00", "09:00:00"], ["12:00:00", "00:00:00"]])
  assert.deepEqual(shared(all, ["m", "j"]).map(({ start, end }) => [start.slice(11), end.slice(11)]), [["00:00:00", "09:00:00"], ["15:00:00", "00:00:00"]])
})

test("the hours shown reach from eight to six, and as far as something stands", () => {
  assert.deepEqual(daylight([]), ["08:00:00", "18:00:00"])
  assert.deepEqual(daylight([["2026-12-01T07:30:00", "2026-12-01T19:20:00"]]), ["07:00:00", "20:00:00"])
})
