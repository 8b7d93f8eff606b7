// What stands where something did not load: what happened, what was not changed, and a retry that works.
import { icon, tag } from "./tag.js"

export function failure(refused, again) {
  return tag("div", { class: "empty", role: "alert" },
    icon("cloud-off"),
    tag("h3", {}, "This did not load"),
    tag("p", {}, `${refused.message} Nothing was changed.`.replace(/Nothing was changed; [^.]*\. Nothing was changed\./, "Nothing was changed.")),
    tag("button", { type: "button", class: "wa-outlined", click: again }, icon("rotate-cw"), "Load again"))
}
