/* ---- the kernel, line by line: what each line became -------------------------------------------- */

/* The lines that slots were written at, in the order of their files: number, operations by engine. */
function kernelLines(p) {
  const found = p.lines.map((_, line) => ({line, counts: p.engines.map(() => 0), total: 0}));
  for (let i = 0; i < p.size; i++) if (p.line[i] >= 0) { found[p.line[i]].counts[p.engine[i]]++; found[p.line[i]].total++; }
  const key = ({line}) => { const [, file, at] = /^(.*?):?(\d*)$/.exec(p.lines[line]); return [file, Number(at)]; };
  return found.filter(each => each.total).sort((a, b) => {
    const [file, at] = key(a), [other, then] = key(b);
    return file < other ? -1 : file > other ? 1 : at - then;
  });
}
function kernelPane() {
  const p = programs[view.which], lines = kernelLines(p), most = Math.max(...lines.map(({total}) => total), 1);
  $("kernel").hidden = !lines.length;
  $("kernel").querySelector("h2").textContent = `${of(p)}The kernel, line by line: the slots that each line takes, by engine`;
  $("kernel-engines").replaceChildren(...p.engines.map(([name], e) => swatch(HUES[e % HUES.length], name)));
  $("kernel-lines").replaceChildren(...lines.map(({line, counts, total}) => {
    const button = element("button", p.lines[line]), bar = element("div"), row = element("tr"), source = element("code", p.sources[line] ?? "");
    source.title = p.sources[line] ?? "";
    button.onclick = () => { showFound(Array.from(p.line.keys()).filter(i => p.line[i] === line)); };
    button.title = "Find its operations";
    bar.className = "bar";
    counts.forEach((count, e) => { if (count) { const part = element("i"); part.style.width = 100 * count / most + "%"; part.style.background = HUES[e % HUES.length]; part.title = `${number(count)} on ${p.engines[e][0]}`; bar.append(part); } });
    row.dataset.line = line;
    row.append(element("td", undefined, button), element("td", undefined, source), element("td", number(total)), element("td", undefined, bar));
    return row;
  }));
  $("kernel-lines").dataset.which = view.which;
}
/* The line of the selected operation is marked. */
function markLine() {
  if (Number($("kernel-lines").dataset.which) !== view.which) kernelPane();
  const p = programs[view.which], line = view.op >= 0 ? p.line[view.op] : -1;
  for (const row of $("kernel-lines").children) row.classList.toggle("on", Number(row.dataset.line) === line);
}
