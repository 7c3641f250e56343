"use strict";
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const csrf = document.body.dataset.csrf;
const say = (text) => { $("#announce").textContent = text; };
const later = (act, delay) => {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), delay); };
};
const post = (path, values) => fetch(path, {
  method: "POST", headers: { "X-CSRF-Token": csrf }, body: new URLSearchParams(values),
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "theme") {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* only this page, then */ }
  }
  if (button.dataset.copy) {
    navigator.clipboard.writeText($(`#${button.dataset.copy}`).textContent)
      .then(() => { button.textContent = "Copied"; say("Copied"); }, () => { button.textContent = "Select it, then copy"; });
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }
  if (button.id === "add-header") {
    const pairs = $$("#headers .pair");
    const fresh = pairs[pairs.length - 1].cloneNode(true);
    for (const input of $$("input", fresh)) { input.value = ""; input.placeholder = ""; }
    $("#headers").append(fresh);
    $("input", fresh).focus();
  }
  if ("addRow" in button.dataset) addRow(button.closest(".filter"));
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (!question || event.target.dataset.sure) return;
  event.preventDefault();
  ask(question, event.submitter).then((sure) => {
    if (!sure) return;
    event.target.dataset.sure = "yes";
    event.target.requestSubmit(event.submitter);
  });
});

function ask(question, asker) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "question");
  const text = document.createElement("p");
  text.id = "question";
  text.textContent = question;
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "row";
  for (const [value, label, look] of [["yes", asker.textContent, "danger"], ["no", "Cancel", ""]]) {
    const button = document.createElement("button");
    button.value = value;
    button.className = `button ${look}`;
    button.textContent = label;
    form.append(button);
  }
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}

// On a narrow screen the menu scrolls sideways.
$(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// What came of a preview stands below the editor.
$("#result")?.focus();

// More Actions closes like a menu.
document.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of $$("details.menu[open]")) { menu.open = false; $("summary", menu).focus(); }
});

for (const form of $$("[data-auto-submit]")) {
  form.addEventListener("change", (event) => {
    if (event.target.name === "type") $("[name=event]", form)?.removeAttribute("name");
    form.submit();
  });
}

// Parts that are fetched when they are opened.
document.addEventListener("toggle", (event) => {
  const details = event.target;
  if (!details.open || !details.dataset.load) return;
  const path = details.dataset.load;
  delete details.dataset.load;
  fetch(path).then((answer) => answer.text()).then((html) => { $(".inside", details).innerHTML = html; });
}, true);

// Parts that change by themselves.
for (const part of $$("[data-live]")) {
  let mark = part.dataset.mark;
  const look = async () => {
    const wanted = !part.dataset.liveIf || $(`#${part.dataset.liveIf}`)?.checked;
    if (wanted && !document.hidden) {
      const path = `${part.dataset.live}${part.dataset.live.includes("?") ? "&" : "?"}mark=${encodeURIComponent(mark)}`;
      const answer = await fetch(path).catch(() => null);
      if (answer?.status === 401) return;
      if (answer?.status === 200 && answer.headers.has("X-Mark")) {
        mark = answer.headers.get("X-Mark");
        swap(part, await answer.text());
      }
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

function swap(part, html) {
  const focused = document.activeElement?.id;
  const open = new Map($$("details[open][id]", part).map((details) => [details.id, details]));
  part.innerHTML = html;
  for (const [id, old] of open) document.getElementById(id)?.replaceWith(old);
  if (focused) document.getElementById(focused)?.focus();
  say(part.dataset.says);
}

// The list of event types.
const find = $("#find-types");
if (find) {
  const boxes = $$(".types input");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    $("[data-count]").textContent = chosen;
    $("#count").classList.toggle("bad-text", chosen > 300);
  };
  const narrow = () => {
    const words = find.value.toLowerCase().split(/\s+/);
    for (const label of $$("[data-find]")) {
      label.hidden = !words.every((word) => label.dataset.find.toLowerCase().includes(word));
    }
    for (const group of $$(".type-group")) group.hidden = !$("[data-find]:not([hidden])", group);
  };
  find.addEventListener("input", narrow);
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  for (const box of boxes) box.addEventListener("change", count);
}

// The form of an inline hook: only what the chosen way to authenticate needs.
const way = $("#way");
if (way) {
  const show = () => {
    for (const part of $$("[data-ways]")) part.hidden = !part.dataset.ways.split(" ").includes(way.value);
  };
  way.addEventListener("change", show);
  show();
}

// The editor of a preview, which says where it is judged: line numbers, and problems at their line.
const editor = $("[data-validate]");
if (editor) {
  const gutter = $(".gutter");
  const number = (marked = new Map()) => {
    const lines = editor.value.split("\n").length;
    gutter.replaceChildren(...Array.from({ length: lines }, (_, line) => {
      const cell = document.createElement("span");
      cell.textContent = line + 1;
      if (marked.has(line + 1)) cell.className = marked.get(line + 1);
      return cell;
    }));
    gutter.scrollTop = editor.scrollTop;
  };
  const validate = async () => {
    const answer = await post(editor.dataset.validate, { [editor.name]: editor.value });
    if (!answer.ok) return;
    const found = await answer.json();
    const looks = { must: "bad", should: "warn", note: "dim" };
    number(new Map(found.problems.toReversed().map((problem) => [problem.line, looks[problem.level]])));
    $("#problems").replaceChildren(...found.problems.map((problem) => {
      const item = document.createElement("li");
      const place = document.createElement("button");
      place.type = "button";
      place.className = `button small ${looks[problem.level]}`;
      place.textContent = `Line ${problem.line}`;
      place.addEventListener("click", () => reveal(problem.line));
      item.append(place, ` ${problem.message} `, Object.assign(document.createElement("span"), {
        className: "soft", textContent: `${problem.hint} (${problem.rule})`,
      }));
      return item;
    }));
    const broken = found.problems.filter((problem) => problem.level === "must").length;
    $("#verdict").textContent = broken ? `${broken} that Okta would never send` : "As Okta sends it";
    $("#verdict").className = broken ? "bad-text" : "good-text";
  };
  const reveal = (line) => {
    const before = editor.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    editor.focus();
    editor.setSelectionRange(before, before + editor.value.split("\n")[line - 1].length);
    editor.scrollTop = Math.max(0, (line - 5) * parseFloat(getComputedStyle(editor).lineHeight));
  };
  const soon = later(validate, 300);
  editor.addEventListener("scroll", () => { gutter.scrollTop = editor.scrollTop; });
  editor.addEventListener("input", () => { number(); soon(); });
  editor.form.addEventListener("reset", () => setTimeout(() => { number(); soon(); }));
  number();
  validate();
}

// The filter lab.
const lab = $("#lab");
if (lab) {
  const chosen = $("#lab-event");
  let area = $(`[data-lab="${chosen.dataset.first}"]`);
  const evaluate = async () => {
    const answer = await post("/console/lab", { expression: area.value, type: area.dataset.lab, event: chosen.value });
    lab.innerHTML = await answer.text();
  };
  const offer = async () => {
    $("[data-lab-type]").textContent = area.dataset.lab;
    const answer = await fetch(`/console/lab/events?type=${encodeURIComponent(area.dataset.lab)}`);
    chosen.innerHTML = await answer.text();
    await evaluate();
  };
  const soon = later(evaluate, 250);
  for (const each of $$("[data-lab]")) {
    each.addEventListener("focus", () => { if (area !== each) { area = each; offer(); } });
    each.addEventListener("input", () => { area = each; soon(); });
  }
  chosen.addEventListener("change", evaluate);
  offer();
}

function addRow(section) {
  const [field, operator, value] = ["field", "operator", "value"].map((part) => $(`[data-part=${part}]`, section).value);
  const text = `'${value.replaceAll("'", "''")}'`;
  const inTarget = field.startsWith("target:");
  const name = inTarget ? field.slice(7) : field;
  const condition = operator === "contains" ? `${name}.contains(${text})` : `${name} ${operator} ${text}`;
  const area = $("textarea", section);
  area.value += `${area.value.trim() ? " && " : ""}${inTarget ? `event.target.?[${condition}].size()>0` : condition}`;
  area.focus();
  area.dispatchEvent(new Event("input"));
}
