// In an invitation: a document that is uploaded and joins the lines of the <sortable-list> round it.
import { GivingFiles } from "../uploads/giving.js"

customElements.define("add-file", class extends GivingFiles {
  sends(form) { return form.contains(this) }

  taken(id, file) {
    this.closest("sortable-list").add("file", (row) => {
      row.querySelector("[data-title]").textContent = file.name
      const select = row.querySelector("select")
      select.setAttribute("aria-label", file.name)
      for (const option of [...select.options]) {
        option.value = option.value.replace("FILE", id)
        if (option.value.startsWith("sign:") && !file.name.toLowerCase().endsWith(".pdf")) option.remove()
      }
    })
  }
})
