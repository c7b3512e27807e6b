// When each step ran.

const phaseTitles = {
    pool: "waiting for a connection", dns: "finding the address", connect: "connecting", tls: "TLS",
    first_byte: "first byte", query: "query", receive: "receiving", attempt: "earlier attempt",
    pause: "pause before the next", other: "other",
};

// The parts of a step's time, in order, each from the run's start.
function phases(step) {
    const parts = [];
    let at = step.started_ms;
    for (const retry of step.retries || []) {
        parts.push({ phase: "attempt", at, ms: retry.ms, note: oneLine(retry.cause) });
        parts.push({ phase: "pause", at: at + retry.ms, ms: retry.waited_ms });
        at += retry.ms + retry.waited_ms;
    }
    const timing = (step.exchange && step.exchange.timing) || {};
    const names = Object.keys(timing).filter((name) => name !== "total" && timing[name] > 0);
    const known = names.reduce((sum, name) => sum + timing[name], 0);
    const total = Math.max(timing.total || 0, known);
    if (total <= 0 || total > step.ms * 1.01 + 1) return parts;
    // What is known is of the last attempt, which ended with the step.
    at = Math.max(at, step.started_ms + step.ms - total);
    for (const name of names) {
        parts.push({ phase: phaseTitles[name] ? name : "other", title: name, at, ms: timing[name] });
        at += timing[name];
    }
    if (total - known > 0.001) parts.push({ phase: "receive", at, ms: total - known });
    return parts;
}

function phaseTitle(part) {
    const title = part.phase === "other" && part.title ? oneLine(part.title) : phaseTitles[part.phase];
    return title + (part.note ? " (" + part.note + ")" : "");
}

const mostBars = 300;
const barHeight = 24;

// The steps inside a step that are drawn: those of a needed scenario only where one of them did not pass.
function drawnInside(step) {
    return step.kind === "need" && step.verdict === "passed" ? [] : step.children || [];
}

function barRows(test) {
    const rows = [];
    const add = (steps, depth, prefix, first) => {
        const places = new Map();
        for (const step of steps) {
            if (rows.length >= mostBars) return;
            places.set(step.id, rows.length);
            const after = (step.needs || []).map((id) => places.get(id));
            rows.push({ step, depth, prefix, after: step === steps[0] ? [...first, ...after] : after });
            add(drawnInside(step), depth + 1, "", []);
        }
    };
    add(test.needs || [], 0, "needs ", []);
    // What a test needs has ended before its first step begins.
    const needed = rows.flatMap((row, index) => row.depth === 0 ? [index] : []);
    add(test.steps, 0, "", needed);
    add(test.cleanup || [], 0, "cleanup ", []);
    return rows;
}

// Lines from the end of each step to the beginning of those that waited for it.
function edges(rows, place) {
    const height = rows.length * barHeight;
    const picture = svg("svg", {
        class: "edges", viewBox: "0 0 100 " + height, preserveAspectRatio: "none", "aria-hidden": "true",
    });
    picture.style.height = height + "px";
    rows.forEach((row, index) => {
        for (const from of row.after) {
            if (from === undefined) continue;
            const x1 = place(rows[from].step.started_ms + rows[from].step.ms), y1 = (from + 0.5) * barHeight;
            const x2 = place(row.step.started_ms), y2 = (index + 0.5) * barHeight;
            picture.append(svg("path", {
                d: `M ${x1} ${y1} C ${x1 + 3} ${y1}, ${x2 - 3} ${y2}, ${x2} ${y2}`, "vector-effect": "non-scaling-stroke",
            }));
        }
    });
    return picture;
}

function waterfall(test, reveal) {
    const rows = barRows(test);
    if (rows.length === 0) return null;
    const start = Math.min(test.started_ms || Infinity, ...rows.map((row) => row.step.started_ms));
    const end = Math.max(start + (test.ms || 0), ...rows.map((row) => row.step.started_ms + row.step.ms));
    const span = Math.max(end - start, 0.001);
    const place = (ms) => Math.min(100, Math.max(0, (ms - start) / span * 100));
    const used = new Set();
    const labels = el("div", { class: "labels" });
    const tracks = el("div", { class: "tracks" });
    for (const { step, depth, prefix } of rows) {
        const parts = phases(step);
        const text = [step.kind, step.verdict, "from " + duration(step.started_ms - start), "took " + duration(step.ms),
            step.needs ? "after " + step.needs.map(oneLine).join(", ") : null, ...parts.map((part) => phaseTitle(part) + " " + duration(part.ms))];
        const title = text.filter(Boolean).join("; ");
        const label = el("button", {
            type: "button", class: "label", title, "aria-label": prefix + oneLine(step.id) + ": " + title,
            on: { click: () => reveal(step) },
        }, sign(step.verdict), prefix + oneLine(step.id));
        label.style.paddingLeft = 0.25 + Math.min(depth, 8) * 0.9 + "rem";
        labels.append(label);
        const track = el("div", { class: "track" });
        const bar = (name, at, ms) => {
            const node = el("span", { class: "bar " + name });
            node.style.left = place(at) + "%";
            node.style.width = Math.max(0.15, Math.min(100, ms / span * 100)) + "%";
            track.append(node);
        };
        if (step.verdict !== "skipped") {
            bar("whole " + step.verdict + (step.children ? " outer" : ""), step.started_ms, step.ms);
            for (const part of parts) {
                used.add(part.phase);
                bar("phase " + part.phase, part.at, part.ms);
            }
            const time = el("span", { class: "time" }, duration(step.ms));
            const right = place(step.started_ms + step.ms);
            if (right > 80) time.style.right = 100 - place(step.started_ms) + "%";
            else time.style.left = right + "%";
            track.append(time);
        }
        tracks.append(track);
    }
    tracks.append(edges(rows, place));
    const total = barTotal(test);
    return el("section", { class: "waterfall" },
        el("h4", null, "When its steps ran"),
        el("div", { class: "chart" }, labels, tracks),
        el("p", { class: "axis" }, el("span", null, "0"), el("span", null, duration(span))),
        total > rows.length ? el("p", null, "and " + count(total - rows.length, "more step")) : null,
        used.size > 0 ? el("p", { class: "legend" }, Array.from(used, (phase) =>
            el("span", null, el("i", { class: "phase " + phase }), phaseTitles[phase]))) : null);
}

function barTotal(test) {
    const total = (steps) => (steps || []).reduce((sum, step) => sum + 1 + total(drawnInside(step)), 0);
    return total(test.needs) + total(test.steps) + total(test.cleanup);
}
