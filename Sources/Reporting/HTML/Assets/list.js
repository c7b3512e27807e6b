// The list of tests: filters, search, order, and the rows as they come into sight.

const verdicts = ["failed", "error", "flaky", "passed", "skipped"];
const chunk = 200;

function startList() {
    const index = JSON.parse(document.getElementById("index").textContent);
    // name, suite's number, verdict, flaky, milliseconds, remark, tags, [signs, times, unsteady] of earlier runs
    const tests = index.tests.map(([name, suite, verdict, flaky, ms, remark, tags, past], number) => ({
        number, name, suite, verdict, flaky: flaky === 1, ms, remark, tags, past, node: null,
        text: [name, remark, ...tags.map((tag) => "#" + tag), past && past[2] ? "unsteady" : ""].join("\n").toLowerCase(),
    }));
    const slowest = Math.max(...tests.map((test) => test.ms), 0.001);
    const state = { query: "", verdicts: new Set(), suite: "", order: "trouble" };
    const list = document.getElementById("list");
    const status = document.getElementById("status");
    const more = el("button", { type: "button", class: "more" });
    let shown = [];
    let drawn = 0;

    const kind = (test) => test.verdict === "passed" && test.flaky ? "flaky" : test.verdict;
    const orders = {
        trouble: (a, b) => verdicts.indexOf(kind(a)) - verdicts.indexOf(kind(b)) || a.number - b.number,
        file: (a, b) => a.number - b.number,
        slowest: (a, b) => b.ms - a.ms || a.number - b.number,
        name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.number - b.number),
    };

    function matches(test) {
        if (state.verdicts.size > 0 && !state.verdicts.has(kind(test))) return false;
        const suite = index.suites[test.suite];
        if (state.suite !== "" && suite !== state.suite && !suite.startsWith(state.suite + "/")) return false;
        return state.query.toLowerCase().split(/\s+/).every((word) => test.text.includes(word));
    }

    function details(test) {
        const source = document.getElementById("t" + test.number);
        if (!source) {
            return [el("p", null, document.readyState === "loading" ? "still loading: open it again in a moment"
                : "Its details are left out, since this file would be too large; the JSON report has them.")];
        }
        return [testDetails(JSON.parse(source.textContent).result), test.past ? pastPlot(test.past) : null];
    }

    function toggle(test, isOpen) {
        const button = test.node.querySelector("button");
        const region = test.node.querySelector(".details");
        if (isOpen && !region.hasChildNodes()) fill(region, null, details(test));
        if (!isOpen) region.replaceChildren();
        region.hidden = !isOpen;
        button.setAttribute("aria-expanded", String(isOpen));
    }

    function row(test) {
        if (test.node) return test.node;
        const bar = el("span", { class: "length", "aria-hidden": "true" }, el("i"));
        bar.firstChild.style.width = Math.max(1, test.ms / slowest * 100) + "%";
        const button = el("button", {
            type: "button", "aria-expanded": "false", "aria-controls": "d" + test.number,
            on: { click: () => {
                const isOpen = button.getAttribute("aria-expanded") === "true";
                toggle(test, !isOpen);
                if (!isOpen) remember(test.name);
            } },
        }, sign(test.verdict),
        el("span", { class: "title" }, el("span", { class: "hidden" }, test.verdict + " "),
            el("span", { class: "name" }, oneLine(test.name)),
            test.flaky ? el("span", { class: "tag flaky" }, "flaky") : null,
            test.past && test.past[2] ? el("span", { class: "tag flaky" }, "unsteady") : null,
            test.tags.map((tag) => el("span", { class: "tag" }, oneLine(tag)))),
        el("span", { class: "remark" }, oneLine(test.remark)),
        test.past ? pastMarks(test.past[0]) : el("span", { class: "before" }),
        el("span", { class: "time" }, test.verdict === "skipped" ? "" : duration(test.ms)), bar);
        test.node = el("li", { class: "test " + kind(test) }, el("h3", null, button),
            el("div", { class: "details", id: "d" + test.number, role: "region", hidden: true,
                "aria-label": "details of " + oneLine(test.name) }));
        return test.node;
    }

    function drawMore(most) {
        const end = Math.min(shown.length, drawn + most);
        const rows = document.createDocumentFragment();
        for (; drawn < end; drawn += 1) rows.append(row(shown[drawn]));
        list.append(rows);
        more.hidden = drawn >= shown.length;
        more.textContent = "show more of " + count(shown.length - drawn, "test");
    }

    function refresh() {
        shown = tests.filter(matches).sort(orders[state.order]);
        list.replaceChildren();
        drawn = 0;
        drawMore(chunk);
        status.textContent = shown.length === tests.length ? count(tests.length, "test")
            : shown.length.toLocaleString("en-US") + " of " + count(tests.length, "test");
        for (const button of document.querySelectorAll("button.verdict")) {
            button.setAttribute("aria-pressed", String(state.verdicts.has(button.dataset.verdict)));
        }
        for (const one of document.querySelectorAll("#suites tbody tr")) {
            one.classList.toggle("chosen", one.dataset.suite === state.suite && state.suite !== "");
        }
    }

    // The choice stands in the address, so that it can be sent on.
    function remember(opened) {
        const words = new URLSearchParams();
        if (state.query) words.set("q", state.query);
        if (state.verdicts.size > 0) words.set("verdict", [...state.verdicts].join(","));
        if (state.suite) words.set("suite", state.suite);
        if (state.order !== "trouble") words.set("order", state.order);
        if (opened) words.set("test", opened);
        try {
            history.replaceState(null, "", "#" + words);
        } catch { /* Some browsers refuse this to a page from a file. */ }
    }

    function restore() {
        const words = new URLSearchParams(location.hash.slice(1));
        state.query = words.get("q") || "";
        state.suite = words.get("suite") || "";
        state.order = orders[words.get("order")] ? words.get("order") : "trouble";
        state.verdicts = new Set((words.get("verdict") || "").split(",").filter((one) => verdicts.includes(one)));
        search.value = state.query;
        order.value = state.order;
        suites.value = state.suite;
        return words.get("test");
    }

    function open(name) {
        const test = tests.find((one) => one.name === name);
        if (!test || !shown.includes(test)) return;
        while (!list.contains(test.node) && drawn < shown.length) drawMore(chunk);
        toggle(test, true);
        test.node.scrollIntoView({ block: "start" });
    }

    function choose(change) {
        change();
        refresh();
        remember();
    }

    const search = document.getElementById("search");
    const order = document.getElementById("order");
    const suites = document.getElementById("suite");
    for (const suite of index.suites) {
        if (suite !== "") suites.append(el("option", { value: suite }, oneLine(suite)));
    }
    let waiting = 0;
    search.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => choose(() => { state.query = search.value.trim(); }), 80);
    });
    order.addEventListener("change", () => choose(() => { state.order = order.value; }));
    suites.addEventListener("change", () => choose(() => { state.suite = suites.value; }));
    for (const button of document.querySelectorAll("button.verdict")) {
        button.disabled = false;
        button.addEventListener("click", () => choose(() => {
            const verdict = button.dataset.verdict;
            if (!state.verdicts.delete(verdict)) state.verdicts.add(verdict);
        }));
    }
    for (const button of document.querySelectorAll("#suites button")) {
        button.disabled = false;
        button.addEventListener("click", () => choose(() => {
            const suite = button.closest("tr").dataset.suite;
            state.suite = state.suite === suite ? "" : suite;
            suites.value = state.suite;
        }));
    }
    more.addEventListener("click", () => drawMore(chunk));
    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const isTyping = /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
        if (event.key === "Escape" && event.target === search) {
            search.value = "";
            choose(() => { state.query = ""; });
        }
        if (isTyping) return;
        if (event.key === "/") {
            event.preventDefault();
            search.focus();
        }
        if (event.key !== "j" && event.key !== "k") return;
        const buttons = [...list.querySelectorAll("h3 > button")];
        const at = buttons.indexOf(event.target.closest("li.test")?.querySelector("h3 > button"));
        const next = buttons[event.key === "j" ? at + 1 : Math.max(0, at - 1)];
        if (!next) return;
        next.focus({ preventScroll: true });
        next.scrollIntoView({ block: "nearest" });
    });

    document.getElementById("tests").hidden = false;
    list.after(more);
    const opened = restore();
    refresh();
    new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting) && drawn < shown.length) drawMore(chunk);
    }, { rootMargin: "600px" }).observe(more);
    if (opened) document.addEventListener("DOMContentLoaded", () => open(opened));
}

chooseTheme();
startList();
