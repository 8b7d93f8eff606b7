import assert from "node:assert/strict"
import { test } from "node:test"
import { size } from "../../../static/js/sizes.js"

test("a size is said as the server says it, in the units of the limits", () => {
  const told = { 0: "0 KB", 1: "1 KB", 8400: "8 KB", 1048575: "1024 KB", 1048576: "1 MB", 524288000: "500 MB", 5261334938: "4.9 GB" }
  for (const [bytes, words] of Object.entries(told)) assert.equal(size(Number(bytes)), words)
})
