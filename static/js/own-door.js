// What the door of this very page says of it by now. It is asked again as long as nobody decides (no network, a server that
// is busy): nobody else tells the page. Of several questions only the newest is answered: an older answer speaks of a
// former state.
const [PAUSE, LONGEST] = [1_000, 15_000]

export class OwnDoor {
  #asked = 0
  #wait

  constructor(wait = (ms) => new Promise((done) => setTimeout(done, ms))) { this.#wait = wait }

  // { ok, status, type, text }; null: something newer was asked meanwhile
  async ask(accept = "application/json") {
    const asked = ++this.#asked
    for (let misses = 0; ; misses += 1) {
      const answer = await answered(accept)
      if (asked !== this.#asked) return null
      if (answer) return answer
      await this.#wait(Math.min(PAUSE * 2 ** misses, LONGEST))
      if (asked !== this.#asked) return null
    }
  }
}

async function answered(accept) {
  const answer = await fetch(location.href, { headers: { Accept: accept }, cache: "no-store", redirect: "manual" }).catch(() => null)
  if (!answer || answer.status === 429 || answer.status >= 500) return null
  const text = await answer.text().catch(() => null) // the line was lost in the middle
  return text === null ? null : { ok: answer.ok, status: answer.status, type: answer.type, text }
}

export function problemOf({ text }) {
  try { return JSON.parse(text) } catch { return {} } // something in between answered
}
