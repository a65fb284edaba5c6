"use strict";
/* One page, one cursor: every picture shows the cycles from view.from to view.to. */
const D = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const LEAST = 8;
/* Why a slot is idle: name, meaning, colour, meaning in brief, in the order of the causes' numbers. */
const CAUSES = D.causes;
const HELD = ["operand", "memory", "scratch word"];
const HELD_HUES = () => dark() ? ["#56b4e9", "#3fc89c", "#e79cc6"] : D.held;
const HUES = D.hues;                                           // told apart by colour-blind people

const decode = (text, type) => {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new type(bytes.buffer);
};
/* Space for the names of engines left of the pictures; a name that is longer still is cut. */
const FONT = "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, system-ui, sans-serif";
const MOST_MARGIN = 150;
function measured(text) { const c = document.createElement("canvas").getContext("2d"); c.font = `11px ${FONT}`; return c.measureText(text).width; }
const MARGIN = Math.ceil(Math.min(MOST_MARGIN, Math.max(64, ...D.programs.flatMap(P => P.engines.map(([name]) => 16 + measured(name))))));

const number = n => n.toLocaleString("en-US");
const counted = (n, what) => `${number(n)} ${what}${n === 1 ? "" : "s"}`;
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
  p.rows = [];                                                 // a row for each slot, the first one lowest
  p.rowOf = P.engines.map(([name, slots]) => {
    const at = p.rows.length;
    for (let s = slots - 1; s >= 0; s--) p.rows.push([name, s]);
    return at;
  });
  p.row = (engine, slot) => p.rowOf[engine] + P.engines[engine][1] - 1 - slot;
  p.idle = P.engines.map(([name]) => decode(P.idle[name], Uint8Array));
  p.movers = P.engines.map(([name]) => decode(P.movers[name], Uint16Array));
  p.jumps = P.engines.map(([name]) => decode(P.jumps[name], Uint16Array));
  p.next = P.engines.map(([name]) => decode(P.next[name], Int32Array));
  p.used = P.engines.map(() => new Uint8Array(p.cycles));
  for (let i = 0; i < p.size; i++) p.used[p.engine[i]][p.time[i]]++;
  p.at = new Int32Array(p.rows.length * p.cycles).fill(-1);    // row and cycle to operation
  for (let i = 0; i < p.size; i++)
    p.at[p.row(p.engine[i], p.slot[i]) * p.cycles + p.time[i]] = i;
  p.engineOf = p.rows.map((_, row) => p.rowOf.findLastIndex(first => first <= row));
  p.groups = 1 + p.group.reduce((a, b) => Math.max(a, b), -1);
  p.stages = 1 + p.stage.reduce((a, b) => Math.max(a, b), 0);
  p.named = new Map();
  for (const [address, name, words] of P.names)
    for (let w = 0; w < words; w++)
      if (!p.named.has(address + w)) p.named.set(address + w, words > 1 ? `${name}[${w}]` : name);
  return p;
}
/* The cause of an idle slot: the first of a bundle can hold the operations that could move there. */
const causeOf = (p, engine, cycle, slot) => {
  const place = slot - p.used[engine][cycle], movers = p.movers[engine][cycle];
  return place < movers ? 0 : place < movers + p.jumps[engine][cycle] ? 1 : p.idle[engine][cycle];
};
function idleByCause(p) {
  const slots = CAUSES.map(() => 0);
  p.engines.forEach(([, count], e) => {
    for (let t = 0; t < p.cycles; t++) {
      const idle = count - p.used[e][t], free = p.movers[e][t], jumps = p.jumps[e][t];
      slots[0] += free; slots[1] += jumps; slots[p.idle[e][t]] += idle - free - jumps;
    }
  });
  return slots;
}
function offsets(counts) {
  const at = new Int32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) at[i + 1] = at[i] + counts[i];
  return at;
}
const programs = D.programs.map(program);
/* For each operation of both programs the one of the other that computes the same; -1: none does, -2: its
   words are computed by several, grouped differently. */
const match = D.match ? D.match.map(text => decode(text, Int32Array)) : null;
const longest = Math.max(...programs.map(p => p.cycles), 1);

function slotText(p, op) {
  const words = [];
  for (let j = p.argAt[op]; j < p.argAt[op + 1]; j++) words.push(p.arg[j]);
  const [name, , scratch] = p.kinds[p.kind[op]];
  return name + " " + words.map((w, j) => scratch & (1 << j) && p.named.has(w)
    ? `${p.named.get(w)}` : String(w)).join(", ");
}
/* What the kernel says where an operation was written, if that is known. */
const lineOf = (p, op) => p.line[op] >= 0 ? p.lines[p.line[op]] : "";
const sourceOf = (p, op) => p.line[op] >= 0 ? p.sources[p.line[op]] ?? "" : "";
/* Where it stands, as `slotweave explain` takes it. */
const place = (p, op) => `${p.time[op] + START}:${p.engines[p.engine[op]][0]}:${p.slot[op]}`;

/* ---- colours ----------------------------------------------------------------------------- */

const dark = () => document.documentElement.classList.contains("dark");
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
function ramp(part) {                                          // dark blue to yellow, as viridis
  const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
  const x = Math.min(Math.max(part, 0), 1) * (stops.length - 1), i = Math.min(Math.floor(x), stops.length - 2);
  return "#" + stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * (x - i)).toString(16).padStart(2, "0")).join("");
}
const golden = n => `hsl(${(n * 137.508) % 360} 62% ${n % 2 ? 45 : 58}%)`;
const USED = () => dark() ? "#4a505b" : D.used;
/* On a dark page slots without work are dark: what is empty must not shine. */
const causeHue = cause => dark() && cause === CAUSES.length - 1 ? "#212429" : CAUSES[cause][2];
const WORK = ["constants", "loads", "arithmetic", "selects", "stores", "control"];
const MODES = {
  engine: {name: "engine", of: (p, i) => HUES[p.engine[i] % HUES.length],
    legend: p => p.engines.map(([name], i) => [HUES[i % HUES.length], name])},
  group: {name: "item group", of: (p, i) => p.group[i] < 0 ? "#8a8a8a" : golden(p.group[i]),
    legend: p => [["#8a8a8a", "shared by groups"], ...Array.from({length: Math.min(p.groups, 12)}, (_, g) => [golden(g), `group ${g}`]),
      ...(p.groups > 12 ? [["transparent", `and ${number(p.groups - 12)} more`]] : [])]},
  stage: {name: "round or stage", of: (p, i) => p.group[i] < 0 ? "#8a8a8a" : ramp(p.stage[i] / Math.max(p.stages - 1, 1)),
    legend: p => [["#8a8a8a", "shared by groups"], ...Array.from({length: Math.min(p.stages - 1, 20)}, (_, s) => [ramp((s + 1) / Math.max(p.stages - 1, 1)), `stage ${s + 1}`])]},
  work: {name: "kind of work", of: (p, i) => HUES[WORK.indexOf(p.kinds[p.kind[i]][1])],
    legend: () => WORK.map((w, i) => [HUES[i], w])},
  idle: {name: "why slots are idle", of: () => USED(), idle: true,
    legend: () => {
      const slots = programs.map(idleByCause), told = of => of.map(number).join(" and ");
      return [[USED(), "in use", `${told(programs.map(q => q.size))} operations`],
        ...CAUSES.flatMap(([name, why, , brief], i) => slots.some(of => of[i]) ? [[causeHue(i), `${name}: ${programs.length > 1 ? told(slots.map(of => of[i])) + " slots" : counted(slots[0][i], "slot")}`, brief, why]] : [])];
    }},
  ...(programs.some(p => p.lines.length) ? {line: {name: "line of the kernel", of: (p, i) => p.line[i] < 0 ? "#8a8a8a" : golden(p.line[i]),
    legend: p => [["#8a8a8a", "no line"], ...p.lines.slice(0, 12).map((line, i) => [golden(i), line]),
      ...(p.lines.length > 12 ? [["transparent", `and ${number(p.lines.length - 12)} more`]] : [])]}} : {}),
  ...(D.match ? {match: {name: "what both programs compute", of: (p, i) => D.matched[matchOf(programs.indexOf(p), i)][0],
    legend: () => D.matched.map(([colour, text], kind) => [colour, text, programs.map((p, which) => number(match[which].filter((_, i) => matchOf(which, i) === kind).length)).join(" and ")])}} : {}),
};

