// All that a report knows of a test, built when it is opened; each step's part when that is.

function section(title, ...content) {
    return el("section", null, el("h5", null, title), content);
}

function preformatted(text, label) {
    return el("pre", { tabindex: "0", "aria-label": label }, visible(text));
}

function placeOf(place) {
    const gutter = " ".repeat(String(place.line).length);
    const marks = Math.max(1, place.end_column - place.column);
    const before = Array.from(place.text).slice(0, place.column - 1);
    const under = before.map((sign) => sign === "\t" ? "\t" : " ").join("") + "^".repeat(Math.min(marks, 400));
    return el("pre", { class: "place", tabindex: "0", "aria-label": "where it is written" },
        `${gutter}--> ${oneLine(place.file)}:${place.line}:${place.column}\n${gutter} |\n`,
        `${place.line} | ${visible(place.text)}\n${gutter} | `, el("b", null, under), "\n");
}

function failure(one) {
    const operands = one.operands || [];
    let cells = operands.map((operand) => el("code", null, oneLine(operand.value)));
    if (operands.length === 2 && operands.every((operand) => operand.type === "string")) {
        const [left, right] = markedPair(oneLine(operands[1].value), oneLine(operands[0].value));
        cells = [el("code", { class: "actual" }, right), el("code", { class: "expected" }, left)];
    }
    const facts = [["hint", one.hint ? [one.hint] : []], ["setting", one.settings || []], ["note", one.notes || []]];
    return el("article", { class: "failure" },
        el("p", { class: "message" },
            el("span", { class: "code" }, `${one.verdict}[${oneLine(one.code)}]`), " ",
            one.name ? el("b", null, `'${oneLine(one.name)}': `) : null, oneLine(one.message)),
        one.place ? placeOf(one.place) : null,
        operands.length > 0 ? table("operands", ["", "type", "value"], operands.map((operand, index) =>
            [el("code", null, oneLine(operand.text)), oneLine(operand.type), cells[index]])) : null,
        one.differences && one.differences.length > 0 ? differences(one.differences) : null,
        facts.flatMap(([title, lines]) => lines.map((line) => el("p", { class: "fact" }, el("b", null, title + ": "),
            oneLine(line)))));
}

function exchange(one) {
    const size = one.body_bytes === undefined ? "" : `, ${count(one.body_bytes, "byte")}`;
    // A secret that was masked makes a whole body shorter; drivers cut at 4096 bytes and above.
    const isCut = one.body !== undefined && one.body_bytes > new TextEncoder().encode(one.body).length
        && (one.body_bytes > 4096 || !one.body.includes("***"));
    return [
        one.command ? section("By hand", el("div", { class: "command" },
            preformatted(one.command, "a command that does the same"), copyButton(one.command))) : null,
        section("Request", preformatted((one.request || [one.summary]).join("\n"), "request")),
        section("Answer" + size,
            (one.response || []).length > 0 ? preformatted(one.response.join("\n"), "the answer's head")
                : el("p", null, one.body === undefined ? "none came" : ""),
            one.body === undefined ? null : preformatted(isCut ? one.body : pretty(one.body), "the answer's body"),
            isCut ? el("p", { class: "cut" }, `the beginning of ${count(one.body_bytes, "byte")}`) : null),
    ];
}

function plainRows(value) {
    return Object.entries(value).map(([name, one]) =>
        [el("code", null, oneLine(name)), el("code", null, visible(JSON.stringify(one)))]);
}

// What a repetition came to: counts in a line, times in a table, and whatever else there is.
function aggregateTable(aggregate) {
    const isTimes = (value) => value && typeof value === "object" && !Array.isArray(value);
    const names = ["min", "mean", "p50", "p90", "p95", "p99", "max"];
    const times = [["passed", aggregate.ms], ["not passed", aggregate.failed_ms]].filter(([, values]) => isTimes(values));
    const counts = Object.entries(aggregate).filter(([, value]) => typeof value === "number");
    const kinds = isTimes(aggregate.error_kinds) ? Object.entries(aggregate.error_kinds) : [];
    return [
        el("p", { class: "fact" }, counts.map(([name, value], index) => [index > 0 ? ", " : "",
            el("b", null, oneLine(name.replaceAll("_", " "))), " " + value.toLocaleString("en-US")])),
        kinds.length > 0 ? el("p", { class: "fact" }, el("b", null, "causes: "), kinds.map(([name, value], index) =>
            (index > 0 ? ", " : "") + oneLine(name) + " " + value)) : null,
        times.length > 0 ? el("div", { class: "wide" }, table("figures", ["", ...names], times.map(([title, values]) =>
            [title, ...names.map((name) => typeof values[name] === "number" ? duration(values[name]) : "")]))) : null,
    ];
}

function stepBody(step) {
    const parts = phases(step);
    const aggregate = step.aggregate && typeof step.aggregate === "object" ? step.aggregate : null;
    return [
        step.reason ? el("p", null, oneLine(step.reason)) : null,
        (step.failures || []).map(failure),
        (step.notes || []).map((note) => el("p", { class: "fact" }, el("b", null, "note: "), oneLine(note))),
        aggregate ? section("Repetition", aggregateTable(aggregate), el("div", { class: "repetition" },
            coursePlots(step.course), latencyPlot(aggregate))) : null,
        (step.retries || []).length > 0 ? section("Attempts", table("attempts", ["", "met", "took", "then waited"], [
            ...step.retries.map((retry, index) =>
                [index + 1, oneLine(retry.cause), duration(retry.ms), duration(retry.waited_ms)]),
            [step.retries.length + 1, step.verdict, "", ""],
        ])) : null,
        step.polls ? section("Polling", el("p", null,
            `${count(step.polls.count, "look")} in ${duration(step.polls.ms)}, about one every `
            + `${duration(step.polls.ms / Math.max(1, step.polls.count))}; the condition last yielded `,
            el("code", null, oneLine(step.polls.last)))) : null,
        step.exchange ? exchange(step.exchange) : null,
        parts.length > 0 ? section("Phases", table("values", ["", ""], parts.map((part) =>
            [phaseTitle(part), duration(part.ms)]))) : null,
        step.captures && Object.keys(step.captures).length > 0
            ? section("Captures", table("values", ["", ""], plainRows(step.captures))) : null,
        step.place ? el("p", { class: "fact" }, el("b", null, "written at "),
            `${oneLine(step.place.file)}:${step.place.line}`) : null,
        (step.children || []).length > 0 ? stepList(step.children) : null,
    ];
}

const mostSteps = 200;
const stepNodes = new WeakMap();

function stepNode(step) {
    const isTrouble = step.verdict === "failed" || step.verdict === "error";
    const body = el("div", { class: "body" });
    let isBuilt = false;
    const build = () => {
        if (isBuilt) return;
        isBuilt = true;
        fill(body, null, stepBody(step));
    };
    const node = el("details", { class: "step " + step.verdict, on: { toggle: () => { if (node.open) build(); } } },
        el("summary", null, sign(step.verdict), el("b", null, oneLine(step.id)), " ",
            step.name ? el("span", null, oneLine(step.name), " ") : null,
            el("span", { class: "kind" }, oneLine(step.kind), step.target ? " on " + oneLine(step.target) : ""), " ",
            step.exchange ? el("span", { class: "summary" }, oneLine(step.exchange.summary)) : null,
            step.flaky ? el("span", { class: "tag flaky" }, "flaky") : null,
            el("span", { class: "time" }, step.verdict === "skipped" ? "skipped" : duration(step.ms))),
        body);
    stepNodes.set(step, { node, build });
    if (isTrouble) {
        build();
        node.open = true;
    }
    return node;
}

function stepList(steps) {
    return el("div", { class: "steps" }, steps.slice(0, mostSteps).map(stepNode),
        steps.length > mostSteps ? el("p", null, "and " + count(steps.length - mostSteps, "more step")) : null);
}

function testDetails(test) {
    const needs = test.needs || [], cleanup = test.cleanup || [];
    const way = (steps, step) => {
        for (const one of steps || []) {
            const inner = one === step ? [] : way(one.children, step);
            if (inner) return [one, ...inner];
        }
        return null;
    };
    // Opening a step builds those inside it, so that the next on the way can be opened.
    const reveal = (step) => {
        for (const one of way([...needs, ...test.steps, ...cleanup], step) || []) {
            const known = stepNodes.get(one);
            if (!known) return;
            known.build();
            known.node.open = true;
            if (one !== step) continue;
            known.node.scrollIntoView({ block: "nearest" });
            known.node.querySelector("summary").focus();
        }
    };
    return [
        test.description ? el("p", null, oneLine(test.description)) : null,
        test.reason ? el("p", null, oneLine(test.reason)) : null,
        (test.failures || []).map(failure),
        waterfall(test, reveal),
        needs.length > 0 ? el("section", { class: "needs" }, el("h4", null, "Needs"), stepList(needs)) : null,
        test.steps.length > 0 ? [el("h4", null, "Steps"), stepList(test.steps)] : null,
        cleanup.length > 0 ? [el("h4", null, "Cleanup"), stepList(cleanup)] : null,
        el("p", { class: "fact" }, el("b", null, "again: "),
            el("code", null, `plumb run ${oneLine(test.file)}`)),
    ];
}
