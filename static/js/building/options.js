// The options of a choice, row by row: words, score, whether choosing it alerts the practitioner.
import { icon, tag } from "../tag.js"
import { act, checkField, part, smallAct } from "./fields.js"

const MOST = 200
const MOST_LETTERS = 500

// change(options, words): what they are now
export function optionsPart(item, change, redraw) {
  if (item.fixed) return part("Options", tag("p", { class: "quiet" }, "These came in with the form and stay as they are."), sayings(item))
  const options = item.options.map((one) => ({ ...one }))
  const said = (words) => change(options.map(toSend), words)
  const rows = tag("ol", { class: "build-options stack near" }, ...options.map((option, at) => row(option, at, { options, said, redraw })))
  const alerts = options.length ? tag("p", { class: "hint" }, "Enter adds the next, a pasted list becomes one a line. Alerts: choosing it tells the practitioner and their cover at once.") : null
  return part("Options", rows, alerts, act("Add an option", "plus", () => {
    options.push(fresh())
    said("An option added")
    redraw(`Option ${options.length}`)
  }))
}

function row(option, at, { options, said, redraw }) {
  const name = `Option ${at + 1}`
  const label = tag("input", { type: "text", maxlength: MOST_LETTERS, autocomplete: "off", "aria-label": name, "data-name": name, placeholder: name,
    input: (event) => { option.label = event.target.value; said(`Option: ${option.label}`) },
    keydown: (event) => {
      if (event.key !== "Enter") return
      event.preventDefault()
      if (options[at + 1]?.label !== "") {
        options.splice(at + 1, 0, fresh())
        said("An option added")
      }
      redraw(`Option ${at + 2}`)
    },
    paste: (event) => {
      const lines = linesOf(event.clipboardData)
      if (lines.length < 2) return
      event.preventDefault()
      const [first, ...rest] = lines
      option.label = (event.target.value + first).slice(0, MOST_LETTERS)
      options.splice(at + 1, 0, ...rest.map((words) => ({ ...fresh(), label: words })))
      options.splice(0, MOST, ...options.filter(({ label }) => label).slice(0, MOST)) // the list fills the empty ones
      said("Options pasted")
      redraw(`Option ${options.findIndex(({ label }) => label === lines.at(-1)) + 1}`)
    } })
  label.value = option.label
  const score = tag("input", { type: "text", inputmode: "decimal", maxlength: 8, autocomplete: "off", class: "num", "aria-label": `Score of ${name.toLowerCase()}`, "data-name": `${name} score`,
    input: (event) => {
      const given = event.target.value.trim() === "" ? null : Number(event.target.value.replace(",", "."))
      if (given !== null && !Number.isFinite(given)) return
      option.score = given
      said(`Score: ${given ?? "none"}`)
    } })
  score.value = option.score ?? ""
  const shift = (by) => () => {
    options.splice(at + by, 0, ...options.splice(at, 1))
    said("Options in another order")
    redraw(`Move option ${at + 1 + by} ${by < 0 ? "up" : "down"}`, `Option ${at + 1 + by}`)
  }
  const leave = () => {
    options.splice(at, 1)
    said("An option removed")
    redraw(`Option ${Math.min(at + 1, options.length)}`, "Add an option")
  }
  return tag("li", { class: "build-option" }, tag("span", { class: "row tight" }, label, smallAct(`Remove option ${at + 1}`, "x", leave)),
    tag("span", { class: "row near build-option-more" }, tag("label", { class: "score-of" }, tag("span", { class: "meta", "aria-hidden": "true" }, "Score"), score),
      checkField("Alerts", option.risk, (on) => { option.risk = on; said(on ? "An option alerts" : "An option alerts no more") }, `${name} alerts`),
      tag("span", { class: "push row tight" },
        at > 0 ? smallAct(`Move option ${at + 1} up`, "arrow-up", shift(-1)) : null,
        at < options.length - 1 ? smallAct(`Move option ${at + 1} down`, "arrow-down", shift(1)) : null)))
}

// a list that was copied elsewhere becomes options, one a line, without its bullets
const linesOf = (copied) => (copied?.getData("text/plain") ?? "").split(/\r?\n/).map((one) => one.replace(/^\s*[-*•·○☐□]\s+/, "").trim().slice(0, MOST_LETTERS)).filter(Boolean)

const fresh = () => ({ label: "", score: null, risk: false, code: `option-${crypto.randomUUID().slice(0, 8)}` })

// an option that the server knows goes on from its number; a new one brings its code
function toSend({ was, code, label, score, risk }) {
  return Number.isInteger(was) ? { was, label, score, risk } : { code, label, score, risk }
}

function sayings(item) {
  return tag("ul", { class: "stack near" }, ...item.options.map(({ label, score }) => tag("li", { class: "row near" }, icon("lock", "small"), tag("span", {}, label), score === null ? null : tag("span", { class: "meta" }, `score ${score}`))))
}
