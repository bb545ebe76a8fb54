/* Fills the markup of one row from one record. Values only ever become text or addresses that the site itself made;
   nothing is parsed as HTML, so a person's words stay words. */

export function fill(row, record) {
  for (const part of [row, ...row.querySelectorAll("*")]) fillPart(part, record);
  const mark = row.querySelector("[data-level]");
  if (mark) setLevel(mark, record.level || "");
  if (row.hasAttribute("data-row-level")) setLevelClass(row, record.level || "");
  for (const rule of (row.dataset.classIf || "").split(" ").filter(Boolean)) {
    const [name, className] = rule.split(":");
    row.classList.toggle(className, Boolean(record[name]));
  }
  return row;
}

function fillPart(part, record) {
  const { text, show, href, time, list, action } = part.dataset;
  if (text !== undefined) setText(part, record[text]);
  if (show !== undefined) part.hidden = !record[show];
  if (href !== undefined) setAddress(part, record[href]);
  if (action !== undefined && record[action]) part.setAttribute("action", record[action]);
  if (time !== undefined) setTime(part, time, record);
  if (list !== undefined) setList(part, record[list] || []);
}

function setText(part, value) {
  const words = value === undefined || value === null ? "" : String(value);
  /* An unchanged text is left alone: screen readers and selections are not disturbed. */
  if (part.textContent !== words) part.textContent = words;
}

function setAddress(part, address) {
  part.hidden = !address;
  if (address) part.setAttribute("href", address);
}

function setTime(part, name, record) {
  part.setAttribute("datetime", record[name] || "");
  if (part.hasAttribute("data-ago")) part.dataset.shown = record.shown || "";
  if (name !== "due_at") return;
  if (record.stopped_at) part.dataset.stopped = record.stopped_at;
  else delete part.dataset.stopped;
}

function setList(part, values) {
  const now = [...part.children].map((child) => child.textContent);
  if (now.length === values.length && now.every((value, place) => value === values[place])) return;
  part.replaceChildren(...values.map((value) => {
    const line = document.createElement("li");
    line.textContent = value;
    return line;
  }));
}

function setLevelClass(part, level) {
  for (const name of [...part.classList]) if (name.startsWith("is-")) part.classList.remove(name);
  if (level) part.classList.add(`is-${level}`);
}

export function setLevel(mark, level, name) {
  mark.hidden = !level;
  setLevelClass(mark, level);
  const use = mark.querySelector("use");
  if (level && use) use.setAttribute("href", `#i-level-${level}`);
  if (name !== undefined) setText(mark.querySelector("[data-text='level_name']"), name);
}

/* Makes the list show exactly these records: rows that stay are kept, so that focus does not jump away. */
export function reconcile(list, template, records) {
  const present = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const held = document.activeElement;
  let place = list.firstElementChild;
  for (const record of records) {
    const key = String(record.id);
    let row = present.get(key);
    if (row) present.delete(key);
    else {
      row = template.content.firstElementChild.cloneNode(true);
      row.dataset.key = key;
    }
    fill(row, record);
    if (row === place) place = place.nextElementSibling;
    else list.insertBefore(row, place);
  }
  for (const gone of present.values()) gone.remove();
  /* Moving a row takes the focus away from a button inside it; it is given back. */
  if (held && held !== document.activeElement && list.contains(held)) held.focus({ preventScroll: true });
}
