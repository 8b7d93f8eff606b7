// The browser's own hints about the line: the network went or came, the page was hidden for long or restored.
const LONG = 60_000

export function listenToTheBrowser(line) {
  let hiddenAt = null
  addEventListener("offline", () => line.cut())
  addEventListener("online", () => line.wake())
  addEventListener("pageshow", (event) => { if (event.persisted) line.wake() })
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now()
    else if (hiddenAt !== null && Date.now() - hiddenAt > LONG) line.wake()
  })
}
