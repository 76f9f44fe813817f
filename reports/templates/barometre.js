// Filters the index and shows one breakdown at a time. Everything is there without it.
(() => {
  "use strict";

  const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[’'\u00a0\u202f\s]+/g, " ").trim();

  const index = () => {
    const box = document.querySelector("[data-search]");
    if (!box) return;
    const field = box.querySelector("input");
    const status = box.querySelector("[role=status]");
    const groups = [...document.querySelectorAll("[data-group]")].map(group => ({
      group,
      entries: [...group.querySelectorAll("li")].map(entry => ({ entry, text: plain(entry.textContent) })),
    }));
    const letters = document.querySelector("[data-letters]");
    const filter = () => {
      const words = plain(field.value).split(" ").filter(word => word);
      let found = 0;
      for (const { group, entries } of groups) {
        let here = 0;
        for (const { entry, text } of entries) {
          const is = words.every(word => text.includes(word));
          entry.hidden = !is;
          if (is) here += 1;
        }
        group.hidden = here === 0;
        found += here;
      }
      letters.hidden = words.length > 0;
      const said = found === 0 ? status.dataset.none : found === 1 ? status.dataset.one : status.dataset.many;
      status.textContent = words.length === 0 ? "" : said.replace("{n}", found);
    };
    box.hidden = false;
    field.addEventListener("input", filter);
    if (field.value) filter();
  };

  const picker = () => {
    const box = document.querySelector("[data-picker]");
    if (!box) return;
    const parts = [...box.querySelectorAll(":scope > section")];
    if (parts.length < 2) return;
    const label = document.createElement("label");
    const select = document.createElement("select");
    label.className = "picker";
    label.append(box.dataset.picker, " ", select);
    for (const part of parts) {
      const option = document.createElement("option");
      const title = part.querySelector("h3");
      const foreign = title.querySelector("[lang]");
      if (foreign) option.lang = foreign.lang;
      option.value = part.id;
      option.textContent = title.textContent;
      select.append(option);
    }
    const show = () => parts.forEach(part => part.classList.toggle("off", part.id !== select.value));
    const follow = () => {
      const wanted = parts.find(part => `#${part.id}` === location.hash);
      if (wanted) select.value = wanted.id;
      show();
    };
    select.addEventListener("change", show);
    addEventListener("hashchange", follow);
    box.prepend(label);
    follow();
  };

  index();
  picker();
})();
