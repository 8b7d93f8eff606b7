// The page of somebody who is signed in: first the elements, so that none misses an event, then the line.
import "./elements/clear-day.js"
import "./elements/client-list.js"
import "./elements/booking-preview.js"
import "./elements/brand-preview.js"
import "./elements/access-card.js"
import "./elements/add-file.js"
import "./elements/ask-first.js"
import "./elements/asked-region.js"
import "./elements/audit-log.js"
import "./elements/conversation-list.js"
import "./elements/conversation-menu.js"
import "./elements/emoji-picker.js"
import "./elements/file-card.js"
import "./elements/file-drop.js"
import "./elements/find-lines.js"
import "./elements/give-files.js"
import "./elements/form-filling.js"
import "./elements/held-time.js"
import "./elements/holiday-list.js"
import "./elements/idle-watch.js"
import "./elements/inbox-panes.js"
import "./elements/kept-draft.js"
import "./elements/known-person.js"
import "./elements/lead-over.js"
import "./elements/line-notice.js"
import "./elements/live-region.js"
import "./elements/live-state.js"
import "./elements/manage-documentation.js"
import "./elements/member-rows.js"
import "./elements/merged-record.js"
import "./elements/message-composer.js"
import "./elements/message-search.js"
import "./elements/message-thread.js"
import "./elements/my-uploads.js"
import "./elements/new-entry.js"
import "./elements/page-dialog.js"
import "./elements/paper-over.js"
import "./elements/pdf-pages.js"
import "./elements/person-picker.js"
import "./elements/practice-calendar.js"
import "./elements/record-form.js"
import "./elements/refused-dialog.js"
import "./elements/row-list.js"
import "./elements/save-files.js"
import "./elements/settled-form.js"
import "./elements/share-file.js"
import "./elements/signature-pad.js"
import "./elements/slot-picker.js"
import "./elements/sortable-list.js"
import "./elements/start-conversation.js"
import "./elements/strip-search.js"
import "./elements/subdomain-field.js"
import "./elements/week-hours.js"
import { tellDelivered } from "./delivered.js"
import { followTheFeature } from "./features.js"
import { watchTheGate } from "./gate.js"
import { watchRights } from "./gate/rights.js"
import { watchSigningOut } from "./leaving.js"
import { sendAnswersWhenLive } from "./filling/sending.js"
import { line } from "./line.js"
import { listenToTheBrowser } from "./line/waking.js"
import { sendWhenLive } from "./outbox.js"
import { showPresence } from "./presence.js"
import { goWithTheRight } from "./rights.js"
import { showTheTab } from "./tabs.js"
import { countInTitle } from "./title.js"
import { tellWhatIsUnsent } from "./unsent.js"

if (document.querySelector("form-builder")) await import("./elements/form-builder.js")

showPresence()
countInTitle()
showTheTab()
tellDelivered()
watchTheGate()
watchRights()
followTheFeature()
watchSigningOut()
goWithTheRight()
listenToTheBrowser(line)
line.open()
sendWhenLive()
sendAnswersWhenLive()
tellWhatIsUnsent()
document.body.append(document.createElement("idle-watch"))
