// What waits in the outbox for this conversation, as rows: their state in words, and what can be done about it.
import { line } from "../line.js"
import { outbox } from "../outbox.js"
import { setIcon, tag } from "../tag.js"

const clock = new Intl.DateTimeFormat("en-US", { weekday: "long", hour: "numeric", minute: "2-digit" })

export class Pending {
  #view
  #conversation

  constructor(view, conversation) {
    this.#view = view
    this.#conversation = conversation
  }

  show(entries) {
    for (const entry of entries) if (entry.conversation === this.#conversation) this.#draw(entry)
  }

  changed({ kind, entry, answer }) {
    if (entry.conversation !== this.#conversation) return
    if (kind === "sent") this.#sent(entry, answer)
    else if (kind === "removed") this.#gone(entry)
    else if (kind === "held") this.#held(entry)
    else this.#draw(entry)
  }

  // the state of the line is part of what a waiting row says
  lineChanged() { for (const row of this.#view.thread.querySelectorAll(":scope > .waiting")) this.#say(row, "waiting") }

  #draw(entry) {
    this.#view.wait(entry)
    const row = this.#view.waiting(entry.key)
    if (row) this.#view.change(() => this.#say(row, entry.state, entry))
  }

  // Acknowledged: the event that brings the true row may have come before, or follows.
  #sent(entry, answer) {
    const row = this.#view.waiting(entry.key)
    if (!row) return
    const id = answer.message ?? answer.note
    if (this.#view.row(id)) return this.#view.remove(row)
    this.#view.change(() => {
      row.dataset.line = id
      row.classList.remove("waiting")
      this.#write(row, row.dataset.kind === "note" ? null : "sent", "Sent", "check")
    })
  }

  // it goes out by itself; why it has not yet is the server's sentence
  #held(entry) {
    const row = this.#view.waiting(entry.key)
    if (row) this.#write(row, "waiting", `Waiting to be sent. ${entry.detail}`, "clock-3")
  }

  #gone(entry) {
    const row = this.#view.waiting(entry.key)
    if (row) this.#view.remove(row)
  }

  #say(row, state, entry = null) {
    if (state === "refused") return this.#write(row, "failed", `Not sent. ${entry.detail}`, "circle-alert", this.#actions(entry, "Send again"))
    if (state === "asks") return this.#write(row, "waiting", `Written ${clock.format(entry.at)}. Send it now?`, "clock-3", this.#actions(entry, "Send it"))
    if (!entry && row.querySelector(".sent-words button")) return undefined // refused, or so old that it asks: that stays
    return this.#write(row, "waiting", line.state === "live" ? "Sending" : "Waiting for your connection", "clock-3")
  }

  #write(row, state, words, icon, actions = []) {
    const sent = row.querySelector(".sent")
    sent.hidden = state === null
    sent.dataset.state = state ?? ""
    setIcon(sent.querySelector(".icon"), icon)
    sent.querySelector(".sent-words").replaceChildren(words, ...actions)
  }

  #actions({ key, body }, again) {
    const button = (words, act) => tag("button", { type: "button", class: "small wa-plain", click: act }, words)
    return [
      button(again, () => outbox.again(key)),
      tag("copy-text", { "data-text": body }, button("Copy the text")),
      button("Remove", () => outbox.remove(key)),
    ]
  }
}
