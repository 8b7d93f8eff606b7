// Amounts with units: together, times and per each other. Units are not converted but for time; what comes of several
// is written as UCUM writes it.
import { Quantity, UCUM, inOneUnit, number, quantityOf } from "./things.js"

const NO_UNIT = "1"
const CODES = Object.assign(Object.create(null), Object.fromEntries(Object.entries(UCUM).map(([code, name]) => [name, code])))

// Both as quantities, where one of them is: a number beside it has no unit.
export function amounts(one, other) {
  const [first, second] = [quantityOf(one), quantityOf(other)]
  if (!first && !second) return null
  const both = [first ?? bare(one), second ?? bare(other)]
  return both.every(Boolean) ? both : null
}

const bare = (value) => (number(value) === null ? null : new Quantity(number(value), NO_UNIT))

// The sum, or the difference; null for units that are not the same kind of thing.
export function together(one, other, sign) {
  const found = inOneUnit(one, other)
  return found && new Quantity(found[0] + sign * found[1], found[2])
}

export const times = (one, other) => new Quantity(one.value * other.value, written([one.unit, other.unit], "."))

export function per(one, other) {
  if (!other.value) return null
  const found = inOneUnit(one, other)
  if (found) return new Quantity(found[0] / found[1], NO_UNIT)
  return new Quantity(one.value / other.value, written([one.unit, other.unit], "/"))
}

function written(units, sign) {
  const [left, right] = units.map((unit) => CODES[unit] ?? unit)
  if (right === NO_UNIT) return units[0]
  if (left === NO_UNIT && sign === ".") return units[1]
  return /[./]/.test(right) ? `${left}${sign}(${right})` : `${left}${sign}${right}`
}
