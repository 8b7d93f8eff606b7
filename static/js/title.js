// "(3) Messages · Harbor Counseling": what is unread stands in the tab's title too, whatever names the page meanwhile.
const COUNTED = /^\(\d+\+?\) /

export function countInTitle() {
  const badge = document.querySelector(".with-count live-region")
  if (!badge) return
  const show = () => {
    const count = badge.isConnected && badge.textContent.match(/\d+\+?/)?.[0]
    const plain = document.title.replace(COUNTED, "")
    const title = count ? `(${count}) ${plain}` : plain
    if (document.title !== title) document.title = title
  }
  const watch = new MutationObserver(show)
  watch.observe(badge, { childList: true, subtree: true, characterData: true })
  watch.observe(document.querySelector("title"), { childList: true })
  show()
}
