// A message that reached this page has reached a device, whichever page it is: its sender sees it under the message.
import { line } from "./line.js"

export function tellDelivered() {
  line.on("message.sent", ({ conversation, message, data }) => {
    const own = data?.key !== undefined
    if (!own) line.tell("conversation.delivered", { conversation, message })
  })
}
