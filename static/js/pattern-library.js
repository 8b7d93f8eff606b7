// The engine that patterns of forms run in: fetched by the page whose form has one. It stands at the top of js/, so that the
// way to vendor/ is the same from the bundle.
export const patternLibrary = () => import(new URL("../vendor/re2.js", import.meta.url))
