// Keys of every page: / search, g and a letter to a page, n a new forecast, ? what the keys are; on a draft j and k go
// to the next and previous line, 1 to 6 decide the chosen one, Ctrl+Enter applies, Ctrl+Z undoes, Escape leads back to
// its row; in the grid of missing cells arrows move and Space opens.  Off while a field has the focus.
(() => {
  const pages = { t: "/", f: "/issue", s: "/simulate", h: "/audit", r: "/rules", q: "/lists", m: "/map" };
  let waits = 0;
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const press = key => {
    const there = document.querySelector(`[data-key="${key}"]`);
    if (there) there.click();
    return Boolean(there);
  };
  // the link over the tiles and filters leads to the first row itself
  document.addEventListener("click", event => {
    const cell = document.querySelector(".ag-row[row-index='0'] .ag-cell");
    if (cell && event.target.closest(".skip[href='#orders']")) { event.preventDefault(); cell.focus(); }
  });
  document.addEventListener("keydown", event => {
    const there = event.target, control = event.ctrlKey || event.metaKey;
    const typing = there.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (there.closest(".q-dialog, .q-menu")) return;
    if (control && !event.altKey && event.key === "Enter") {
      const inside = there.closest(".decides") || document;
      const button = inside.querySelector('[data-key="apply"]');
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.key === "Escape" && !document.querySelector(".q-menu")) {
      const row = document.querySelector(".ag-cell-focus") || document.querySelector(".ag-row-selected .ag-cell");
      if (row && !there.closest(".ag-root")) { event.preventDefault(); row.focus(); }
      return;
    }
    if (typing) return;
    const cell = there.closest("[data-cell]"), step = arrows[event.key];
    if (cell && step) {
      const [x, y] = cell.dataset.cell.split(",").map(Number);
      const next = document.querySelector(`[data-cell="${x + step[0]},${y + step[1]}"]`);
      if (next) { event.preventDefault(); next.focus(); }
      return;
    }
    if (cell && event.key === " ") { event.preventDefault(); cell.click(); return; }
    if (control && event.key === "z") { if (press("undo")) event.preventDefault(); return; }
    if (control || event.altKey) return;
    if (event.key === "j" || event.key === "k") { if (press(event.key)) event.preventDefault(); return; }
    if (/^[1-6]$/.test(event.key)) { if (press(event.key)) event.preventDefault(); return; }
    if (event.key === "/") {
      const field = document.querySelector(".seek input");
      if (field) { event.preventDefault(); field.focus(); }
    } else if (event.key === "?") {
      const keys = document.querySelector(".keys");
      if (keys) { event.preventDefault(); keys.scrollIntoView({ block: "center" }); keys.focus(); }
    } else if (event.key === "g") {
      waits = Date.now();
    } else if (Date.now() - waits < 1500 && pages[event.key]) {
      const way = document.querySelector(`header.top nav a[href="${pages[event.key]}"]`);
      waits = 0;
      if (way) location.href = way.href;
    } else if (event.key === "n") {
      press("n");
    }
  });
})();
