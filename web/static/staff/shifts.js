/* The screen of the station asks for its code again before the old one is forgotten. */

const screen = document.querySelector("[data-renews]");
if (screen) setTimeout(() => location.reload(), Number(screen.dataset.renews) * 1000);
