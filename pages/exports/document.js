"use strict";
(() => {
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const tools = document.querySelector(".tools");
  const search = tools.querySelector("input");
  const buttons = all("button[data-code]", tools);
  const status = document.getElementById("shown");
  const items = all("[data-verdict]");
  const words = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));

  function show() {
    const codes = buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.code);
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const item of items) {
      const own = [item.dataset.verdict, ...item.dataset.flags.split(" ")];
      const fits = (!codes.length || codes.some((c) => own.includes(c))) && words.get(item).includes(wanted);
      item.classList.toggle("none", !fits);
      if (fits && item.matches("tr")) count += 1;
    }
    for (const box of all(".objective, .team")) {
      box.classList.toggle("none", !box.querySelector("[data-verdict]:not(.none)"));
    }
    status.textContent = codes.length || wanted ? `${count} shown` : "";
  }
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      show();
    });
  }
  search.addEventListener("input", show);
  tools.hidden = false;

  for (const table of all("table[data-sorts]")) {
    const heads = all("th", table);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent;
        const number = head.classList.contains("number");
        const rank = (a, b) => (number ? Number(a) - Number(b) : a.localeCompare(b));
        const body = table.tBodies[0];
        const known = [...body.rows].filter((row) => key(row) !== "");
        const unknown = [...body.rows].filter((row) => key(row) === "");
        known.sort((a, b) => rank(key(a), key(b)) * (down ? -1 : 1));
        body.append(...known, ...unknown);
      });
    });
  }

  function open() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.matches("details")) target.open = true;
  }
  addEventListener("hashchange", open);
  open();
  addEventListener("beforeprint", () => all("section > details.fold").forEach((fold) => { fold.open = true; }));
})();
