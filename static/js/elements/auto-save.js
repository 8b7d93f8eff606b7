// Round a form whose switches act at once: a change is sent, "Saved" is said beside it, and a refusal puts the switch
// back and says why. Its submit button is for pages without a script and hides here.
customElements.define("auto-save", class extends HTMLElement {
  connectedCallback() {
    this.toggleAttribute("ready", true)
    this.addEventListener("change", this.#save)
  }

  disconnectedCallback() { this.removeEventListener("change", this.#save) }

  #save = async (event) => {
    const control = event.target.closest("input[type=checkbox]")
    if (!control) return
    const answer = await this.#send(control.form)
    if (answer.ok) return this.#say("saved", "Saved")
    control.checked = !control.checked
    this.#say("wrong", answer.detail ?? "The server did not answer. Nothing was changed. Try again.")
  }

  async #send(form) {
    const body = new URLSearchParams(new FormData(form))
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } })
      return answer.ok ? { ok: true } : { ok: false, detail: (await answer.json()).detail }
    } catch {
      return { ok: false } // offline, or an answer that is no JSON: either way nothing is known to be saved
    }
  }

  #say(kind, words) {
    for (const line of this.querySelectorAll("[data-say]")) {
      line.hidden = line.dataset.say !== kind
      line.lastElementChild.textContent = line.hidden ? "" : words
    }
  }
})
