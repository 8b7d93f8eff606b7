// A message that reached this page has reached a device, whichever page it is: its sender sees it under the message.
import { line } from "./line.js"
import { desk, page } from "./page.js"

export function tellDelivered() {
  line.on("message.sent", ({ conversation, message, client, data }) => {
    const own = data?.key !== undefined
    if (own || (!desk && page.client && client && client !== page.client)) return
    line.tell("conversation.delivered", { conversation, message })
  })
}
