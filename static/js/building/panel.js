// The properties of the chosen item, or of the form. Drawn anew when another is chosen or something else changed it; what
// somebody is typing into stays.
import { icon, tag } from "../tag.js"
import { post } from "../http.js"
import { conditionsPart } from "./conditions.js"
import { act, choiceField, numberField, part, switchField, textField } from "./fields.js"
import { KINDS, alike, isAsked, nameOf } from "./kinds.js"
import { optionsPart } from "./options.js"
import { scoreParts } from "./scores.js"
import { find } from "./tree.js"

const FORM_KINDS = [["consent", "Consent"], ["intake", "Intake"], ["assessment", "Assessment"], ["questionnaire", "Questionnaire"]]
const MEDIA = [["any", "Any file"], ["pictures", "Pictures and PDF"], ["pdf", "PDF only"]]
const TYPES = { any: [], pictures: ["image/jpeg", "image/png", "image/heic", "application/pdf"], pdf: ["application/pdf"] }
const SIZES = [["", "As the practice allows"], ["5000000", "Up to 5 MB"], ["20000000", "Up to 20 MB"], ["100000000", "Up to 100 MB"]]

export class Panel {
  #element
  #perform
  #shown = ""

  // perform(operation, words): what somebody changed here
  constructor(element, perform) {
    this.#element = element
    this.#perform = perform
  }

  draw(view, { selected, editable }, focus = []) {
    const item = selected === null ? null : find(view, selected)
    const shown = JSON.stringify([selected, editable, item ? this.#about(view, item) : [view.kind, view.guardian_signs]])
    if (shown === this.#shown && !focus.length) return
    const same = selected !== null && this.#element.dataset.about === selected
    const held = same || focus.length ? [...focus, ...this.#focused()] : []
    this.#shown = shown
    this.#element.dataset.about = selected ?? ""
    this.#element.inert = !editable
    this.#element.replaceChildren(...(item ? this.#ofItem(view, item) : this.#ofForm(view)))
    for (const name of held) {
      const control = [...this.#element.querySelectorAll("[data-name]")].find((one) => one.dataset.name === name)
      if (control) { control.focus(); break }
    }
  }

  // typed here: what is drawn says it already
  settled(view, { selected, editable }) {
    const item = selected === null ? null : find(view, selected)
    this.#shown = JSON.stringify([selected, editable, item ? this.#about(view, item) : [view.kind, view.guardian_signs]])
  }

  // what is shown of the item and of those it looks at
  #about(view, item) {
    const { items: _, text: __, ...own } = item
    return [own, ...(item.conditions.length || item.kind === "total" ? [view.items] : [])]
  }

  #focused() {
    const name = this.#element.contains(document.activeElement) ? document.activeElement.dataset.name : null
    return name ? [name] : []
  }

  #ofItem(view, item) {
    const change = (fields, words) => this.#perform({ do: "change", item: item.id, fields }, words ?? nameOf(item))
    const redraw = (...names) => this.#element.dispatchEvent(new CustomEvent("redraw", { bubbles: true, detail: names }))
    const head = tag("header", { class: "row near build-panel-head" }, icon(KINDS[item.kind].icon), tag("h2", {}, item.kind === "kept" ? `Kept: ${item.kept}` : KINDS[item.kind].words))
    if (item.kind === "kept" || item.locked) return [head, keptWords(item)]
    const parts = [...this.#particular(view, item, change, redraw), ...(isAsked(item) ? [this.#answer(item, change)] : [])]
    return [head, ...kindPart(item, change, redraw), ...parts, ...(["words", "signature", "total"].includes(item.kind) ? [] : [helpPart(item, change)]), conditionsPart(view, item, change, redraw)]
  }

  #answer(item, change) {
    return part("", switchField("Required", item.required, (on) => change({ required: on }), "It has to be answered before the form is handed in."))
  }

  #particular(view, item, change, redraw) {
    const kinds = {
      number: () => [numberPart(item, change)], file: () => [filePart(item, change)], total: () => scoreParts(view, item, change, redraw),
      string: () => [lengthPart(item, change)], text: () => [lengthPart(item, change)], words: () => [markdownPart(item)], signature: () => [markdownPart(item)],
      single: () => [optionsPart(item, (options, words) => change({ options }, words), redraw), shownAs(item, change)],
      several: () => [optionsPart(item, (options, words) => change({ options }, words), redraw)],
      open: () => [optionsPart(item, (options, words) => change({ options }, words), redraw), part("", switchField("Several answers", item.several, (on) => change({ several: on })))],
    }
    return kinds[item.kind]?.() ?? []
  }

  #ofForm(view) {
    const change = (fields, words) => this.#perform({ do: "form", fields }, words)
    return [
      tag("header", { class: "row near build-panel-head" }, icon("settings-2"), tag("h2", {}, "The form")),
      part("", choiceField("Kind", FORM_KINDS, view.kind, (kind) => change({ kind }, "Kind of the form")),
        switchField("A guardian signs it", view.guardian_signs, (on) => change({ guardian_signs: on }, "Who signs"), "It is never asked of a minor.")),
      tag("p", { class: "quiet" }, "Choose a question to see its settings."),
      keysPart(),
    ]
  }
}

const KEYS = [["Enter", "the next question"], ["↑ ↓", "from one to another"], ["Alt ↑ ↓", "moves it"], ["Ctrl Z", "takes back"]]

function keysPart() {
  return part("By keyboard", tag("dl", { class: "build-keys" }, ...KEYS.flatMap(([key, words]) => [tag("dt", {}, tag("kbd", {}, key)), tag("dd", {}, words)])))
}

function kindPart(item, change, redraw) {
  const kinds = alike(item)
  return kinds.length ? [choiceField("Kind of question", kinds.map((kind) => [kind, KINDS[kind].words]), item.kind, (kind) => { change({ kind }, "Kind of a question"); redraw("Kind of question") }, { unseen: true })] : []
}

function keptWords(item) {
  return tag("p", { class: "quiet" }, item.locked ? "It is part of something that came in with the form, and stays as it is." : "It came in with the form. It is asked, kept and exported as it is; here it can be moved, copied and removed.")
}

function helpPart(item, change) {
  const seen = tag("div", { class: "prose build-seen", hidden: true })
  return part("", textField("Help below it", item.help, (help) => change({ help }, help), { rows: 2, optional: true, maxlength: 10_000, hint: "Markdown: **bold**, *italic*, lists, links." }), seeing(() => item.help, seen), seen)
}

function markdownPart(item) {
  const seen = tag("div", { class: "prose build-seen", hidden: true })
  return part("", tag("p", { class: "hint" }, "Markdown: **bold**, *italic*, # headings, lists, [links](https://…)."), seeing(() => item.text, seen), seen)
}

// How Markdown will read, as the server makes it: the one place where its safe markup is shown.
function seeing(text, seen) {
  return act("See how it reads", "eye", async (event) => {
    const panel = event.target.closest("[data-panel]")
    const typed = panel.querySelector("textarea")?.value ?? panel.closest("form-builder").textOf(panel.dataset.about) ?? text()
    const { html } = await post("/staff/forms/markdown", { text: typed })
    seen.hidden = false
    seen.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes)
  }, { css: "small wa-plain" })
}

function numberPart(item, change) {
  const decimals = [["0", "Whole numbers"], ["1", "One decimal place"], ["2", "Two decimal places"], ["", "As it is typed"]]
  return part("Answer", choiceField("Numbers", decimals, item.decimals === null ? "" : String(item.decimals), (value) => change({ decimals: value === "" ? null : Number(value) })),
    tag("div", { class: "pair" }, numberField("At least", item.min, (min) => change({ min })), numberField("At most", item.max, (max) => change({ max }))),
    textField("Unit", item.unit, (unit) => change({ unit }, unit), { optional: true, maxlength: 40, hint: "Such as hours, kg, per week." }))
}

function lengthPart(item, change) {
  return part("Answer", numberField("Longest answer", item.max_length, (value) => {
    if (value === null || (Number.isInteger(value) && value >= 1 && value <= 20_000)) change({ max_length: value })
  }, { hint: "Letters. Empty: as long as they like." }))
}

function filePart(item, change) {
  const now = item.media.length === 0 ? "any" : item.media.length === 1 && item.media[0] === "application/pdf" ? "pdf" : "pictures"
  const size = item.max_size === null ? "" : String(item.max_size)
  const sizes = SIZES.some(([key]) => key === size) ? SIZES : [...SIZES, [size, `Up to ${(item.max_size / 1_000_000).toLocaleString("en-US")} MB`]]
  return part("Answer", choiceField("What kind of file", MEDIA, now, (value) => change({ media: TYPES[value] })),
    choiceField("How large", sizes, size, (value) => change({ max_size: value === "" ? null : Number(value) })),
    switchField("Several files", item.several, (on) => change({ several: on })))
}

function shownAs(item, change) {
  return part("", choiceField("Shown as", [["", "A list to choose from"], ["drop-down", "A menu"]], item.control === "drop-down" ? "drop-down" : "", (control) => change({ control })))
}
