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

  const show = (chart, withFigure) => {
    chart.querySelector(".plot").hidden = !withFigure;
    chart.classList.toggle("live", withFigure);
  };

  const draw = async (chart) => {
    if (chart.clientWidth < Number(chart.dataset.least)) return show(chart, false);
    try {
      const Plotly = await plotly();
      const figures = JSON.parse(chart.querySelector("script").textContent);
      const { data, layout, config } = dark.matches ? figures.dark : figures.light;
      show(chart, true);
      await Plotly.react(chart.querySelector(".plot"), data, layout, config);
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
