import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/service.ts';

/** The code of a document: its programs by the name in their first line (`# app.py`), and its commands. */
export type CodeBlocks = {
  readonly programs: ReadonlyMap<string, string>;
  /** The lines of the blocks for a shell, in their order. */
  readonly commands: readonly string[];
};

/** Reads the code blocks of a document in docs/. */
export async function readCodeBlocks(name: string): Promise<CodeBlocks> {
  const text = await readFile(join(root, 'docs', name), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({
    language,
    code,
  }));
  const programs = blocks.flatMap(({ language, code }) => {
    const [, file] = /^# (\w+\.py)$/m.exec(code.split('\n', 1)[0]) ?? [];
    return language === 'python' && file !== undefined ? [[file, code] as const] : [];
  });
  const commands = blocks.flatMap(({ language, code }) =>
    language === 'sh' ? code.split('\n').filter(Boolean) : [],
  );
  return { programs: new Map(programs), commands };
}
