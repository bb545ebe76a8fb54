// A screen that is left alone hides the name by itself: the server would no longer show it either.
const glass = document.querySelector("[data-glass-until]");
if (glass) {
  const shut = () => {
    if (new Date(glass.dataset.glassUntil) > new Date()) return;
    glass.querySelector("[data-glass-open]")?.remove();
    glass.querySelector("[data-glass-shut]").hidden = false;
    clearInterval(timer);
  };
  const timer = setInterval(shut, 1000);
  document.addEventListener("visibilitychange", shut);
}
