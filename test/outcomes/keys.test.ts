import assert from 'node:assert/strict';
import { readBearerTokens, readSigningKeys } from '../../src/outcomes/keys.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Where nothing can be kept. */
const OUTCOMES_PATH = '/dev/null/outcomes.jsonl';
const [first, second] = ['the first secret, long enough', 'the second secret, long enough'];

describe('the keys of prediction ids that are set', () => {
  it('are those of the setting, or the lines of the file, in their order', async () => {
    await using folder = await temporaryFolder();
    const OUTCOME_KEY_FILE = await folder.write('keys', `${first}\n${second}\n`);
    for (const set of [{ OUTCOME_KEYS: [first, second] }, { OUTCOME_KEY_FILE }]) {
      assert.deepEqual(await readSigningKeys({ OUTCOMES_PATH, ...set }), {
        keys: [Buffer.from(first), Buffer.from(second)],
        description: 'signed with the key that is set',
        isProblem: false,
      });
    }
  });

  it('are refused if there are none, or if they are set twice', async () => {
    await assert.rejects(
      readSigningKeys({ OUTCOMES_PATH, OUTCOME_KEYS: [] }),
      new Error('OUTCOME_KEYS: contains no key'),
    );
    await assert.rejects(
      readSigningKeys({ OUTCOMES_PATH, OUTCOME_KEYS: ['short'] }),
      /^Error: OUTCOME_KEYS: /,
    );
    await assert.rejects(
      readSigningKeys({ OUTCOMES_PATH, OUTCOME_KEYS: [first], OUTCOME_KEY_FILE: 'keys' }),
      new Error('OUTCOME_KEY_FILE and OUTCOME_KEYS are both set: keep one of them'),
    );
  });
});

describe('the tokens that may report outcomes', () => {
  const tokens = ['token-of-the-first-caller', 'token-of-the-second-caller'];

  it('are the lines of the file, or none if that is not set', async () => {
    await using folder = await temporaryFolder();
    const OUTCOMES_TOKEN_FILE = await folder.write('tokens', tokens.join('\n'));
    assert.equal(await readBearerTokens({}), undefined);
    assert.deepEqual(await readBearerTokens({ OUTCOMES_TOKEN_FILE }), tokens);
    assert.deepEqual(await readBearerTokens({ OUTCOMES_TOKEN_FILE }, [Buffer.from(first)]), tokens);
  });

  it('are refused if one of them is also a key, which is named by its place', async () => {
    await using folder = await temporaryFolder();
    const OUTCOMES_TOKEN_FILE = await folder.write('tokens', tokens.join('\n'));
    for (const [i, token] of tokens.entries()) {
      await assert.rejects(
        readBearerTokens({ OUTCOMES_TOKEN_FILE }, [Buffer.from(first), Buffer.from(token)]),
        new RegExp(`: token ${i + 1} is also a key that signs ids`),
      );
    }
  });
});
