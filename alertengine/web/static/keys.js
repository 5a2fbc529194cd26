// Keys of every page: / search, g and a letter to a page, n a new forecast.  Off while a field has the focus.
(() => {
  const pages = { t: "/", f: "/issue", s: "/simulate", h: "/audit", r: "/rules", q: "/lists" };
  let waits = 0;
  document.addEventListener("keydown", event => {
    const there = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || there.closest("input, textarea, select, [contenteditable], .ag-root, .q-dialog")) return;
    if (event.key === "/") {
      const field = document.querySelector(".seek input");
      if (field) { event.preventDefault(); field.focus(); }
    } else if (event.key === "g") {
      waits = Date.now();
    } else if (Date.now() - waits < 1500 && pages[event.key]) {
      const way = document.querySelector(`header.top nav a[href="${pages[event.key]}"]`);
      waits = 0;
      if (way) location.href = way.href;
    } else if (event.key === "n") {
      const way = document.querySelector("a[data-key=n]");
      if (way) location.href = way.href;
    }
  });
})();
