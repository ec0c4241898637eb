import assert from 'node:assert/strict';
import { checkHistory } from './checker.ts';
import type { History } from './history.ts';
import { createPlan } from './plan.ts';
import { createSmallHistory, exposition, receipt } from './small-history.ts';
import { tellFindings } from './tell.ts';

type Small = ReturnType<typeof createSmallHistory>;

const rulesOf = (history: History) => [...new Set(checkHistory(history).map(({ rule }) => rule))].sort();

/** Two processes, the first of which is killed; of four predictions three get outcomes, one of which is deleted. */
function sound(): Small {
  const small = createSmallHistory();
  small.start('a1');
  for (const id of ['one', 'two', 'three', 'four']) small.predict('a1', id);
  small.scrape('a1', 0);
  small.report('a1', ['one', 'two'], receipt(2));
  small.scrape('a1', 2);
  small.end('a1', 'SIGKILL');
  small.start('a2');
  small.scrape('a2', 0);
  small.report('a2', ['three', 'one'], receipt(1, 1));
  small.scrape('a2', 1);
  small.forget('four', 1);
  small.end('a2', 'SIGTERM');
  small.samples.pop();
  small.keep('one', 'two', 'three');
  return small;
}

/** The one operation of this kind at this place among them. */
function nth(small: Small, kind: string, place: number): any {
  return small.operations.filter((operation) => operation.kind === kind)[place];
}

describe('the history checker', () => {
  it('finds nothing in a history that keeps every promise', () => {
    assert.deepEqual(rulesOf(sound().history), []);
  });

  const breaks: Record<string, [rules: string[], (small: Small) => unknown]> = {
    'an accepted outcome that is in no file': [
      ['counted-twice', 'outcome-lost'],
      ({ outcomes }) => outcomes.shift(),
    ],
    'an accepted outcome that is in the files twice': [
      ['outcome-twice'],
      ({ outcomes }) => outcomes.push(outcomes[0]),
    ],
    'an outcome of another class than was sent': [
      ['counted-twice', 'not-counted', 'outcome-altered'],
      ({ outcomes }) => {
        outcomes[0] = outcomes[0].replace('good', 'bad');
      },
    ],
    'an outcome that nobody has sent': [['outcome-unknown'], (small) => small.keep('made up')],
    'an outcome that no scrape shows': [
      ['not-counted'],
      (small) => {
        nth(small, 'scrape', 3).answer.exposition = exposition(1002, 0);
      },
    ],
    'an outcome that was counted before the first scrape of its process': [
      ['not-counted'],
      (small) => {
        nth(small, 'scrape', 2).answer.exposition = exposition(1002, 1);
      },
    ],
    'an outcome that one process counts twice': [
      ['counted-twice'],
      (small) => {
        nth(small, 'scrape', 3).answer.exposition = exposition(1002, 2);
      },
    ],
    'an outcome that the next process counts again after it was scraped': [
      ['counted-twice'],
      (small) => {
        nth(small, 'scrape', 3).answer.exposition = exposition(1002, 3);
      },
    ],
    'a deleted line that has come back': [
      ['forgotten-is-back'],
      ({ samples }) => samples.push('{"id":"four"}'),
    ],
    'a deleted line in another file': [
      ['forgotten-is-back', 'not-counted', 'outcome-altered'],
      (small) => small.keep('four'),
    ],
    'an outcome that is accepted a second time': [
      ['accepted-again'],
      (small) => {
        nth(small, 'report', 1).answer.receipt = receipt(2);
      },
    ],
    'an outcome that is a duplicate at once': [
      ['duplicate-at-once'],
      (small) => {
        nth(small, 'report', 0).answer.receipt = receipt(1, 1);
      },
    ],
    'a young prediction that is said to have expired': [
      ['expired', 'outcome-refused'],
      (small) => {
        nth(small, 'report', 1).answer.receipt = receipt(0, 1, 1);
      },
    ],
    'a receipt that leaves an outcome out': [
      ['receipt'],
      (small) => {
        nth(small, 'report', 1).answer.receipt = receipt(1, 0);
      },
    ],
    'an outcome that is never accepted': [
      ['not-counted', 'outcome-refused'],
      (small) => {
        small.report('a2', ['four'], 'none');
        small.keep('four');
        small.operations.splice(small.operations.indexOf(nth(small, 'forget', 0)), 1);
        small.samples.push('{"id":"four"}');
      },
    ],
    'a sample that is gone after a kill long after it': [['sample-lost'], ({ samples }) => samples.pop()],
    'a sample that is gone after a stop right after it': [
      ['sample-lost'],
      (small) => {
        const predict = small.predict('a2', 'last');
        predict.endedMs = nth(small, 'end', 1).begunMs - 1;
        small.samples.pop();
      },
    ],
    'a sample that is there twice': [['sample-twice'], ({ samples }) => samples.push(samples[0])],
    'a line that is torn': [['torn-line'], ({ samples }) => samples.push('{"id":"fi')],
    'two lines in one': [
      ['sample-lost', 'torn-line'],
      ({ samples }) => samples.splice(0, 2, samples.slice(0, 2).join('')),
    ],
    'a counter that goes down': [
      ['counter-broken', 'counted-twice'],
      (small) => {
        small.scrape('a2', 0);
        small.scrape('a2', 1);
      },
    ],
    'a counter that is not a number': [
      ['counter-broken'],
      (small) => {
        nth(small, 'scrape', 1).answer.exposition.counters.set('requests_total', Number.NaN);
      },
    ],
    'a wrong score': [
      ['wrong-prediction'],
      (small) => {
        nth(small, 'predict', 0).answer.score += Number.EPSILON;
      },
    ],
    'another class than the model’s': [
      ['wrong-prediction'],
      (small) => {
        nth(small, 'predict', 0).answer.prediction = 'bad';
      },
    ],
    'the same id twice': [
      ['id-twice', 'sample-twice'],
      (small) => {
        small.predict('a2', 'one');
      },
    ],
    'a server error': [
      ['status'],
      (small) => {
        small.report('a2', ['one'], 'none').answer = { status: 500 };
      },
    ],
    'a refusal that does not say when to come again': [
      ['retry-after'],
      (small) => {
        small.report('a2', ['one'], 'none').answer = { status: 503 };
      },
    ],
    'a stop that fails': [
      ['exit-code'],
      (small) => {
        nth(small, 'end', 1).code = 1;
      },
    ],
  };
  for (const [what, [rules, breakIt]] of Object.entries(breaks)) {
    it(`finds ${what}`, () => {
      const small = sound();
      breakIt(small);
      assert.deepEqual(rulesOf(small.history), [...rules].sort());
    });
  }

  it('allows a missing outcome that no scrape had shown when a kill cut one off', () => {
    const small = createSmallHistory();
    small.start('a1');
    for (const id of ['shown', 'cut']) small.predict('a1', id);
    small.keep('shown', 'cut');
    small.scrape('a1', 0);
    small.report('a1', ['shown'], receipt(1));
    small.scrape('a1', 1);
    small.report('a1', ['cut'], receipt(1));
    const cut = small.scrape('a1', undefined);
    small.end('a1', 'SIGKILL');
    small.start('a2');
    small.scrape('a2', 0);
    small.scrape('a2', 0);
    assert.deepEqual(rulesOf(small.history), [], 'only the one in that window is missing');

    cut.error = 'ECONNREFUSED';
    assert.deepEqual(rulesOf(small.history), ['not-counted'], 'a scrape that was not sent showed nothing');
    cut.error = 'ECONNRESET';
    const [, first] = small.operations.filter(({ kind }) => kind === 'scrape') as any[];
    first.answer.exposition = exposition(1001, 0);
    assert.deepEqual(rulesOf(small.history), [], 'then both are in the window');
    small.predict('a2', 'later');
    small.keep('later');
    small.report('a2', ['later'], receipt(1));
    small.scrape('a2', 0);
    assert.deepEqual(rulesOf(small.history), ['not-counted'], 'but none of those that came afterwards');
    small.scrape('a2', 3);
    assert.deepEqual(rulesOf(small.history), []);
    small.scrape('a2', 4);
    assert.deepEqual(rulesOf(small.history), ['counted-twice'], 'and none of them counts twice');
  });

  it('allows outcomes to count again that were shown without a note because the disk was full until a kill', () => {
    const small = createSmallHistory();
    small.start('a1');
    for (const id of ['noted', 'not noted']) small.predict('a1', id);
    small.keep('noted', 'not noted');
    small.scrape('a1', 0);
    small.report('a1', ['noted'], receipt(1));
    small.scrape('a1', 1);
    small.report('a1', ['not noted'], receipt(1));
    const full = small.fault('disk', 'full');
    small.scrape('a1', 2);
    const free = small.fault('disk', 'free');
    const end: { signal: string } = small.end('a1', 'SIGKILL');
    small.start('a2');
    small.scrape('a2', 0);
    small.scrape('a2', 1);
    assert.deepEqual(rulesOf(small.history), []);
    small.scrape('a2', 2);
    assert.deepEqual(rulesOf(small.history), ['counted-twice'], 'the other one was noted');
    small.operations.pop();
    end.signal = 'SIGTERM';
    Object.assign(end, { code: 0 });
    assert.deepEqual(rulesOf(small.history), ['counted-twice'], 'a stop notes it');
    end.signal = 'SIGKILL';
    for (const fault of [full, free]) small.operations.splice(small.operations.indexOf(fault), 1);
    assert.deepEqual(rulesOf(small.history), ['counted-twice'], 'there was room');
  });

  it('allows samples of the last half second to be missing after a kill', () => {
    const small = sound();
    nth(small, 'predict', 2).endedMs = nth(small, 'end', 0).begunMs - 400;
    small.samples.pop();
    assert.deepEqual(rulesOf(small.history), []);
  });

  it('allows samples that waited for room on the disk to be missing, and no others', () => {
    const small = createSmallHistory();
    small.start('a1');
    small.predict('a1', 'before');
    small.fault('disk', 'full');
    small.predict('a1', 'during');
    small.end('a1', 'SIGTERM');
    small.fault('disk', 'free');
    small.start('a2');
    small.predict('a2', 'after');
    small.end('a2', 'SIGTERM');
    small.samples.splice(1, 1);
    assert.deepEqual(rulesOf(small.history), []);
    small.samples.splice(0, 1);
    assert.deepEqual(rulesOf(small.history), ['sample-lost']);
  });

  it('allows lines that a shared store may not know, if there is one', () => {
    const small = sound();
    small.keep('one');
    const history = { ...small.history, hasStore: true };
    assert.deepEqual(rulesOf(history), ['outcome-twice']);
    const refused = small.report('a2', ['one'], 'none');
    refused.answer = { status: 503, retryAfter: '5' };
    assert.deepEqual(rulesOf(history), []);
  });

  it('tells which operations touched what it found, and how to reproduce it', () => {
    const small = sound();
    small.outcomes.shift();
    const text = tellFindings(checkHistory(small.history), small.history, createPlan(7));
    assert.match(text, /^outcome-lost: was said to be kept in step 1\n {2}ids one\n/m);
    assert.match(text, /a1: report of 2: 202 \{"accepted":2,"duplicate":0,"expired":0,"invalid":0\}/);
    assert.match(text, /a1: SIGKILL/);
    assert.match(text, /SEED=7 npm run faults/);
  });
});
