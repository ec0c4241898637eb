import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { root } from './service.ts';

/**
 * Starts the service and waits for its end. For starts that are refused: one that is not would not end, and is killed after
 * 50 s, with the status `null`.
 *
 * @param user who starts it; this one by default
 */
export function endedStart(
  settings: Readonly<Record<string, string>>,
  user: { readonly uid?: number; readonly gid?: number } = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ['--import', './otel/register.ts', 'src/server.ts'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 50_000,
    ...user,
    env: { ...process.env, PORT: '0', ADMIN_PORT: '0', ...settings },
  });
}
