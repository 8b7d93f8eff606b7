// A message that reached this page has reached a device, whichever page it is: its sender sees it under the message. What
// came while no page was open reaches one when a page is live.
import { line } from "./line.js"

export function tellDelivered() {
  line.on("message.sent", ({ conversation, message, data }) => {
    const own = data?.key !== undefined
    if (!own) line.tell("conversation.delivered", { conversation, message })
  })
  line.addEventListener("state", began)
  line.addEventListener("resync", () => line.state === "live" && line.tell("conversation.all_delivered", {}))
}

function began() {
  if (line.state !== "live") return
  line.removeEventListener("state", began)
  line.tell("conversation.all_delivered", {})
}
