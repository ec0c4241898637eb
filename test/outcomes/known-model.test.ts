import assert from 'node:assert/strict';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createKnownModel, firstScrapeMs } from '../../src/outcomes/known-model.ts';
import { digestModel } from '../../src/outcomes/token.ts';

describe('a version whose outcomes can be counted', () => {
  const never = Number.NEGATIVE_INFINITY;
  const startMs = 1000;
  let nowMs: number;
  const open = async ({ isBack = false, waits = false } = {}) => {
    nowMs = startMs;
    const artifact = await loadArtifact('models/credit.json');
    return createKnownModel(artifact, {
      digest: digestModel(artifact),
      maturityMs: 0,
      isBack,
      waitsForScrape: () => waits,
      now: () => nowMs,
    });
  };

  it('may count at once, unless a scrape has to show it first: then as soon as that is answered', async () => {
    assert.equal((await open()).mayCount(), true);
    const model = await open({ waits: true });
    assert.equal(model.mayCount(), false);
    const shown = model.collected();
    assert.equal(model.mayCount(), false);
    shown();
    assert.equal(model.mayCount(), true);
  });

  it('may count after two minutes without a scrape', async () => {
    const model = await open({ waits: true });
    nowMs = startMs + firstScrapeMs - 1;
    assert.equal(model.mayCount(), false);
    nowMs++;
    assert.equal(model.mayCount(), true);
  });

  it('waits two minutes for the scrape of its last outcome, and no longer once that is answered', async () => {
    const model = await open();
    assert.equal(model.unscrapedUntilMs, never);
    nowMs = 5000;
    model.used('outcome');
    assert.equal(model.unscrapedUntilMs, 5000 + firstScrapeMs);
    const shown = model.collected();
    nowMs = 6000;
    model.used('outcome');
    shown();
    assert.equal(model.unscrapedUntilMs, 6000 + firstScrapeMs, 'the second one is not shown yet');
    const shownAll = model.collected();
    shownAll();
    assert.equal(model.unscrapedUntilMs, never);
    // an answer that was delayed tells nothing new
    shown();
    assert.equal(model.unscrapedUntilMs, never);
  });

  it('that is back waits from the end of the time in which it counts nothing', async () => {
    const model = await open({ isBack: true });
    assert.equal(model.unscrapedUntilMs, startMs + 2 * firstScrapeMs);
    nowMs = startMs + firstScrapeMs + 7;
    model.used('outcome');
    assert.equal(model.unscrapedUntilMs, nowMs + firstScrapeMs);
  });

  it('is used by predictions, which leave nothing to scrape here, and by outcomes', async () => {
    const model = await open();
    assert.equal(model.lastUsedMs, startMs);
    nowMs = 2000;
    model.used('predictions');
    assert.equal(model.lastUsedMs, 2000);
    model.collected()();
    nowMs = 3000;
    model.used('predictions');
    assert.equal(model.unscrapedUntilMs, never);
    nowMs = 4000;
    model.used('outcome');
    assert.equal(model.lastUsedMs, 4000);
  });
});
