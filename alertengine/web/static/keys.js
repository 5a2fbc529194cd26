// Keys of every page: / search, g and a letter to a page, n a new forecast, ? what the keys are; on a draft j and k go
// to the next and previous line, 1 to 6 decide the chosen one, Ctrl+Enter applies, Ctrl+Z undoes.  Off while a field has the focus.
(() => {
  const pages = { t: "/", f: "/issue", s: "/simulate", h: "/audit", r: "/rules", q: "/lists" };
  let waits = 0;
  const press = key => {
    const there = document.querySelector(`[data-key="${key}"]`);
    if (there) there.click();
    return Boolean(there);
  };
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
    if (typing) return;
    if (control && event.key === "z") { if (press("undo")) event.preventDefault(); return; }
    if (control || event.altKey) return;
    if (event.key === "j" || event.key === "k") { if (press(event.key)) event.preventDefault(); return; }
    if (/^[1-6]$/.test(event.key)) { if (press(event.key)) event.preventDefault(); return; }
    if (there.closest(".ag-root")) return;
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
