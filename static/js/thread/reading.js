// Tells the server how far this person has read: only while the page is looked at and its end is in sight.
import { line } from "../line.js"

export class Reading {
  #conversation
  #told = null

  constructor(conversation) { this.#conversation = conversation }

  static attending(place) { return !document.hidden && document.hasFocus() && place.atEnd }

  // message: the id of the last message of others that is in sight
  upTo(message) {
    if (!message || message === this.#told) return
    this.#told = message
    line.ask("conversation.read", { conversation: this.#conversation, message }).catch(() => {
      if (this.#told === message) this.#told = null // refused or signed out: told again when the page is looked at next
    })
  }
}
