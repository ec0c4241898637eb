import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { withoutExternalLabels } from '../otel/support/annotation-links.ts';
import { expectedOutput, readRunbookCommands } from '../support/runbook-commands.ts';
import { root } from '../support/service.ts';
import type { Stack } from './stack.ts';

const run = promisify(execFile);

/** What commands print that are only tried in the stack. */
const expectedHere: Readonly<Record<string, RegExp>> = {
  ...expectedOutput,
  'Silencing an alert': /^[0-9a-f-]{36}$/m,
  'State and log': /\S/,
};

/**
 * Runs the commands of the runbook for Docker Compose and, in the same containers, those for Kubernetes.
 *
 * @param id of a row whose outcome has come
 * @returns how many there were
 */
export async function followRunbook(stack: Stack, id: string): Promise<number> {
  const folder = join(stack.folder, 'runbook');
  mkdirSync(join(folder, 'models'), { recursive: true });
  const docker = [
    '#!/bin/sh',
    `PATH='${process.env.PATH}'`,
    `cd ${root}`,
    // the words after "compose" follow the project's own options
    'shift',
    `exec ${stack.dockerCompose.map((word) => `'${word}'`).join(' ')} "$@"`,
  ];
  const kubectl = [
    '#!/bin/sh',
    'case "$1" in',
    'describe) exec docker compose ps --all ;;',
    'logs) exec docker compose logs --tail=50 app ;;',
    'esac',
    'service=app',
    'while [ "$1" != -- ]; do [ "$1" = alertmanager ] && service=alertmanager; shift; done',
    'shift',
    'exec docker compose exec -T "$service" "$@"',
  ];
  for (const [name, lines] of Object.entries({ docker, kubectl })) {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const env = { ...stack.env, PATH: `${folder}:${process.env.PATH}`, ID: id };
  const commands = readRunbookCommands().filter(({ dialect }) => dialect !== 'npm');
  for (const { section, line } of commands) {
    const expected = expectedHere[section];
    assert.ok(expected, `nothing is expected of the commands of ${section}`);
    // nobody types here, so that there is no terminal to give
    const { stdout } = await run(
      'sh',
      ['-c', line.replace(/\bexec (?!-T)(?=app|alertmanager)/, 'exec -T ')],
      {
        cwd: folder,
        env,
        maxBuffer: 2 ** 26,
      },
    );
    const [, written] = / > (\S+)$/.exec(line) ?? [];
    assert.match(
      written === undefined ? stdout : readFileSync(join(folder, written), 'utf8'),
      expected,
      line,
    );
  }
  assert.ok(existsSync(join(folder, 'report.html')));
  return commands.length;
}

/**
 * Opens both links of every alert, as they are where nothing else is set, on the ports that this stack has.
 *
 * @returns how many pages there were
 */
export async function openAlertLinks(stack: Stack): Promise<number> {
  type Rule = { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  const prometheus = await stack.url('prometheus', 9090);
  const answer = await fetch(`${prometheus}/api/v1/rules?type=alert`);
  const { data } = (await answer.json()) as { data: { groups: { rules: Rule[] }[] } };
  const rules = data.groups.flatMap(({ rules }) => rules);
  assert.ok(rules.length > 30);
  const origins = new Map([
    [new URL(defaultAlertSettings.links.runbook).origin, await stack.url('app', 9464)],
    [new URL(defaultAlertSettings.links.grafana).origin, await stack.url('grafana', 3000)],
  ]);
  const pages = new Map<string, string>();
  for (const { name, annotations } of rules) {
    for (const link of [annotations.runbook_url, annotations.dashboard_url]) {
      const url = new URL(withoutExternalLabels(link).replaceAll(/\{\{.*?\}\}/g, 'x'));
      const here = `${origins.get(url.origin)}${url.pathname}`;
      let page = pages.get(here);
      if (page === undefined) {
        const opened = await fetch(here);
        assert.equal(opened.status, 200, `${name}: ${link}`);
        page = await opened.text();
        pages.set(here, page);
      }
      if (url.hash !== '') assert.ok(page.includes(` id="${url.hash.slice(1)}"`), `${name}: ${link}`);
    }
  }
  return pages.size;
}
