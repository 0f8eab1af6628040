// Before the first paint: the look this browser was told to use, so that nothing flashes.
(function () {
  var root = document.documentElement;
  try {
    var look = JSON.parse(localStorage.getItem("parrot.appearance") || "{}");
    var theme = look.theme === "system" ? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark") : look.theme;
    root.dataset.theme = theme === "light" ? "light" : "dark";
    root.dataset.palette = look.palette === "blue-orange" ? "blue-orange" : "green-red";
    root.dataset.density = look.density === "compact" ? "compact" : "normal";
    root.dataset.sidebar = look.sidebar === "narrow" ? "narrow" : "wide";
  } catch (_) {
    root.dataset.theme = "dark";
  }
})();
