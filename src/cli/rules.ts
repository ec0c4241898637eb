import { readAlertSettings } from '../alerts/alert-settings.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { renderRules } from '../rules/rule-file.ts';
import { ruleFiles } from '../rules/rule-files.ts';
import { defaultSettings } from '../rules/rule-settings.ts';
import { writeLines } from '../text/terminal.ts';
import type { Values } from './command.ts';
import type { options } from './commands/rules.ts';

/** Prometheus runs as another user, who must be able to read the rules. */
const readable = 0o644;

export async function run({ 'alert-settings': settings, out }: Values<typeof options>): Promise<number> {
  const files = ruleFiles({ ...defaultSettings, alerts: await readAlertSettings(settings) });
  const text = renderRules(
    files.flatMap(({ groups }) => groups),
    '`vigia rules`; change its settings and run it again',
  );
  if (out === undefined) {
    writeLines(process.stdout, text.trimEnd().split('\n'));
    return 0;
  }
  await writeFileAtomically(out, text, readable);
  writeLines(process.stdout, [`written    ${out}`]);
  return 0;
}
