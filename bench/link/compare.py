"""Compares two checkouts over loopback or a link, see README.md: compare.py link|loopback ROUNDS CONNECTIONS A B"""

import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
server_core, load_core, delay_us = "0", "1", "200"
addresses = {"bench-load": "10.77.0.1", "bench-server": "10.77.0.2"}
service = ["--import", "./otel/register.ts", "src/server.ts"]
seconds = 2


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=here).stdout


def make_link(folder):
    """Two namespaces with the delay between them, which is the process that is returned."""
    run("cc", "-O2", "-o", f"{folder}/delay", "delay.c")
    for name in addresses:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)
        run("ip", "netns", "add", name)
    command = ["taskset", "-c", load_core, f"{folder}/delay", *addresses, delay_us]
    delay = subprocess.Popen(command, stdout=subprocess.PIPE)
    delay.stdout.readline()
    for name, address in addresses.items():
        run("ip", "-n", name, "addr", "add", f"{address}/24", "dev", "bench0")
        for device in ("bench0", "lo"):
            run("ip", "-n", name, "link", "set", device, "up")
    return delay


def inside(name, is_link):
    return ["ip", "netns", "exec", name] if is_link else []


def start(checkout, folder, is_link):
    host = addresses["bench-server"] if is_link else "127.0.0.1"
    files = {"SAMPLES_PATH": f"{folder}/samples.jsonl", "OUTCOMES_PATH": f"{folder}/outcomes.jsonl"}
    node = [f"{checkout}/node_modules/.bin/node", "--max-semi-space-size=16"]
    server = subprocess.Popen(
        [*inside("bench-server", is_link), "taskset", "-c", server_core, *node, *service],
        cwd=checkout,
        env={**os.environ, **files, "HOST": host, "PORT": "0", "ADMIN_PORT": "0"},
        stdout=open(f"{folder}/log", "w"),
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in server.stderr:
        url = re.match(r"API\s+(http://\S+)", line)
        if url:
            return server, url[1]
    sys.exit(f"{checkout} does not serve")


def processor_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def load(url, connections, is_link):
    wrk = ["taskset", "-c", load_core, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    text = run(*inside("bench-load", is_link), *wrk, "-s", "predict.lua", url)
    requests, failed, p50_us = map(int, re.search(r"FIGURES (\d+) (\d+) (\d+)", text).groups())
    if failed:
        print(f"{failed} of {requests} requests failed: is the machine idle?", file=sys.stderr)
    return requests, p50_us


def measure(checkout, connections, is_link, results):
    with tempfile.TemporaryDirectory() as folder:
        server, url = start(checkout, folder, is_link)
        for count in connections:
            load(url, count, is_link)
            before = processor_seconds(server.pid)
            requests, p50_us = load(url, count, is_link)
            used_us = (processor_seconds(server.pid) - before) * 1e6
            results.setdefault((count, checkout), []).append((used_us / requests, requests / seconds, p50_us / 1000))
        server.terminate()
        server.wait()


def main():
    if len(sys.argv) != 6 or sys.argv[1] not in ("link", "loopback"):
        sys.exit(__doc__)
    is_link = sys.argv[1] == "link"
    connections = [int(text) for text in sys.argv[3].split(",")]
    checkouts = [str(pathlib.Path(path).resolve()) for path in sys.argv[4:]]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        delay = make_link(folder) if is_link else None
        for number in range(int(sys.argv[2])):
            for checkout in checkouts if number % 2 == 0 else reversed(checkouts):
                measure(checkout, connections, is_link, results)
        if delay:
            delay.kill()
    for count in connections:
        pairs = list(zip(*(results[count, checkout] for checkout in checkouts)))
        for checkout in checkouts:
            cpu_us, per_second, p50_ms = (statistics.median(column) for column in zip(*results[count, checkout]))
            print(f"{count:4} connections  {cpu_us:6.1f} µs a request  {per_second:7.0f}/s  p50 {p50_ms:.2f} ms  {checkout}")
        ratio = statistics.median(b[0] / a[0] for a, b in pairs)
        print(f"{'':4} the second takes {ratio:.2f} times the processor time of the first")


main()
