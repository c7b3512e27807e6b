// Plots: the runs before this one, and the course of a repetition.

const signTitles = { p: "passed", r: "passed after a retry", f: "failed", e: "error", s: "skipped", "-": "no part" };

// What became of a test in the runs before this one, the last at the right.
function pastMarks(letters) {
    const counts = new Map();
    for (const letter of letters) {
        if (letter !== "-") counts.set(signTitles[letter], (counts.get(signTitles[letter]) || 0) + 1);
    }
    const title = "runs before this one: " + ([...counts].map(([name, number]) => number + " " + name).join(", ") || "none");
    return el("span", { class: "before", role: "img", "aria-label": title, title },
        Array.from(letters.slice(-12), (letter) => el("i", { class: signTitles[letter] ? letter : "" })));
}

// A frame with a scale from 0 to the highest value; `place` gives the places in it.
function plane(title, most, unit, marks) {
    const width = 560, height = 190, left = 62, right = 26, top = 14, bottom = 34;
    const place = {
        x: (share) => left + share * (width - left - right),
        y: (value) => height - bottom - value / most * (height - bottom - top),
    };
    const picture = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img" },
        svg("title", null, title));
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
        const y = place.y(most * share);
        picture.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y, y2: y }),
            svg("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, unit(most * share)));
    }
    for (const [share, text] of marks) {
        picture.append(svg("text", { x: place.x(share), y: height - bottom + 17, "text-anchor": "middle" }, text));
    }
    return { picture, place };
}

// The next of 1, 2, 2.5, 5 times a power of ten.
function roundUp(value) {
    if (!(value > 0) || !isFinite(value)) return 1;
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= value * 0.9999) || value;
}

function legend(names) {
    return names.map(([style, name]) => [" ", el("span", { class: "key " + style }, el("i"), name)]);
}

// How long a test took in the runs before this one.
function pastPlot([letters, times]) {
    const known = times.filter((ms) => typeof ms === "number");
    if (known.length < 2) return null;
    const most = roundUp(Math.max(...known));
    const share = (index) => times.length > 1 ? index / (times.length - 1) : 0.5;
    const { picture, place } = plane("time in earlier runs: " + times.map((ms) => ms === null ? "-" : duration(ms)).join(", "),
        most, duration, [[0, "oldest"], [1, "last"]]);
    const points = times.map((ms, index) => [index, ms]).filter(([, ms]) => ms !== null);
    picture.append(svg("polyline", { points: points.map(([index, ms]) => place.x(share(index)) + "," + place.y(ms)).join(" ") }));
    times.forEach((ms, index) => {
        const letter = letters[index];
        if (letter === "-" || letter === "s") return;
        const isBad = ms === null;
        picture.append(svg("circle", { class: isBad ? "failed" : letter === "r" ? "b" : "", cx: place.x(share(index)),
            cy: place.y(isBad ? 0 : ms), r: 4 }, svg("title", null, signTitles[letter] + (isBad ? "" : ", " + duration(ms)))));
    });
    return el("details", { class: "step" }, el("summary", null, el("b", null, "runs before this one"), pastMarks(letters)),
        el("figure", null, picture, el("figcaption", null, "time of the runs that passed; a red dot is one that did not")));
}

// The course of a repetition: percentiles over its time, and how many runs took how long.
function coursePlots(course) {
    const rows = course && Array.isArray(course.over_time) ? course.over_time : [];
    return [rows.length > 1 ? overTime(rows, course.stretch_ms) : null, spread(course)];
}

function overTime(rows, stretch) {
    const known = rows.flatMap((row) => row.slice(2)).filter((ms) => typeof ms === "number");
    const most = roundUp(Math.max(...known, 0.001));
    const share = (index) => (index + 0.5) / rows.length;
    const length = rows.length * stretch;
    const { picture, place } = plane("latency over the time of the repetition", most, duration,
        [0, 0.25, 0.5, 0.75, 1].map((part) => [part, duration(part * length)]));
    for (const [style, column] of [["a", 2], ["b", 3], ["c", 4]]) {
        const points = rows.map((row, index) => [index, row[column]]).filter(([, ms]) => typeof ms === "number");
        picture.append(svg("polyline", { class: style,
            points: points.map(([index, ms]) => place.x(share(index)) + "," + place.y(ms)).join(" ") }));
        if (points.length > 30) continue;
        for (const [index, ms] of points) {
            picture.append(svg("circle", { class: style, cx: place.x(share(index)), cy: place.y(ms), r: 2 }));
        }
    }
    rows.forEach((row, index) => {
        const [passed, failed, p50, p95, max] = row;
        const width = place.x((index + 1) / rows.length) - place.x(index / rows.length);
        const words = [duration(index * stretch) + ": " + count(passed + failed, "run")];
        if (typeof p50 === "number") words.push(`p50 ${duration(p50)}, p95 ${duration(p95)}, max ${duration(max)}`);
        if (failed > 0) {
            words.push(failed + " did not pass");
            picture.append(svg("circle", { class: "failed", cx: place.x(share(index)), cy: place.y(0), r: 4 }));
        }
        picture.append(svg("rect", { class: "span", x: place.x(index / rows.length), y: place.y(most), width: Math.max(1, width),
            height: place.y(0) - place.y(most) }, svg("title", null, words.join("; "))));
    });
    const failures = rows.some((row) => row[1] > 0) ? "; a red dot where a run did not pass" : "";
    return el("figure", null, picture, el("figcaption", null, "latency over time" + failures,
        legend([["a", "p50"], ["b", "p95"], ["c", "max"]])));
}

// Columns of equal ratio: each is a tenth wider than the one before it, or more where the times lie far apart.
function spread(course) {
    const all = [["passed", course && course.histogram], ["failed", course && course.failed_histogram]].map(
        ([name, buckets]) => [name, Array.isArray(buckets) ? buckets : []]);
    const times = all.flatMap(([, buckets]) => buckets.map(([time]) => Math.max(1, time)));
    if (times.length < 2) return null;
    const least = Math.log(Math.min(...times) * 0.97), widest = Math.log(Math.max(...times) * 1.03);
    const number = Math.max(1, Math.min(40, Math.ceil((widest - least) / 0.1)));
    const columns = all.map(([, buckets]) => {
        const counts = new Array(number).fill(0);
        for (const [time, runs] of buckets) {
            const at = Math.floor((Math.log(Math.max(1, time)) - least) / (widest - least) * number);
            counts[Math.min(number - 1, Math.max(0, at))] += runs;
        }
        return counts;
    });
    const most = roundUp(Math.max(...columns[0].map((one, index) => one + columns[1][index])));
    const time = (share) => Math.exp(least + share * (widest - least)) / 1000;
    const { picture, place } = plane("how many runs took how long", most, (value) => Number.isInteger(value)
        ? value.toLocaleString("en-US") : "", [0, 0.25, 0.5, 0.75, 1].map((share) => [share, duration(time(share))]));
    for (let index = 0; index < number; index += 1) {
        const x = place.x(index / number) + 0.5, width = Math.max(1, place.x((index + 1) / number) - x - 0.5);
        let below = 0;
        all.forEach(([name], which) => {
            const runs = columns[which][index];
            if (runs === 0) return;
            const top = place.y(below + runs);
            picture.append(svg("rect", { class: "column " + name, x, width, y: top, height: Math.max(1, place.y(below) - top) },
                svg("title", null, `${count(runs, "run")} ${name}, ${duration(time(index / number))} to `
                    + duration(time((index + 1) / number)))));
            below += runs;
        });
    }
    return el("figure", null, picture, el("figcaption", null, "how many runs took how long",
        columns[1].some((runs) => runs > 0) ? legend([["a", "passed"], ["c", "not passed"]]) : null));
}

// The latencies of a repetition by their share of the runs; further towards the right are fewer, slower ones.
function latencyPlot(aggregate) {
    const names = ["min", "p50", "p90", "p95", "p99", "p999", "max"];
    const series = [["passed", aggregate.ms], ["failed", aggregate.failed_ms]].filter(([, values]) =>
        values && typeof values === "object" && names.some((name) => typeof values[name] === "number"));
    if (series.length === 0) return null;
    const shown = names.filter((name) => series.some(([, values]) => typeof values[name] === "number"));
    const most = Math.max(...series.flatMap(([, values]) => shown.map((name) => values[name] || 0)), 0.001);
    const top = roundUp(most);
    const { picture, place } = plane(series.map(([name, values]) => name + ": " + shown.map((one) =>
        one + " " + duration(values[one])).join(", ")).join("; "), top, duration,
    shown.map((name, index) => [shown.length > 1 ? index / (shown.length - 1) : 0.5, name]));
    for (const [name, values] of series) {
        const points = shown.map((one, index) => [place.x(shown.length > 1 ? index / (shown.length - 1) : 0.5), values[one]])
            .filter(([, ms]) => typeof ms === "number");
        picture.append(svg("polyline", { class: name, points: points.map(([at, ms]) => at + "," + place.y(ms)).join(" ") }));
        for (const [at, ms] of points) {
            picture.append(svg("circle", { class: name, cx: at, cy: place.y(ms), r: 3 }, svg("title", null, duration(ms))));
        }
    }
    return el("figure", { class: "latency" }, picture,
        el("figcaption", null, "latency by share of the runs",
            series.length > 1 ? legend([["a", "passed"], ["c", "not passed"]]) : null));
}
