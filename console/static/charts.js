// Draws the picture of a table of figures; the table behind it says the same in numbers, and is all there is without this.
(() => {
  "use strict";
  const style = window.getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const SERIES = {
    bars: ["#2f8f73", "#3f83c4"],
    columns: ["#b9b6aa", "#2f8f73"],
    stacked: ["#2f8f73", "#d79a2b", "#b9b6aa", "#3f83c4"],
  };
  const WORRYING = "#d79a2b";
  const [ROW, COLUMN] = [34, 220];

  const numberOf = (cell) => Number(cell.dataset.value || 0);

  // {label, cells, link, worries} for each line of the table; the sum at the end is not drawn.
  function linesOf(table) {
    return [...table.tBodies[0].rows]
      .map((row) => ({
        label: row.cells[0].textContent.trim(),
        cells: [...row.cells],
        link: row.cells[0].querySelector("a")?.href,
        worries: row.dataset.tone === "wait",
      }))
      .filter((line) => line.label !== "合计");
  }

  function draw(box) {
    const kind = box.dataset.chart;
    const table = box.parentElement.querySelector("table");
    const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
    const drawn = box.dataset.drawn.split(",").map(Number);
    const lines = linesOf(table);
    const lying = kind !== "columns";
    const share = heads.findIndex((head) => head.startsWith("占"));
    const alone = drawn.length === 1;
    const labels = lines.map((line) => {
      if (!alone || !lying) return line.label;
      const part = share > 0 ? `  ${line.cells[share].textContent.trim()}` : "";
      return `${line.label}  ${numberOf(line.cells[drawn[0]])}人${part}`;
    });
    const datasets = drawn.map((column, place) => ({
      label: heads[column],
      data: lines.map((line) => numberOf(line.cells[column])),
      backgroundColor: lines.map((line) =>
        alone && line.worries ? WORRYING : SERIES[kind][alone ? SERIES[kind].length - (lying ? 2 : 1) : place],
      ),
      borderRadius: 4,
      maxBarThickness: 26,
    }));
    const height = lying ? lines.length * ROW * (alone || kind === "stacked" ? 1 : 1.4) + (alone ? 12 : 60) : COLUMN;
    box.style.height = `${Math.max(70, height)}px`;
    box.hidden = false;
    const counts = { beginAtZero: true, ticks: { precision: 0 }, stacked: kind === "stacked", grid: { color: colour("--line") } };
    const names = {
      stacked: kind === "stacked",
      grid: { display: false },
      ticks: { autoSkip: !lying, color: colour("--ink"), callback: (_, place) => shorten(labels[place], lying ? 20 : 8) },
    };
    new window.Chart(box.querySelector("canvas"), {
      type: "bar",
      data: { labels, datasets },
      options: {
        indexAxis: lying ? "y" : "x",
        animation: false,
        maintainAspectRatio: false,
        scales: lying ? { x: { ...counts, display: !alone }, y: names } : { x: names, y: counts },
        plugins: {
          legend: { display: !alone, position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } },
          tooltip: { callbacks: { title: (items) => lines[items[0].dataIndex].label } },
        },
        onHover: (event, found) => {
          event.native.target.style.cursor = found.length && lines[found[0].index].link ? "pointer" : "";
        },
        onClick: (_, found) => {
          const link = found.length ? lines[found[0].index].link : "";
          if (link) window.location.assign(link);
        },
      },
    });
    const behind = table.closest("details.behind");
    if (behind) behind.open = false;
  }

  const shorten = (text, most) => (text && text.length > most ? `${text.slice(0, most - 1)}…` : text);

  if (!window.Chart) return;
  window.Chart.defaults.font.family = style.fontFamily;
  window.Chart.defaults.font.size = 13;
  window.Chart.defaults.color = colour("--ink-soft");
  document.querySelectorAll("[data-chart]").forEach(draw);
})();
