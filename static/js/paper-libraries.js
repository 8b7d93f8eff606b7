// The libraries that draw signatures and PDFs: fetched by the page that needs one. They stand at the top of js/, so that the
// way to vendor/ is the same from the bundle.
export const signatureLibrary = () => import(new URL("../vendor/signature_pad.js", import.meta.url))

export async function pdfLibrary() {
  const library = await import(new URL("../vendor/pdfjs/pdf.min.js", import.meta.url))
  library.GlobalWorkerOptions.workerSrc = new URL("../vendor/pdfjs/pdf.worker.min.js", import.meta.url).href
  return library
}
