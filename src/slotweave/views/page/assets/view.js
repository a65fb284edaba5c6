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

function pane(title, height, draw, point, {follows = true, zooms = false} = {}) {
  const box = element("div"), canvas = element("canvas");
  box.className = "pane"; canvas.style.height = height + "px";
  canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", `${title}; the numbers are in the tables below`);
  box.append(element("h2", title), canvas);
  $("stack").append(box);
  const made = {canvas, height, draw, point, title, follows};
  panes.push(made);
  let drag = null;
  canvas.addEventListener("wheel", event => {
    if (!zooms && !event.ctrlKey && !event.shiftKey) return;      // scrolls the page
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
    if (!drag || !drag.moved) tip(event, made.point(event.offsetX, event.offsetY, canvas.clientWidth, false));
  });
  canvas.addEventListener("pointerleave", () => tip(null, null));
  canvas.addEventListener("pointerup", event => {
    if (drag && !drag.moved) made.point(event.offsetX, event.offsetY, canvas.clientWidth, true);
    drag = null;
  });
  return made;
}
function drawAll() {
  for (const one of panes) {
    const width = one.canvas.clientWidth;
    if (width <= MARGIN) continue;                                // there is no room, or it is hidden
    const scale = window.devicePixelRatio || 1;
    if (one.canvas.width !== Math.round(width * scale) || one.canvas.height !== Math.round(one.height * scale)) {
      one.canvas.width = Math.round(width * scale); one.canvas.height = Math.round(one.height * scale);
    }
    const c = one.canvas.getContext("2d");
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.fillStyle = css("--bg"); c.fillRect(0, 0, width + 1, one.height + 1);   // over the pixels that lie half outside
    c.font = `11px ${FONT}`;
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
    c.fillText(clock(t), Math.min(x, width - c.measureText(clock(t)).width / 2), height); c.fillRect(x, height - 15, 1, 3);
  }
}
function side(c, text, y) { c.fillStyle = css("--dim"); c.textAlign = "right"; c.textBaseline = "middle"; c.fillText(cut(c, text), MARGIN - 6, y); }
/* A name as far as it fits in the margin. */
function cut(c, text) {
  const fits = said => c.measureText(said).width <= MARGIN - 10;
  if (fits(text)) return text;
  let length = text.length;
  while (length > 1 && !fits(text.slice(0, length) + "…")) length--;
  return text.slice(0, length) + "…";
}

