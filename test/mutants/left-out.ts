import { hash } from 'node:crypto';
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Of Babel's syntax tree, what is used here. */
type Declaration = {
  readonly id?: { readonly name?: string };
  readonly declarations?: readonly Declaration[];
  readonly declaration?: Declaration | null;
};
type Path = {
  readonly node: Declaration & { readonly callee: { readonly name?: string } };
  readonly parentPath: Path | null;
  isProgram(): boolean;
  isNewExpression(): boolean;
};

/** The name that a statement declares, if any. */
function nameOf({ id, declarations, declaration }: Declaration): string | undefined {
  const inner = declaration ?? declarations?.[0];
  return inner ? nameOf(inner) : id?.name;
}

/**
 * Whether a statement is in the part that run.ts has set: by its name, so that it stays there when other code changes.
 */
function isInPart(name: string): boolean {
  const [part, parts] = (process.env.MUTANTS_PART ?? '1/1').split('/').map(Number);
  return Number.parseInt(hash('sha256', name).slice(0, 8), 16) % parts === part - 1;
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'left-out', {
    shouldIgnore(at: object) {
      const path = at as Path;
      if (path.isNewExpression() && path.node.callee.name?.endsWith('Error'))
        return 'the wording of an error';
      if (path.parentPath?.isProgram() && !isInPart(nameOf(path.node) ?? '')) return 'in another part';
      return undefined;
    },
  }),
];
