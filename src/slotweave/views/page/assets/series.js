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
    for (let k = 0; k <= 8; k++) c.fillText(number(Math.round(cycles * k / 8)), Math.min(x(cycles * k / 8), width - 30), height);
  }, () => null, {follows: false});
}
const of = p => programs.length > 1 ? `${p.name}: ` : "";
function usePane(p, which) {
  const each = 22, height = each * p.engines.filter(([, s]) => s).length + 18;
  const spans = p.spans ? `; shaded: head, ${counted(p.spans[0], "cycle")}, and tail, ${counted(p.cycles - p.spans[0] - p.spans[1], "cycle")}` : "";
  pane(`${of(p)}Use of each engine over time${spans}`, height, (c, width) => {
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
  pane(`${of(p)}Live words of scratch over time, of ${number(p.scratch)}`, height, (c, width) => {
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
  pane(`${of(p)}Which stage each group of items is in: a row for each of ${number(p.groups)} groups${p.groups > shown ? `, the first ${shown}` : ""}`, height, (c, width) => {
    c.save(); c.beginPath(); c.rect(MARGIN, 0, width, height); c.clip();
    for (const [group, stage, first, last] of p.phases) {
      if (group === null || group >= shown || last < view.from || first > view.to) continue;
      c.fillStyle = ramp(stage / Math.max(p.stages - 1, 1));
      c.fillRect(xOf(first, width), group * each, Math.max(xOf(last + 1, width) - xOf(first, width), 0.7), Math.max(each - 1, 0.8));
    }
    c.restore(); side(c, "group 0", 6); side(c, number(shown - 1), shown * each - 5); axis(c, width, height);
  }, pointCycle(which));
}
/* All values in one picture, drawn once for each way to colour them: from it the view is cut while
   cycles are narrow; of few cycles each value is drawn by itself. */
const maps = new Map();
const WIDE = 4096;
function mapOf(p, which, tall, words) {
  const key = `${which} ${view.mode} ${dark()}`;
  if (maps.has(key)) return maps.get(key);
  const canvas = element("canvas"); canvas.width = Math.min(WIDE, Math.max(1, 4 * p.cycles)); canvas.height = 2 * tall;
  const c = canvas.getContext("2d"), wide = canvas.width / p.cycles, high = canvas.height / words, colours = new Map();
  const mode = MODES[view.mode === "idle" ? "stage" : view.mode];
  for (let i = 0; i < p.value.length / 5; i++) {
    const [address, size, from, to, op] = p.value.subarray(5 * i, 5 * i + 5), colour = mode.of(p, op);
    if (!colours.has(colour)) colours.set(colour, new Path2D());
    colours.get(colour).rect(from * wide, address * high, Math.max((to - from) * wide, 0.3), Math.max(size * high, 0.5));
  }
  for (const [colour, path] of colours) { c.fillStyle = colour; c.fill(path); }
  if (maps.size > 12) maps.clear();
  maps.set(key, canvas);
  return canvas;
}
function memoryPane(p, which) {
  const height = 200, values = p.value.length / 5, words = Math.max(p.scratch, 1);
  pane(of(p) + "Scratch: which value is at which address, by cycle", height, (c, width) => {
    const tall = height - 18, perCycle = inner(width) / (view.to - view.from);
    c.save(); c.beginPath(); c.rect(MARGIN, 0, width, tall); c.clip();
    c.fillStyle = css("--idle"); c.fillRect(xOf(0, width), 0, xOf(p.cycles, width) - xOf(0, width), tall);
    const narrow = p.cycles > 0 && perCycle < 1.5 * Math.min(WIDE, 4 * p.cycles) / p.cycles;
    if (narrow) {
      const image = mapOf(p, which, tall, words), scale = image.width / p.cycles, to = Math.min(view.to, p.cycles);
      if (view.from < to) c.drawImage(image, view.from * scale, 0, (to - view.from) * scale, image.height, MARGIN, 0, (to - view.from) * perCycle, tall);
    }
    for (let i = 0; i < values; i++) {
      const op = p.value[5 * i + 4], chosen = view.op === op && view.which === which;
      if (narrow && !chosen) continue;
      const [address, size, from, to] = p.value.subarray(5 * i, 5 * i + 4);
      if (to < view.from || from > view.to) continue;
      const w = xOf(to, width) - xOf(from, width);
      c.fillStyle = chosen ? css("--mark") : MODES[view.mode === "idle" ? "stage" : view.mode].of(p, op);
      c.fillRect(xOf(from, width), address / words * tall, Math.max(w - (w > 4 ? 0.6 : 0), 0.4), Math.max(size / words * tall, chosen ? 2 : 0.5));
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

