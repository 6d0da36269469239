// Where there is room, a chart drawn by the server gives way to a Plotly figure with exact values under the pointer.
// Plotly comes only when a chart that has room comes near the screen: a phone never loads it.
(() => {
  const source = document.currentScript.dataset.plotly;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const seen = new Set();
  let loading;

  const plotly = () => (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    document.head.append(script);
  }));

  // Figures are laid out for letters of 16 pixels. Who reads with larger ones gets all of it larger: letters, the
  // distances that make room for them, and the width from which a figure is worth it.
  const scale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
  const SIZES = new Set(["size", "height", "xshift", "yshift", "entrywidth", "l", "r", "t", "b"]);
  const enlarged = (value, factor, key) => {
    if (typeof value === "number") return SIZES.has(key) ? value * factor : value;
    if (Array.isArray(value)) return value.map((one) => enlarged(one, factor));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, enlarged(one, factor, name)]));
  };

  const show = (chart, withFigure) => {
    chart.querySelector(".plot").hidden = !withFigure;
    chart.classList.toggle("live", withFigure);
  };

  const draw = async (chart) => {
    const factor = scale();
    if (chart.clientWidth < Number(chart.dataset.least) * factor) return show(chart, false);
    try {
      const Plotly = await plotly();
      const figures = JSON.parse(chart.querySelector("script").textContent);
      const { data, layout, config } = dark.matches ? figures.dark : figures.light;
      show(chart, true);
      await Plotly.react(chart.querySelector(".plot"), enlarged(data, factor), enlarged(layout, factor), config);
    } catch {
      show(chart, false);
    }
  };

  const charts = [...document.querySelectorAll("figure[data-least]")];
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || seen.has(target)) continue;
      seen.add(target);
      draw(target);
    }
  }, { rootMargin: "300px" });
  charts.forEach((chart) => near.observe(chart));

  const again = () => seen.forEach(draw);
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(again, 150); });
  dark.addEventListener("change", again);
})();
