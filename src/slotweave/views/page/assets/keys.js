/* ---- search, permalink, keys ----------------------------------------------------------------- */

function find(text) {
  const p = programs[view.which], wanted = text.trim().toLowerCase();
  const found = [];
  const at = /^\d+$/.test(wanted) ? Number(wanted) - START : -1;
  if (0 <= at && at < p.cycles) { view.found = []; view.op = -1; aim(view.which, at, view.row, false); reveal(at); $("found").textContent = `cycle ${clock(at)}`; remember(); return; }
  if (wanted) for (let i = 0; i < p.size; i++) {
    if (`${p.engines[p.engine[i]][0]} ${slotText(p, i)} ${lineOf(p, i)} ${sourceOf(p, i)}`.toLowerCase().includes(wanted)) found.push(i);
  }
  if (!wanted) view.op = -1;
  showFound(found);
  if (!wanted) $("found").textContent = "";
}
/* Operations outlined in the picture; the first one from the cursor on is selected. */
function showFound(found) {
  view.found = found;
  $("found").textContent = counted(found.length, "operation");
  if (found.length) goTo(firstFound(true)); else { redraw(); remember(); }
}
/* The first one found after the cursor, in the order of the listing; or at it, if that is `enough`. */
function firstFound(enough) {
  const time = programs[view.which].time, from = view.op >= 0 ? view.op + (enough ? 0 : 1) : -1;
  return view.found.find(i => from >= 0 ? i >= from : time[i] >= view.cycle) ?? view.found[0];
}
function goTo(op) {
  select(view.which, op); reveal(programs[view.which].time[op]);
  $("found").textContent = `${number(view.found.indexOf(op) + 1)} of ${counted(view.found.length, "operation")}`;
}
function nextFound() { if (view.found.length) goTo(firstFound(false)); }
function previousFound() {
  if (!view.found.length) return;
  const time = programs[view.which].time;
  goTo(view.found.findLast(i => view.op >= 0 ? i < view.op : time[i] < view.cycle) ?? view.found.at(-1));
}
let remembering = 0;
function permalink() {
  const parts = [`from=${Math.round(view.from) + START}`, `to=${Math.round(view.to) + START}`, `colour=${view.mode}`];
  if (view.cycle >= 0) parts.unshift(`cycle=${view.cycle + START}`);
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
  const shown = name => whole(name) === null || whole(name) < START ? null : whole(name) - START;
  const from = shown("from"), to = shown("to"), cycle = shown("cycle"), op = whole("op");
  if (from !== null && to !== null && from < to) { view.from = Math.min(from, longest - LEAST); view.to = Math.min(Math.max(to, view.from + LEAST), longest); }
  if (whole("row") !== null) view.row = Math.min(whole("row"), p.rows.length - 1);
  if (cycle !== null && cycle < p.cycles) { aim(which, cycle, view.row, false); if (from === null) { view.from = Math.max(0, cycle - 30); view.to = Math.min(longest, cycle + 30); } }
  if (op !== null && op < p.size) { select(which, op); reveal(p.time[op]); }
}
function theme(light) { view.light = light; document.documentElement.classList.toggle("dark", !light); redraw(); }
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
    "/": () => $("find").focus(), n: nextFound, N: previousFound, t: () => theme(dark()), c: () => copy(location.href.split("#")[0] + permalink()),
    "?": () => $("keys").showModal(),
    Enter: () => { if (event.target === document.body || event.target.id === "listing") aim(view.which, at, view.row, true); else return "pass"; },
  };
  if (keys[event.key] && keys[event.key]() !== "pass") { event.preventDefault(); remember(); }
});

