import { fileURLToPath } from 'node:url';

/** Whether this runs from the npm package. */
export const isBuilt = import.meta.filename.endsWith('.js');

/** How a command is called: by npm's script in the repository, by name where the npm package is installed. */
export function ownCommand(name: string): string {
  return isBuilt ? `npx vigia ${name}` : `npm run ${name} --`;
}

/**
 * A file of Vigia itself, wherever the command is run. A module is named as in the repository, `src/server.ts`: the npm
 * package has the same tree in `dist/`, with JavaScript in the place of TypeScript.
 */
export function ownFile(path: string): string {
  const name = isBuilt ? path.replace(/\.ts$/, '.js') : path;
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
