import { parseArgs } from 'node:util';
import { splitNames } from '../text/column-names.ts';
import { UsageError } from './run-cli.ts';
import { listenerUrl, readUrl } from './service-address.ts';
import { shownSetting } from './service-settings.ts';

export const help = () => `Usage: npm run outcomes -- --data FILE (--key | --id) COLUMN --outcome COLUMN

Reports what became of predictions: joins a table of labels with the samples
over your own key, and sends an outcome for the newest prediction of each.

  --data FILE        labels: a table with a header (CSV, TSV, ; or |) or JSON,
                     gzip too, or - for standard input
  --key COLUMN       the own key of the prediction, as it was sent with it
  --id COLUMN        the prediction id instead, as it was answered: no samples
                     are needed then
  --outcome COLUMN   what became of it, one of the model's classes; rows without
                     one are left out
  --map VALUE=CLASS  what a value of that column means, as in 1=bad,0=good; may
                     be given several times
  --samples FILE     the samples with the keys; patterns too; several times
                     (default ${shownSetting('SAMPLES_PATH')}, with those rotated
                     from it)
  --model NAME       the model whose predictions they are, where the samples are
                     of several
  --all              all predictions of a key, not only the newest
  --url URL          the service (default: where ADMIN_HOST and ADMIN_PORT say)
  --token-file FILE  the bearer token, for the public API
  --help             this text

Sending the same labels again is safe: what was counted is a duplicate. Status 1
when none was taken.
`;

/** The options as given, checked. @throws UsageError */
export function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      key: { type: 'string' },
      id: { type: 'string' },
      outcome: { type: 'string' },
      map: { type: 'string', multiple: true, default: [] },
      samples: { type: 'string', multiple: true },
      model: { type: 'string' },
      all: { type: 'boolean', default: false },
      url: { type: 'string' },
      'token-file': { type: 'string' },
    },
  });
  const { data, key, id, outcome, samples } = values;
  if (data === undefined) throw new UsageError('--data names the table of labels');
  if (outcome === undefined) throw new UsageError('--outcome names the column that holds the outcome');
  const name = key ?? id;
  if (name === undefined)
    throw new UsageError('--key names the column of the own key, or --id that of the id');
  if (key !== undefined && id !== undefined) throw new UsageError('--key and --id: give one of them');
  if (id !== undefined) {
    const idle = (['samples', 'model', 'all'] as const).find((option) => values[option]);
    if (idle !== undefined) throw new UsageError(`--${idle} goes with --key`);
  }
  if (samples?.includes('-')) throw new UsageError('--samples are read more than once: name files');
  const url =
    values.url === undefined ? listenerUrl('url', 'ADMIN_HOST', 'ADMIN_PORT') : readUrl('url', values.url);
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('--url holds a user or a password: a token is given with --token-file');
  }
  return {
    data,
    columns: { name, outcome },
    isById: id !== undefined,
    map: values.map.flatMap(splitNames).map(readMapping),
    samples,
    model: values.model,
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
