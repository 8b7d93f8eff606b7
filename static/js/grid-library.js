// The library of the calendar's grid: fetched by the page that draws one. It stands at the top of js/, so that the way to
// vendor/ is the same from the bundle.
export const gridLibrary = () => import(new URL("../vendor/fullcalendar.js", import.meta.url))
