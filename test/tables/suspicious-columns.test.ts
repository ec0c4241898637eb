import assert from 'node:assert/strict';
import { looksLikeDates, looksLikeIds } from '../../src/tables/suspicious-columns.ts';

const rows = Array.from({ length: 100 }, (_, i) => i);
const asText = (values: readonly unknown[]) => values.map(String);
const scattered = rows.map((i) => (i * 7919) % 10_007);

function idNumbers(name: string, values: readonly number[]): boolean {
  return looksLikeIds(name, asText(values), Float64Array.from(values));
}

describe('columns that look like ids', () => {
  it('finds texts that are nearly all distinct, counting numbers, and distinct values under a name like id', () => {
    assert.ok(looksLikeIds('customer', asText(rows.map((i) => `c-${i}`))));
    assert.ok(idNumbers('n', rows));
    assert.ok(idNumbers('n', rows.toReversed()));
    for (const name of ['id', 'ID', 'loan_id', 'loanId', 'uuid', 'row'])
      assert.ok(idNumbers(name, scattered), name);
  });

  it('finds ids that occur two or three times each, by their name or their form', () => {
    const twice = rows.map((i) => Math.floor(i / 2) * 7919);
    assert.ok(idNumbers('customer_id', twice));
    assert.ok(looksLikeIds('customerId', asText(twice.map((id) => `c${id}`))));
    const hex = (id: number, digits: number) => id.toString(16).padStart(digits, 'ab01');
    for (const [name, write] of [
      ['customer', (id: number) => `u${id}@example.org`],
      ['session', (id: number) => `${hex(id, 8)}-1234-4abc-8def-${hex(id, 12)}`],
      ['content', (id: number) => hex(id, 32)],
    ] as const) {
      assert.ok(
        looksLikeIds(
          name,
          rows.map((i) => write(i % 40)),
        ),
        name,
      );
      assert.ok(
        !looksLikeIds(
          name,
          rows.map((i) => write(i % 5)),
        ),
        name,
      );
    }
    assert.ok(!looksLikeIds('store_id', asText(rows.map((i) => i % 25))));
    for (const name of ['nikkei_index', 'paid', 'bid']) assert.ok(!idNumbers(name, twice), name);
  });

  it('finds telephone and customer numbers', () => {
    for (const name of ['phone', 'customer_number']) {
      assert.ok(
        idNumbers(
          name,
          scattered.map((n) => 4_917_000_000_000 + n),
        ),
        name,
      );
    }
  });

  it('finds numbers that are padded with zeros, or longer than amounts, in any order', () => {
    const unordered = scattered.map((n) => n * 1009);
    const numbersOf = (texts: readonly string[]) => Float64Array.from(texts, Number);
    for (const write of [
      (n: number) => String(n).padStart(8, '0'),
      (n: number) => String(4_000_000_000_000_000 + n),
      (n: number) => String(700_000_000_000 + n),
    ]) {
      const texts = unordered.map(write);
      assert.ok(looksLikeIds('account', texts, numbersOf(texts)), texts[0]);
      const repeated = texts.map((_, i) => texts[i % 30]);
      assert.ok(!looksLikeIds('account', repeated, numbersOf(repeated)), texts[0]);
    }
    for (const texts of [
      unordered.map(String),
      unordered.map((n) => String(10_000_000 + n)),
      unordered.map((n) => `${n}00000`),
      unordered.map((n, i) => (i % 2 ? `0${n}` : `${n}`)),
    ]) {
      assert.ok(!looksLikeIds('amount', texts, numbersOf(texts)), texts[0]);
    }
  });

  it('ignores fractions, whatever they are called', () => {
    assert.ok(
      !idNumbers(
        'body_mass_index',
        scattered.map((n) => n / 300),
      ),
    );
  });

  it('ignores amounts, categories and short tables', () => {
    assert.ok(!idNumbers('limit', scattered));
    assert.ok(!idNumbers('paid', scattered));
    assert.ok(!idNumbers('age', rows.map((i) => 20 + (i % 50)).sort()));
    assert.ok(
      !idNumbers(
        'rate',
        rows.map((i) => i / 7),
      ),
    );
    assert.ok(!looksLikeIds('purpose', asText(rows.map((i) => `p${i % 30}`))));
    assert.ok(!looksLikeIds('id', asText(rows.slice(0, 10))));
    assert.ok(!looksLikeIds('id', asText(rows.map((i) => i % 5))));
  });
});

describe('columns that look like dates', () => {
  const dates: Record<string, (i: number) => string> = {
    ISO: (i) => `2024-01-${10 + (i % 20)}`,
    'ISO with time': (i) => `2024-01-${10 + (i % 20)}T10:00:00Z`,
    German: (i) => `${1 + (i % 28)}.3.2024`,
    American: (i) => `3/${1 + (i % 28)}/24`,
    'words in English': (i) => `${1 + (i % 28)} Jan 2024`,
    'words in American': (i) => `January ${1 + (i % 28)}, 2024`,
    'words in German': (i) => `${1 + (i % 28)}. ${i % 2 ? 'Januar' : 'M\u00e4rz'} 2024`,
    'words in ISO order': (i) => `2024-Mar-${10 + (i % 20)}`,
    'RFC 1123': (i) => `Mon, ${10 + (i % 20)} Jan 2024 10:00:00 GMT`,
    American12h: (i) => `1/${1 + (i % 28)}/2024 2:05 PM`,
    compact: (i) => `202403${10 + (i % 20)}`,
    Oracle: (i) => `${10 + (i % 20)}-MAR-24`,
    zoned: (i) => `2024-01-${10 + (i % 20)} 10:00:00 CET`,
    'day of the year': (i) => `2024-0${10 + (i % 20)}`,
    week: (i) => `2024-W${10 + (i % 20)}`,
  };
  for (const [name, write] of Object.entries(dates)) {
    it(`finds ${name} dates`, () => assert.ok(looksLikeDates('x', rows.map(write))));
  }

  it('finds seconds since 1970 only under a name that says so', () => {
    const hours = rows.map((i) => 1_700_000_000 + i * 3600);
    for (const name of [
      'created',
      'updatedAt',
      'seenOn',
      'last modified',
      'ts',
      'event_ts',
      'eventTs',
      'Epoch',
    ]) {
      assert.ok(looksLikeDates(name, asText(hours)), name);
    }
    for (const name of ['flat', 'seat', 'habitat', 'debts', 'assets', 'person', 'recreated', 'epochs']) {
      assert.ok(!looksLikeDates(name, asText(hours)), name);
    }
    const seconds = asText(rows.map((i) => 1_700_000_000 + i * 3600));
    assert.ok(looksLikeDates('created_at', seconds));
    assert.ok(!looksLikeDates('balance', seconds));
    const fractions = seconds.map((text) => `${text}.25`);
    assert.ok(looksLikeDates('created_at', fractions));
    assert.ok(!looksLikeDates('balance', fractions));
  });

  it('ignores numbers and categories', () => {
    assert.ok(!looksLikeDates('x', asText(scattered)));
    assert.ok(!looksLikeDates('x', asText(rows.map((i) => `${i}.${i}`))));
    assert.ok(!looksLikeDates('duration', asText(rows)));
    assert.ok(
      !looksLikeDates(
        'x',
        rows.map((i) => `10.20.${10 + (i % 20)}.1`),
      ),
    );
    assert.ok(
      !looksLikeDates(
        'x',
        rows.map((i) => `May ${i}`),
      ),
    );
    assert.ok(!looksLikeDates('amount_at', asText(rows.map((i) => 20_261_301 + 100 * i))));
    assert.ok(!looksLikeDates('x', []));
  });
});
