// The fragments of this page: one for each address, however many elements show it.
import { Fragment } from "./fragment.js"
import { fragment } from "./http.js"

const known = new Map()

// have: the event up to which its drawn state is known to be true
export function fragmentOf(src, have) {
  if (!known.has(src)) known.set(src, new Fragment(() => fragment(src), have))
  return known.get(src)
}
