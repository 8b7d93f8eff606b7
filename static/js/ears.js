// Where this page hears what changes: its own line, or the visitors'.
import { line } from "./line.js"
import { signedIn } from "./page.js"
import { PublicLine } from "./public-line.js"

export const ears = signedIn ? line : new PublicLine()
