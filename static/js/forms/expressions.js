// Formulas of a form: the data that they are run upon, and their variables.
import { runTree } from "./fhirpath/compiling.js"
import { SCORE } from "./fhirpath/gathering.js"
import { Run } from "./fhirpath/running.js"
import { asFhir, optionOf, valueKey } from "./options.js"
import { isThing } from "./values.js"

const HL7 = "http://hl7.org/fhir/StructureDefinition/"
const CONSTANTS = { ucum: "http://unitsofmeasure.org", sct: "http://snomed.info/sct", loinc: "http://loinc.org" }
const sources = new WeakMap()
// What it takes, in steps, to begin one formula, and to lay out one place for a pass.
const BEGINS = 10
const LAYS_OUT = 4

// The data of one pass: the answers as they stand now. Nothing of it changes while formulas run upon it.
export class Surroundings {
  #known = new Map()
  #ofNode = new Map()
  #indexes = new Map()
  #flat = new Map()

  constructor(definition, nodes, context, budget) {
    Object.assign(this, { definition, context, budget })
    this.resource = { resourceType: "QuestionnaireResponse", status: "in-progress", item: this.#items(nodes) }
    budget.steps -= LAYS_OUT * this.#ofNode.size
  }

  // What a formula gives at a place (null: the form); null where it has no sense for these answers.
  result(tree, node) {
    const variables = (name) => this.variable(name, node)
    this.budget.steps -= BEGINS
    try {
      return runTree(tree, new Run(variables, this.context.now, this.budget, this.#indexes, this.#flat), [this.#context(node)])
    } catch {
      return null
    }
  }

  variable(name, node) {
    if (name === "resource" || name === "rootResource") return [this.resource]
    if (name === "context") return [this.#context(node)]
    if (name === "qitem") return node ? [definitionsOf(this.definition).get(node.item.id)] : []
    if (name === "questionnaire") return [this.definition.source]
    if (Object.hasOwn(CONSTANTS, name)) return [CONSTANTS[name]]
    if (name.startsWith("ext-")) return [HL7 + name.slice(4)]
    return this.#own(name, node)
  }

  #own(name, node) {
    for (let place = node; ; place = place.parent) {
      const said = (place ? place.item.variables : this.definition.variables) ?? []
      this.budget.steps -= said.length >> 3
      const found = said.findLast(([own]) => own === name)
      if (found) return this.#defined(name, found[1], place)
      if (!place) return this.#outside(name)
    }
  }

  // Known as nothing while it is worked out: a variable that asks for itself ends there.
  #defined(name, tree, place) {
    if (!this.#known.has(place)) this.#known.set(place, {})
    const held = this.#known.get(place)
    if (!Object.hasOwn(held, name)) {
      held[name] = null
      held[name] = this.result(tree, place)
    }
    return held[name] ?? []
  }

  #outside(name) {
    const value = this.context.variables?.[name]
    return Array.isArray(value) ? value : value == null ? [] : [value]
  }

  #context(node) {
    if (!node) return this.resource
    if (!this.#ofNode.has(node)) this.#ofNode.set(node, { linkId: node.item.id })
    return this.#ofNode.get(node)
  }

  #items(nodes) {
    return nodes.flatMap((node) => this.#item(node))
  }

  #item(node) {
    const { item } = node
    if (!node.enabled || item.type === "display") return []
    if (node.instances.length) return this.#items(node.instances)
    const made = { linkId: item.id, text: item.text }
    this.#ofNode.set(node, made)
    const below = this.#items(node.children)
    if (node.values.length) {
      made.answer = node.values.map((value) => answerOf(item, value))
      if (below.length) made.answer[0].item = below
    } else if (below.length) made.item = below
    return node.values.length || below.length ? [made] : []
  }
}

// An answer for formulas: with its score, as options carry it.
function answerOf(item, value) {
  const [key, plain] = [valueKey(item, value), asFhir(item, value)]
  const score = item.options ? optionOf(item, value)?.score : undefined
  if (score === undefined) return { [key]: plain }
  const weighed = { url: `${HL7}ordinalValue`, valueDecimal: score }
  return { [key]: isThing(plain) ? { ...plain, [SCORE]: score, extension: [weighed] } : plain, [SCORE]: score }
}

function definitionsOf(definition) {
  if (!sources.has(definition)) {
    const found = new Map()
    const walk = (items) => items?.forEach((one) => walk(found.set(one.linkId, one) && one.item))
    walk(definition.source?.item)
    sources.set(definition, found)
  }
  return sources.get(definition)
}
