"use strict";
// Before anything is drawn: the chosen look, and that scripts run.
document.documentElement.classList.remove("no-script");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage may be switched off */ }
