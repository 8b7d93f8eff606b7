// The kinds of items that can be added, in the words of a therapist, and how their answers are compared.
export const KINDS = {
  string: { icon: "type", words: "Text" },
  text: { icon: "text-quote", words: "Long text" },
  number: { icon: "hash", words: "Number" },
  boolean: { icon: "toggle-left", words: "Yes or no" },
  single: { icon: "circle-dot", words: "One choice" },
  several: { icon: "square-check", words: "Several choices" },
  open: { icon: "list-plus", words: "Choice or other" },
  date: { icon: "calendar-days", words: "Date" },
  file: { icon: "paperclip", words: "File" },
  heading: { icon: "heading", words: "Heading" },
  page: { icon: "file-text", words: "New page" },
  words: { icon: "info", words: "Help text" },
  signature: { icon: "signature", words: "Signature" },
  total: { icon: "sigma", words: "Score" },
  kept: { icon: "lock", words: "Kept as it came in" },
}

export const hasOptions = (item) => ["single", "several", "open"].includes(item.kind)
export const isAsked = (item) => !["heading", "page", "words", "signature", "total", "kept"].includes(item.kind)

// those that become each other with all they hold
const ALIKE = [["string", "text"], ["single", "several", "open"]]
export const alike = ({ kind }) => ALIKE.find((some) => some.includes(kind)) ?? []

const ANY = [["exists:true", "is answered"], ["exists:false", "is not answered"]]
const OTHERS = { "=": "is", "!=": "is not" }
const WAYS = {
  boolean: [["=", "is"]], single: [["=", "is"], ["!=", "is not"]], open: [["=", "is"], ["!=", "is not"]],
  several: [["=", "includes"]], string: [["=", "is"], ["!=", "is not"]], text: [],
  number: [["=", "is"], ["!=", "is not"], [">", "is more than"], [">=", "is at least"], ["<", "is less than"], ["<=", "is at most"]],
  date: [["=", "is"], [">", "is after"], ["<", "is before"]],
}

// [operator, words]: how the answer of this question can be compared; one that is set stays among them
export function waysOf(question, set = null) {
  const ways = [...(WAYS[question?.kind] ?? []), ...ANY]
  return set === null || ways.some(([way]) => way === set) ? ways : [[set, OTHERS[set] ?? set], ...ways]
}

export const wayOf = ({ operator, answer }) => (operator === "exists" ? `exists:${answer !== false}` : operator)

// What a condition compares with when nothing was chosen yet.
export function firstAnswer(question) {
  if (question.kind === "boolean") return true
  if (hasOptions(question)) return question.options[0]?.key ?? ""
  return question.kind === "number" ? 0 : ""
}

// “Show only if “Have you been in therapy?” is Yes”
export function conditionWords(item, find) {
  const said = item.conditions.map((one) => oneCondition(one, find(one.question)))
  return said.length ? `Shown only if ${said.join(item.any ? " or " : " and ")}` : ""
}

function oneCondition(condition, question) {
  const name = question ? `“${short(question.text) || "a question without words"}”` : "a question that is gone"
  if (condition.other) return `${name} compares as it came in`
  const words = waysOf(question, wayOf(condition)).find(([way]) => way === wayOf(condition))[1]
  return condition.operator === "exists" ? `${name} ${words}` : `${name} ${words} ${answerWords(condition.answer, question)}`
}

export function answerWords(answer, question) {
  if (typeof answer === "boolean") return answer ? "Yes" : "No"
  const option = question?.options?.find(({ key }) => key === answer)
  return option ? `“${option.label}”` : question?.kind === "number" ? `${answer}` : `“${answer ?? ""}”`
}

export const short = (text) => {
  const words = text.replace(/\s+/g, " ").trim()
  return words.length > 60 ? `${words.slice(0, 59)}…` : words
}

// What a change is called when it is told: “Text added”.
export function nameOf(item) {
  return short(item.text) ? `“${short(item.text)}”` : KINDS[item.kind].words
}
