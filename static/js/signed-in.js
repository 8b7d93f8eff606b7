// The page of somebody who is signed in: first the elements, so that none misses an event, then the line.
import "./elements/audit-log.js"
import "./elements/conversation-list.js"
import "./elements/conversation-menu.js"
import "./elements/emoji-picker.js"
import "./elements/file-drop.js"
import "./elements/idle-watch.js"
import "./elements/inbox-panes.js"
import "./elements/line-notice.js"
import "./elements/live-region.js"
import "./elements/live-state.js"
import "./elements/message-composer.js"
import "./elements/message-search.js"
import "./elements/message-thread.js"
import "./elements/person-picker.js"
import "./elements/start-conversation.js"
import "./elements/strip-search.js"
import { tellDelivered } from "./delivered.js"
import { watchTheGate } from "./gate.js"
import { watchSigningOut } from "./leaving.js"
import { line } from "./line.js"
import { listenToTheBrowser } from "./line/waking.js"
import { sendWhenLive } from "./outbox.js"
import { showPresence } from "./presence.js"
import { countInTitle } from "./title.js"

showPresence()
countInTitle()
tellDelivered()
watchTheGate()
watchSigningOut()
listenToTheBrowser(line)
line.open()
sendWhenLive()
document.body.append(document.createElement("idle-watch"))
