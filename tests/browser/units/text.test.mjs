import assert from "node:assert/strict"
import { test } from "node:test"
import { pieces } from "../../../static/js/text.js"

const links = (words) => pieces(words).filter((one) => one.href).map((one) => one.href)

test("only http and https become links", () => {
  assert.deepEqual(links("see https://example.org/a and http://b.example"), ["https://example.org/a", "http://b.example"])
  assert.deepEqual(links("javascript://alert(1) ftp://x mailto:a@b data://text file:///etc www.example.org"), [])
})

test("marks around an address are not part of it", () => {
  assert.deepEqual(links("(https://example.org/a). “https://b.example”, https://c.example?!"), ["https://example.org/a", "https://b.example", "https://c.example"])
})

test("an address needs something behind its scheme", () => assert.deepEqual(links("https:// http://. x https://"), []))

test("a word that turns the direction of writing is no link", () => assert.deepEqual(links("https://good.example/\u202Egpj.exe"), []))

test("a scheme in the middle of a word is no link", () => assert.deepEqual(links("xhttps://example.org"), []))

for (const words of ["", "plain", "a\n\nb  c", "<script>https://x.example</script>", "https://a.example\nhttps://b.example", "👩‍👩‍👧 https://ü.example/ä שלום"]) {
  test(`joined, the pieces are the words as they came: ${JSON.stringify(words)}`, () => {
    assert.equal(pieces(words).map((one) => one.text).join(""), words)
  })
}
