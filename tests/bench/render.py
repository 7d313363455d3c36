#!/usr/bin/env python3
"""One issue (8 stories, 4 picks, sponsor, promo) rendered by pressrun, mrml, MJML and react-email.

Needs `cargo build --release`, Node and npm; mrml and the packages go to target/bench/.
    python3 tests/bench/render.py [ROUNDS]
Prints a table. The same words go into each; pressrun also reads them from files, checks them, and sets the
plain-text and web editions. Absolute numbers belong to the machine; the ratio is what counts.
"""
import html, json, os, platform, re, shutil, statistics, subprocess, sys, tempfile, time, tomllib

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 50
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(ROOT, "target/bench")
PRESSRUN = os.path.join(ROOT, "target/release/pressrun")
DATE = "2026-11-24"
LEAD = "barrier-holds"
STORIES = ["line-5-vote", "pilots-ballot", "millrace-chemist", "saltmarket-owners", "odile-farrant", "water-bills", "late-ropewalk"]
PICKS = ["spring-tide", "lido-keys", "boat-letterer", "five-soups"]
SPONSOR = {
    "name": "Halloran & Daughters, ship's chandlers",
    "text": "The weather was forecast. So was ours: oilskins, storm lamps and good rope, since 1888.",
    "button": {"label": "See what is on the hook", "url": "https://halloran.example/storm"},
}
PROMO = "subscribe"


def page(folder, name):
    """Front matter and paragraphs of a story or a snippet."""
    for base, _, files in os.walk(os.path.join(ROOT, "issues", folder)):
        if f"{name}.md" in files:
            with open(os.path.join(base, f"{name}.md"), encoding="utf-8") as file:
                _, front, body = file.read().split("+++", 2)
            facts = tomllib.loads(front)
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_]", lambda link: link.group(1) or "", body)
            paragraphs = [" ".join(part.split()) for part in plain.split("\n\n") if part.strip()]
            return facts, [part for part in paragraphs if not part.startswith(("|", ">"))]
    sys.exit(f"there is no {folder}/{name}.md in the sample newsroom")


def story(name):
    facts, _ = page("stories", name)
    teaser = facts.get("teaser") or facts.get("standfirst") or ""
    return {"headline": facts["headline"], "teaser": teaser, "kicker": facts.get("kicker") or "Speed Read", "url": facts["url"]}


def content():
    promo, words = page("snippets", PROMO)
    with open(os.path.join(ROOT, "config.toml"), "rb") as file:
        config = tomllib.load(file)
    return {
        "publication": config["publication"]["name"],
        "title": "First Light",
        "postal": config["publication"]["postal_address"],
        "preheader": "Plus the vote that made line 5, who owns the Saltmarket, and supper after ten",
        "lead": story(LEAD) | {"body": [part.lstrip("# ") for part in page("stories", LEAD)[1]]},
        "stories": [story(name) for name in STORIES],
        "picks": [story(name) for name in PICKS],
        "sponsor": SPONSOR,
        "promo": {"title": promo.get("title", "More"), "text": " ".join(words), "button": promo["button"]},
    }


def newsroom(folder, issue):
    """The sample newsroom with this one issue."""
    shutil.copy(os.path.join(ROOT, "config.toml"), folder)
    shutil.copytree(os.path.join(ROOT, "issues"), os.path.join(folder, "issues"))
    names = lambda own: json.dumps(own)
    blocks = [
        f'type = "story"\nlabel = "The big story"\nstory = "{LEAD}"\nshow = "full"',
        f'type = "list"\nlabel = "Also this morning"\nshow = "teaser"\nstories = {names(STORIES)}',
        f'type = "sponsor"\nname = {names(SPONSOR["name"])}\ntext = {names(SPONSOR["text"])}\n'
        f'button = {{ label = {names(SPONSOR["button"]["label"])}, url = {names(SPONSOR["button"]["url"])} }}',
        f'type = "picks"\nlabel = "More from the Lantern"\nshow = "teaser"\nstories = {names(PICKS)}',
        f'type = "promo"\nsnippet = "{PROMO}"',
    ]
    head = f'subject = "The barrier held. One pump did not"\npreheader = {names(issue["preheader"])}\n'
    with open(os.path.join(folder, f"issues/morning/{DATE}.toml"), "w", encoding="utf-8") as file:
        file.write(head + "".join(f"\n[[block]]\n{block}\n" for block in blocks))


def mjml(issue):
    e = html.escape
    head = lambda own, size: f'<mj-text padding="0"><h{2 if size > 30 else 3} style="margin:0 0 6px;font:700 {size}px/{size + 6}px Georgia,serif"><a href="{e(own["url"])}" style="color:#1a1a1a;text-decoration:none">{e(own["headline"])}</a></h{2 if size > 30 else 3}></mj-text>'
    kicker = lambda words: f'<mj-text padding="0" font-size="12px" color="#a6141c" text-transform="uppercase" font-weight="700">{e(words)}</mj-text>'
    text = lambda words: f'<mj-text padding="0 0 16px" color="#57534c" font-family="Georgia,serif" font-size="16px" line-height="24px">{e(words)}</mj-text>'
    label = lambda words: f'<mj-text padding="0 0 16px" font-weight="700"><h2>{e(words)}</h2></mj-text>'
    button = lambda own: f'<mj-button href="{e(own["url"])}" background-color="#a6141c">{e(own["label"])}</mj-button>'
    entry = lambda own, size: kicker(own["kicker"]) + head(own, size) + text(own["teaser"])
    section = lambda *columns: "<mj-section background-color=\"#fffffe\">" + "".join(f"<mj-column>{column}</mj-column>" for column in columns) + "</mj-section>"
    picks = [entry(own, 18) for own in issue["picks"]]
    sponsor, promo = issue["sponsor"], issue["promo"]
    return f"""<mjml lang="en-GB"><mj-head><mj-title>{e(issue["title"])}</mj-title><mj-preview>{e(issue["preheader"])}</mj-preview></mj-head>
<mj-body background-color="#f2efe8" width="600px">
{section(f'<mj-text><h1>{e(issue["publication"])}</h1>{e(issue["title"])}</mj-text>')}
{section(entry(issue["lead"], 32) + "".join(text(words) for words in issue["lead"]["body"]))}
{section(label("Also this morning") + "".join(entry(own, 21) for own in issue["stories"]))}
{section(kicker("Advertisement") + label(sponsor["name"]) + text(sponsor["text"]) + button(sponsor["button"]))}
{section(label("More from the Lantern"))}{section(*picks[:2])}{section(*picks[2:])}
{section(label(promo["title"]) + text(promo["text"]) + button(promo["button"]))}
{section(f'<mj-text><a href="https://letters.lantern.example/u/reader">Unsubscribe</a></mj-text>' + text(issue["postal"]))}
</mj-body></mjml>"""


def run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def whole(*command):
    """Median of whole processes, milliseconds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run(*command)
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def phases(*command):
    """Medians of what `--timings` prints, milliseconds by phase."""
    found = {}
    for _ in range(ROUNDS):
        for line in run(*command, "--timings").stderr.splitlines():
            if line.startswith('{"') and "phase" in line:
                phase = json.loads(line)
                found.setdefault(phase["phase"], []).append(phase["ms"])
    return {phase: statistics.median(times) for phase, times in found.items()}


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def visible(markup):
    body = re.sub(r"<head.*?</head>|<style.*?</style>|<!--.*?-->", "", markup, flags=re.S)
    words = html.unescape(re.sub(r"<[^>]*>", " ", body))
    return len(re.sub(r"\s+", " ", re.sub("[\u034f\u00ad\u200b-\u200f\u2007\ufeff]", "", words)).strip())


def main():
    os.makedirs(BENCH, exist_ok=True)
    issue = content()
    path = lambda name: os.path.join(BENCH, name)
    with open(path("issue.json"), "w", encoding="utf-8") as file:
        json.dump(issue, file)
    with open(path("issue.mjml"), "w", encoding="utf-8") as file:
        file.write(mjml(issue))

    rows = []
    with tempfile.TemporaryDirectory(prefix="pressrun-bench-") as folder:
        newsroom(folder, issue)
        command = [PRESSRUN, "-C", folder, "-n", "morning", "show", f"issues/morning/{DATE}.toml", "--html"]
        with open(path("pressrun.html"), "w", encoding="utf-8") as file:
            file.write(run(*command).stdout)
        steps = phases(*command)
        rows.append(("pressrun", whole(*command), steps["compile"] + steps["render"], steps["render"], "pressrun.html"))

    run("cargo", "build", "--release", "--quiet", "--manifest-path", os.path.join(ROOT, "tests/bench/mrml/Cargo.toml"), "--target-dir", path("mrml"))
    mrml = [path("mrml/release/bench-mrml"), path("issue.mjml")]
    alone = float(run(*mrml, str(ROUNDS), path("mrml.html")).stdout)
    rows.append(("mrml", whole(*mrml, "1", path("mrml.html")), None, alone, "mrml.html"))

    for name in os.listdir(os.path.join(ROOT, "tests/bench/npm")):
        shutil.copy(os.path.join(ROOT, "tests/bench/npm", name), BENCH)
    run("npm", "install", "--no-audit", "--no-fund", "--silent", cwd=BENCH)
    for name, script, source in [("MJML", "mjml.mjs", "issue.mjml"), ("react-email", "react-email.mjs", "issue.json")]:
        command = ["node", path(script), path(source)]
        out = path(f"{name}.html")
        alone = float(run(*command, str(ROUNDS), out).stdout.split()[-1])
        rows.append((name, whole(*command, "1", out), None, alone, f"{name}.html"))

    print(f"{machine()}; medians of {ROUNDS} rounds; 8 stories, 4 picks, sponsor, promo\n")
    print(f"{'':12} {'whole process':>14} {'compile+render':>15} {'render alone':>13} {'against':>8} {'HTML':>9} {'a character':>12}")
    first = rows[0][3]
    for name, process, both, alone, out in rows:
        with open(path(out), encoding="utf-8") as file:
            markup = file.read()
        size = len(markup.encode())
        both = f"{both:.2f} ms" if both else ""
        print(f"{name:12} {process:>11.1f} ms {both:>15} {alone:>10.2f} ms {alone / first:>7.1f}× {size:>7} B {size / visible(markup):>10.2f} B")


if __name__ == "__main__":
    main()
