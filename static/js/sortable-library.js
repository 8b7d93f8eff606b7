// What drags lines of a list: fetched by the page that has one. It stands at the top of js/, so that the way to vendor/ is
// the same from the bundle.
export const sortableLibrary = () => import(new URL("../vendor/sortable.js", import.meta.url))
