// What a page is like for the eye and the finger. Nothing here acts on the page.
(() => {
const visible = it => {
  const box = it.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && getComputedStyle(it).visibility !== "hidden" && box.right > 0;
};
const name = it => `${it.localName}${it.id ? "#" + it.id : ""} « ${(it.innerText || it.value || it.name || "").trim().slice(0, 40)} »`;

// Everything to press is 44 pixels high. A link inside a sentence is as high as its line (WCAG 2.5.5, 2.5.8).
window.small = () => {
  const found = [];
  for (const it of document.querySelectorAll("a[href], button, input:not([type=hidden]), textarea, select, summary")) {
    if (!visible(it)) continue;
    const target = it.closest("label.choice") || it;
    const box = target.getBoundingClientRect();
    const sentence = it.localName === "a" && [...it.parentElement.childNodes].some(
      other => other !== it && other.textContent.trim() !== "" && !(other.localName === "br"));
    if (box.height < 43.5 && !sentence) found.push(`${name(it)} is ${box.width.toFixed(0)} × ${box.height.toFixed(0)}`);
    if (box.width < 43.5 && !sentence) found.push(`${name(it)} is ${box.width.toFixed(0)} wide`);
  }
  return found;
};

// What is wider than the screen.
window.wide = () => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.querySelectorAll("main *, footer *, header *")].filter(it => it.getBoundingClientRect().right > width + 0.5);
  return [`${document.documentElement.scrollWidth} pixels on a screen of ${width}: ${out.slice(0, 3).map(name).join(", ")}`];
};

// Text that its own box cuts off.
window.cut = () => [...document.querySelectorAll("main *")].filter(it => {
  const style = getComputedStyle(it);
  const hides = style.overflowX !== "visible" || style.overflowY !== "visible";
  return hides && visible(it) && !["input", "textarea", "progress", "svg"].includes(it.localName)
    && (it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 1);
}).map(name);

// Labels that stand far from their field.
window.far = () => [...document.querySelectorAll("label[for]")].filter(label => {
  const field = document.getElementById(label.htmlFor);
  if (!field || !visible(field)) return false;
  const [above, below] = [label.getBoundingClientRect(), field.getBoundingClientRect()];
  const between = [...document.querySelectorAll("input:not([type=hidden]), textarea")].filter(other => {
    const box = other.getBoundingClientRect();
    return other !== field && visible(other) && box.top >= above.bottom && box.bottom <= below.top;
  });
  return between.length > 0 || below.top < above.top - 1;
}).map(name);

// The texts of the page in the order of its source.
window.texts = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    if (text) found.push([text, walker.currentNode]);
  }
  return found;
};

// Without style sheet, what is read from top to bottom is what the source says, and nothing is missing.
window.unordered = () => {
  const found = [];
  let last = -Infinity;
  for (const [text, node] of window.texts()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.height === 0 && !node.parentElement.closest("progress, option, textarea, script, style, noscript")) found.push(`« ${text.slice(0, 40)} » is not shown`);
    // Words of one line may differ by a little in height.
    if (box.height > 0 && box.bottom < last - 24) found.push(`« ${text.slice(0, 40)} » stands above what comes before it`);
    if (box.height > 0) last = box.bottom;
  }
  return found;
};

// Axe, on the whole page; `rules` are the only ones run when given.
window.judge = async rules => {
  const options = { resultTypes: ["violations"], runOnly: rules
    ? { type: "rule", values: rules }
    : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } };
  const found = await axe.run(document, options);
  return found.violations.map(it => `${it.id}: ${it.help}: ${it.nodes.slice(0, 3).map(node => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join("; ")}`);
};
})();
