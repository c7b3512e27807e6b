// The choice of colours: as the system has them, light or dark.

// A sink for what a browser refuses on a page from a file, such as keeping the choice of colours.
function remembered(key, value) {
    try {
        if (value === undefined) return localStorage.getItem(key);
        localStorage.setItem(key, value);
    } catch { /* The choice holds until the page is closed. */ }
    return null;
}

function chooseTheme() {
    const button = document.getElementById("theme");
    const order = ["auto", "light", "dark"];
    let theme = remembered("plumb-theme");
    if (!order.includes(theme)) theme = "auto";
    const apply = () => {
        if (theme === "auto") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = theme;
        button.textContent = "colours: " + theme;
    };
    button.addEventListener("click", () => {
        theme = order[(order.indexOf(theme) + 1) % order.length];
        remembered("plumb-theme", theme);
        apply();
    });
    button.hidden = false;
    apply();
}
