// What a door said when it refused: a stable code for programs, the sentence for the person.
export class Refused extends Error {
  constructor({ code = "refused", detail = "", errors = {}, retry_after: retryAfter = null, status = 0 } = {}) {
    super(detail || SENTENCES[code] || SENTENCES.refused)
    this.code = code
    this.errors = errors
    this.retryAfter = retryAfter
    this.status = status
  }

  // nothing was decided about what was asked: it may be asked again, unchanged
  get undecided() { return UNDECIDED.has(this.code) }
}

const UNDECIDED = new Set(["offline", "unanswered", "slow-down", "busy", "too-many", "signed-out", "locked", "database-away", "database-full", "storage-away", "scanner-away"])

const SENTENCES = {
  offline: "There is no connection. Nothing was changed; it works again when the connection is back.",
  unanswered: "The practice’s server did not answer in time. Try again in a moment.",
  refused: "This cannot be done.",
}
