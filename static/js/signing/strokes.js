// Lines of a signature: [[[x, y], …], …] in a field of 600 by 200, and as SVG path data of at most 38,000 letters.
export const WIDE = 600
export const HIGH = 200
const LONGEST = 38_000
const OUTSIDE = 40
const POINT = /(-?[\d.]+),(-?[\d.]+)/g

export function pathOf(strokes) {
  let apart = 1
  let path = written(strokes, apart)
  while (path.length > LONGEST) path = written(strokes, apart *= 2)
  return path
}

export function taken(path) {
  return path.split("M").filter(Boolean).map((line) => [...line.matchAll(POINT)].map(([, x, y]) => [Number(x), Number(y)]))
}

// as the pad's own data, for a field that is so wide
export function placed(strokes, width) {
  const scale = width / WIDE
  return strokes.map((points) => ({
    penColor: "#14202a", minWidth: 1.2, maxWidth: 2.6, dotSize: 0, velocityFilterWeight: 0.7, compositeOperation: "source-over",
    points: points.map(([x, y], place) => ({ x: x * scale, y: y * scale, time: place * 16, pressure: 0.5 })),
  }))
}

function written(strokes, apart) {
  return strokes.map((points) => line(points.map(inside), apart)).join("")
}

function line(points, apart) {
  const kept = points.filter((point, place) => place === 0 || place === points.length - 1 || far(point, points[place - 1], apart) && place % apart === 0)
  return kept.map((point, place) => `${place ? "L" : "M"}${point.map((one) => Number(one.toFixed(1))).join(",")}`).join("")
}

const far = ([x, y], [a, b], apart) => Math.hypot(x - a, y - b) >= Math.min(apart, 8) / 2

// a pen may leave the field a little
const inside = ([x, y]) => [Math.min(Math.max(x, -OUTSIDE), WIDE + OUTSIDE), Math.min(Math.max(y, -OUTSIDE), HIGH + OUTSIDE)]
