import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { alertNames } from '../src/alerts/alert-names.ts';
import { readDocuments } from '../src/cli/docs.ts';
import { createAnchors } from '../src/runbook/anchors.ts';
import { root } from './support/service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const base = new URL('../', import.meta.url);

describe('the documents', () => {
  it('have tables that match the code (`npm run generate` writes them)', async () => {
    for (const { path, text, current } of await readDocuments(base))
      assert.equal(text, current, path.pathname);
  });

  it('link only to files and headings that exist', async () => {
    const texts = await readMarkdown();
    for (const [file, text] of texts) {
      for (const [, path, anchor] of text.matchAll(/\]\(([^)#\s]*)(?:#([^)\s]*))?\)/g)) {
        if (/^[a-z]+:/.test(path)) continue;
        const target = path === '' ? file : relative(root, join(root, dirname(file), path));
        await assert.doesNotReject(access(join(root, target)), `${file} links to ${target}`);
        if (anchor === undefined) continue;
        const headings = anchorsOf(texts.get(target) ?? '');
        assert.ok(
          headings.includes(anchor),
          `${file} links to ${target}#${anchor}, but there is no such heading`,
        );
      }
    }
  });

  it('name only commands that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    for (const [file, text] of await readMarkdown()) {
      for (const [, name] of text.matchAll(/npm run ([\w:-]*\w)/g)) {
        assert.ok(name in scripts, `${file} names npm run ${name}`);
      }
      for (const [, path] of text.matchAll(/\bnode ([\w/-]+\.ts)\b/g)) {
        await assert.doesNotReject(access(join(root, path)), `${file} names node ${path}`);
      }
    }
  });

  it('name only files of the project that exist', async () => {
    const texts = await readMarkdown();
    for (const [file, text] of texts) {
      const paths = [
        ...text.matchAll(
          /`(?:npm run test:file -- )?((?:src|test|grafana|otel|deploy|docs|clients|examples)\/[^\s`]*)`/g,
        ),
      ]
        .map(([, path]) => path)
        // words in capitals stand for names
        .filter((path) => !/[A-Z]{3}/.test(path));
      for (const path of paths) assert.ok(globSync(path, { cwd: root }).length > 0, `${file} names ${path}`);
    }
  });

  it('name only bins that the model has', async () => {
    await using folder = await temporaryFolder();
    const samples = join(folder.path, 'samples.jsonl');
    await writeFile(samples, '');
    const chosen = [...(await readMarkdown())].flatMap(([file, text]) =>
      [...text.matchAll(/--bin ('\w+=[^']+'|\w+=\w+)/g)]
        .map(([, bin]) => ({ file, bin: bin.replaceAll("'", '') }))
        .filter(({ bin }) => !bin.startsWith('FEATURE=')),
    );
    assert.ok(chosen.length > 0);
    for (const { file, bin } of chosen) {
      const args = ['--live', samples, '--bin', bin];
      const { stderr } = spawnSync(process.execPath, ['bin/vigia.cjs', 'samples', ...args], {
        cwd: root,
        encoding: 'utf8',
      });
      assert.equal(stderr, '0 of 0 rows match\n', file);
    }
  });

  it('name only alerts that exist', async () => {
    const texts = await readMarkdown();
    const alerts = new Set(
      [...(texts.get('docs/alerts.md') ?? '').matchAll(/^### (\w+)$/gm)].map(([, name]) => name),
    );
    for (const [file, text] of texts) {
      for (const [name] of text.matchAll(/\b(?:Model|Predict|Collector)[A-Z][a-z]+(?:[A-Z][a-z]+)+\b/g)) {
        assert.ok(alerts.has(name), `${file} names the alert ${name}`);
      }
    }
  });
});

describe('CONTRIBUTING.md', () => {
  it('names every file that a new alert goes into', async () => {
    const text = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8');
    const [, recipe] = text.split('## A metric with a panel and an alert\n');
    const [steps] = recipe.split('\n## ');
    // links and paths; what ends in a slash is a folder
    const named = [...steps.matchAll(/\]\(([^)]+)\)|`([\w/*.-]+)`/g)]
      .map(([, link, path]) => link ?? path)
      .map((path) => path.replace(/\/$/, '/*'));
    const args = ['grep', '-l', `'${alertNames[1]}'`, '--', '*.ts'];
    const files = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trimEnd().split('\n');
    assert.deepEqual(
      files.filter((file) => !named.some((pattern) => matchesGlob(file, pattern))),
      [],
    );
  });
});

async function readMarkdown(): Promise<Map<string, string>> {
  const names = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).split('\n');
  const files = names.filter(Boolean);
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  return new Map(files.map((file, i) => [file, texts[i]]));
}

/** The names by which GitHub links to headings. */
function anchorsOf(text: string): string[] {
  const anchorOf = createAnchors();
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading));
}
