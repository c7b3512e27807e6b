// Builds elements. Text from outside becomes text nodes and plain attributes only, never markup, a link or a style.

function fill(node, properties, children) {
    for (const [key, value] of Object.entries(properties || {})) {
        if (value === undefined || value === null || value === false) continue;
        if (key === "on") {
            for (const [event, action] of Object.entries(value)) node.addEventListener(event, action);
        } else {
            node.setAttribute(key, value === true ? "" : value);
        }
    }
    for (const child of children.flat(Infinity)) {
        if (child === undefined || child === null || child === "") continue;
        node.append(child instanceof Node ? child : String(child));
    }
    return node;
}

function el(name, properties, ...children) {
    return fill(document.createElement(name), properties, children);
}

function svg(name, attributes, ...children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

// Signs that a reader could not see, or that turn the direction of what stands around them, as their numbers.
const unseen = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/g;

function visible(text) {
    return String(text).replace(/\r\n/g, "\n").replace(/\r/g, "␍").replace(unseen, (sign) =>
        "\\u{" + sign.codePointAt(0).toString(16).toUpperCase() + "}");
}

function oneLine(text) {
    return visible(text).replace(/\n/g, "\\n").replace(/\t/g, "\\t");
}

// The same digits as the terminal's.
function duration(ms) {
    if (!(ms >= 0) || ms >= 1e12) return "?";
    if (ms > 0 && ms < 0.995) return ms.toFixed(2) + " ms";
    if (ms < 9.95) return ms.toFixed(1) + " ms";
    if (ms < 999.5) return Math.round(ms) + " ms";
    if (ms < 59950) return (ms / 1000).toFixed(1) + " s";
    const seconds = Math.round(ms / 1000);
    if (seconds < 3600) return Math.floor(seconds / 60) + " min " + (seconds % 60) + " s";
    return Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
}

function count(number, noun) {
    return number.toLocaleString("en-US") + " " + noun + (number === 1 ? "" : "s");
}

const signs = { passed: "✓", failed: "✗", error: "✗", skipped: "○" };

function sign(verdict) {
    return el("span", { class: "sign " + verdict, "aria-hidden": "true" }, signs[verdict] || "?");
}

function copyButton(text) {
    const button = el("button", { type: "button", class: "copy" }, "copy");
    const told = (words) => {
        button.textContent = words;
        setTimeout(() => { button.textContent = "copy"; }, 1500);
    };
    const byHand = () => {
        const area = el("textarea", { "aria-hidden": "true", class: "offscreen" });
        area.value = text;
        document.body.append(area);
        area.select();
        const isDone = document.execCommand("copy");
        area.remove();
        button.focus();
        told(isDone ? "copied" : "select it by hand");
    };
    button.addEventListener("click", () => {
        if (!navigator.clipboard) return byHand();
        navigator.clipboard.writeText(text).then(() => told("copied"), byHand);
    });
    return button;
}

function table(className, titles, rows) {
    return el("table", { class: className },
        titles.some((title) => title !== "")
            ? el("thead", null, el("tr", null, titles.map((title) => el("th", { scope: "col" }, title)))) : null,
        el("tbody", null, rows.map((row) => el("tr", null, row.map((cell) => el("td", null, cell))))));
}
