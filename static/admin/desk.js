/* The menus in the header close when one presses Escape or anywhere else. Without this script their own button does. */
"use strict";
(() => {
  const menus = document.querySelectorAll(".desk-menu");
  document.addEventListener("click", (event) => {
    menus.forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && [...menus].find((menu) => menu.open);
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
})();
