// <asked-region form="id" part on>: a <live-region> of what was looked for. What people type stands in no address, so the
// question is posted once more, by the form of that id, when one of the events arrives.
import { Fragment } from "../fragment.js"
import { postForFragment } from "../http.js"
import { LiveRegion } from "./live-region.js"

class AskedRegion extends LiveRegion {
  fetched(have) {
    const form = document.getElementById(this.getAttribute("form"))
    return new Fragment(() => postForFragment(form.action, new FormData(form)), have)
  }
}

customElements.define("asked-region", AskedRegion)
