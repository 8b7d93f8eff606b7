// The booking pages of who is not signed in.
import { ears } from "./ears.js"
import "./elements/held-time.js"
import "./elements/slot-picker.js"

if (document.querySelector("slot-picker")) ears.open()
