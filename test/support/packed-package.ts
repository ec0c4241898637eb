import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import manifest from '../../package.json' with { type: 'json' };
import { root } from './service.ts';
import { requireTool, skipForLackOf } from './tools.ts';

const run = promisify(execFile);

/** Folders that `npm pack` needs nothing of. */
const left = new Set(['.git', 'node_modules', 'dist', 'test', 'bench', 'logs']);

type Packed = { readonly file: string; readonly paths: readonly string[]; readonly bytes: number };

let packed: Promise<Packed> | undefined;

/**
 * The file that `npm pack` makes of this checkout, once per process, and the paths in it. A copy is packed, so that two
 * test files may do so at once, and without the tests, which it must not need.
 */
export function packPackage(context: Context): Promise<Packed> {
  const npm = requireTool(context, 'npm');
  packed ??= pack(npm);
  return packed;
}

async function pack(npm: string): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-pack-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const copy = join(folder, 'vigia');
  await cp(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path)) });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const { stdout } = await run(npm, ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: copy,
    maxBuffer: 16 * 1024 * 1024,
  });
  const answer = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [{ filename, files, size }] = Array.isArray(answer) ? answer : Object.values<any>(answer);
  const paths = (files as { path: string }[]).map(({ path }) => path);
  await rm(copy, { recursive: true });
  return { file: join(folder, filename), paths, bytes: size };
}

/** The versions of packages that this project uses, as arguments of `npm install`. */
export function asUsedHere(...names: string[]): string[] {
  const versions: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies };
  return names.map((name) => `${name}@${versions[name]}`);
}

/** Installs the packed package, and others, in a folder that holds nothing else of this project. */
export async function installPackage(
  context: Context,
  folder: string,
  packages: readonly string[] = [],
): Promise<void> {
  const npm = requireTool(context, 'npm');
  const { file } = await packPackage(context);
  const args = [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    file,
    ...packages,
  ];
  await run(npm, args, { cwd: folder }).catch((error: Error & { stderr?: string }) => {
    if (!/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN/.test(error.stderr ?? '')) throw error;
    skipForLackOf(context, `npm install fails: ${error.stderr?.trim().split('\n', 1)[0]}`);
  });
}

/** An empty project, with the package and others installed. Removed at the end of the block in which it was made. */
export async function makeProject(context: Context, packages: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-project-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'project', type: 'module' }));
  await mkdir(join(folder, 'node_modules'));
  await installPackage(context, folder, packages);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
