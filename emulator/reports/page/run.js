"use strict";
document.documentElement.classList.remove("no-script");
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy) {
    const text = document.getElementById(button.dataset.copy).textContent;
    const said = button.textContent;
    const copied = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject();
    copied.catch(() => {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }).then(() => {
      button.textContent = "copied";
      setTimeout(() => { button.textContent = said; }, 1200);
    });
  }
  if (button.id === "theme") {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }
  if (button.id === "unfold") {
    const folded = [...document.querySelectorAll("main details:not([open])")];
    const open = folded.length > 0;
    for (const details of document.querySelectorAll("main details")) details.open = open;
    button.textContent = open ? "fold all" : "unfold all";
  }
});
const unfold = () => {
  const aim = document.getElementById(location.hash.slice(1));
  if (aim && aim.tagName === "DETAILS") aim.open = true;
};
addEventListener("hashchange", unfold);
unfold();
document.getElementById("find").addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const part of document.querySelectorAll("[data-find]")) {
    part.classList.toggle("hidden", !part.dataset.find.toLowerCase().includes(wanted));
  }
});
