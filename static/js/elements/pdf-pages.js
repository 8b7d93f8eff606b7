// <pdf-pages src label>: a PDF drawn page by page, in every browser. What stands inside goes on standing below: the ways to
// open and to save it. When the last page's end was in sight, the page's <signature-pad> hears of it.
import { pdfLibrary } from "../paper-libraries.js"
import { tag } from "../tag.js"

const WIDEST = 1600
const MOST = 300

customElements.define("pdf-pages", class extends HTMLElement {
  #ends = []

  async connectedCallback() {
    const pages = tag("div", { class: "pages", tabindex: "0", role: "region", "aria-label": this.getAttribute("label") ?? "Document" },
      tag("p", { class: "quiet", role: "status" }, "Loading the document"))
    this.prepend(pages)
    this.#ends.push(() => pages.remove())
    try {
      await this.#fill(pages)
    } catch {
      pages.replaceChildren(tag("p", { role: "status" }, "This document cannot be shown here. Open it instead."))
    }
  }

  disconnectedCallback() {
    for (const end of this.#ends.splice(0)) end()
  }

  async #fill(pages) {
    const { getDocument } = await pdfLibrary()
    const loading = getDocument({ url: this.getAttribute("src"), isEvalSupported: false, useWasm: false, useSystemFonts: true })
    this.#ends.push(() => loading.destroy())
    const document = await loading.promise
    if (!this.isConnected) return
    const count = Math.min(document.numPages, MOST)
    const frames = Array.from({ length: count }, (_, place) => tag("canvas", { role: "img", "aria-label": `Page ${place + 1} of ${document.numPages}`, width: "612", height: "792" }))
    pages.replaceChildren(...frames, ...(count < document.numPages ? [] : [tag("span", { "data-end": "" })]))
    this.#draw(document, frames)
    this.#watch(pages)
  }

  // each page when it comes near
  #draw(document, frames) {
    const near = new IntersectionObserver((found) => {
      for (const { target, isIntersecting } of found) {
        if (!isIntersecting) continue
        near.unobserve(target)
        draw(document, frames.indexOf(target) + 1, target)
      }
    }, { rootMargin: "100% 0px" })
    for (const one of frames) near.observe(one)
    this.#ends.push(() => near.disconnect())
  }

  #watch(pages) {
    const end = pages.querySelector("[data-end]")
    if (!end) return
    const seen = new IntersectionObserver((found) => {
      if (!found.some((one) => one.isIntersecting)) return
      seen.disconnect()
      for (const pad of this.ownerDocument.querySelectorAll("signature-pad")) pad.read?.()
    }, { root: pages })
    seen.observe(end)
    this.#ends.push(() => seen.disconnect())
  }
})

async function draw(document, number, canvas) {
  const page = await document.getPage(number)
  const plain = page.getViewport({ scale: 1 })
  const wanted = canvas.getBoundingClientRect().width * Math.max(devicePixelRatio, 1)
  const viewport = page.getViewport({ scale: Math.min(wanted, WIDEST) / plain.width })
  canvas.width = Math.round(viewport.width)
  canvas.height = Math.round(viewport.height)
  await page.render({ canvas, viewport }).promise
}
