// Comforts on top of pages that work without it: dismissible messages, menus that close, "select all", chart read-outs,
// the focus where a piece of the page was swapped, short addresses.

const each = (root, selector, act) => root.querySelectorAll(selector).forEach(act);

const seen = new WeakSet();
const once = (act) => (element) => { if (!seen.has(element)) { seen.add(element); act(element); } };

function addDismissButton(message) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "message__close";
  button.setAttribute("aria-label", "Dismiss");
  button.textContent = "✕";
  button.addEventListener("click", () => message.remove());
  message.append(button);
}

function closeMenus(event) {
  const pressedEscape = event.type === "keydown" && event.key === "Escape";
  each(document, "details[data-menu][open]", (menu) => {
    if (pressedEscape) menu.querySelector("summary").focus();
    if (pressedEscape || (event.type === "click" && !menu.contains(event.target))) menu.open = false;
  });
}

// A box with data-check-all="name" ticks every box of that name in its form; the form's data-checked-count says how many.
// The boxes may stand outside the form (form="…"), so their changes are heard on the document.
function linkCheckAll(all) {
  const form = all.form;
  const boxes = () => [...form.elements].filter((box) => box.name === all.dataset.checkAll);
  const show = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    each(form, "[data-checked-count]", (place) => { place.textContent = ticked === 1 ? "1 selected" : `${ticked} selected`; });
    form.toggleAttribute("data-any-checked", ticked > 0);
  };
  all.hidden = false;
  all.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); });
  document.addEventListener("change", (event) => { if (event.target.form === form) show(); });
  show();
}

// Over a chart, the read-out under its title names the nearest point; leaving restores what it said.
function linkReadout(chart) {
  const place = chart.querySelector("[data-readout-place]");
  if (!place) return;
  const resting = place.textContent;
  each(chart, "[data-readout]", (band) => {
    band.addEventListener("pointerenter", () => { place.textContent = band.dataset.readout; band.parentNode.classList.add("is-near"); });
    band.addEventListener("pointerleave", () => { place.textContent = resting; band.parentNode.classList.remove("is-near"); });
  });
}

// A form with data-submit-on-change sends itself when a choice changes; its own button then only serves without script.
function linkAutoSubmit(form) {
  each(form, "[data-fallback]", (button) => { button.hidden = true; });
  form.addEventListener("change", (event) => { if (event.target.matches("select, input[type=month]")) form.requestSubmit(); });
}

// A form with data-drop-blanks leaves what was not filled in out of the address.
function linkDropBlanks(form) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const name of new Set(formData.keys())) {
      const said = formData.getAll(name).filter((value) => value !== "");
      formData.delete(name);
      said.forEach((value) => formData.append(name, value));
    }
  });
}

// After a swap inside an element with data-focus="selector", the focus goes to what the selector finds there.
function focusSwapped(event) {
  const place = event.target.closest("[data-focus]");
  place?.querySelector(place.dataset.focus)?.focus();
}

function cancelEdit(event) {
  if (event.key === "Escape") event.target.closest("form")?.querySelector("[data-cancel]")?.click();
}

// A wide report opens at its newest months, with columns of a width that fits whole ones only: an amount that is cut off at
// its left loses its sign.
function fitMonths(table) {
  const scroller = table.closest(".scroller");
  const fit = () => {
    table.style.removeProperty("--month");
    const [names, ...columns] = table.tHead.rows[0].cells;
    const total = columns.at(-1);
    const stays = getComputedStyle(total).right === "0px" ? total.offsetWidth : 0;
    const moving = stays ? columns.slice(0, -1) : columns;
    const room = scroller.clientWidth - names.offsetWidth - stays;
    const shown = Math.max(1, Math.floor(room / Math.max(...moving.map((column) => column.offsetWidth))));
    scroller.classList.toggle("scroller--by-month", shown < moving.length);
    scroller.classList.toggle("scroller--whole", shown >= moving.length);
    if (shown >= moving.length) return;
    table.style.setProperty("--month", `${Math.floor(room / shown)}px`);
    scroller.style.setProperty("--names", `${names.offsetWidth}px`);
    scroller.scrollLeft = scroller.scrollWidth;
  };
  new ResizeObserver(fit).observe(scroller);
}

function enhance(root) {
  each(root, "[data-message]", once(addDismissButton));
  each(root, "[data-check-all]", once(linkCheckAll));
  each(root, "[data-chart]", once(linkReadout));
  each(root, "table[data-by-month]", once(fitMonths));
  each(root, "form[data-submit-on-change]", once(linkAutoSubmit));
  each(root, "form[data-drop-blanks]", once(linkDropBlanks));
}

document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("keydown", cancelEdit);
// Settled, not only swapped: what has the focus can be used at once.
document.addEventListener("htmx:afterSettle", focusSwapped);
enhance(document);
document.addEventListener("htmx:load", () => enhance(document));
