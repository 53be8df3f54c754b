// Draws the blocks of data that sheet.py describes. Text enters the page as text nodes and attributes only, never as
// markup, so a name can look like HTML and stay a name. ICONS (sign: paths in a box of 16 by 16) and STYLE (sheet.css)
// stand before this text; it comes once a page, and each sheet (sheet_stub.js) waits for it.

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

function icon(sign) {
  if (!ICONS[sign]) return make("span", { class: "icon", "aria-hidden": "true" }, sign);
  const paths = ICONS[sign].map((path) => make("svg:path", { d: path.d, class: path.filled ? "full" : null }));
  return make("svg:svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, ...paths);
}

// An icon of lines, dots, bands and filled paths in a box of 28 by 16 (dot_icons.py); the word beside it says the same.
function drawn(shapes) {
  const svg = make("svg:svg", { class: "drawn", viewBox: "0 0 28 16", "aria-hidden": "true" });
  for (const { line, dot, band, path, dashed, filled } of shapes) {
    const cls = `${filled ? "filled" : ""}${dashed ? "dashed" : ""}`;
    if (line) svg.append(make("svg:line", { class: cls, x1: line[0], y1: line[1], x2: line[2], y2: line[3] }));
    if (dot) svg.append(make("svg:circle", { class: cls, cx: dot[0], cy: dot[1], r: dot[2] }));
    if (band) svg.append(make("svg:rect", { class: "band", x: band[0], y: band[1], width: band[2], height: band[3], rx: 1 }));
    if (path) svg.append(make("svg:path", { class: cls, d: `M${path.map((point) => point.join(" ")).join("L")}Z` }));
  }
  return svg;
}

function badge(word, small) {
  if (!word) return null;
  return make(
    "span",
    { class: `badge ${word.tone}${small ? " small" : ""}`, title: word.meaning },
    word.shapes ? drawn(word.shapes) : icon(word.icon),
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
    const mark = make("div", { class: "mark", title: score.mark_said });
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

// A share as a bar; its number stands in a cell beside it.
function share(value) {
  const fill = make("div", { class: "fill" });
  fill.style.width = `${100 * value.share}%`;
  return make("div", { class: "track share", "aria-hidden": "true" }, fill);
}

// A bar of parts, each of its colour and pattern; numbers beside it say the same.
function stack(value) {
  const box = make("div", { class: "stack", role: "img", "aria-label": value.label, title: value.label });
  for (const part of value.stack) {
    const piece = make("div", { class: `part ${part.code}` });
    piece.style.width = `${100 * part.share}%`;
    box.append(piece);
  }
  return box;
}

const swatch = (code) => (code ? make("span", { class: `swatch part ${code}`, "aria-hidden": "true" }) : null);

function cell(value, column, open) {
  if (value && value.bar) return bar(value.bar);
  if (value && value.badges) return make("span", { class: "many" }, ...value.badges.map((word) => badge(word, true)));
  if (value && value.open) return link(value, open, "cell", make("span", {}, value.text, text("span", "meta", value.meta)));
  if (value && value.links) return make("ul", { class: "links" }, ...value.links.map((item) =>
    make("li", {}, item.open ? link(item, open, "cell", item.text) : item.text, text("span", "meta", item.meta))));
  if (value && value.bars) return bars(value);
  if (value && value.stack) return stack(value);
  if (value && value.points) return spark(value);
  if (value && value.share !== undefined) return share(value);
  if (value && value.icon !== undefined && value.meta) return make("span", {}, badge(value, true), text("span", "meta", value.meta));
  if (value && typeof value === "object") return value.icon !== undefined ? badge(value, true) : make("span", {}, make("span", {}, value.text), text("span", "meta", value.meta));
  return String(value ?? "");
}

function table(block, open) {
  const head = make("tr", {}, ...block.columns.map((c) => make("th", { class: c.number ? "number" : null, scope: "col" }, swatch(c.swatch), c.title)));
  const body = block.rows.map((item) =>
    make("tr", {}, ...item.cells.map((value, i) => {
      const column = block.columns[i];
      const inside = cell(value, column, open);
      const nothing = value === "–" || value === "" || (column.number && value === "0") ? "" : null; // left out where room is short
      return make("td", { class: column.number ? "number" : null, "data-title": column.title, "data-nothing": nothing, "data-swatch": column.swatch },
        i === 0 && item.open ? link(item, open, "cell", inside) : inside);
    })),
  );
  return make("div", { class: "scroll" }, make("table", { class: block.compact ? "compact" : null }, text("caption", "", block.caption), make("thead", {}, head), make("tbody", {}, ...body)));
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

// Sentences whose subjects are links: { label, badge, parts: ["text" or { text, open, href }], beside }.
function prose(block, open) {
  const entries = block.entries.map((entry) =>
    make(
      "li",
      { class: entry.label ? "labelled" : null },
      text("span", "label", entry.label),
      make(
        "div",
        { class: "said" },
        badge(entry.badge, true),
        entry.badge ? " " : null,
        ...entry.parts.map((part) => (typeof part === "string" ? part : link(part, open, "subject", part.text))),
        text("div", "meta", entry.beside),
      ),
    ),
  );
  const opening = block.opening ? make("p", {}, block.opening) : null;
  return make("section", { class: "prose" }, opening, make(block.ordered ? "ol" : "ul", { class: "entries" }, ...entries));
}

// A tree as nested lists: the style sheet draws it from left to right where there is room, and as an indented list on a
// phone. An edge names its kind in words; its line is solid or dashed.
function twig(node, open) {
  const edge = node.edge;
  const said = edge && [text("span", "kind", edge.word), badge(edge.badge, true), text("span", "", edge.text)];
  const card = link(
    node,
    open,
    "card",
    text("div", "title", node.title),
    make("div", { class: "moved" }, badge(node.badge, true), text("span", "effect", node.effect)),
    text("div", "meta", node.meta),
    node.spark ? spark({ ...node.spark, caption: "" }) : null,
  );
  const kinds = node.children.map((child) => child.edge.exact);
  const shape = kinds.length ? ` inner${kinds.some(Boolean) ? "" : " beliefs"}` : "";
  const knot = make("div", { class: `knot${shape}` }, edge ? link(edge, open, "edge", ...said) : null, card);
  const below = node.children.length ? make("ul", {}, ...node.children.map((child) => twig(child, open))) : null;
  return make("li", { class: edge ? (edge.exact ? "exact" : "belief") : "root" }, knot, below);
}

function tree(block, open) {
  const legend = make("p", { class: "legend" }, ...block.legend.map((entry) => make("span", { class: entry.exact ? "exact" : "belief" }, entry.text)));
  const drawn = make("div", { class: "tree", role: "region", tabindex: "0", "aria-label": block.label }, make("ul", {}, twig(block.root, open)));
  return make("div", {}, legend, drawn);
}

// Columns of cards. Where choices are given, each card can be put into another column: the page is asked with the card's
// id and the choice.
function board(block, open) {
  const columns = block.columns.map((column) => {
    const cards = column.cards.map((item) => {
      let choose = badge(item.state, true);
      if (block.choices.length) {
        choose = make("select", { "aria-label": item.choose });
        for (const choice of block.choices) {
          if (!choice.id && column.id) continue; // what was set is not unset
          const option = make("option", { value: choice.id }, choice.text);
          option.selected = choice.id === column.id;
          choose.append(option);
        }
        // What is saved stays in sight: the card is drawn in its new column once the change is saved, not before.
        choose.addEventListener("change", () => {
          const to = choose.value;
          choose.value = column.id;
          open({ page: block.page, params: { change: item.id, to } });
        });
      }
      return make(
        "li",
        { class: "card" },
        link(item, open, "title", item.title),
        text("div", "meta", item.meta),
        make("div", { class: "flags" }, ...item.badges.map((word) => badge(word, true))),
        bar(item.score),
        text("div", "meta", item.facts),
        text("div", "meta", item.beside),
        choose,
      );
    });
    const head = make("h2", {}, icon(column.icon), text("span", "", column.title), text("span", "meta", column.count));
    const more = column.more ? link(column.more, open, "cell", column.more.text) : null;
    return make("section", { class: "column" }, head, make("ul", {}, ...cards), more);
  });
  return make("div", { class: "board" }, ...columns);
}

// A month as a grid of days; where room is short a list of the days on which something falls.
function month(block, open) {
  const heads = block.weekdays.map((name) => make("li", { class: "weekday", "aria-hidden": "true" }, name));
  const days = block.days.map((day) => {
    const entries = day.entries.map((entry) =>
      make("li", {}, link(entry, open, `entry ${entry.tone}`, icon(entry.icon), make("span", {}, text("span", "unseen", entry.word), entry.text))));
    const name = make("div", { class: "date" }, text("span", "number", day.number), text("span", "long", day.label), text("strong", "", day.today));
    const more = day.more ? link(day.more, open, "cell", day.more.text) : null;
    const shape = `day${day.outside ? " outside" : ""}${day.today ? " today" : ""}${day.entries.length ? "" : " nothing"}`;
    return make("li", { class: shape }, name, make("ul", {}, ...entries), more);
  });
  return make("ul", { class: "month", "aria-label": block.label }, ...heads, ...days);
}

// Key results in time: a row each, places as shares of the width. What waits for what goes down or up from the one that
// is needed and then to the day on which it is.
const ROW = 42; // pixels, as .gantt li is high in sheet.css
const MIDDLE = 30; // of a row, where its bar runs

function gantt(block, open) {
  const put = (element, x, y) => {
    element.style.left = `${100 * x}%`;
    if (y !== undefined) element.style.top = `${y}px`;
    return element;
  };
  const rows = block.rows.map((item) => {
    if (item.team !== undefined) return make("li", { class: "team" }, item.team);
    const done = make("div", { class: "done" });
    done.style.width = `${100 * item.score}%`;
    const course = put(make("div", { class: `course ${item.tone}`, title: item.said }, done), item.from);
    course.style.width = `${100 * (item.to - item.from)}%`;
    return make("li", {},
      link(item, open, "name", item.title),
      course,
      put(make("div", { class: "state" }, badge(item.state, true), text("span", "unseen", item.said)), item.to),
      ...item.stages.map((stage) => put(make("span", { class: `stage ${stage.code}`, role: "img", "aria-label": stage.said, title: stage.said }, icon(stage.icon)), stage.at)));
  });
  const height = ROW * block.rows.length;
  const lines = make("svg:svg", { class: "waits", viewBox: `0 0 1000 ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  lines.style.height = `${height}px`;
  const ends = block.waits.flatMap((wait) => {
    const [fromX, fromY, toX, toY] = [wait.from[0], wait.from[1] * ROW + MIDDLE, wait.to[0], wait.to[1] * ROW + MIDDLE];
    lines.append(make("svg:path", { class: wait.tone, d: `M${1000 * fromX} ${fromY}V${toY}H${1000 * toX}` }));
    const way = toX > fromX ? "right" : toX < fromX ? "left" : toY > fromY ? "down" : "up";
    const between = fromY + (Math.sign(toY - fromY) * ROW) / 2; // two bars
    const said = wait.badge ? put(make("div", { class: "delay" }, badge(wait.badge, true)), fromX, between) : null;
    return [put(make("div", { class: `arrow ${way} ${wait.tone}`, "aria-hidden": "true" }), toX, toY), said].filter(Boolean);
  });
  const ticks = block.ticks.map((tick) => put(make("div", { class: "tick", "aria-hidden": "true" }, make("span", {}, tick.text)), tick.at));
  if (block.today) ticks.push(put(make("div", { class: "tick today" }, make("span", {}, block.today.text)), block.today.at));
  const legend = block.legend.length
    ? make("p", { class: "stages" }, ...block.legend.map((entry) => make("span", {}, make("span", { class: `stage ${entry.code}` }, icon(entry.icon)), entry.text)))
    : null;
  const plot = make("div", { class: "plot" }, ...ticks, make("ul", { "aria-label": block.label }, ...rows), lines, ...ends);
  return make("div", { class: "gantt" }, plot, legend);
}

// One deed of the reader is one step of the Back button. A page that opens writes its address bit by bit (the page, then
// each filter), and every bit would be a step of its own, some of them to addresses at which nobody ever was.
function oneStepForEachDeed() {
  if (window.needleSteps) return;
  window.needleSteps = true;
  let done = false; // something by the reader, since the last step
  for (const deed of ["pointerdown", "keydown"]) window.addEventListener(deed, () => { done = true; }, true);
  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (...step) => {
    if (done) push(...step);
    else window.history.replaceState(...step);
    done = false;
  };
}

// What draws charts is large and stands on few pages: fetched into the browser's cache while the reader reads. `name` is
// its file beside Streamlit's own; empty, and nothing is fetched.
function fetchLater(name) {
  const own = document.querySelector("script[type=module][src*='/static/js/']");
  if (!name || !own || window.needleLater) return;
  window.needleLater = true;
  const idle = window.requestIdleCallback || setTimeout;
  const fetchIt = () => document.head.append(make("link", { rel: "prefetch", as: "script", crossorigin: "", href: new URL(name, own.src) }));
  setTimeout(() => idle(fetchIt), 2000); // the first page comes first
}

const heading = (block) => make("h2", {}, block.title);

const KINDS = { heading, group, strip, lead, table, matrix, prose, tree, board, month, gantt };

const style = new CSSStyleSheet();
style.replaceSync(STYLE);

function draw({ data, parentElement, setTriggerValue }) {
  const inside = parentElement.getRootNode();
  if (!inside.adoptedStyleSheets.includes(style)) inside.adoptedStyleSheets = [style];
  const open = (where) => setTriggerValue("open", where);
  let root = parentElement.querySelector(".sheet");
  if (!root) {
    root = make("div", { class: "sheet" });
    parentElement.append(root);
  }
  root.replaceChildren(...data.blocks.map((block) => KINDS[block.kind](block, open)));
}

export default function ({ data }) {
  oneStepForEachDeed();
  document.documentElement.lang = data.language; // what reads the page aloud
  fetchLater(data.later);
  const waiting = window.needlePen;
  window.needlePen = { promise: Promise.resolve(draw) };
  if (waiting && waiting.resolve) waiting.resolve(draw);
}
