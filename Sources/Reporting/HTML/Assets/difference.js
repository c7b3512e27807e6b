// What was expected beside what was there, the parts that differ marked.

function pretty(text) {
    if (!/^\s*[[{]/.test(text)) return text;
    try {
        const value = JSON.parse(text);
        // A number that this reader would round stays as it was written.
        return /\d{16}/.test(text) ? text : JSON.stringify(value, null, 2);
    } catch {
        return text;
    }
}

// The beginning and the end that two texts share stand plain, the middle is marked.
function markedPair(expected, actual) {
    const left = Array.from(expected), right = Array.from(actual);
    const most = Math.min(left.length, right.length);
    let start = 0, end = 0;
    while (start < most && left[start] === right[start]) start += 1;
    while (end < most - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
    const parts = (signs) => {
        const middle = signs.slice(start, signs.length - end).join("");
        return [signs.slice(0, start).join(""), middle ? el("mark", null, middle) : null,
            end ? signs.slice(signs.length - end).join("") : ""];
    };
    return [parts(left), parts(right)];
}

const mostComparedLines = 400;

// The lines of two texts in one list, by their longest common subsequence.
function lineDifference(expected, actual) {
    const left = expected.split("\n"), right = actual.split("\n");
    if (left.length > mostComparedLines || right.length > mostComparedLines) return null;
    const width = right.length + 1;
    const lengths = new Uint16Array((left.length + 1) * width);
    for (let i = left.length - 1; i >= 0; i -= 1) {
        for (let j = right.length - 1; j >= 0; j -= 1) {
            lengths[i * width + j] = left[i] === right[j]
                ? lengths[(i + 1) * width + j + 1] + 1
                : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
        }
    }
    const lines = [];
    let i = 0, j = 0;
    while (i < left.length || j < right.length) {
        if (i < left.length && j < right.length && left[i] === right[j]) {
            lines.push(el("span", null, "  " + left[i] + "\n"));
            i += 1;
            j += 1;
        } else if (j >= right.length
            || i < left.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
            lines.push(el("del", null, "- " + left[i] + "\n"));
            i += 1;
        } else {
            lines.push(el("ins", null, "+ " + right[j] + "\n"));
            j += 1;
        }
    }
    return el("pre", { class: "diff", tabindex: "0", "aria-label": "- expected, + actual" }, lines);
}

// Two cells of a table: expected and actual.
function comparedCells(expected, actual) {
    if (expected === undefined || actual === undefined) {
        return [el("code", { class: "expected" }, expected === undefined ? "(nothing)" : oneLine(expected)),
            el("code", { class: "actual" }, actual === undefined ? "(missing)" : oneLine(actual))];
    }
    const [left, right] = markedPair(oneLine(expected), oneLine(actual));
    return [el("code", { class: "expected" }, left), el("code", { class: "actual" }, right)];
}

function differences(list) {
    const rows = list.slice(0, 200).map((one) => [
        el("code", null, oneLine(one.path), one.place ? el("small", null, " line " + one.place.line) : null),
        ...comparedCells(one.expected, one.kind === "missing" ? undefined : one.actual),
    ]);
    const long = list.filter((one) => one.expected !== undefined && one.actual !== undefined
        && (one.expected.length > 80 || one.actual.length > 80)
        && pretty(one.expected).includes("\n") && pretty(one.actual).includes("\n")).slice(0, 10);
    return [
        table("differences", ["path", "expected", "actual"], rows),
        list.length > 200 ? el("p", null, "and " + count(list.length - 200, "more difference")) : null,
        long.map((one) => {
            const lines = lineDifference(visible(pretty(one.expected)), visible(pretty(one.actual)));
            return lines ? [el("p", null, el("code", null, oneLine(one.path)), ": - expected, + actual"), lines] : null;
        }),
    ];
}
