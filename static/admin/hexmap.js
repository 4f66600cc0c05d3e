/* The map with a keyboard: one stop for Tab, arrows go from hexagon to hexagon; the name stands above the map.
   Without this script every hexagon is a link in the order of the page, with its name as a tooltip. */
"use strict";
(() => {
  const map = document.getElementById("map");
  const name = document.getElementById("map-name");
  const hexes = [...map.querySelectorAll("a")];
  const place = (hex) => {
    const use = hex.querySelector("use");
    return { x: Number(use.getAttribute("x")), y: Number(use.getAttribute("y")) };
  };
  const say = (hex) => {
    name.textContent = hex ? hex.querySelector("title").textContent : "\u00a0";
  };
  const choose = (hex) => {
    hexes.forEach((other) => other.setAttribute("tabindex", other === hex ? "0" : "-1"));
  };
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const nearest = (from, [right, down]) => {
    const here = place(from);
    let best = null;
    let least = Infinity;
    for (const hex of hexes) {
      const there = place(hex);
      const ahead = (there.x - here.x) * right + (there.y - here.y) * down;
      const aside = Math.abs((there.x - here.x) * down) + Math.abs((there.y - here.y) * right);
      const far = ahead + 2 * aside;
      if (ahead > 4 && far < least) {
        best = hex;
        least = far;
      }
    }
    return best;
  };

  choose(hexes[0]);
  map.addEventListener("focusin", (event) => {
    const hex = event.target.closest("a");
    if (hex) {
      choose(hex);
      say(hex);
    }
  });
  map.addEventListener("mouseover", (event) => {
    const hex = event.target.closest("a");
    if (hex) say(hex);
  });
  map.addEventListener("mouseleave", () => say(map.contains(document.activeElement) ? document.activeElement : null));
  map.addEventListener("keydown", (event) => {
    const hex = event.target.closest("a");
    if (!hex || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = { Home: hexes[0], End: hexes[hexes.length - 1] }[event.key]
      ?? (step[event.key] && nearest(hex, step[event.key]));
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
})();
