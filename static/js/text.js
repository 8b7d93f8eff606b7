// Words that somebody wrote, as nodes. Line breaks are kept by CSS; a word that begins with http:// or https:// becomes
// a link, nothing else does. templates/messaging/_text.html has the same rule.
const OPENING = "([{<\"'“‘«"
const CLOSING = ".,;:!?…)]}>\"'”’»"
const TURNING = /[\u202a-\u202e\u2066-\u2069\t\r]/ // could make a link look like another one
const WEB = /^https?:\/\/./i

// [{ text, href? }], in order; joined, their texts are the words as they came
export function pieces(words) {
  if (!words.includes("://")) return words ? [{ text: words }] : []
  const found = []
  for (const part of words.split(/([ \n])/)) for (const one of piecesOf(part)) add(found, one)
  return found
}

function piecesOf(word) {
  const lead = leading(word)
  const href = word.slice(lead, word.length - trailing(word, lead))
  if (!WEB.test(href) || TURNING.test(word)) return [{ text: word }]
  return [{ text: word.slice(0, lead) }, { text: href, href }, { text: word.slice(lead + href.length) }]
}

function leading(word) {
  let at = 0
  while (at < word.length && OPENING.includes(word[at])) at += 1
  return at
}

function trailing(word, least) {
  let from = word.length
  while (from > least && CLOSING.includes(word[from - 1])) from -= 1
  return word.length - from
}

function add(found, piece) {
  if (!piece.text) return
  const last = found.at(-1)
  if (last && !last.href && !piece.href) last.text += piece.text
  else found.push({ ...piece })
}

export function fillWords(element, words) {
  element.replaceChildren(...pieces(words).map((piece) => (piece.href ? link(piece) : piece.text)))
}

function link({ href, text }) {
  const anchor = document.createElement("a")
  Object.assign(anchor, { href, rel: "noopener noreferrer nofollow", target: "_blank", textContent: text })
  return anchor
}
