#!/usr/bin/env python3
"""A whole edition to 100,000 readers over loopback, beside smtp-source, in one run.

Needs Debian's `postfix` (for smtp-sink and smtp-source) and `cargo build --release`.
    python3 tests/bench/send.py [READERS] [CONNECTIONS]
Prints a table. Absolute numbers belong to the machine; the ratio is what counts.
"""
import json, os, platform, re, resource, shutil, socket, subprocess, sys, tempfile, threading, time

READERS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
CONNECTIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 10
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PRESSRUN = os.path.join(ROOT, "target/release/pressrun")
DATE = "2026-11-24"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    """Debian's smtp-sink: takes everything, keeps nothing."""

    def __enter__(self):
        self.port = free_port()
        self.process = subprocess.Popen(["/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{self.port}", "1000"])
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.02)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def pressrun(folder, *args, watch=None):
    process = subprocess.Popen([PRESSRUN, "-C", folder, *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if watch:
        threading.Thread(target=watch, args=(process.pid,), daemon=True).start()
    out, _ = process.communicate()
    if process.returncode not in (0,):
        sys.exit(f"pressrun {' '.join(args)} ended {process.returncode}\n{out}")
    return out


def main():
    folder = tempfile.mkdtemp(prefix="pressrun-bench-")
    shutil.copy(os.path.join(ROOT, "config.toml"), folder)
    shutil.copytree(os.path.join(ROOT, "issues"), os.path.join(folder, "issues"))
    with open(os.path.join(folder, "readers.csv"), "w") as readers:
        readers.write("email,first_name\n")
        readers.writelines(f"reader{n}@reader.test,Reader {n}\n" for n in range(READERS))

    begun = time.monotonic()
    pressrun(folder, "-n", "morning", "--quiet", "subscribers", "import", os.path.join(folder, "readers.csv"))
    imported = time.monotonic() - begun

    peak = [0]

    def watch(pid):
        while True:
            try:
                status = open(f"/proc/{pid}/status").read()
                peak[0] = max(peak[0], int(re.search(r"VmHWM:\s+(\d+)", status).group(1)))
            except (FileNotFoundError, AttributeError, ProcessLookupError):
                return
            time.sleep(0.05)

    with Sink() as sink:
        relay = ["--set", f"relays.main.url=smtp://127.0.0.1:{sink.port}", "--set", f"relays.main.connections={CONNECTIONS}"]
        pressrun(folder, *relay, "approve", DATE, "--by", "Bench", "--yes")
        size = len(subprocess.run([PRESSRUN, "-C", folder, "show", DATE, "--eml"], capture_output=True).stdout)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.monotonic()
        pressrun(folder, *relay, "--quiet", "send", DATE, "--yes", watch=watch)
        took = time.monotonic() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        report = json.loads(pressrun(folder, *relay, "--json", "report", DATE))

    with Sink() as sink:
        begun = time.monotonic()
        subprocess.run(
            ["/usr/sbin/smtp-source", "-d", "-s", str(CONNECTIONS), "-m", str(READERS), "-l", str(size), "-f", "a@b.test",
             "-t", "c@d.test", f"127.0.0.1:{sink.port}"], check=True)
        source = time.monotonic() - begun

    print(f"machine    {platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}")
    print(f"messages   {READERS:,} of {size / 1000:.1f} KB over {CONNECTIONS} connections to smtp-sink")
    print(f"{'':12}{'seconds':>9}{'messages/s':>12}{'ratio':>8}")
    print(f"{'smtp-source':12}{source:9.1f}{READERS / source:12,.0f}{1:8.2f}")
    print(f"{'pressrun':12}{took:9.1f}{READERS / took:12,.0f}{source / took:8.2f}")
    print(f"peak memory {peak[0] / 1024:.1f} MB; CPU {cpu / READERS * 1000:.3f} s per 1,000 messages; import {READERS / imported:,.0f} rows/s")
    print(f"the books  {json.dumps({key: report[key] for key in ('audience', 'sent', 'failed', 'suppressed', 'unknown', 'expired')})}")
    shutil.rmtree(folder)


main()
