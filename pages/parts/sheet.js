// Draws the blocks of data that sheet.py describes. Text enters the page as text nodes and attributes only, never as
// markup, so a name can look like HTML and stay a name.

const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const element = tag.startsWith("svg:")
    ? document.createElementNS(SVG, tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

const text = (tag, cls, words) => (words ? make(tag, { class: cls }, String(words)) : null);

function badge(word, small) {
  if (!word) return null;
  return make(
    "span",
    { class: `badge ${word.tone}${small ? " small" : ""}`, title: word.meaning },
    make("span", { class: "icon", "aria-hidden": "true" }, word.icon),
    word.word,
  );
}

function bar(score) {
  if (!score) return null;
  const box = make("div", { class: "score" }, text("span", "number", score.text));
  const track = make("div", { class: "track", "aria-hidden": "true" });
  if (score.value !== null) {
    const fill = make("div", { class: `fill ${score.passed ? "passed" : ""}` });
    fill.style.width = `${100 * score.value}%`;
    track.append(fill);
  }
  if (score.mark < 1) {
    const mark = make("div", { class: "mark", title: `Passes at ${score.mark}` });
    mark.style.left = `${100 * score.mark}%`;
    track.append(mark);
  }
  box.append(track, text("span", "word", score.word) || "");
  return box;
}

function spark(line) {
  if (!line) return make("div", { class: "spark none" });
  const [w, h, pad] = [150, 38, 4];
  const x = (v) => (pad + v * (w - 2 * pad)).toFixed(1);
  const y = (v) => (h - pad - v * (h - 2 * pad)).toFixed(1);
  const svg = make("svg:svg", { viewBox: `0 0 ${w} ${h}`, role: "img", "aria-label": line.label, preserveAspectRatio: "none" });
  svg.append(make("svg:title", {}, line.label));
  const [from, to] = line.cycle;
  svg.append(make("svg:rect", { class: "cycle", x: x(from), y: 0, width: Math.max(0, x(to) - x(from)), height: h, rx: 3 }));
  if (line.target !== null) svg.append(make("svg:line", { class: "target", x1: pad, x2: w - pad, y1: y(line.target), y2: y(line.target) }));
  const path = (points) => points.map(([px, py], i) => `${i ? "L" : "M"}${x(px)} ${y(py)}`).join("");
  svg.append(make("svg:path", { class: "past", d: path(line.points.filter((p) => p[0] <= line.split)) }));
  svg.append(make("svg:path", { class: "now", d: path(line.points.filter((p) => p[0] >= line.split)) }));
  const last = line.points[line.points.length - 1];
  svg.append(make("svg:path", { class: "end", d: `M${x(last[0])} ${y(last[1])}h0` }));
  return make("figure", { class: "spark" }, svg, text("figcaption", "", line.caption));
}

function link(item, open, cls, ...children) {
  if (!item.open) return make("div", { class: cls }, ...children);
  const anchor = make("a", { class: cls, href: item.href }, ...children);
  anchor.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return; // a new tab, as people expect
    event.preventDefault();
    open(item.open);
  });
  return anchor;
}

function row(item, open) {
  const flags = make("span", { class: "flags" }, ...item.flags.map((flag) => badge(flag, true)));
  return make(
    "li",
    {},
    link(
      item,
      open,
      "row",
      make("div", { class: "verdict" }, badge(item.verdict), flags),
      make(
        "div",
        { class: "words" },
        make("div", { class: "title" }, item.title, text("span", "meta", item.meta)),
        text("div", "sentence", item.sentence),
        ...item.notes.map((note) => text("div", `note ${note.tone}`, note.text)),
      ),
      bar(item.score) || make("div"),
      spark(item.spark),
    ),
  );
}

function group(block, open) {
  const side = make("div", { class: "side" }, text("span", "word", block.word), bar(block.score));
  const head = make(
    "div",
    { class: "head" },
    make("div", {}, make("h3", {}, block.title), text("div", "meta", block.meta)),
    block.score ? side : null,
  );
  const hints = (block.hints || []).map((hint) => text("div", "hint", hint));
  return make("section", { class: block.bare ? "group bare" : "group" }, block.title ? head : null, ...hints, make("ul", {}, ...block.rows.map((item) => row(item, open))));
}

function strip(block) {
  const whole = make("div", { class: "whole", "aria-hidden": "true" });
  for (const part of block.parts) {
    const piece = make("div", { class: `piece ${part.tone} ${part.code}`, title: `${part.count} ${part.word}` });
    piece.style.flexGrow = part.count;
    whole.append(piece);
  }
  const legend = make(
    "ul",
    { class: "legend" },
    ...block.parts.map((part) =>
      make("li", { title: part.meaning }, text("strong", "", part.count), badge(part, true)),
    ),
  );
  return make("div", { class: "strip" }, whole, legend);
}

function lead(block) {
  const facts = block.facts.map((fact) =>
    make("div", {}, make("dt", {}, fact.name), make("dd", {}, fact.value), text("dd", "meta", fact.beside)),
  );
  return make(
    "div",
    { class: "lead" },
    make("div", { class: "flags" }, ...block.badges.map((word, i) => badge(word, i > 0))),
    make("p", { class: "answer" }, block.sentence),
    ...block.notes.map((note) => text("p", `note ${note.tone}`, note.text)),
    make("dl", {}, ...facts),
  );
}

// A bar a load, oldest first; the words for who cannot see them stand in the label.
function bars(value) {
  const box = make("span", { class: "bars", role: "img", "aria-label": value.label, title: value.label });
  for (const { share, tone } of value.bars) {
    const bar = make("span", { class: `bar ${tone}` });
    bar.style.height = `${Math.max(8, 100 * share)}%`;
    box.append(bar);
  }
  return box;
}

function cell(value, column, open) {
  if (value && value.open) return link(value, open, "cell", make("span", {}, value.text, text("span", "meta", value.meta)));
  if (value && value.bars) return bars(value);
  if (value && value.icon !== undefined && value.meta) return make("span", {}, badge(value, true), text("span", "meta", value.meta));
  if (value && typeof value === "object") return value.icon !== undefined ? badge(value, true) : make("span", {}, make("span", {}, value.text), text("span", "meta", value.meta));
  return String(value ?? "");
}

function table(block, open) {
  const head = make("tr", {}, ...block.columns.map((c) => make("th", { class: c.number ? "number" : null, scope: "col" }, c.title)));
  const body = block.rows.map((item) =>
    make("tr", {}, ...item.cells.map((value, i) => {
      const column = block.columns[i];
      const inside = cell(value, column, open);
      const nothing = column.number && (value === "0" || value === "–") ? "" : null; // left out where room is short
      return make("td", { class: column.number ? "number" : null, "data-title": column.title, "data-nothing": nothing },
        i === 0 && item.open ? link(item, open, "cell", inside) : inside);
    })),
  );
  return make("div", { class: "scroll" }, make("table", {}, text("caption", "", block.caption), make("thead", {}, head), make("tbody", {}, ...body)));
}

// Rows against columns that stand in groups; a cell is a badge or nothing. Where room is short each row is a list.
function matrix(block, open) {
  const groups = [];
  for (const column of block.columns) {
    const last = groups[groups.length - 1];
    if (last && last.title === column.group) last.span += 1;
    else groups.push({ title: column.group, span: 1 });
  }
  const over = make("tr", {}, make("td", {}),
    ...groups.map((part) => make("th", { scope: "colgroup", colspan: part.span, class: "owner" }, part.title)));
  const heads = make("tr", {}, make("th", { scope: "col" }, block.corner), ...block.columns.map((column) =>
    make("th", { scope: "col", class: "kpi" }, link(column, open, "cell", column.title), text("span", "meta", column.meta))));
  const body = block.rows.map((item) =>
    make("tr", {},
      make("th", { scope: "row" }, item.title, text("span", "meta", item.meta)),
      ...item.cells.map((value, i) => {
        const column = block.columns[i];
        if (!value) return make("td", { class: "empty" }, make("span", { "aria-hidden": "true" }, "·"), text("span", "unseen", block.nothing));
        const name = make("span", { class: "what" }, link(column, open, "cell", column.title), text("span", "meta", column.meta));
        return make("td", {}, name, cell(value, {}, open));
      })));
  const table = make("table", { class: "matrix" }, text("caption", "", block.caption), make("thead", {}, over, heads), make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": block.label }, table);
}

const KINDS = { group, strip, lead, table, matrix };

export default function ({ data, parentElement, setTriggerValue }) {
  const open = (where) => setTriggerValue("open", where);
  let root = parentElement.querySelector(".sheet");
  if (!root) {
    root = make("div", { class: "sheet" });
    parentElement.append(root);
  }
  root.replaceChildren(...data.blocks.map((block) => KINDS[block.kind](block, open)));
}
