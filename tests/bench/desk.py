#!/usr/bin/env python3
"""What an editor waits for: one issue checked against a long archive, and all stories listed.

Needs `cargo build --release`.
    python3 tests/bench/desk.py [ROUNDS]
Writes a newsroom of 1,000 past issues and 5,000 stories (10,000 for the list) and prints medians beside two peers in
the same rounds: the start of the program itself, and GNU grep looking for one word in the same files, which is what a
newsroom without checks does. Absolute numbers belong to the machine. PRESSRUN names another binary.
"""
import datetime, os, platform, re, shutil, statistics, subprocess, sys, tempfile, time

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 25
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PRESSRUN = os.environ.get("PRESSRUN", os.path.join(ROOT, "target/release/pressrun"))
DATE = datetime.date(2026, 11, 24)
ISSUES, STORIES, LISTED = 1_000, 5_000, 10_000


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def write(text, *path):
    path = os.path.join(*path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def newsroom(folder):
    """The sample newsroom, its archive grown by one morning issue a day, each of five stories of its own."""
    shutil.copytree(os.path.join(ROOT, "issues"), os.path.join(folder, "issues"))
    shutil.copy(os.path.join(ROOT, "config.toml"), folder)
    pattern = read(ROOT, "issues/stories/2026/night-trams-return.md")
    issue = 0
    day = DATE
    while issue < ISSUES:
        day -= datetime.timedelta(days=1)
        # The days of the sample's own issues stay as they are.
        if day.weekday() > 4 or os.path.exists(os.path.join(folder, f"issues/morning/{day}.toml")):
            continue
        names = [f"archive-{number}" for number in range(issue * STORIES // ISSUES, (issue + 1) * STORIES // ISSUES)]
        blocks = "".join(f'[[block]]\ntype = "story"\nstory = "{name}"\n\n' for name in names)
        head = f'subject = "What happened on day {issue}"\npreheader = "Five stories of the {issue}th day in the archive"\n\n'
        write(head + blocks, folder, f"issues/morning/{day}.toml")
        for name in names:
            add(folder, pattern, name, day)
        issue += 1


def add(folder, pattern, name, day):
    text = re.sub(r'(?m)^headline\s*=.*$', f'headline = "Of {name}, and what came of it"', pattern, count=1)
    text = re.sub(r'(?m)^published\s*=.*$', f'published = {day}T05:00:00+00:00', text, count=1)
    text = re.sub(r'(?m)^url\s*=.*$', f'url = "https://lantern.example/{name}"', text, count=1)
    write(text, folder, f"issues/stories/{day.year}/{name}.md")


def took(*command, cwd):
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True)
    if done.returncode not in (0, 4):
        sys.exit(f"{' '.join(command)}\n{done.stderr.decode()}")
    return 1000 * (time.perf_counter() - begun)


def medians(cwd, **commands):
    """Each command once a round, so that whatever else the machine does falls on all of them."""
    times = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(took(*command, cwd=cwd))
    return {name: statistics.median(each) for name, each in times.items()}


def line(what, mine, start, grep):
    print(f"{what:<58}{mine:>8.1f} ms {mine - start:>8.1f} ms {mine / grep:>9.2f}")


def main():
    if not os.path.exists(PRESSRUN):
        sys.exit(f"there is no {PRESSRUN}: cargo build --release")
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, medians of {ROUNDS} rounds\n")
    print(f"{'':<58}{'whole':>11} {'past start':>11} {'to grep':>9}")
    with tempfile.TemporaryDirectory() as folder:
        newsroom(folder)
        commands = {
            "start": [PRESSRUN, "--version"],
            "grep": ["grep", "-rlw", "TK", "issues"],
        }
        found = medians(folder, check=[PRESSRUN, "-n", "morning", "check", str(DATE)], **commands)
        line(f"check one issue, {ISSUES:,} past issues, {STORIES:,} stories", found["check"], found["start"], found["grep"])
        pattern = read(ROOT, "issues/stories/2026/night-trams-return.md")
        for number in range(STORIES, LISTED):
            add(folder, pattern, f"archive-{number}", datetime.date(2022, 1, 1))
        found = medians(folder, stories=[PRESSRUN, "stories"], **commands)
        line(f"list {LISTED:,} stories with where each ran last", found["stories"], found["start"], found["grep"])


main()
