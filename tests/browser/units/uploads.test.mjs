import assert from "node:assert/strict"
import { test } from "node:test"
import { KnownKeys } from "../../../static/js/uploads/known-keys.js"

class Shelf {
  kept = new Map()
  getItem(name) { return this.kept.get(name) ?? null }
  setItem(name, words) { this.kept.set(name, words) }
}

const FILM = { name: "Film.mp4", size: 9, lastModified: 1 }
const keysOf = (store, login = "karen", now = () => 0) => new KnownKeys({ store, login, now })

test("the same file chosen again goes on under the key of before, also after a reload", () => {
  const shelf = new Shelf()
  const key = keysOf(shelf).keyOf(FILM, "leo")
  assert.equal(keysOf(shelf).keyOf({ ...FILM }, "leo"), key)
})

test("another client, login, date or size is another upload", () => {
  const shelf = new Shelf()
  const key = keysOf(shelf).keyOf(FILM, "leo")
  const others = [keysOf(shelf).keyOf(FILM, "nora"), keysOf(shelf, "david").keyOf(FILM, "leo"), keysOf(shelf).keyOf({ ...FILM, lastModified: 2 }, "leo"), keysOf(shelf).keyOf({ ...FILM, size: 8 }, "leo")]
  assert.equal(new Set([key, ...others]).size, 5)
})

test("what has ended, and what is older than a day, begins anew", () => {
  const shelf = new Shelf()
  const key = keysOf(shelf).keyOf(FILM, "leo")
  keysOf(shelf).forget(key)
  const second = keysOf(shelf).keyOf(FILM, "leo")
  assert.notEqual(second, key)
  assert.notEqual(keysOf(shelf, "karen", () => 25 * 3600_000).keyOf(FILM, "leo"), second)
})

test("a shelf that holds nonsense, or is full, does no harm", () => {
  const shelf = new Shelf()
  shelf.setItem("portico-uploads:karen", "nonsense")
  assert.ok(keysOf(shelf).keyOf(FILM, "leo"))
  shelf.setItem = () => { throw new Error("full") }
  assert.ok(keysOf(shelf).keyOf(FILM, "leo"))
})
