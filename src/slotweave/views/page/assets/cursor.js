/* ---- cursor, selection, details ------------------------------------------------------------ */

/* What is at the cursor in a line or two, beside it: the details keep what was clicked on. */
function tip(event, lines) {
  const box = $("tip");
  box.hidden = !lines;
  if (!lines) return;
  box.replaceChildren(...lines.map(text => element("div", text)));
  box.style.left = Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 8) + "px";
  box.style.top = (event.clientY + 18 + box.offsetHeight > innerHeight ? event.clientY - box.offsetHeight - 10 : event.clientY + 18) + "px";
}
const whose = (p, op) => p.group[op] < 0 ? "shared by several groups of items" : `group ${p.group[op]}, stage ${p.stage[op]}`;
function tipOf(p, cycle, row) {
  const op = p.at[row * p.cycles + cycle], [name, slot] = p.rows[row];
  if (op < 0) {
    const [cause, why] = CAUSES[causeOf(p, p.engineOf[row], cycle, slot)], next = p.next[p.engineOf[row]][cycle];
    return [`${cycle + START}:${name}:${slot} is idle: ${cause}`, why, ...(next >= 0 ? [`${toCome(p, next, cycle, cause)}${slotText(p, next)}, now at ${place(p, next)}`] : [])];
  }
  return [`${place(p, op)}  ${slotText(p, op)}`, whose(p, op) + (p.line[op] >= 0 ? ` · ${lineOf(p, op)}` : ""), ...(sourceOf(p, op) ? [sourceOf(p, op)] : [])];
}

function aim(which, cycle, row, click) {
  if (!programs[which].cycles) return;                          // nothing to point at
  view.which = which; view.cycle = cycle; view.row = Math.min(Math.max(row, 0), programs[which].rows.length - 1);
  const p = programs[which], op = p.at[view.row * p.cycles + cycle];
  if (click) select(which, op);
  if (op < 0) { if (click || view.op < 0) describeIdle(p, cycle, view.row); } else if (view.op < 0) describe(p, op);
  list(false); redraw();
}
function select(which, op) {
  view.which = which; view.op = op;
  const p = programs[which];
  if (op >= 0) { view.cycle = p.time[op]; view.row = p.row(p.engine[op], p.slot[op]); describe(p, op); }
  list(true); redraw(); remember();
}
function jump(p, op) {
  const made = element("button", place(p, op));
  made.title = slotText(p, op);
  made.onclick = () => { select(programs.indexOf(p), op); reveal(p.time[op]); };
  return made;
}
function describe(p, op, before = "") {
  const box = $("details"); box.replaceChildren();
  box.append(element("div", before), element("b", `${place(p, op)}  `), element("code", slotText(p, op)));
  const said = [whose(p, op), p.kinds[p.kind[op]][1]];
  if (p.line[op] >= 0) said.push(`written at ${lineOf(p, op)}`);
  box.append(element("div", said.join(" · ")));
  if (sourceOf(p, op)) { const code = element("code", sourceOf(p, op)); code.className = "source"; box.append(code); }
  box.append(element("div", p.free[op] < p.time[op] ? `nothing delays it from cycle ${clock(p.free[op])} on: it could move to a free slot of its engine there` : "what it waits for keeps it from running earlier"));
  const waits = element("ul"), users = element("ul");
  const hues = HELD_HUES();
  for (let j = p.preds[op]; j < p.preds[op + 1]; j++) { const item = element("li", `${HELD[p.held[j]]}: `, jump(p, p.pred[j]), element("code", " " + slotText(p, p.pred[j]))); item.style.setProperty("--c", hues[p.held[j]]); waits.append(item); }
  for (let j = p.succs[op]; j < Math.min(p.succs[op + 1], p.succs[op] + 12); j++) users.append(element("li", undefined, jump(p, p.succ[j]), element("code", " " + slotText(p, p.succ[j]))));
  if (waits.children.length) box.append(element("div", "It waited for"), waits);
  const more = p.succs[op + 1] - p.succs[op];
  if (more) box.append(element("div", `${number(more)} ${more > 1 ? "wait" : "waits"} for it${more > 12 ? ", the first 12" : ""}`), users);
  const other = counterpart(op);
  if (match) { const q = programs[1 - view.which]; box.append(element("div", other >= 0 ? `the other program computes it at ` : other === -2 ? "the other program computes its words, grouped differently" : "the other program does not compute it"), ...(other >= 0 ? [jump(q, other)] : [])); }
}
/* How the operation that could have come next on an engine has to do with an idle slot. */
const toCome = (p, next, cycle, cause) => p.free[next] > cycle ? `The next operation, delayed until cycle ${clock(p.free[next])}: `
  : cause === CAUSES[0][0] ? "This operation could run here: " : "Another idle slot of this bundle could hold ";
function describeIdle(p, cycle, row) {
  const [name, slot] = p.rows[row], engine = p.engineOf[row], box = $("details");
  const [cause, why] = CAUSES[causeOf(p, engine, cycle, slot)], next = p.next[engine][cycle];
  box.replaceChildren(element("b", `${cycle + START}:${name}:${slot} is idle: ${cause}`), element("div", why));
  if (next >= 0) box.append(element("div", toCome(p, next, cycle, cause), jump(p, next), element("code", " " + slotText(p, next))));
}

/* ---- the listing: only the rows in sight exist ---------------------------------------------- */

const HEIGHT = 18, SOURCE_AT = 28;                              // pixels of a row; where the kernel's line begins
let listed = null;                                              // program number -> first row of each cycle
/* The engine of an operation, as wide for each of a program. */
function engineText(p, op) {
  p.widest ??= Math.min(10, Math.max(...p.engines.map(([name]) => name.length)));
  const name = p.engines[p.engine[op]][0];
  return name.length > p.widest ? name.slice(0, p.widest - 1) + "…" : name.padEnd(p.widest);
}
function rowsOf(p) {
  if (!p.rowAt) { p.rowAt = new Int32Array(p.cycles + 1); for (let t = 0; t < p.cycles; t++) p.rowAt[t + 1] = p.rowAt[t] + 1 + p.first[t + 1] - p.first[t]; }
  return p.rowAt;
}
/* The rows in sight. They follow what is selected, if it is to be followed, else the cursor. */
function list(follow, moves = true) {
  const p = programs[view.which], rows = rowsOf(p), box = $("listing"), inside = $("listed");
  inside.style.height = rows[p.cycles] * HEIGHT + "px";
  if (view.cycle >= 0 && moves) {                                        // the row of what is selected, or of the cycle
    const chosen = view.op >= 0 && p.time[view.op] === view.cycle ? 1 + view.op - p.first[view.cycle] : 0;
    const top = (rows[view.cycle] + chosen) * HEIGHT, near = follow || listed !== view.which ? 3 : 1;
    if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - near * HEIGHT) box.scrollTop = Math.max(0, top - box.clientHeight / 3);
  }
  listed = view.which;
  const first = Math.floor(box.scrollTop / HEIGHT), last = first + Math.ceil(box.clientHeight / HEIGHT) + 1;
  let low = 0, high = p.cycles;
  while (low + 1 < high) { const mid = (low + high) >> 1; rows[mid] <= first ? low = mid : high = mid; }
  inside.replaceChildren();
  for (let t = low; t < p.cycles && rows[t] < last; t++) {
    line(rows[t], `cycle ${clock(t)}`, t === view.cycle ? "row head now" : "row head", null);
    for (let i = p.first[t]; i < p.first[t + 1]; i++)
      line(rows[t] + 1 + i - p.first[t], `  ${engineText(p, i)} ${slotText(p, i)}`, i === view.op ? "row on" : "row", i);
  }
  markLine();
  function line(row, text, kind, op) {
    const made = element("div", text); made.className = kind; made.style.top = row * HEIGHT + "px";
    if (op !== null) {
      made.setAttribute("role", "option"); made.setAttribute("aria-selected", op === view.op);
      made.onclick = () => { select(view.which, op); reveal(p.time[op]); };
      if (p.line[op] >= 0) { made.textContent = text.padEnd(SOURCE_AT - 2) + "  "; made.append(element("span", sourceOf(p, op) + "  "), element("small", lineOf(p, op))); made.title = `${lineOf(p, op)}  ${sourceOf(p, op)}`; }
    }
    inside.append(made);
  }
}
function bundleText(p, t) {
  const rows = [];
  for (let i = p.first[t]; i < p.first[t + 1]; i++) rows.push(`${p.engines[p.engine[i]][0]}: ${slotText(p, i)}`.padEnd(SOURCE_AT) + (p.line[i] >= 0 ? `; ${sourceOf(p, i)}  ${lineOf(p, i)}` : ""));
  return rows.map(row => row.trimEnd()).join("\n");
}

