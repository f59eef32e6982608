// Comforts on top of pages that work without it: dismissible messages, menus that close, "select all", chart read-outs,
// the focus where a piece of the page was swapped, short addresses, buttons that say they are at work, keys, blurred amounts.

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

// A submit button with data-busy="Saving …" says so while the page waits, and cannot be pressed again. It changes after the
// browser has taken its value, and back when the page is shown anew from the browser's memory.
const idle = new Map();

function showBusy(event) {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.dataset.busy) return;
  setTimeout(() => {
    idle.set(button, [...button.childNodes]);
    button.replaceChildren(button.dataset.busy);
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
  });
}

function showIdle() {
  idle.forEach((words, button) => {
    button.replaceChildren(...words);
    button.disabled = false;
    button.removeAttribute("aria-busy");
  });
  idle.clear();
}

// Blurred amounts are remembered in a cookie, so that the server draws the next page blurred from its first paint on.
const isBlurred = () => document.cookie.split("; ").includes("blur=on");

function showBlur() {
  document.documentElement.toggleAttribute("data-blurred", isBlurred());
  each(document, "[data-blur]", (button) => button.setAttribute("aria-pressed", String(isBlurred())));
}

function toggleBlur() {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `blur=on; path=/; samesite=lax; max-age=${isBlurred() ? 0 : 365 * 24 * 60 * 60}${secure}`;
  showBlur();
}

// Keys. Single ones act only where nothing is being typed, without a modifier, and while a person has not turned them off.
const keysAreOn = () => localStorage.getItem("keys") !== "off";
const isTyping = (element) => element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");

const rowInHand = () => document.activeElement.closest("[data-row]") ?? document.querySelector("[data-row][aria-current]");

function stepRows(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(rowInHand());
  const row = rows[at < 0 ? 0 : at + by];
  if (!row) return;
  each(document, "[data-row][aria-current]", (other) => other.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function openRow() {
  const row = document.activeElement;
  if (!row.matches("[data-row]")) return false;
  (row.querySelector("[data-open]") ?? row.querySelector("a[href]"))?.click();
}

function search() {
  const field = document.querySelector("[data-search]");
  if (!field) return document.querySelector("[data-search-link]")?.click();
  field.focus();
  field.select();
}

function showKeys() {
  const dialog = document.querySelector("dialog[data-keys]");
  if (!dialog || dialog.open) return;
  each(dialog, "[data-key-for]", (line) => { line.hidden = !document.querySelector(line.dataset.keyFor); });
  dialog.querySelector("[data-keys-switch]").checked = keysAreOn();
  dialog.showModal();
}

const press = (selector) => () => rowInHand()?.querySelector(selector)?.click();
const KEYS = {
  "/": search, j: () => stepRows(1), k: () => stepRows(-1), x: press("[data-select]"), c: press("[data-categorise]"),
  Enter: openRow, b: toggleBlur, "?": showKeys,
};

function pressKey(event) {
  const target = event.target;
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape" && target.matches("[data-search]")) target.blur();
  if (document.querySelector("dialog[open]") || event.altKey || (event.repeat && !"jk".includes(event.key))) return;
  const modified = event.ctrlKey || event.metaKey;
  const asksForSearch = modified && !event.shiftKey && event.key.toLowerCase() === "k";
  const act = modified ? asksForSearch && search : !isTyping(target) && keysAreOn() && KEYS[event.key];
  if (!act) return;
  if (act() !== false) event.preventDefault();
}

function linkKeys(dialog) {
  dialog.querySelector("[data-keys-switch]").addEventListener("change", (event) => { localStorage.setItem("keys", event.target.checked ? "on" : "off"); });
  // What lies around an open dialog is the dialog itself.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

// On the page that has the search field, the link to it goes nowhere else; from elsewhere it arrives with the focus there.
function linkSearch(link) {
  link.addEventListener("click", (event) => {
    if (!document.querySelector("[data-search]") || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    search();
  });
}

// A narrow window has the pages' names in one row that scrolls: the one that is open is in sight.
function showCurrentPage(list) {
  const link = list.querySelector("[aria-current]");
  if (link) list.scrollLeft = link.offsetLeft - list.offsetLeft - (list.clientWidth - link.offsetWidth) / 2;
}

// Time zones: told when an account is made, offered where another one was chosen.
const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function offerZone(offer) {
  const choice = offer.closest("form").querySelector("select[name=time_zone]");
  if (![...choice.options].some((option) => option.value === browserZone())) return;
  const show = () => { offer.hidden = choice.value === browserZone(); };
  offer.querySelector("[data-zone-name]").textContent = browserZone();
  offer.querySelector("button").addEventListener("click", () => {
    choice.value = browserZone();
    choice.focus();
    show();
  });
  choice.addEventListener("change", show);
  show();
}

function enhance(root) {
  each(root, "[data-message]", once(addDismissButton));
  each(root, "[data-check-all]", once(linkCheckAll));
  each(root, "[data-chart]", once(linkReadout));
  each(root, "table[data-by-month]", once(fitMonths));
  each(root, "form[data-submit-on-change]", once(linkAutoSubmit));
  each(root, "form[data-drop-blanks]", once(linkDropBlanks));
  each(root, "dialog[data-keys]", once(linkKeys));
  each(root, "[data-search-link]", once(linkSearch));
  each(root, "[data-blur]", once((button) => button.addEventListener("click", toggleBlur)));
  each(root, "[data-print]", once((button) => button.addEventListener("click", () => window.print())));
  each(root, "[data-show-keys]", once((button) => button.addEventListener("click", showKeys)));
  each(root, ".stub__list", once(showCurrentPage));
  each(root, "[data-browser-zone]", once((field) => { field.value = browserZone(); }));
  each(root, "[data-zone-offer]", once(offerZone));
}

document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("keydown", cancelEdit);
document.addEventListener("keydown", pressKey);
document.addEventListener("submit", showBusy);
window.addEventListener("pageshow", () => { showIdle(); showBlur(); });
// Another tab may have changed it.
document.addEventListener("visibilitychange", showBlur);
// Settled, not only swapped: what has the focus can be used at once.
document.addEventListener("htmx:afterSettle", focusSwapped);
enhance(document);
document.addEventListener("htmx:load", () => enhance(document));
if (location.hash === "#search") document.querySelector("[data-search]")?.focus();
