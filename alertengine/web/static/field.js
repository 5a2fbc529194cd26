// The form of a plant: what is typed is kept in this browser until the server has it, so that a dead spot loses nothing.
(() => {
  const kept = new URLSearchParams(location.search).get("kept");
  if (kept) localStorage.removeItem("field " + kept);
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const name = "field " + form.dataset.draft, said = document.querySelector("[data-saved]");
  const fields = () => [...form.elements].filter(one => one.name && one.type !== "file" && one.type !== "hidden");
  for (const [key, value] of JSON.parse(localStorage.getItem(name) || "[]")) {
    for (const one of fields()) {
      if (one.name !== key) continue;
      if (one.type === "radio") one.checked = one.value === value; else one.value = value;
    }
    said.hidden = false;
  }
  form.addEventListener("input", () => {
    const held = fields().filter(one => one.type !== "radio" || one.checked).map(one => [one.name, one.value]);
    localStorage.setItem(name, JSON.stringify(held));
    said.hidden = false;
  });
  form.addEventListener("submit", event => {
    if (navigator.onLine) return;
    event.preventDefault();
    alert("现在没有网络：已存在手机上，有网络时再按“存下”。");
  });
})();
