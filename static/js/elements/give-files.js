// <give-files action="…">: files that somebody is asked for; the door is told of each that is here. When the request was
// sent elsewhere meanwhile the page draws itself anew, without this.
import { post } from "../http.js"
import { GivingFiles } from "../uploads/giving.js"

const LATE = "This was sent meanwhile. What was still on its way was not added."

customElements.define("give-files", class extends GivingFiles {
  disconnectedCallback() {
    if (this.underway) document.querySelector("toast-stack")?.show(LATE)
    super.disconnectedCallback()
  }

  sends(form) { return form.action.endsWith("/done") }

  taken(id) { return post(this.getAttribute("action"), { files: [id] }) }
})
