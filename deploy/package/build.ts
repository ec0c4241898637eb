import { execFileSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// Builds what the npm package holds: `dist/`, a tree with the same paths as the repository, in which JavaScript stands
// for TypeScript. npm runs it before it packs; nothing in the repository runs from there.

/** What the built modules read, by the paths under which they look for it. */
const assets = [
  'src/**/*.{js,cjs}',
  'otel/alert-settings.json',
  'docs/*.md',
  'docs/reference/*.md',
  'data/*',
  'models/*',
  'deploy/{proxy,systemd}/*',
];

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
// types of the library alone: nobody imports the rest
for (const project of ['programs', 'library']) {
  const config = join(import.meta.dirname, `tsconfig.${project}.json`);
  execFileSync('tsc', ['--project', config, '--outDir', dist], { cwd: root, stdio: 'inherit' });
}
for (const file of globSync(assets, { cwd: root })) cpSync(join(root, file), join(dist, file));
