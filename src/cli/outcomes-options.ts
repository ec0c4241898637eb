import { splitNames } from '../text/column-names.ts';
import type { Values } from './command.ts';
import type { options } from './commands/outcomes.ts';
import { UsageError } from './run-cli.ts';
import { listenerUrl, readUrl } from './service-address.ts';

/** The options as given, checked. @throws UsageError */
export function readOptions(values: Values<typeof options>) {
  const { data, key, id, outcome, live } = values;
  const name = key ?? id;
  if (name === undefined)
    throw new UsageError('--key or --id is needed: the column of your own keys, or that of the ids');
  if (key !== undefined && id !== undefined) throw new UsageError('--key and --id: give one of them');
  if (id !== undefined) {
    const idle = (['live', 'model-name', 'all'] as const).find((option) => values[option]);
    if (idle !== undefined) throw new UsageError(`--${idle} goes with --key`);
  }
  if (live?.includes('-')) throw new UsageError('--live is read more than once: name files');
  const url =
    values.url === undefined ? listenerUrl('url', 'ADMIN_HOST', 'ADMIN_PORT') : readUrl('url', values.url);
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('--url holds a user or a password: a token is given with --token-file');
  }
  return {
    data,
    columns: { name, outcome },
    isById: id !== undefined,
    map: (values.map ?? []).flatMap(splitNames).map(readMapping),
    samples: live,
    model: values['model-name'],
    isForAll: values.all,
    url,
    tokenFile: values['token-file'],
  };
}

function readMapping(text: string): [value: string, sent: string] {
  const at = text.indexOf('=');
  const [value, sent] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at > 0 && value !== '' && sent !== '') return [value, sent];
  throw new UsageError(`--map is VALUE=CLASS, as in 1=bad,0=good, not '${text}'`);
}
