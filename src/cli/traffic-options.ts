import { modelPath } from '../text/model-path.ts';
import type { Values } from './command.ts';
import type { options } from './commands/traffic.ts';
import { readDecimalSign } from './decimal-option.ts';
import { UsageError } from './run-cli.ts';
import { listenerUrl, readUrl } from './service-address.ts';
import { readDuration } from './time-options.ts';

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
  'label-token-file',
  'label-delay',
  'label-share',
  'positive-share',
  'damaged-share',
] as const;

/** The options as given, checked. @throws UsageError */
export function readOptions(values: Values<typeof options>) {
  const ratePerSecond = Number(values.rate ?? '20');
  if (!(ratePerSecond > 0 && ratePerSecond <= 100_000)) {
    throw new UsageError(`--rate is a number above 0 and at most 100000, not '${values.rate}'`);
  }
  const count = values.count === undefined ? undefined : Number(values.count);
  if (count !== undefined && !(Number.isSafeInteger(count) && count > 0)) {
    throw new UsageError(`--count is a whole number above 0, not '${values.count}'`);
  }
  const seed = Number(values.seed ?? '1');
  if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed is a whole number, not '${values.seed}'`);
  if (values.model !== undefined && values.data !== undefined) {
    throw new UsageError('--data and --model both say what to draw from: give one of them');
  }
  const idle = labelOptions.find((option) => values[option] !== undefined);
  if (!values.labels && idle !== undefined) throw new UsageError(`--${idle} goes with --labels`);
  return {
    urls: readUrls('url', values.url, 'HOST', 'PORT'),
    data: values.data,
    decimalSign: readDecimalSign(values.decimal),
    modelName: values['model-name'],
    path: values['model-name'] === undefined ? '/predict' : modelPath(values['model-name'], 'predict'),
    model: values.model,
    ratePerSecond,
    durationMs: values.duration === undefined ? undefined : readDuration('duration', values.duration),
    count,
    seed,
    drifts: values.drift ?? [],
    labels: values.labels
      ? {
          urls: readUrls('label-url', values['label-url'], 'ADMIN_HOST', 'ADMIN_PORT'),
          tokenFile: values['label-token-file'],
          delayMs: readDuration('label-delay', values['label-delay'] ?? '2s'),
          share: readShare('label-share', values['label-share'] ?? '1'),
          positiveShare:
            values['positive-share'] === undefined
              ? undefined
              : readShare('positive-share', values['positive-share']),
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
