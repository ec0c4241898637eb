import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createRandom } from '../src/stats/random.ts';

/** Ten columns: amounts, whole numbers, a share, a count that is mostly 0, and two with categories. */
const header = [
  'amount',
  'age',
  'income',
  'ratio',
  'duration',
  'balance',
  'visits',
  'score',
  'channel',
  'region',
];
const channels = ['web', 'shop', 'phone', 'partner'];
const chunkLength = 1 << 20;

/**
 * Writes a table of seeded rows, about 60 bytes each.
 *
 * @param shift how far `age` and `income` lie from where they are in a table without one, in standard deviations
 */
export async function writeRows(path: string, rows: number, seed: number, shift: number): Promise<void> {
  const random = createRandom(seed);
  // The sum of twelve uniform numbers minus six is practically normal, and fast.
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random();
    return sum;
  };
  const file = createWriteStream(path);
  let text = `${header.join(',')}\n`;
  for (let i = 0; i < rows; i++) {
    const age = Math.max(18, Math.round(45 + 14 * (normal() + shift)));
    const income = (2500 * Math.exp(0.5 * (normal() + shift))).toFixed(1);
    const cells = [
      Math.exp(7 + normal()).toFixed(2),
      age,
      random() < 0.02 ? '' : income,
      random().toFixed(4),
      Math.ceil(random() * 72),
      (1000 * normal()).toFixed(2),
      random() < 0.6 ? 0 : Math.ceil(random() * 9),
      (600 + 60 * normal()).toFixed(3),
      channels[Math.floor(random() ** 2 * channels.length)],
      `region-${Math.floor(random() * 12)}`,
    ];
    text += `${cells.join(',')}\n`;
    if (text.length < chunkLength) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'finish');
}
