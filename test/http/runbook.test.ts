import assert from 'node:assert/strict';
import { alertNames } from '../../src/alerts/alert-names.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('the runbook', () => {
  let service: TestService;

  before(async () => {
    service = await startTestService();
  });
  after(() => service?.stop());

  async function read(path: string): Promise<string> {
    const response = await fetch(new URL(path, service.admin));
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; .*style-src 'sha256-[^']+'$/,
    );
    return await response.text();
  }

  it('has a section for each alert, by its name', async () => {
    const page = await read('/runbook');
    for (const name of alertNames)
      assert.ok(page.includes(`<h3 id="${name.toLowerCase()}">${name}</h3>`), name);
  });

  it('links only to pages and sections that are there, and so do these', async () => {
    const pages = new Map<string, string>();
    const links: { from: string; to: URL }[] = [];
    const follow = async (path: string): Promise<void> => {
      if (pages.has(path)) return;
      const page = await read(path);
      pages.set(path, page);
      const base = new URL(path, service.admin);
      const found = [...page.matchAll(/ href="([^"]+)"/g)].map(([, href]) => new URL(href, base));
      for (const to of found.filter(({ origin }) => origin === base.origin)) {
        links.push({ from: path, to });
        if (to.pathname.startsWith('/runbook')) await follow(to.pathname);
        else assert.equal((await fetch(to)).status, 200, to.href);
      }
    };
    await follow('/runbook');
    assert.ok(pages.size > 5, [...pages.keys()].join());
    for (const { from, to } of links.filter(({ to: { hash } }) => hash !== '')) {
      const id = decodeURIComponent(to.hash.slice(1));
      assert.ok(pages.get(to.pathname)?.includes(` id="${id}"`), `${from} links to ${to.pathname}${to.hash}`);
    }
  });

  it('gives nothing else of the disk', async () => {
    for (const path of [
      'nothing',
      'artifact.schema.json',
      '%2e%2e%2fREADME',
      '..%2f..%2fpackage',
      'drift.md',
      '',
    ]) {
      const response = await fetch(`${service.admin}/runbook/${path}`);
      assert.equal(response.status, 404, path);
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    }
  });

  it('is not on the public API', async () => {
    assert.equal((await fetch(`${service.api}/runbook`)).status, 404);
  });
});
