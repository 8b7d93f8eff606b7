// When an item is shown, in words: “Show only if [question] [is] [answer]”.
import { tag } from "../tag.js"
import { act, choiceField, part, smallAct } from "./fields.js"
import { answerWords, firstAnswer, hasOptions, isAsked, short, wayOf, waysOf } from "./kinds.js"
import { find, idsOf, orderOf, walk } from "./tree.js"

// change(fields, words); redraw(focus): the rows are others now
export function conditionsPart(view, item, change, redraw) {
  const conditions = item.conditions.map((one) => ({ ...one }))
  const earlier = questionsBefore(view, item)
  const said = (words) => change({ conditions: conditions.map(toSend) }, words)
  if (!earlier.length && !conditions.length) {
    return part("Show it only sometimes", tag("p", { class: "quiet" }, "It can wait for the answer of a question that stands before it. There is none yet."))
  }
  const rows = conditions.map((one, at) => row(one, at, { view, earlier, conditions, said, redraw }))
  const any = conditions.length > 1
    ? choiceField("Show it if", [["all", "all of these are true"], ["any", "one of these is true"]], item.any ? "any" : "all", (value) => change({ any: value === "any" }, "Conditions"))
    : conditions.length ? tag("p", { class: "meta" }, "Show it only if") : null
  const add = earlier.length ? act("Add a condition", "plus", () => {
    const question = earlier.at(-1)
    const way = waysOf(question)[0][0]
    conditions.push(way.startsWith("exists") ? { question: question.id, operator: "exists", answer: true } : { question: question.id, operator: way, answer: firstAnswer(question) })
    said("A condition added")
    redraw(`Question of condition ${conditions.length}`)
  }) : null
  return part("Show it only sometimes", any, rows.length ? tag("ol", { class: "stack near build-conditions" }, ...rows) : null, add)
}

function questionsBefore(view, item) {
  const order = orderOf(view)
  const inside = new Set(idsOf(item))
  return [...walk(view.items)].filter((one) => isAsked(one) && !one.locked && !inside.has(one.id) && order.get(one.id) < order.get(item.id))
}

function row(condition, at, { view, earlier, conditions, said, redraw }) {
  const number = at + 1
  const question = find(view, condition.question)
  const leave = smallAct(`Remove condition ${number}`, "x", () => {
    conditions.splice(at, 1)
    said("A condition removed")
    redraw("Add a condition")
  })
  if (condition.other) {
    return tag("li", { class: "build-condition row near" }, tag("span", { class: "grow" }, `“${short(question?.text ?? "")}” is compared in a way that came in with the form, and stays so.`), leave)
  }
  const known = earlier.some((one) => one.id === condition.question) ? earlier : [question ?? { id: condition.question, text: "A question that is gone" }, ...earlier]
  const asks = choiceField(`Question of condition ${number}`, known.map((one) => [one.id, short(one.text) || "A question without words"]), condition.question, (id) => {
    const chosen = find(view, id)
    const way = waysOf(chosen)[0][0]
    Object.assign(condition, { question: id, ...compared(way, chosen) })
    said("A condition changed")
    redraw(`Question of condition ${number}`)
  }, { unseen: true })
  const ways = choiceField(`How condition ${number} compares`, waysOf(question, wayOf(condition)), wayOf(condition), (way) => {
    Object.assign(condition, compared(way, question, condition))
    said("A condition changed")
    redraw(`How condition ${number} compares`)
  }, { unseen: true })
  const answer = condition.operator === "exists" || !question ? null : answerField(condition, number, question, said)
  return tag("li", { class: "build-condition stack tight" }, asks, tag("span", { class: "row near" }, ways, answer, leave))
}

function compared(way, question, before = null) {
  if (way.startsWith("exists")) return { operator: "exists", answer: way === "exists:true" }
  const keeps = before && before.operator !== "exists"
  return { operator: way, answer: keeps ? before.answer : firstAnswer(question) }
}

function answerField(condition, number, question, said) {
  const label = `Answer of condition ${number}`
  if (question.kind === "boolean") {
    return choiceField(label, [["yes", "Yes"], ["no", "No"]], condition.answer ? "yes" : "no", (value) => { condition.answer = value === "yes"; said("A condition changed") }, { unseen: true })
  }
  if (hasOptions(question)) {
    const options = question.options.map((one) => [one.key, one.label || "An option without words"])
    const known = options.some(([key]) => key === condition.answer)
    return choiceField(label, known ? options : [["", known ? "" : answerWords(condition.answer, question)], ...options], known ? condition.answer : "", (value) => { condition.answer = value; said("A condition changed") }, { unseen: true })
  }
  const input = tag("input", { type: question.kind === "date" ? "date" : "text", "aria-label": label, "data-name": label, autocomplete: "off", maxlength: 200, ...(question.kind === "number" ? { inputmode: "decimal" } : {}),
    input: (event) => {
      const value = question.kind === "number" ? Number(event.target.value.replace(",", ".")) : event.target.value
      if (question.kind === "number" && (!Number.isFinite(value) || event.target.value.trim() === "")) return
      condition.answer = value
      said("A condition changed")
    } })
  input.value = condition.answer ?? ""
  return input
}

function toSend({ was, question, operator, answer, other }) {
  return { question, operator, answer: answer ?? null, ...(Number.isInteger(was) ? { was } : {}), ...(other ? { other } : {}) }
}
