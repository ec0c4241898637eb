import { parseArgs } from 'node:util';
import { modelPath } from '../text/model-path.ts';
import { readDecimalSign } from './decimal-option.ts';
import { UsageError } from './run-cli.ts';
import { listenerUrl, readUrl } from './service-address.ts';

export const help = () => `Usage: npm run traffic -- [options]

Sends requests drawn from a table to a prediction service, until Ctrl-C or the
end that is given.

  --url URL,URL     services, in turn (default: the one that HOST and PORT say)
  --data FILE       rows to draw from (default data/german-credit.csv); gzip, or
                    - for standard input
  --decimal SIGN    decimal sign of numbers in the table, . or , (found out for
                    each column if left out)
  --model-name NAME ask the model of this name (default: the one that answers
                    /predict)
  --model FILE      draw from this model's reference instead of from a table
  --rate N          requests a second, whether or not the answers keep up
                    (default 20)
  --duration TIME   end after a time such as 90s, 5m or 1h
  --count N         end after so many requests
  --seed N          another sequence of requests (default 1)
  --drift CHANGE    change what is sent; may be given several times:
                      FEATURE:+10, FEATURE:-10  add to a number
                      FEATURE:x1000             multiply a number
                      FEATURE:unseen            a category training never saw
                      missing:FEATURE:0.2       send null for a share of the
                                                values: a model that never saw
                                                one refuses it with 422
  --labels          report outcomes too, made up as the scores say; with it:
    --label-url URL     where to; several are taken in turn (default: where
                        ADMIN_HOST and ADMIN_PORT say)
    --label-token FILE  bearer token to send them with
    --label-delay TIME  mean time from a prediction to its outcome (default 2s)
    --label-share P     share of the predictions that get one (default 1)
    --bad-share P       share of positive outcomes, whatever the row
    --damaged-share P   share of outcomes sent twice, and of forged ones besides
                        (default 0)
  --help            this text
`;

const unitsMs = { '': 1000, s: 1000, m: 60_000, h: 3_600_000 } as const;

function readDurationMs(option: string, text: string): number {
  const parts = /^(?<amount>\d+(?:\.\d+)?)(?<unit>[smh]?)$/.exec(text)?.groups;
  const durationMs = parts ? Number(parts.amount) * unitsMs[parts.unit as keyof typeof unitsMs] : 0;
  if (durationMs > 0) return durationMs;
  throw new UsageError(`--${option} is a time such as 90s, 5m or 1h, not '${text}'`);
}

/** The addresses as given, or the one at which a service with these settings listens on this machine. */
function readUrls(
  option: string,
  text: string | undefined,
  host: 'HOST' | 'ADMIN_HOST',
  port: 'PORT' | 'ADMIN_PORT',
): URL[] {
  return text === undefined
    ? [listenerUrl(option, host, port)]
    : text.split(',').map((one) => readUrl(option, one));
}

const labelOptions = [
  'label-url',
  'label-token',
  'label-delay',
  'label-share',
  'bad-share',
  'damaged-share',
] as const;

/** The options as given, checked. @throws UsageError */
export function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string' },
      data: { type: 'string' },
      decimal: { type: 'string' },
      'model-name': { type: 'string' },
      model: { type: 'string' },
      rate: { type: 'string', default: '20' },
      duration: { type: 'string' },
      count: { type: 'string' },
      seed: { type: 'string', default: '1' },
      drift: { type: 'string', multiple: true, default: [] },
      labels: { type: 'boolean', default: false },
      'label-url': { type: 'string' },
      'label-token': { type: 'string' },
      'label-delay': { type: 'string' },
      'label-share': { type: 'string' },
      'bad-share': { type: 'string' },
      'damaged-share': { type: 'string' },
    },
  });
  const ratePerSecond = Number(values.rate);
  if (!(ratePerSecond > 0 && ratePerSecond <= 100_000)) {
    throw new UsageError(`--rate is a number above 0 and at most 100000, not '${values.rate}'`);
  }
  const count = values.count === undefined ? undefined : Number(values.count);
  if (count !== undefined && !(Number.isSafeInteger(count) && count > 0)) {
    throw new UsageError(`--count is a whole number above 0, not '${values.count}'`);
  }
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed is a whole number, not '${values.seed}'`);
  if (values.model !== undefined && values.data !== undefined) {
    throw new UsageError('--data and --model both say what to draw from: give one of them');
  }
  const idle = labelOptions.find((option) => values[option] !== undefined);
  if (!values.labels && idle !== undefined) throw new UsageError(`--${idle} goes with --labels`);
  return {
    urls: readUrls('url', values.url, 'HOST', 'PORT'),
    data: values.data ?? 'data/german-credit.csv',
    decimalSign: readDecimalSign(values.decimal),
    path: values['model-name'] === undefined ? '/predict' : modelPath(values['model-name'], 'predict'),
    model: values.model,
    ratePerSecond,
    durationMs: values.duration === undefined ? undefined : readDurationMs('duration', values.duration),
    count,
    seed,
    drifts: values.drift,
    labels: values.labels
      ? {
          urls: readUrls('label-url', values['label-url'], 'ADMIN_HOST', 'ADMIN_PORT'),
          tokenFile: values['label-token'],
          delayMs: readDurationMs('label-delay', values['label-delay'] ?? '2s'),
          share: readShare('label-share', values['label-share'] ?? '1'),
          positiveShare:
            values['bad-share'] === undefined ? undefined : readShare('bad-share', values['bad-share']),
          damagedShare: readShare('damaged-share', values['damaged-share'] ?? '0'),
        }
      : undefined,
  };
}

function readShare(option: string, text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new UsageError(`--${option} is a share from 0 to 1, not '${text}'`);
}

export type TrafficOptions = ReturnType<typeof readOptions>;
