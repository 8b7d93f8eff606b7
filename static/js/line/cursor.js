// How far this page has heard. Only events, `live` and `beat` move it; the seq in an answer does not, because events
// of others may lie before it.
export class Cursor {
  constructor({ at = null, epoch = "" } = {}) {
    this.at = at
    this.epoch = epoch
  }

  get auth() {
    return this.epoch ? { cursor: this.at, epoch: this.epoch } : { cursor: this.at }
  }

  // true when the event is news; a second hearing of it is not
  takes(seq) {
    if (this.at !== null && seq <= this.at) return false
    this.at = seq
    return true
  }

  // the server's word after a connect; another epoch may well begin lower
  live({ cursor, epoch }) {
    this.at = cursor
    this.epoch = epoch ?? this.epoch
  }

  beat({ cursor }) {
    if (this.at === null || cursor > this.at) this.at = cursor
  }
}
