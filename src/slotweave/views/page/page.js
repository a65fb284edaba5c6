"use strict";
/* One page, one cursor: every picture shows the cycles from view.from to view.to. */
const D = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const MARGIN = 64, TILE = 4096, LEAST = 8;
/* Why a slot is idle: in the order of the causes' numbers. */
const WHY = [
  "an operation of a later bundle could move here",
  "one that comes after a jump could move here but for that",
  "one has its operands, and waits for the word that it writes",
  "one waits for an access to memory that it may alias",
  "an operand could have been computed by now, but its engine is full",
  "operations are still to come, and their operands cannot be had yet",
  "no operation for this engine is left"];
const CAUSES = D.causes.map((name, i) => [name, WHY[i] + (D.sampled ? ", in the part shown" : "")]);
const HELD = ["operand", "memory", "scratch word"];
/* Okabe and Ito's colours: told apart by colour-blind people. */
const HUES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f"];
const CAUSE_HUES = ["#d55e00", "#f0e442", "#cc79a7", "#009e73", "#e69f00", "#56b4e9", "#b8b8b8"];

const decode = (text, type) => {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new type(bytes.buffer);
};
const number = n => n.toLocaleString("en-US");
const START = D.programs[0].overview ? D.programs[0].overview.part[0] : 0; // cycles before the part shown
const clock = cycle => number(cycle + START);
const element = (tag, text, ...rest) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const child of rest) made.append(child);
  return made;
};

/* ---- programs ---------------------------------------------------------------------------- */

function program(P) {
  const ints = name => decode(P[name], Int32Array), bytes = name => decode(P[name], Uint8Array);
  const p = {...P, time: ints("time"), engine: bytes("engine"), slot: bytes("slot"),
    kind: decode(P.kind, Uint16Array), group: ints("group"), stage: ints("stage"),
    line: ints("line"), arg: ints("arg"), args: bytes("args"), free: ints("free"),
    pred: ints("pred"), preds: ints("preds"), held: bytes("held"), live: ints("live"),
    value: ints("value")};
  p.size = p.time.length;
  p.first = new Int32Array(p.cycles + 1);                      // operations by cycle
  for (let i = 0; i < p.size; i++) p.first[p.time[i] + 1]++;
  for (let t = 0; t < p.cycles; t++) p.first[t + 1] += p.first[t];
  p.argAt = offsets(p.args);
  p.succs = new Int32Array(p.size + 1);                        // who waits for whom, turned round
  for (const one of p.pred) p.succs[one + 1]++;
  for (let i = 0; i < p.size; i++) p.succs[i + 1] += p.succs[i];
  p.succ = new Int32Array(p.pred.length);
  const fill = p.succs.slice();
  for (let i = 0; i < p.size; i++)
    for (let j = p.preds[i]; j < p.preds[i + 1]; j++) p.succ[fill[p.pred[j]]++] = i;
  p.rows = [];                                                 // a row for each slot
  p.rowOf = P.engines.map(([name, slots]) => {
    const at = p.rows.length;
    for (let s = 0; s < slots; s++) p.rows.push([name, s]);
    return at;
  });
  p.idle = P.engines.map(([name]) => decode(P.idle[name], Uint8Array));
  p.next = P.engines.map(([name]) => decode(P.next[name], Int32Array));
  p.used = P.engines.map(() => new Uint8Array(p.cycles));
  for (let i = 0; i < p.size; i++) p.used[p.engine[i]][p.time[i]]++;
  p.at = new Int32Array(p.rows.length * p.cycles).fill(-1);    // row and cycle to operation
  for (let i = 0; i < p.size; i++)
    p.at[(p.rowOf[p.engine[i]] + p.slot[i]) * p.cycles + p.time[i]] = i;
  p.groups = 1 + p.group.reduce((a, b) => Math.max(a, b), -1);
  p.stages = 1 + p.stage.reduce((a, b) => Math.max(a, b), 0);
  p.named = new Map();
  for (const [address, name, words] of P.names)
    for (let w = 0; w < words; w++)
      if (!p.named.has(address + w)) p.named.set(address + w, words > 1 ? `${name}[${w}]` : name);
  return p;
}
function offsets(counts) {
  const at = new Int32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) at[i + 1] = at[i] + counts[i];
  return at;
}
const programs = D.programs.map(program);
const match = D.match ? decode(D.match, Int32Array) : null;    // of the second for each of the first
const back = match ? new Int32Array(programs[1].size).fill(-1) : null;
if (match) match.forEach((other, one) => { if (other >= 0) back[other] = one; });
const longest = Math.max(...programs.map(p => p.cycles), 1);

function slotText(p, op) {
  const words = [];
  for (let j = p.argAt[op]; j < p.argAt[op + 1]; j++) words.push(p.arg[j]);
  const [name, , scratch] = p.kinds[p.kind[op]];
  return name + " " + words.map((w, j) => scratch & (1 << j) && p.named.has(w)
    ? `${p.named.get(w)}` : String(w)).join(", ");
}
const place = (p, op) => `${p.time[op] + START}:${p.engines[p.engine[op]][0]}[${p.slot[op]}]`;

/* ---- colours ----------------------------------------------------------------------------- */

const dark = () => document.documentElement.classList.contains("dark");
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
function ramp(part) {                                          // dark blue to yellow, as viridis
  const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
  const x = Math.min(Math.max(part, 0), 1) * (stops.length - 1), i = Math.min(Math.floor(x), stops.length - 2);
  return "#" + stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * (x - i)).toString(16).padStart(2, "0")).join("");
}
const golden = n => `hsl(${(n * 137.508) % 360} 62% ${n % 2 ? 45 : 58}%)`;
const WORK = ["constants", "loads", "arithmetic", "selects", "stores", "control"];
const MODES = {
  engine: {name: "engine", of: (p, i) => HUES[p.engine[i] % HUES.length],
    legend: p => p.engines.map(([name], i) => [HUES[i % HUES.length], name])},
  group: {name: "item group", of: (p, i) => p.group[i] < 0 ? "#8a8a8a" : golden(p.group[i]),
    legend: p => [["#8a8a8a", "shared by groups"], ...Array.from({length: Math.min(p.groups, 12)}, (_, g) => [golden(g), `group ${g}`]),
      ...(p.groups > 12 ? [["transparent", `and ${number(p.groups - 12)} more`]] : [])]},
  stage: {name: "round or stage", of: (p, i) => p.group[i] < 0 ? "#8a8a8a" : ramp(p.stage[i] / Math.max(p.stages - 1, 1)),
    legend: p => [["#8a8a8a", "shared by groups"], ...Array.from({length: Math.min(p.stages, 20)}, (_, s) => [ramp(s / Math.max(p.stages - 1, 1)), `stage ${s}`])]},
  work: {name: "kind of work", of: (p, i) => HUES[WORK.indexOf(p.kinds[p.kind[i]][1])],
    legend: () => WORK.map((w, i) => [HUES[i], w])},
  idle: {name: "why slots are idle", of: () => dark() ? "#3f444d" : "#cfd3d8", idle: true,
    legend: () => [["#9aa0a8", "used"], ...CAUSES.map(([c], i) => [CAUSE_HUES[i], c])]},
};

/* ---- view -------------------------------------------------------------------------------- */

const view = {from: 0, to: longest, mode: "idle", which: 0, cycle: -1, row: 0, op: -1, found: [], light: null};
const panes = [];
let asked = false;
const redraw = () => { if (!asked) { asked = true; requestAnimationFrame(() => { asked = false; drawAll(); }); } };
const inner = width => width - MARGIN;
const xOf = (cycle, width) => MARGIN + (cycle - view.from) / (view.to - view.from) * inner(width);
const cycleAt = (x, width) => view.from + (x - MARGIN) / inner(width) * (view.to - view.from);

function zoom(factor, around) {
  const span = Math.min(Math.max((view.to - view.from) * factor, LEAST), longest);
  const part = (around - view.from) / (view.to - view.from);
  show(around - part * span, span);
}
function show(from, span) {
  view.from = Math.min(Math.max(from, 0), longest - span);
  view.to = view.from + span;
  redraw(); remember();
}
function reveal(cycle) {
  const span = view.to - view.from;
  if (cycle < view.from || cycle + 1 > view.to) show(cycle - span / 2, span);
}

/* ---- pictures ---------------------------------------------------------------------------- */

function pane(title, height, draw, point, follows = true) {
  const box = element("div"), canvas = element("canvas");
  box.className = "pane"; canvas.style.height = height + "px";
  canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", `${title}; the numbers are in the tables below`);
  box.append(element("h2", title), canvas);
  $("stack").append(box);
  const made = {canvas, height, draw, point, title, follows};
  panes.push(made);
  let drag = null;
  canvas.addEventListener("wheel", event => {
    event.preventDefault();
    const width = canvas.clientWidth;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const move = (event.deltaX || event.deltaY) / inner(width) * (view.to - view.from);
      show(view.from + move, view.to - view.from);
    } else zoom(Math.exp(event.deltaY * 0.002), cycleAt(event.offsetX, width));
  }, {passive: false});
  canvas.addEventListener("pointerdown", event => {
    drag = {x: event.clientX, from: view.from, moved: false};
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", event => {
    if (drag) {
      const move = (event.clientX - drag.x) / inner(canvas.clientWidth) * (view.to - view.from);
      if (Math.abs(event.clientX - drag.x) > 3) drag.moved = true;
      if (drag.moved) show(drag.from - move, view.to - view.from);
    }
    if (!drag || !drag.moved) made.point(event.offsetX, event.offsetY, canvas.clientWidth, false);
  });
  canvas.addEventListener("pointerup", event => {
    if (drag && !drag.moved) made.point(event.offsetX, event.offsetY, canvas.clientWidth, true);
    drag = null;
  });
  return made;
}
function drawAll() {
  for (const one of panes) {
    const width = one.canvas.clientWidth, scale = window.devicePixelRatio || 1;
    if (one.canvas.width !== Math.round(width * scale) || one.canvas.height !== Math.round(one.height * scale)) {
      one.canvas.width = Math.round(width * scale); one.canvas.height = Math.round(one.height * scale);
    }
    const c = one.canvas.getContext("2d");
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.fillStyle = css("--bg"); c.fillRect(0, 0, width, one.height);
    c.font = "11px system-ui, sans-serif";
    one.draw(c, width, one.height);
    if (view.cycle >= 0 && one.follows) {
      const x = xOf(view.cycle + 0.5, width);
      if (x >= MARGIN) { c.strokeStyle = css("--mark"); c.globalAlpha = 0.7; c.lineWidth = 1; c.beginPath(); c.moveTo(x, 0); c.lineTo(x, one.height); c.stroke(); c.globalAlpha = 1; }
    }
  }
}
function axis(c, width, height) {
  const span = view.to - view.from, steps = [1, 2, 5];
  let step = 1;
  for (let i = 0; span / step > inner(width) / 70; i++) step = steps[i % 3] * 10 ** Math.floor(i / 3);
  c.fillStyle = css("--dim"); c.textAlign = "center"; c.textBaseline = "bottom";
  for (let t = Math.ceil(view.from / step) * step; t < view.to; t += step) {
    const x = xOf(t, width);
    c.fillText(clock(t), x, height); c.fillRect(x, height - 15, 1, 3);
  }
}
function side(c, text, y) { c.fillStyle = css("--dim"); c.textAlign = "right"; c.textBaseline = "middle"; c.fillText(text, MARGIN - 6, y); }

/* Tiles of one pixel for each cycle and slot, for when a cycle is too narrow to be a rectangle. */
const tiles = new Map();
function tile(p, which, at) {
  const key = `${which} ${view.mode} ${dark()} ${at}`;
  if (tiles.has(key)) return tiles.get(key);
  const mode = MODES[view.mode], width = Math.min(TILE, p.cycles - at);
  const canvas = element("canvas"); canvas.width = width; canvas.height = p.rows.length;
  const c = canvas.getContext("2d", {willReadFrequently: true}), image = c.createImageData(width, p.rows.length);
  const pixels = new Uint32Array(image.data.buffer), known = new Map();
  const word = colour => {
    if (!known.has(colour)) { c.fillStyle = colour; c.fillRect(0, 0, 1, 1); known.set(colour, new Uint32Array(c.getImageData(0, 0, 1, 1).data.buffer)[0]); }
    return known.get(colour);
  };
  const idle = word(css("--idle"));
  p.rows.forEach(([, slot], row) => {
    const engine = p.rowOf.findLastIndex(first => first <= row);
    for (let x = 0; x < width; x++) {
      const op = p.at[row * p.cycles + at + x];
      pixels[row * width + x] = op >= 0 ? word(mode.of(p, op))
        : mode.idle ? word(CAUSE_HUES[p.idle[engine][at + x]]) : idle;
    }
  });
  c.putImageData(image, 0, 0);
  if (tiles.size > 64) tiles.clear();
  tiles.set(key, canvas);
  return canvas;
}
function timeline(p, which) {
  const rowHeight = Math.max(7, Math.min(15, Math.floor(330 / p.rows.length / programs.length)));
  const gap = 3, top = 2;
  const tops = p.rows.map((_, row) => top + row * rowHeight + gap * p.rowOf.filter(first => first <= row && first > 0).length);
  const height = tops[tops.length - 1] + rowHeight + 18;
  const title = programs.length > 1 ? `${p.name}: ${number(p.cycles)} cycles` : `Slots by cycle: each row is a slot, each column a cycle`;
  const draw = (c, width) => {
    const perCycle = inner(width) / (view.to - view.from), mode = MODES[view.mode];
    p.engines.forEach(([name, slots], e) => { if (slots) side(c, name, tops[p.rowOf[e]] + slots * rowHeight / 2); });
    c.save(); c.beginPath(); c.rect(MARGIN, 0, width, height); c.clip();
    const from = Math.max(0, Math.floor(view.from)), to = Math.min(p.cycles, Math.ceil(view.to));
    if (perCycle < 4) {
      c.imageSmoothingEnabled = perCycle < 1; c.imageSmoothingQuality = "high";
      for (let at = Math.floor(from / TILE) * TILE; at < to; at += TILE) {
        const image = tile(p, which, at), x = xOf(at, width), w = image.width * perCycle;
        p.engines.forEach(([, slots], e) => { if (slots) c.drawImage(image, 0, p.rowOf[e], image.width, slots, x, tops[p.rowOf[e]], w, slots * rowHeight - 1); });
      }
    } else {
      p.engines.forEach(([, slots], e) => {
        for (let s = 0; s < slots; s++) {
          const row = p.rowOf[e] + s, y = tops[row];
          for (let t = from; t < to; t++) {
            const op = p.at[row * p.cycles + t], x = xOf(t, width);
            c.fillStyle = op >= 0 ? mode.of(p, op) : mode.idle ? CAUSE_HUES[p.idle[e][t]] : css("--idle");
            c.fillRect(x, y, perCycle - (perCycle > 6 ? 1 : 0.5), rowHeight - 1);
            if (op >= 0 && perCycle > 46 && rowHeight >= 10) {
              c.save(); c.beginPath(); c.rect(x, y, perCycle - 2, rowHeight); c.clip();
              c.fillStyle = dark() && mode.idle ? "#eee" : "#000"; c.textAlign = "left"; c.textBaseline = "middle";
              c.font = `${Math.min(11, rowHeight - 1)}px ui-monospace, monospace`; c.fillText(slotText(p, op), x + 2, y + rowHeight / 2); c.restore();
            }
          }
        }
      });
    }
    if (view.found.length && view.which === which) {
      c.strokeStyle = css("--fg"); c.lineWidth = 1.5;
      for (const op of view.found.slice(0, 4000)) outline(c, op, width, perCycle);
    }
    if (view.op >= 0) {
      const op = view.which === which ? view.op : counterpart(view.op);
      if (op >= 0) { c.strokeStyle = css("--mark"); c.lineWidth = 2; outline(c, op, width, perCycle); if (view.which === which) arrows(c, op, width, perCycle); }
    }
    c.restore();
    axis(c, width, height);
  };
  const outline = (c, op, width, perCycle) => c.strokeRect(xOf(p.time[op], width) - 0.5, tops[p.rowOf[p.engine[op]] + p.slot[op]] - 1, Math.max(perCycle, 3), rowHeight + 1);
  const middle = (op, width, perCycle) => [xOf(p.time[op], width) + perCycle / 2, tops[p.rowOf[p.engine[op]] + p.slot[op]] + rowHeight / 2];
  const arrows = (c, op, width, perCycle) => {
    for (let j = p.preds[op]; j < p.preds[op + 1]; j++) arrow(c, middle(p.pred[j], width, perCycle), middle(op, width, perCycle), CAUSE_HUES[[4, 2, 1][p.held[j]]], p.held[j]);
    for (let j = p.succs[op]; j < Math.min(p.succs[op + 1], p.succs[op] + 200); j++) arrow(c, middle(op, width, perCycle), middle(p.succ[j], width, perCycle), css("--fg"), 0);
  };
  const point = (x, y, width, click) => {
    let row = tops.findIndex((t, i) => y >= t && y < t + rowHeight + (i + 1 < tops.length && tops[i + 1] > t + rowHeight ? gap : 0));
    if (row < 0) row = y < top ? 0 : p.rows.length - 1;
    aim(which, Math.min(Math.max(Math.floor(cycleAt(x, width)), 0), p.cycles - 1), row, click);
  };
  return pane(title, height, draw, point);
}
function arrow(c, [x0, y0], [x1, y1], colour, dash) {
  c.save(); c.strokeStyle = c.fillStyle = colour; c.lineWidth = 1.4; c.setLineDash([[], [4, 3], [1, 3]][dash]);
  c.beginPath(); c.moveTo(x0, y0);
  const bend = Math.min(60, Math.abs(x1 - x0) / 2 + 8);
  c.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1); c.stroke(); c.setLineDash([]);
  c.beginPath(); c.moveTo(x1, y1); c.lineTo(x1 - 6, y1 - 3); c.lineTo(x1 - 6, y1 + 3); c.fill(); c.restore();
}
const counterpart = op => match ? (view.which === 0 ? match[op] : back[op]) : -1;
const pointCycle = which => (x, _y, width, click) => {
  const p = programs[which];
  aim(which, Math.min(Math.max(Math.floor(cycleAt(x, width)), 0), p.cycles - 1), view.row, click && false);
};

function overviewPane(p) {
  const {cycles, part, shares} = p.overview, rows = Object.entries(shares).map(([name, text]) => [name, decode(text, Uint8Array)]);
  const each = 20, height = each * rows.length + 18;
  pane(`All ${number(cycles)} cycles: how much of each engine is used; the mark is the part shown below`, height, (c, width) => {
    const x = cycle => MARGIN + cycle / cycles * inner(width);
    rows.forEach(([name, share], row) => {
      const y = row * each + 1, e = p.engines.findIndex(([engine]) => engine === name);
      c.fillStyle = css("--idle"); c.fillRect(MARGIN, y, inner(width), each - 3);
      c.fillStyle = HUES[e % HUES.length];
      share.forEach((s, k) => { const h = (each - 3) * s / 255; c.fillRect(MARGIN + k / share.length * inner(width), y + each - 3 - h, inner(width) / share.length + 0.4, h); });
      side(c, name, y + each / 2);
    });
    c.strokeStyle = css("--mark"); c.lineWidth = 2; c.strokeRect(x(part[0]), 0, Math.max(x(part[1]) - x(part[0]), 2), each * rows.length);
    c.fillStyle = css("--dim"); c.textAlign = "center"; c.textBaseline = "bottom";
    for (let k = 0; k <= 8; k++) c.fillText(number(Math.round(cycles * k / 8)), Math.min(x(cycles * k / 8), width - 24), height);
  }, () => {}, false);
}
function usePane(p, which) {
  const each = 22, height = each * p.engines.filter(([, s]) => s).length + 18;
  pane("Use of each engine over time; head, body and tail", height, (c, width) => {
    const columns = Math.min(inner(width), Math.max(1, Math.round(view.to - view.from)));
    c.save(); c.beginPath(); c.rect(MARGIN, 0, width, height); c.clip();
    if (p.spans) {
      const [head, body] = p.spans;
      c.fillStyle = css("--mark"); c.globalAlpha = 0.13;
      c.fillRect(xOf(0, width), 0, xOf(head, width) - xOf(0, width), height - 16);
      c.fillRect(xOf(head + body, width), 0, xOf(p.cycles, width) - xOf(head + body, width), height - 16);
      c.globalAlpha = 1;
    }
    let y = 1;
    p.engines.forEach(([, slots], e) => {
      if (!slots) return;
      c.fillStyle = css("--idle"); c.fillRect(xOf(0, width), y, xOf(p.cycles, width) - xOf(0, width), 0.5 + each - 3);
      c.fillStyle = HUES[e % HUES.length];
      for (let k = 0; k < columns; k++) {
        const a = Math.floor(view.from + k * (view.to - view.from) / columns), b = Math.max(a + 1, Math.floor(view.from + (k + 1) * (view.to - view.from) / columns));
        let sum = 0, count = 0;
        for (let t = Math.max(a, 0); t < Math.min(b, p.cycles); t++) { sum += p.used[e][t]; count++; }
        if (!count) continue;
        const h = (each - 3) * sum / count / slots;
        c.fillRect(xOf(a, width), y + each - 3 - h, Math.max(xOf(b, width) - xOf(a, width), 0.7) + 0.3, h);
      }
      y += each;
    });
    c.restore();
    y = 1;
    p.engines.forEach(([name, slots]) => { if (slots) { side(c, name, y + each / 2); y += each; } });
    axis(c, width, height);
  }, pointCycle(which));
}
function livePane(p, which) {
  const height = 74, most = Math.max(p.scratch, 1);
  pane(`Live words of scratch over time, of ${number(p.scratch)}`, height, (c, width) => {
    c.save(); c.beginPath(); c.rect(MARGIN, 0, width, height); c.clip();
    c.fillStyle = css("--idle"); c.fillRect(xOf(0, width), 0, xOf(p.cycles, width) - xOf(0, width), height - 18);
    c.fillStyle = "#009e73";
    const from = Math.max(0, Math.floor(view.from)), to = Math.min(p.cycles, Math.ceil(view.to)), step = Math.max(1, Math.floor((to - from) / inner(width)));
    for (let t = from; t < to; t += step) {
      let words = 0;
      for (let k = t; k < Math.min(t + step, to); k++) words = Math.max(words, p.live[k]);
      const h = (height - 18) * words / most;
      c.fillRect(xOf(t, width), height - 18 - h, xOf(t + step, width) - xOf(t, width) + 0.4, h);
    }
    c.restore(); side(c, number(most), 6); axis(c, width, height);
  }, pointCycle(which));
}
function pipelinePane(p, which) {
  if (p.groups < 2) return;
  const each = Math.max(1, Math.min(9, Math.floor(260 / p.groups))), shown = Math.min(p.groups, 260), height = shown * each + 18;
  pane(`Who is in which stage when: a row for each of ${number(p.groups)} groups of items${p.groups > shown ? `, the first ${shown}` : ""}`, height, (c, width) => {
    c.save(); c.beginPath(); c.rect(MARGIN, 0, width, height); c.clip();
    for (const [group, stage, first, last] of p.phases) {
      if (group === null || group >= shown || last < view.from || first > view.to) continue;
      c.fillStyle = ramp(stage / Math.max(p.stages - 1, 1));
      c.fillRect(xOf(first, width), group * each, Math.max(xOf(last + 1, width) - xOf(first, width), 0.7), Math.max(each - 1, 0.8));
    }
    c.restore(); side(c, "group 0", 6); side(c, number(shown - 1), shown * each - 5); axis(c, width, height);
  }, pointCycle(which));
}
function memoryPane(p, which) {
  const height = 200, values = p.value.length / 5, words = Math.max(p.scratch, 1);
  pane("Scratch: which value lies where, addresses by cycles", height, (c, width) => {
    const tall = height - 18;
    c.save(); c.beginPath(); c.rect(MARGIN, 0, width, tall); c.clip();
    c.fillStyle = css("--idle"); c.fillRect(xOf(0, width), 0, xOf(p.cycles, width) - xOf(0, width), tall);
    for (let i = 0; i < values; i++) {
      const [address, size, from, to, op] = p.value.subarray(5 * i, 5 * i + 5);
      if (to < view.from || from > view.to) continue;
      const w = xOf(to, width) - xOf(from, width);
      if (w < 0.25) continue;
      c.fillStyle = view.op === op && view.which === which ? css("--mark") : MODES[view.mode === "idle" ? "stage" : view.mode].of(p, op);
      c.fillRect(xOf(from, width), address / words * tall, Math.max(w - (w > 4 ? 0.6 : 0), 0.4), Math.max(size / words * tall, 0.5));
    }
    c.restore(); side(c, "word 0", 6); side(c, number(words - 1), tall - 6); axis(c, width, height);
  }, (x, y, width, click) => {
    const cycle = cycleAt(x, width), word = Math.floor(y / (height - 18) * words);
    let hit = -1;
    for (let i = 0; i < values && hit < 0; i++) {
      const [address, size, from, to, op] = p.value.subarray(5 * i, 5 * i + 5);
      if (from <= cycle && cycle < to && address <= word && word < address + size) hit = op;
    }
    if (hit < 0) return pointCycle(which)(x, y, width, click);
    view.which = which; view.cycle = Math.floor(cycle);
    describe(p, hit, `scratch ${word}${p.named.has(word) ? ` (${p.named.get(word)})` : ""} in cycle ${clock(view.cycle)} holds the result of `);
    if (click) select(which, hit);
    redraw();
  });
}

/* ---- cursor, selection, details ------------------------------------------------------------ */

function aim(which, cycle, row, click) {
  if (!programs[which].cycles) return;                          // nothing to point at
  view.which = which; view.cycle = cycle; view.row = Math.min(Math.max(row, 0), programs[which].rows.length - 1);
  const p = programs[which], op = p.at[view.row * p.cycles + cycle];
  if (click) { select(which, op); return; }
  op >= 0 ? describe(p, op) : describeIdle(p, cycle, view.row);
  list(false); redraw();
}
function select(which, op) {
  view.which = which; view.op = op;
  const p = programs[which];
  if (op >= 0) { view.cycle = p.time[op]; view.row = p.rowOf[p.engine[op]] + p.slot[op]; describe(p, op); }
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
  const said = [p.group[op] < 0 ? "shared by several groups of items" : `group ${p.group[op]}, stage ${p.stage[op]}`, p.kinds[p.kind[op]][1]];
  if (p.line[op] >= 0) said.push(`written at ${p.lines[p.line[op]]}`);
  box.append(element("div", said.join(" · ")));
  box.append(element("div", p.free[op] < p.time[op] ? `nothing holds it from cycle ${clock(p.free[op])} on: it could move to a free slot of its engine there` : "what it waits for keeps it from standing earlier"));
  const waits = element("ul"), users = element("ul");
  for (let j = p.preds[op]; j < p.preds[op + 1]; j++) waits.append(element("li", `${HELD[p.held[j]]}: `, jump(p, p.pred[j]), element("code", " " + slotText(p, p.pred[j]))));
  for (let j = p.succs[op]; j < Math.min(p.succs[op + 1], p.succs[op] + 12); j++) users.append(element("li", undefined, jump(p, p.succ[j]), element("code", " " + slotText(p, p.succ[j]))));
  if (waits.children.length) box.append(element("div", "It waited for"), waits);
  const more = p.succs[op + 1] - p.succs[op];
  if (more) box.append(element("div", `${number(more)} ${more > 1 ? "wait" : "waits"} for it${more > 12 ? ", the first 12" : ""}`), users);
  const other = counterpart(op);
  if (match) { const q = programs[1 - view.which]; box.append(element("div", other >= 0 ? `the other program computes it at ` : "the other program does not compute it"), ...(other >= 0 ? [jump(q, other)] : [])); }
}
function describeIdle(p, cycle, row) {
  const [name, slot] = p.rows[row], engine = p.rowOf.findLastIndex(first => first <= row), box = $("details");
  const [cause, why] = CAUSES[p.idle[engine][cycle]], next = p.next[engine][cycle];
  box.replaceChildren(element("b", `${clock(cycle)}:${name}[${slot}] is idle: ${cause}`), element("div", why));
  if (next >= 0) box.append(element("div", p.free[next] <= cycle ? "This operation could stand here: " : `The first of those to come, held until cycle ${clock(p.free[next])}: `, jump(p, next), element("code", " " + slotText(p, next))));
}

/* ---- the listing: only the rows in sight exist ---------------------------------------------- */

const HEIGHT = 18;
let listed = null;                                              // program number -> first row of each cycle
function rowsOf(p) {
  if (!p.rowAt) { p.rowAt = new Int32Array(p.cycles + 1); for (let t = 0; t < p.cycles; t++) p.rowAt[t + 1] = p.rowAt[t] + 1 + p.first[t + 1] - p.first[t]; }
  return p.rowAt;
}
function list(follow) {
  const p = programs[view.which], rows = rowsOf(p), box = $("listing"), inside = $("listed");
  inside.style.height = rows[p.cycles] * HEIGHT + "px";
  if (view.cycle >= 0 && (follow || listed !== view.which)) {
    const top = rows[view.cycle] * HEIGHT;
    if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 3 * HEIGHT) box.scrollTop = top - 60;
  } else if (view.cycle >= 0) {
    const top = rows[view.cycle] * HEIGHT;
    if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - HEIGHT) box.scrollTop = Math.max(0, top - 60);
  }
  listed = view.which;
  const first = Math.floor(box.scrollTop / HEIGHT), last = first + Math.ceil(box.clientHeight / HEIGHT) + 1;
  let low = 0, high = p.cycles;
  while (low + 1 < high) { const mid = (low + high) >> 1; rows[mid] <= first ? low = mid : high = mid; }
  inside.replaceChildren();
  for (let t = low; t < p.cycles && rows[t] < last; t++) {
    line(rows[t], `${clock(t)}  cycle`, "row head", null);
    for (let i = p.first[t]; i < p.first[t + 1]; i++)
      line(rows[t] + 1 + i - p.first[t], `  ${p.engines[p.engine[i]][0].padEnd(5)} ${slotText(p, i)}${p.line[i] >= 0 ? "    ; " + p.lines[p.line[i]] : ""}`, i === view.op ? "row on" : "row", i);
  }
  function line(row, text, kind, op) {
    const made = element("div", text); made.className = kind; made.style.top = row * HEIGHT + "px";
    if (op !== null) { made.setAttribute("role", "option"); made.onclick = () => { select(view.which, op); reveal(p.time[op]); }; }
    inside.append(made);
  }
}
function bundleText(p, t) {
  const rows = [];
  for (let i = p.first[t]; i < p.first[t + 1]; i++) rows.push(`${p.engines[p.engine[i]][0]}: ${slotText(p, i)}`);
  return rows.join("\n");
}

/* ---- search, permalink, keys ----------------------------------------------------------------- */

function find(text) {
  const p = programs[view.which], wanted = text.trim().toLowerCase();
  view.found = [];
  const at = /^\d+$/.test(wanted) ? Number(wanted) - START : -1;
  if (0 <= at && at < p.cycles) { aim(view.which, at, view.row, false); reveal(at); $("found").textContent = `cycle ${clock(at)}`; return; }
  if (wanted) for (let i = 0; i < p.size; i++) {
    const where = p.line[i] >= 0 ? p.lines[p.line[i]] : "";
    if (`${p.engines[p.engine[i]][0]} ${slotText(p, i)} ${where}`.toLowerCase().includes(wanted)) view.found.push(i);
  }
  $("found").textContent = wanted ? `${number(view.found.length)} operation${view.found.length === 1 ? "" : "s"}` : "";
  redraw();
}
function nextFound() {
  if (!view.found.length) return;
  const p = programs[view.which], op = view.found.find(i => p.time[i] > view.cycle) ?? view.found[0];
  select(view.which, op); reveal(p.time[op]);
}
let remembering = 0;
function permalink() {
  const parts = [`from=${Math.round(view.from)}`, `to=${Math.round(view.to)}`, `colour=${view.mode}`];
  if (view.cycle >= 0) parts.unshift(`cycle=${view.cycle}`);
  if (view.op >= 0) parts.push(`op=${view.op}`);
  if (view.which) parts.push(`program=${view.which}`);
  if (view.row) parts.push(`row=${view.row}`);
  if (view.light !== null) parts.push(`theme=${view.light ? "light" : "dark"}`);
  return "#" + parts.join("&");
}
function remember() { clearTimeout(remembering); remembering = setTimeout(() => { try { history.replaceState(null, "", permalink()); } catch { /* some viewers of files forbid it */ } }, 120); }
function restore() {
  const said = new URLSearchParams(location.hash.slice(1)), whole = name => /^\d+$/.test(said.get(name) ?? "") ? Number(said.get(name)) : null;
  const which = Math.min(whole("program") ?? 0, programs.length - 1), p = programs[which];
  if (MODES[said.get("colour")]) view.mode = $("colour").value = said.get("colour");
  if (said.get("theme")) theme(said.get("theme") === "light");
  const from = whole("from"), to = whole("to"), cycle = whole("cycle"), op = whole("op");
  if (from !== null && to !== null && from < to) { view.from = Math.min(from, longest - LEAST); view.to = Math.min(Math.max(to, view.from + LEAST), longest); }
  if (whole("row") !== null) view.row = Math.min(whole("row"), p.rows.length - 1);
  if (cycle !== null && cycle < p.cycles) { aim(which, cycle, view.row, false); if (from === null) { view.from = Math.max(0, cycle - 30); view.to = Math.min(longest, cycle + 30); } }
  if (op !== null && op < p.size) { select(which, op); reveal(p.time[op]); }
}
function theme(light) { view.light = light; document.documentElement.classList.toggle("dark", !light); tiles.clear(); redraw(); }
async function copy(text) { try { await navigator.clipboard.writeText(text); } catch { const t = element("textarea", text); document.body.append(t); t.select(); document.execCommand("copy"); t.remove(); } $("found").textContent = "copied"; }

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName), p = programs[view.which];
  if (event.key === "Escape") { view.op = -1; view.found = []; $("find").value = ""; $("found").textContent = ""; event.target.blur?.(); redraw(); remember(); return; }
  if (typing) return;
  const span = view.to - view.from, at = Math.max(view.cycle, 0), step = event.shiftKey ? Math.round(span) : 1;
  const keys = {
    ArrowRight: () => { aim(view.which, Math.min(at + (view.cycle < 0 ? 0 : step), p.cycles - 1), view.row, false); reveal(view.cycle); },
    ArrowLeft: () => { aim(view.which, Math.max(at - step, 0), view.row, false); reveal(view.cycle); },
    ArrowUp: () => aim(view.which, at, view.row - 1, false), ArrowDown: () => aim(view.which, at, view.row + 1, false),
    "+": () => zoom(0.6, view.cycle >= 0 ? view.cycle : (view.from + view.to) / 2), "=": () => keys["+"](),
    "-": () => zoom(1 / 0.6, view.cycle >= 0 ? view.cycle : (view.from + view.to) / 2), "0": () => show(0, longest),
    "/": () => $("find").focus(), n: nextFound, t: () => theme(dark()), c: () => copy(location.href.split("#")[0] + permalink()),
    "?": () => $("keys").showModal(),
    Enter: () => { if (event.target === document.body || event.target.id === "listing") aim(view.which, at, view.row, true); else return "pass"; },
  };
  if (keys[event.key] && keys[event.key]() !== "pass") { event.preventDefault(); remember(); }
});

/* ---- head, sliders, tables ------------------------------------------------------------------ */

function head() {
  $("title").textContent = document.title;
  $("sentence").textContent = D.sentence;
  for (const p of programs) {
    const most = Math.max(p.overview ? p.overview.cycles : p.cycles, ...p.ladder.map(([, cycles]) => cycles), 1);
    for (const [name, cycles, why] of [...p.ladder, [programs.length > 1 ? `${p.name}` : "this program", p.overview ? p.overview.cycles : p.cycles, "what it takes"]]) {
      const fill = element("div"), track = element("div", undefined, fill);
      fill.className = name === "this program" || name === p.name ? "fill of" : "fill"; fill.style.width = 100 * cycles / most + "%";
      track.className = "track"; track.title = why;
      $("ladder").append(element("span", name), track, element("span", number(cycles)));
    }
  }
  $("ladder").setAttribute("aria-label", "Lower bounds against the cycles; the numbers are in the tables below");
}
function sliders() {
  const p = programs[0], box = $("sliders");
  if (!p.what_if) { $("if").hidden = true; return; }
  for (const [name, found] of Object.entries(p.what_if)) {
    const own = found.findIndex(([slots]) => slots === p.engines.find(([e]) => e === name)[1]), input = element("input");
    input.type = "range"; input.min = 0; input.max = found.length - 1; input.value = own; input.id = `if-${name}`; input.setAttribute("aria-label", `slots on ${name}`);
    const slots = element("span"), cycles = element("span"), label = element("label", name);
    label.htmlFor = input.id;
    const tell = () => { const [count, takes] = found[input.value]; slots.textContent = `${count} slots`; cycles.textContent = `${number(takes)} cycles`; input.setAttribute("aria-valuetext", `${count} slots: ${takes} cycles`); };
    input.oninput = () => { for (const other of box.querySelectorAll("input")) if (other !== input) { other.value = other.dataset.own; other.tell(); } tell(); };
    input.dataset.own = own; input.tell = tell; tell();
    box.append(label, input, slots, cycles);
  }
  const note = element("div", "The same operations, timed again with one engine changed (the figures of what-if).");
  note.style.gridColumn = "1 / -1"; box.append(note);
}
function tables() {
  for (const [caption, headings, rows] of D.tables) {
    const table = element("table"), top = element("tr");
    for (const heading of headings) { const th = element("th", heading); th.scope = "col"; top.append(th); }
    table.append(element("thead", undefined, top));
    const body = element("tbody");
    for (const row of rows) { const tr = element("tr"); row.forEach(cell => tr.append(element("td", typeof cell === "number" ? number(cell) : cell ?? ""))); body.append(tr); }
    table.append(body);
    $("tables").append(element("details", undefined, element("summary", caption), table));
  }
}
function legend() {
  $("legend").replaceChildren(...MODES[view.mode].legend(programs[0]).map(([colour, text]) => { const s = element("span", text); s.style.setProperty("--c", colour); return s; }));
}

for (const [key, mode] of Object.entries(MODES)) { const option = element("option", mode.name); option.value = key; $("colour").append(option); }
$("colour").value = view.mode;
$("colour").onchange = event => { view.mode = event.target.value; legend(); redraw(); remember(); };
$("find").oninput = event => find(event.target.value);
$("find").onkeydown = event => { if (event.key === "Enter") { nextFound(); event.preventDefault(); } };
$("in").onclick = () => zoom(0.6, view.cycle >= 0 ? view.cycle : (view.from + view.to) / 2);
$("out").onclick = () => zoom(1 / 0.6, view.cycle >= 0 ? view.cycle : (view.from + view.to) / 2);
$("all").onclick = () => show(0, longest);
$("theme").onclick = () => theme(dark());
$("link").onclick = () => copy(location.href.split("#")[0] + permalink());
$("help").onclick = () => $("keys").showModal();
$("copy").onclick = () => copy(bundleText(programs[view.which], Math.max(view.cycle, 0)));
$("listing").onscroll = () => list.scrolling || requestAnimationFrame(() => { const kept = view.cycle; view.cycle = -1; list(false); view.cycle = kept; });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", event => { if (view.light === null) { document.documentElement.classList.toggle("dark", event.matches); tiles.clear(); redraw(); } });
document.documentElement.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
window.addEventListener("resize", redraw);
window.addEventListener("hashchange", restore);
if (D.sampled) { $("sampled").hidden = false; $("sampled").textContent = D.sampled; }
head(); sliders(); tables();
if (programs[0].overview) overviewPane(programs[0]);
programs.forEach(timeline);
programs.forEach((p, which) => { usePane(p, which); if (which === 0 || programs.length === 1) { livePane(p, which); pipelinePane(p, which); memoryPane(p, which); } });
restore(); legend(); list(false); drawAll();
