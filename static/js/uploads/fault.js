// What is wrong with a file before any of it is sent, in words; null when nothing is. rules: { accept, most, told }.
import { size } from "../sizes.js"

export function faultOf(blob, { accept, most, told }) {
  const ending = /\.[^.]+$/.exec(blob.name || ".png")?.[0].toLowerCase() ?? ""
  if (!accept.split(",").includes(ending)) return `Files like this cannot be sent. ${told}`
  const [is, limit] = [size(blob.size), size(most)]
  if (blob.size > most) return `${is === limit ? "This is a little" : `${is} is`} more than the limit of ${limit}. Nothing was uploaded.`
  if (blob.size === 0) return "This file is empty. Nothing was uploaded."
  return null
}
