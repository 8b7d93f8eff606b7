// Round a link or a form that leads on by itself: to another practice, or through the door there. Without a script, and
// when it takes long, the link or the button is pressed by hand.
customElements.define("go-on", class extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form")
    if (form) form.requestSubmit()
    else location.replace(this.querySelector("a").href)
  }
})
