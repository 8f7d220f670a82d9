/** Tells random stories; a failing one is shrunk to a short story. */
import fc from 'fast-check';
import { Bed, type Report } from './bed.js';
import type { VariantName } from './config.js';
import { type RandomStory, randomStories } from './randomStories.js';

/**
 * Runs random stories on beds side by side until one breaks a rule, which is told, then shrunk and told again. Each
 * worker draws from a seed of its own, counted up from the one given; gives whether no rule was broken.
 */
export async function runSchedules(options: {
  readonly count: number;
  readonly workers: number;
  readonly seed?: number;
  readonly out: (line: string) => void;
}): Promise<boolean> {
  const { count, workers, out } = options;
  const seed = options.seed ?? Date.now() & 0x7fffffff;
  const tally = new Tally(out);
  const shares = Array.from({ length: workers }, (_, worker) => ({
    seed: seed + worker,
    numRuns: Math.floor(count / workers) + (worker < count % workers ? 1 : 0),
  })).filter(({ numRuns }) => numRuns > 0);
  out(`seeds ${shares.map((share) => share.seed).join(', ')}`);
  const kept = await Promise.all(shares.map((share) => runShare(share, tally, out)));
  if (!kept.every(Boolean)) return false;
  tally.tell();
  return true;
}

/** How the stories ended. */
class Tally {
  #told = 0;
  readonly #outcomes = new Map<string, number>();

  constructor(private readonly out: (line: string) => void) {}

  add(outcome: string): void {
    this.#told += 1;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (this.#told % 100 === 0) this.out(`${this.#told} schedules`);
  }

  tell(): void {
    for (const [outcome, count] of [...this.#outcomes].sort(([, a], [, b]) => b - a))
      this.out(`${String(count).padStart(6)} ${outcome}`);
    this.out(`${this.#told} random schedules, no violation`);
  }
}

/** A cloud remembers every run: after some hundreds that is most of its work. */
const STORIES_A_BED = 250;

/** A bed for each variant, opened when it is first wanted. */
class Beds {
  readonly #open = new Map<VariantName, { readonly bed: Bed; told: number }>();

  async tell({ variant, ...story }: RandomStory): Promise<Report> {
    const known = this.#open.get(variant);
    if (known && known.told >= STORIES_A_BED) await this.close(variant);
    const one = this.#open.get(variant) ?? { bed: await Bed.open({ variant }), told: 0 };
    this.#open.set(variant, one);
    one.told += 1;
    return one.bed.tell(story);
  }

  async close(variant: VariantName): Promise<void> {
    const one = this.#open.get(variant);
    this.#open.delete(variant);
    await one?.bed.close();
  }

  async closeAll(): Promise<void> {
    for (const variant of [...this.#open.keys()]) await this.close(variant);
  }
}

async function runShare(
  { seed, numRuns }: { seed: number; numRuns: number },
  tally: Tally,
  out: (line: string) => void,
): Promise<boolean> {
  const beds = new Beds();
  let failed = false;
  const property = fc.asyncProperty(randomStories, async (each) => {
    try {
      const report = await beds.tell(each);
      if (report.violations.length > 0 || report.defects.length > 0) throw new Error(describe(report));
      tally.add(report.outcome);
    } catch (error) {
      // Told before it is shrunk, which takes many more stories.
      if (!failed) out(`${JSON.stringify(each)}\n${error instanceof Error ? error.stack : String(error)}`);
      failed = true;
      await beds.close(each.variant);
      throw error;
    }
  });
  try {
    await fc.assert(property, { numRuns, seed, endOnFailure: false });
    return true;
  } catch (error) {
    out(error instanceof Error ? error.message : String(error));
    return false;
  } finally {
    await beds.closeAll();
  }
}

function describe({ outcome, violations, defects }: Report): string {
  const broken = violations.map(({ rule, at, what: text }) => `rule ${rule} at ${at}: ${text}`);
  return [`outcome ${outcome}`, ...broken, ...defects].join('\n');
}
