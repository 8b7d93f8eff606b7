// Rows of a thread, cloned from the blanks that the server drew and filled with text only. A line is a ThreadLine of
// models/messaging/views.py, as the server sends it in JSON.
import { size } from "../sizes.js"
import { fillWords } from "../text.js"
import { setIcon } from "../tag.js"
import { drawTicks } from "./ticks.js"

export class Rows {
  #blanks

  constructor(element) { this.#blanks = element }

  of(line) {
    const row = this.#blank(line.kind)
    row.dataset.at = line.at
    if (line.id) row.dataset.line = line.id
    FILLS[line.kind]?.(row, line, this)
    return row
  }

  // what waits here to be sent; `entry` is one of the outbox
  pending(entry) {
    const note = entry.name === "note.add"
    const row = this.#blank(note ? "note" : "message")
    Object.assign(row.dataset, { key: entry.key, at: new Date(entry.at).toISOString() })
    row.classList.add("waiting", ...(note ? [] : ["own"]))
    if (note) fillNote(row, { by: "you", body: entry.body, at: row.dataset.at })
    else fillMessage(row, { own: true, body: entry.body, at: row.dataset.at, files: entry.files ?? [], ticks: null }, this)
    return row
  }

  file(file) {
    const whole = this.#blank("file")
    const row = whole.querySelector(".attached")
    if (file.id) opens(whole, row, file)
    else row.removeAttribute("target")
    setIcon(row.querySelector(".mark .icon"), file.type?.startsWith("image/") ? "file-image" : "file-text")
    row.querySelector("b").textContent = file.name
    row.querySelector(".meta").textContent = size(file.size)
    if (file.thumbnail && file.id) addThumbnail(row, file)
    return whole
  }

  #blank(kind) {
    return this.#blanks.querySelector(`template[data-row="${kind}"]`).content.firstElementChild.cloneNode(true)
  }
}

const FILLS = {
  message: fillMessage,
  deleted: fillGone,
  note: fillNote,
  people: (row, line) => { row.querySelector("span").textContent = line.text; setMoments(row, line.at) },
  day: (row, line) => setMoments(row, line.at),
}

function fillMessage(row, line, rows) {
  row.classList.toggle("own", line.own)
  row.classList.toggle("automatic", Boolean(line.automatic))
  if (line.sender) row.dataset.sender = line.sender
  if (line.undo_until) row.dataset.undoUntil = line.undo_until
  fillBy(row, line)
  const bubble = row.querySelector(".bubble")
  bubble.hidden = !line.body
  fillWords(bubble, line.body ?? "")
  row.querySelector(".attachments").replaceChildren(...(line.files ?? []).map((file) => rows.file(file)))
  row.querySelector(".message-more").hidden = !line.may_delete
  drawTicks(row, line.own ? line.ticks : null)
}

function fillGone(row, line) {
  row.classList.toggle("own", Boolean(line.own))
  if (line.sender) row.dataset.sender = line.sender
  row.querySelector("[data-read-deleted]").hidden = !line.may_read_deleted
  fillBy(row, line)
}

function fillNote(row, line) {
  row.querySelector(".by b").textContent = line.by ?? ""
  fillWords(row.querySelector(".note-words"), line.body ?? "")
  setMoments(row, line.at)
}

function fillBy(row, line) {
  const by = row.querySelector(".by")
  by.hidden = Boolean(line.own)
  by.querySelector("b").textContent = line.first ?? ""
  setMoments(by, line.at)
  if (line.automatic) by.append(" ", Object.assign(document.createElement("span"), { className: "chip", textContent: "Automatic answer" }))
}

function setMoments(within, at) {
  for (const time of within.querySelectorAll("local-time")) {
    time.querySelector("time").dateTime = at
    if (time.isConnected) time.at = at // one that is not yet in the page writes itself when it arrives
  }
}

function opens(whole, row, file) {
  Object.assign(row, { href: `/files/${file.id}` }).dataset.file = file.id
  const save = whole.querySelector(".save")
  Object.assign(save, { href: `/files/${file.id}?download=1`, hidden: false }).setAttribute("aria-label", `Download ${file.name}`)
}

function addThumbnail(row, file) {
  const picture = Object.assign(document.createElement("img"), { className: "thumbnail", src: `/files/${file.id}/thumbnail`, alt: "", loading: "lazy" })
  row.classList.add("picture")
  row.prepend(picture)
}
