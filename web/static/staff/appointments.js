/* A change of service or way shows its times at once; without scripts the button does. */

const asks = document.querySelector("[data-asks]");
if (asks) asks.addEventListener("change", (event) => { if (event.target.matches("select")) asks.requestSubmit(); });
