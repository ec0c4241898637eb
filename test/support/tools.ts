import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Context } from 'mocha';

/** A program that tests run, and how to check that the installed one is suitable. */
type Tool = {
  /** Names under which it is installed; the first one that works is used. */
  readonly programs: readonly string[];
  /** What to run, and what it must print. Without it, being on the PATH is enough. */
  readonly probe?: { readonly args: readonly string[]; readonly prints: RegExp };
  /** The oldest suitable version, and what older ones lack. `prints` captures the version. */
  readonly oldest?: { readonly version: string; readonly because: string };
};

const python = {
  programs: ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10'],
  probe: {
    args: [
      '-c',
      `import sys
try: import ensurepip, venv
except ImportError as error: sys.exit(f'{error} (Debian has it in python3-venv)')
print(f'Python {sys.version_info[0]}.{sys.version_info[1]}')`,
    ],
    prints: /^Python (\d+\.\d+)/,
  },
} as const;

export const tools = {
  promtool: {
    programs: ['promtool'],
    probe: { args: ['--version'], prints: /^promtool, version (\d+\.\d+)/ },
    oldest: { version: '3.0', because: 'before that a range also took the sample at its start' },
  },
  amtool: {
    programs: ['amtool'],
    probe: { args: ['--version'], prints: /^amtool, version (\d+\.\d+)/ },
    oldest: { version: '0.26', because: 'webhooks have had a url_file since then' },
  },
  'otelcol-contrib': {
    programs: ['otelcol-contrib'],
    probe: { args: ['--version'], prints: /version v?(\d+\.\d+)/ },
    oldest: { version: '0.161', because: 'the configuration names components as that version does' },
  },
  prometheus: {
    programs: ['prometheus'],
    probe: { args: ['--version'], prints: /^prometheus, version (\d+\.\d+)/ },
    oldest: { version: '3.4', because: 'its OTLP receiver has made labels as the Collector does since then' },
  },
  'redis-server': {
    programs: ['redis-server', 'valkey-server'],
    probe: { args: ['--version'], prints: /^(?:Redis|Valkey) server v=(\d+\.\d+)/ },
    oldest: { version: '6.2', because: 'SET has had PXAT since then' },
  },
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    probe: {
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--dump-dom', 'data:text/html,it-starts'],
      prints: /it-starts/,
    },
  },
  nginx: { programs: ['nginx'], probe: { args: ['-v'], prints: /nginx version/ } },
  caddy: {
    programs: ['caddy'],
    probe: { args: ['version'], prints: /^v?(\d+\.\d+)/ },
    oldest: {
      version: '2.6',
      because: 'idle connections to the service are kept as the Caddyfile says since then',
    },
  },
  haproxy: {
    programs: ['haproxy'],
    probe: { args: ['-v'], prints: /^HAProxy version (\d+\.\d+)/ },
    oldest: { version: '2.4', because: 'the log has had each request as a line of its own form since then' },
  },
  'docker compose': {
    programs: ['docker'],
    probe: { args: ['compose', 'version', '--short'], prints: /^v?(\d+\.\d+)/ },
    oldest: { version: '2.0', because: 'before that it could not print JSON' },
  },
  'docker engine': {
    programs: ['docker'],
    probe: { args: ['version', '--format', '{{.Server.Version}}'], prints: /^\d/ },
  },
  'docker-registry': {
    programs: ['docker-registry'],
    probe: { args: ['--version'], prints: /docker-registry \S+ v?(\d+\.\d+)/ },
  },
  helm: {
    programs: ['helm'],
    probe: { args: ['version', '--short'], prints: /^v(\d+\.\d+)/ },
    oldest: { version: '3.18', because: 'its messages say where a value is wrong since then' },
  },
  kustomize: { programs: ['kustomize'], probe: { args: ['version'], prints: /v\d/ } },
  script: {
    programs: ['script'],
    // the script of other systems takes other options
    probe: { args: ['--version'], prints: /util-linux/ },
  },
  mkfifo: { programs: ['mkfifo'] },
  npm: { programs: ['npm'], probe: { args: ['--version'], prints: /^\d/ } },
  bash: { programs: ['bash'], probe: { args: ['--version'], prints: /^GNU bash/ } },
  dash: { programs: ['dash'], probe: { args: ['-c', 'echo runs'], prints: /^runs$/m } },
  unshare: {
    programs: ['unshare'],
    // needs a privilege that not every user has
    probe: { args: ['--pid', '--fork', '--kill-child', 'true'], prints: /^$/ },
  },
  nsenter: { programs: ['nsenter'], probe: { args: ['--version'], prints: /util-linux/ } },
  ip: { programs: ['ip'], probe: { args: ['-V'], prints: /iproute2/ } },
  faketime: {
    programs: ['faketime'],
    // it works through a preloaded library
    probe: { args: ['-f', '+0', 'printenv', 'LD_PRELOAD'], prints: /libfaketime/ },
  },
  'systemd-analyze': {
    programs: ['systemd-analyze'],
    probe: { args: ['--version'], prints: /^systemd (\d+)/ },
    oldest: { version: '250', because: 'units have been checked offline since then' },
  },
  openssl: {
    programs: ['openssl'],
    // that of macOS is another, and may lack it
    probe: { args: ['req', '-help'], prints: /-addext\b/ },
  },
  python: {
    ...python,
    oldest: { version: '3.10', because: 'the client for Python asks for that' },
  },
  'python 3.11': {
    ...python,
    oldest: { version: '3.11', because: 'the newest scikit-learn asks for that' },
  },
  curl: { programs: ['curl'], probe: { args: ['--version'], prints: /^curl \d/ } },
  awk: { programs: ['awk'], probe: { args: ['BEGIN { print "works" }'], prints: /^works$/m } },
  actionlint: { programs: ['actionlint'], probe: { args: ['-version'], prints: /\d/ } },
  shellcheck: { programs: ['shellcheck'], probe: { args: ['--version'], prints: /ShellCheck/ } },
  cc: { programs: ['cc', 'gcc', 'clang'], probe: { args: ['--version'], prints: /gcc|cc|clang/i } },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

type Found = { readonly program: string } | { readonly lack: string };

const probeTimeoutMs = 30_000;
const probed = new Map<string, Found>();

/** The program to run for a tool, from the folders of `path`; or, in one line, why none of them is suitable. */
export function findTool(name: ToolName, path = process.env.PATH ?? ''): Found {
  const tool: Tool = tools[name];
  const installed = tool.programs.flatMap((program) => locate(program, path) ?? []);
  if (installed.length === 0) return { lack: `${tool.programs.join(' or ')} is not on the PATH` };
  const tried = installed.map((program) => {
    const key = `${name} ${program}`;
    const found = probed.get(key) ?? probe(program, tool);
    probed.set(key, found);
    return 'lack' in found ? { lack: `${program} will not do for ${name}: ${found.lack}` } : found;
  });
  return tried.find((found) => 'program' in found) ?? tried[0];
}

function locate(name: string, path: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}

function probe(program: string, { probe, oldest }: Tool): Found {
  if (probe === undefined) return { program };
  const { args, prints } = probe;
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: probeTimeoutMs,
  });
  if (status !== 0) {
    return {
      lack: error?.message ?? (firstLine(stderr) || firstLine(stdout) || `it ends with ${status ?? signal}`),
    };
  }
  const printed = prints.exec(stdout) ?? prints.exec(stderr);
  if (printed === null) return { lack: `it prints "${firstLine(stdout)}"` };
  if (oldest !== undefined && isOlder(printed[1], oldest.version)) {
    return { lack: `it is version ${printed[1]}; ${oldest.version} is needed, as ${oldest.because}` };
  }
  return { program };
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0];
}

function isOlder(version: string, than: string): boolean {
  const [[major, minor], [leastMajor, leastMinor]] = [version, than].map((text) =>
    `${text}.0`.split('.').map(Number),
  );
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

/**
 * Ends the current test as skipped, saying why; with `CI=true` it fails instead, so that a pipeline can never be green
 * because its tools are missing.
 */
export function skipForLackOf(context: Context, lack: string): never {
  if (process.env.CI === 'true') throw new Error(`${lack}, and with CI=true nothing may be skipped`);
  const title = context.test?.fullTitle() ?? context.currentTest?.fullTitle() ?? 'a test';
  console.log(`      skipped: ${title}: ${lack}`);
  return context.skip();
}

/**
 * The path of a program that a test or a suite requires: `requireTool(this, 'promtool')` in a `function ()` test or
 * hook. If none works, see {@link skipForLackOf}.
 */
export function requireTool(context: Context, name: ToolName): string {
  const found = findTool(name);
  return 'program' in found ? found.program : skipForLackOf(context, found.lack);
}
