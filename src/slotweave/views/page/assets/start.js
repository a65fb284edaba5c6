/* ---- head, sliders, tables ------------------------------------------------------------------ */

const swatch = (colour, text) => { const made = element("span", text); made.className = "keyed"; made.style.setProperty("--c", colour); return made; };
/* The figures of one program that matter most. */
function figures(p) {
  const takes = p.overview ? p.overview.cycles : p.cycles, least = Math.max(...p.ladder.map(([, cycles]) => cycles), 0);
  const slots = p.cycles * p.engines.reduce((sum, [, count]) => sum + count, 0);
  const told = [["own", number(takes), "cycles"]];
  if (p.ladder.length) told.push(["least", number(least), p.overview ? "cycles at least, for these slots" : "cycles at least, for these slots on their engines"]);
  if (slots && !p.overview) told.push(["", `${(100 * p.size / slots).toFixed(1)} %`, "of all slots in use"]);
  if (!p.overview) told.push(["", number(p.live.reduce((a, b) => Math.max(a, b), 0)), `of ${number(p.scratch)} words of scratch in use at the peak`]);
  $("figures").replaceChildren(...told.map(([kind, value, what]) => { const box = element("div", undefined, element("dt", what), element("dd", value)); box.className = kind; return box; }));
}
function head() {
  $("title").textContent = document.title;
  $("sentence").textContent = D.sentence;
  $("about").textContent = programs.length > 1 ? "" : programs[0].about;
  if (programs.length === 1) figures(programs[0]); else $("figures").hidden = true;
  const takes = p => p.overview ? p.overview.cycles : p.cycles;
  const most = Math.max(...programs.flatMap(p => [takes(p), ...p.ladder.map(([, cycles]) => cycles)]), 1);
  for (const p of programs) {
    const card = element("section"), bars = element("div");
    card.append(element("h2", programs.length > 1 ? `${p.name}: ${p.about}` : "Lower bounds, in blue, and the cycles of this program"));
    const note = element("p", "No order of the same slots, each on its engine, is shorter than the longest blue bar. Other operations, or other engines for them, may be.");
    note.className = "note";
    bars.className = "ladder"; bars.setAttribute("role", "img");
    bars.setAttribute("aria-label", "Lower bounds against the cycles; the numbers are in the tables below");
    for (const [name, cycles, why] of [...p.ladder, ["this program", takes(p), "what it takes"]]) {
      const fill = element("div"), track = element("div", undefined, fill);
      fill.className = name === "this program" ? "fill of" : "fill"; fill.style.width = 100 * cycles / most + "%";
      track.className = "track"; track.title = why;
      const label = element("span", name);
      label.title = why; label.className = name === "this program" ? "this" : "";
      bars.append(label, track, element("span", number(cycles)));
    }
    card.append(bars, note);
    $("why").append(card);
    if (p.findings.length) $("why").append(advice(p));
  }
  $("why").classList.toggle("two", programs.length > 1);
}
/* Text with what stands between backticks as code. */
const marked = text => text.split("`").map((part, i) => i % 2 ? element("code", part) : document.createTextNode(part));
/* Why it is as long as it is, and what to do: what matters most first, the rest folded. */
function advice(p) {
  const card = element("section", undefined, element("h2", programs.length > 1 ? `${p.name}: why, and what to do` : "Why, and what to do"));
  const items = p.findings.map(([what, cure]) => element("li", undefined, ...marked(what + " "), element("em", undefined, ...marked(cure))));
  const list = (some, start) => { const made = element("ol", undefined, ...some); made.start = start; return made; };
  const shown = programs.length > 1 ? 1 : 3;
  card.className = "advice";
  card.append(list(items.slice(0, shown), 1));
  if (items.length > shown) card.append(element("details", undefined, element("summary", `${items.length - shown} more`), list(items.slice(shown), shown + 1)));
  p.commands.forEach((command, i) => {
    const button = element("button", "Copy");
    button.onclick = () => copy(command);
    const next = element("div", undefined, element("span", i ? "Or:" : "Next:"), element("code", command), button);
    next.className = "next"; card.append(next);
  });
  return card;
}
/* The cycles with the machine's own slots. */
function retimed(p) {
  const [name, found] = Object.entries(p.what_if)[0] ?? [], own = p.engines.find(([e]) => e === name)?.[1];
  return found?.find(([slots]) => slots === own)?.[1] ?? p.cycles;
}
function sliders() {
  const p = programs[0], box = $("sliders");
  if (!p.what_if) { $("if").hidden = true; return; }
  if (programs.length > 1) $("if").querySelector("h2").textContent = `What if ${p.name} had more slots?`;
  for (const [name, found] of Object.entries(p.what_if)) {
    const own = found.findIndex(([slots]) => slots === p.engines.find(([e]) => e === name)[1]), input = element("input");
    input.type = "range"; input.min = 0; input.max = found.length - 1; input.value = own; input.id = `if-${name}`; input.setAttribute("aria-label", `slots on ${name}`);
    const slots = element("span"), cycles = element("span"), saves = element("span"), label = element("label", name);
    label.htmlFor = input.id;
    const tell = () => { const [count, takes] = found[input.value]; slots.textContent = counted(count, "slot"); cycles.textContent = counted(takes, "cycle"); const less = found[own][1] - takes; saves.textContent = less > 0 ? `−${number(less)}` : less < 0 ? `+${number(-less)}` : ""; input.setAttribute("aria-valuetext", `${count} slots: ${takes} cycles`); };
    input.oninput = () => { for (const other of box.querySelectorAll("input")) if (other !== input) { other.value = other.dataset.own; other.tell(); } tell(); };
    input.dataset.own = own; input.tell = tell; tell();
    box.append(label, input, slots, cycles, saves);
  }
  const note = element("div", `Move a slider to give one engine more or fewer slots. The cycles beside it are what the program would take then: the same operations in the same order, each as early as it can be. As the machine is, that is ${counted(retimed(p), "cycle")}.`);
  note.className = "note"; box.prepend(note);
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
  const p = programs[view.which];
  $("legend").replaceChildren(...MODES[view.mode].legend(p).map(([colour, text, brief, why]) => {
    const s = element("span", text); s.title = why ?? ""; s.style.setProperty("--c", colour);
    if (brief) s.append(element("small", ` ${brief}`));
    return s;
  }));
  $("legend").classList.toggle("told", Boolean(MODES[view.mode].idle));
}

for (const [key, mode] of Object.entries(MODES)) { const option = element("option", mode.name); option.value = key; $("colour").append(option); }
$("colour").value = view.mode;
$("colour").onchange = event => { view.mode = event.target.value; legend(); redraw(); remember(); };
$("find").oninput = event => find(event.target.value);
$("find").onkeydown = event => { if (event.key === "Enter") { nextFound(); $("find").blur(); event.preventDefault(); } };
$("in").onclick = () => zoom(0.6, view.cycle >= 0 ? view.cycle : (view.from + view.to) / 2);
$("out").onclick = () => zoom(1 / 0.6, view.cycle >= 0 ? view.cycle : (view.from + view.to) / 2);
$("all").onclick = () => show(0, longest);
$("theme").onclick = () => theme(dark());
$("link").onclick = () => copy(location.href.split("#")[0] + permalink());
$("help").onclick = () => $("keys").showModal();
$("copy").onclick = () => copy(bundleText(programs[view.which], Math.max(view.cycle, 0)));
$("listing").onscroll = () => requestAnimationFrame(() => list(false, false));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", event => { if (view.light === null) { document.documentElement.classList.toggle("dark", event.matches); redraw(); } });
document.documentElement.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
const fitted = () => { document.documentElement.style.setProperty("--bar", $("bar").offsetHeight + "px"); list(false); redraw(); };
window.addEventListener("resize", fitted);
window.addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details")) one.open = true; drawAll(); });
window.addEventListener("hashchange", restore);
if (D.sampled) { $("sampled").hidden = false; $("sampled").textContent = D.sampled; }
if (!programs.some(p => p.cycles)) { document.body.classList.add("empty"); $("nothing").hidden = false; }
head(); sliders(); tables();
if (programs[0].overview) overviewPane(programs[0]);
programs.forEach(timeline);
for (const draw of [usePane, livePane, pipelinePane, memoryPane]) programs.forEach(draw);
kernelPane(); restore(); legend(); fitted(); drawAll();
