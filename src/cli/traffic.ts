import { parseArgs } from 'node:util';
import { loadArtifact } from '../model/artifact.ts';
import { createRandom } from '../stats/random.ts';
import { readDataRows } from '../traffic/data-rows.ts';
import { applyDrifts, parseDrift } from '../traffic/drift.ts';
import { drawFromReference } from '../traffic/reference-rows.ts';
import {
  featuresOfArtifact,
  featuresOfOpenApi,
  type RequestFeature,
  type Row,
} from '../traffic/request-features.ts';
import { sendRequests } from '../traffic/send-requests.ts';
import { progressLine, summaryText } from '../traffic/summary.ts';
import { createTally } from '../traffic/tally.ts';
import { runCli, UsageError } from './run-cli.ts';

const help = `Usage: npm run traffic -- [options]

Sends requests drawn from a table to a prediction service, until Ctrl-C or the end that is given.

  --url URL,URL     services, in turn (default http://127.0.0.1:8000)
  --data FILE       rows to draw from (default data/german-credit.csv)
  --model FILE      draw from this model's reference instead of from a table
  --rate N          requests a second, whether or not the answers keep up (default 20)
  --duration TIME   end after a time such as 90s, 5m or 1h
  --count N         end after so many requests
  --seed N          another sequence of requests (default 1)
  --drift CHANGE    change what is sent; may be given several times:
                      FEATURE:+10, FEATURE:-10    add to a number
                      FEATURE:x1000               multiply a number
                      FEATURE:unseen              a category that training never saw
                      missing:FEATURE:0.2         send null for a share of the values: a model
                                                  that never saw one refuses it with 422
  --help            this text
`;

const unitsMs = { '': 1000, s: 1000, m: 60_000, h: 3_600_000 } as const;

function readDurationMs(text: string): number {
  const parts = /^(?<amount>\d+(?:\.\d+)?)(?<unit>[smh]?)$/.exec(text)?.groups;
  const durationMs = parts ? Number(parts.amount) * unitsMs[parts.unit as keyof typeof unitsMs] : 0;
  if (durationMs > 0) return durationMs;
  throw new UsageError(`--duration is a time such as 90s, 5m or 1h, not '${text}'`);
}

function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(`--url is an address such as http://127.0.0.1:8000, not '${text}'`);
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8000' },
      data: { type: 'string' },
      model: { type: 'string' },
      rate: { type: 'string', default: '20' },
      duration: { type: 'string' },
      count: { type: 'string' },
      seed: { type: 'string', default: '1' },
      drift: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
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
  return {
    urls: values.url.split(',').map(readUrl),
    data: values.data ?? 'data/german-credit.csv',
    model: values.model,
    ratePerSecond,
    durationMs: values.duration === undefined ? undefined : readDurationMs(values.duration),
    count,
    seed,
    drifts: values.drift,
    help: values.help,
  };
}

async function askForFeatures(base: URL): Promise<RequestFeature[]> {
  const source = new URL('openapi.json', base.href.endsWith('/') ? base : `${base.href}/`);
  let document: unknown;
  try {
    const response = await fetch(source, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    document = await response.json();
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    throw new Error(
      `${source}: no answer (${cause?.code ?? message}): is the service running there? Else give --url`,
    );
  }
  return featuresOfOpenApi(document, source.href);
}

type RowSource = { readonly features: readonly RequestFeature[]; readonly draw: () => Row };

async function openSource(
  { urls, data, model }: ReturnType<typeof readOptions>,
  random: () => number,
): Promise<RowSource> {
  if (model !== undefined) {
    const artifact = await loadArtifact(model);
    return { features: featuresOfArtifact(artifact), draw: drawFromReference(artifact, random) };
  }
  const features = await askForFeatures(urls[0]);
  const rows = await readDataRows(data, features);
  return { features, draw: () => rows[Math.floor(random() * rows.length)] };
}

await runCli(async (args) => {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const random = createRandom(options.seed);
  const { features, draw } = await openSource(options, random);
  const drifts = options.drifts.map((text) => {
    try {
      return parseDrift(text, features);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
  });

  const stop = new AbortController();
  // Once: a second Ctrl-C ends the program at once.
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const end = options.count ?? options.durationMs;
  process.stderr.write(
    `sending ${options.ratePerSecond} requests/s to ${options.urls.map(({ origin }) => origin).join(', ')}${end === undefined ? ' until Ctrl-C' : ''}\n`,
  );
  const tally = createTally();
  const startedAt = performance.now();
  const ticker = process.stderr.isTTY
    ? setInterval(() => {
        process.stderr.write(`\r\u001b[K${progressLine(tally, performance.now() - startedAt)}`);
      }, 500)
    : undefined;
  const sent = await sendRequests({
    urls: options.urls,
    ratePerSecond: options.ratePerSecond,
    count: options.count,
    durationMs: options.durationMs,
    signal: stop.signal,
    nextRow: () => applyDrifts(drifts, draw(), random),
    onAnswer: (answer) => tally.add(answer),
  });
  if (ticker !== undefined) {
    clearInterval(ticker);
    process.stderr.write('\r\u001b[K');
  }
  process.stdout.write(summaryText(sent, tally));
  return sent.sent > 0 && tally.answered === 0 ? 1 : 0;
});
