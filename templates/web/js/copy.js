// A button beside each link that puts it on the clipboard; without scripts the link can be selected and copied.
(() => {
  if (!navigator.clipboard) return;
  for (const field of document.querySelectorAll("input[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    const name = field.labels[0]?.textContent ?? "";
    const label = (text) => {
      button.textContent = text;
      button.setAttribute("aria-label", `${text}: ${name}`);
    };
    label("Copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      label("Copied");
      setTimeout(() => label("Copy"), 2000);
    });
    field.after(button);
    field.addEventListener("focus", () => field.select());
  }
})();
