// What is printed of a page's orders: all of them, fetched as the paper is drawn; the page itself holds a screenful.
(() => {
  const places = () => document.querySelectorAll("[data-print]");
  addEventListener("beforeprint", () => places().forEach(place => {
    const asked = new XMLHttpRequest();
    asked.open("GET", place.dataset.print, false); // the paper is drawn when this returns
    asked.send();
    if (asked.status !== 200) {
      place.textContent = `全部指令没有取到：${asked.responseText}`;
      return;
    }
    const made = new DOMParser().parseFromString(asked.responseText, "text/html");
    place.className = `paper-only ${made.body.className}`;
    place.replaceChildren(...made.querySelector("main").childNodes);
  }));
  addEventListener("afterprint", () => places().forEach(place => place.replaceChildren()));
})();
