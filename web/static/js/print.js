/* A button that opens the browser's own print window; without scripts the browser's menu does the same. */
for (const button of document.querySelectorAll("[data-prints]")) {
  button.addEventListener("click", () => window.print());
}
