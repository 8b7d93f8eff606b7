// The emoji there are: [[group, [[emoji, name, words that find it]]]]. Fetched when first asked for.
const SRC = new URL("../vendor/emoji.json", import.meta.url)
let asked = null

export function emoji() {
  asked ??= fetch(SRC).then((answer) => answer.json()).catch(() => { asked = null; return [] })
  return asked
}

// those of which every word typed begins a word, as one group
export function found(groups, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return groups
  const fits = ([, , names]) => words.every((word) => ` ${names}`.toLowerCase().includes(` ${word}`))
  return [["Found", groups.flatMap(([, all]) => all).filter(fits)]]
}
