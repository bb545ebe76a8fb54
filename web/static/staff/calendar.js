/* Arrow keys move through the calendar, as long as nothing is being typed. */

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, dialog")) return;
  const step = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = step && document.querySelector(`[data-step="${step}"]`);
  if (link) link.click();
});
