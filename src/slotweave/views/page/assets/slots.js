/* The colour of each slot and cycle as a word, row by row, for when a cycle is too narrow to be a
   rectangle: the pixels of a picture are averages of these. */
const words = new Map();
function wordsOf(p, which) {
  const key = `${which} ${view.mode} ${dark()}`;
  if (words.has(key)) return words.get(key);
  const mode = MODES[view.mode], found = new Uint32Array(p.rows.length * p.cycles), known = new Map();
  const c = element("canvas").getContext("2d", {willReadFrequently: true});
  const word = colour => {
    if (!known.has(colour)) { c.fillStyle = colour; c.fillRect(0, 0, 1, 1); known.set(colour, new Uint32Array(c.getImageData(0, 0, 1, 1).data.buffer)[0]); }
    return known.get(colour);
  };
  const idle = word(css("--idle"));
  p.rows.forEach(([, slot], row) => {
    for (let t = 0, at = row * p.cycles; t < p.cycles; t++, at++) {
      const op = p.at[at];
      found[at] = op >= 0 ? word(mode.of(p, op)) : mode.idle ? word(causeHue(causeOf(p, p.engineOf[row], t, slot))) : idle;
    }
  });
  if (words.size > 12) words.clear();
  words.set(key, found);
  return found;
}
/* A picture of `columns` pixels for the cycles in view, a pixel high for each slot. */
const strip = element("canvas");
function stripOf(p, which, columns) {
  const from = wordsOf(p, which), rows = p.rows.length;
  if (strip.width !== columns || strip.height !== rows) { strip.width = columns; strip.height = rows; }
  const c = strip.getContext("2d"), image = c.createImageData(columns, rows), to = new Uint32Array(image.data.buffer);
  const edge = x => view.from + x / columns * (view.to - view.from);
  for (let x = 0; x < columns; x++) {
    const first = Math.floor(edge(x)), end = Math.min(Math.max(Math.floor(edge(x + 1)), first + 1), p.cycles);
    if (first >= p.cycles) break;
    for (let row = 0, at = row * p.cycles; row < rows; row++, at += p.cycles) {
      let red = 0, green = 0, blue = 0;
      for (let t = first; t < end; t++) { const word = from[at + t]; red += word & 255; green += word >> 8 & 255; blue += word >> 16 & 255; }
      const count = end - first;
      to[row * columns + x] = -16777216 | red / count | (green / count | 0) << 8 | (blue / count | 0) << 16;
    }
  }
  c.putImageData(image, 0, 0);
  return strip;
}
function timeline(p, which) {
  const rowHeight = Math.max(7, Math.min(15, Math.floor(330 / p.rows.length / programs.length)));
  const gap = 3, top = 2;
  const tops = p.rows.map((_, row) => top + row * rowHeight + gap * p.rowOf.filter(first => first <= row && first > 0).length);
  const height = tops[tops.length - 1] + rowHeight + 18;
  const title = programs.length > 1 ? `${p.name}: ${number(p.cycles)} cycles` : "Slots by cycle: each row is a slot, each column a cycle";
  const draw = (c, width) => {
    const perCycle = inner(width) / (view.to - view.from), mode = MODES[view.mode];
    p.engines.forEach(([name, slots], e) => { if (slots) side(c, name, tops[p.rowOf[e]] + slots * rowHeight / 2); });
    c.save(); c.beginPath(); c.rect(MARGIN, 0, width, height); c.clip();
    const from = Math.max(0, Math.floor(view.from)), to = Math.min(p.cycles, Math.ceil(view.to));
    if (perCycle < 4) {
      c.imageSmoothingEnabled = false;
      const columns = Math.max(1, Math.round(inner(width) * (window.devicePixelRatio || 1))), image = stripOf(p, which, columns);
      p.engines.forEach(([, slots], e) => { if (slots) c.drawImage(image, 0, p.rowOf[e], columns, slots, MARGIN, tops[p.rowOf[e]], inner(width), slots * rowHeight - 1); });
    } else {
      p.engines.forEach(([, slots], e) => {
        for (let s = 0; s < slots; s++) {
          const row = p.row(e, s), y = tops[row];
          for (let t = from; t < to; t++) {
            const op = p.at[row * p.cycles + t], x = xOf(t, width);
            c.fillStyle = op >= 0 ? mode.of(p, op) : mode.idle ? causeHue(causeOf(p, e, t, s)) : css("--idle");
            c.fillRect(x, y, perCycle - (perCycle > 6 ? 1 : 0.5), rowHeight - 1);
            if (op >= 0 && perCycle > 46 && rowHeight >= 10) {
              c.save(); c.beginPath(); c.rect(x, y, perCycle - 2, rowHeight); c.clip();
              c.fillStyle = dark() && mode.idle ? "#eee" : "#000"; c.textAlign = "left"; c.textBaseline = "middle";
              c.font = `${Math.min(11, rowHeight - 1)}px ui-monospace, monospace`; c.fillText(fitting(c, p, op, perCycle - 6), x + 3, y + rowHeight / 2); c.restore();
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
  const outline = (c, op, width, perCycle) => c.strokeRect(xOf(p.time[op], width) - 0.5, tops[p.row(p.engine[op], p.slot[op])] - 1, Math.max(perCycle, 3), rowHeight + 1);
  const middle = (op, width, perCycle) => [xOf(p.time[op], width) + perCycle / 2, tops[p.row(p.engine[op], p.slot[op])] + rowHeight / 2];
  const arrows = (c, op, width, perCycle) => {
    const hues = HELD_HUES();
    for (let j = p.preds[op]; j < p.preds[op + 1]; j++) arrow(c, middle(p.pred[j], width, perCycle), middle(op, width, perCycle), hues[p.held[j]], p.held[j]);
    for (let j = p.succs[op]; j < Math.min(p.succs[op + 1], p.succs[op] + 200); j++) arrow(c, middle(op, width, perCycle), middle(p.succ[j], width, perCycle), css("--fg"), 0);
  };
  const point = (x, y, width, click) => {
    let row = tops.findIndex((t, i) => y >= t && y < t + rowHeight + (i + 1 < tops.length && tops[i + 1] > t + rowHeight ? gap : 0));
    if (row < 0) row = y < top ? 0 : p.rows.length - 1;
    const cycle = Math.min(Math.max(Math.floor(cycleAt(x, width)), 0), p.cycles - 1);
    aim(which, cycle, row, click);
    return x >= MARGIN && cycle === Math.floor(cycleAt(x, width)) ? tipOf(p, cycle, row) : null;
  };
  return pane(title, height, draw, point, {zooms: true});
}
/* The text of an operation if there is room for it, else its name. */
function fitting(c, p, op, width) {
  const text = slotText(p, op);
  return c.measureText(text).width <= width ? text : text.split(" ")[0];
}
function arrow(c, [x0, y0], [x1, y1], colour, dash) {
  c.save(); c.strokeStyle = c.fillStyle = colour; c.lineWidth = 1.4; c.setLineDash([[], [4, 3], [1, 3]][dash]);
  c.beginPath(); c.moveTo(x0, y0);
  const bend = Math.min(60, Math.abs(x1 - x0) / 2 + 8);
  const lift = Math.abs(y1 - y0) < 3 ? 16 : 0;                     // of one row: over what lies between
  c.bezierCurveTo(x0 + bend, y0 - lift, x1 - bend, y1 - lift, x1, y1); c.stroke(); c.setLineDash([]);
  c.beginPath(); c.moveTo(x1, y1); c.lineTo(x1 - 6, y1 - 3); c.lineTo(x1 - 6, y1 + 3); c.fill(); c.restore();
}
const counterpart = (op, which = view.which) => match ? match[which][op] : -1;
/* The place in D.matched of an operation. */
const matchOf = (which, op) => match[which][op] >= 0 ? 0 : match[which][op] === -2 ? 1 : 2;
const pointCycle = which => (x, _y, width, click) => {
  const p = programs[which];
  aim(which, Math.min(Math.max(Math.floor(cycleAt(x, width)), 0), p.cycles - 1), view.row, click && false);
};

