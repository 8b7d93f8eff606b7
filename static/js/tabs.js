// A row of tabs that is longer than a phone is wide begins where one is, not at its first.
export const showTheTab = () => {
  for (const tab of document.querySelectorAll(".subnav > [aria-current]")) {
    const row = tab.parentElement
    row.scrollLeft += tab.getBoundingClientRect().left - row.getBoundingClientRect().left - row.clientWidth / 3
  }
}
