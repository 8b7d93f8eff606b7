// Everything that every page has: its elements, and, when somebody is signed in, the line and what hangs on it.
import "./elements/act-menu.js"
import "./elements/add-passkey.js"
import "./elements/auto-save.js"
import "./elements/copy-text.js"
import "./elements/first-touch.js"
import "./elements/go-on.js"
import "./elements/local-time.js"
import "./elements/look-again.js"
import "./elements/open-dialog.js"
import "./elements/own-time-zone.js"
import "./elements/print-page.js"
import "./elements/toast-stack.js"
import "./elements/use-passkey.js"
import { signedIn } from "./page.js"

if (signedIn) await import("./signed-in.js")
else if (document.querySelector("slot-picker, held-time")) await import("./visiting.js")
