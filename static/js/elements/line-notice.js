// Where somebody writes: says in words that the line is away and that what is written is kept, and offers to try.
import { line } from "../line.js"
import { outbox } from "../outbox.js"

const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" })

customElements.define("line-notice", class extends HTMLElement {
  connectedCallback() {
    line.addEventListener("state", this.#show)
    outbox.addEventListener("change", this.#show)
    this.addEventListener("click", this.#try)
    this.#show()
  }

  disconnectedCallback() {
    line.removeEventListener("state", this.#show)
    outbox.removeEventListener("change", this.#show)
    this.removeEventListener("click", this.#try)
  }

  #try = (event) => { if (event.target.closest("button")) line.reconnect() }

  #show = async () => {
    const away = line.state === "offline"
    this.querySelector(".notice").hidden = !away
    if (!away) return
    const count = (await outbox.entries()).filter((one) => one.state === "waiting").length
    const kept = count === 0 ? "What you write is" : count === 1 ? "One message is" : `${count} messages are`
    this.querySelector("b").textContent = `You are offline since ${clock.format(line.since)}.`
    this.querySelector(".notice div span").textContent = `You can go on writing. ${kept} kept here and ${count > 1 ? "go" : "goes"} out when the connection is back.`
  }
})
