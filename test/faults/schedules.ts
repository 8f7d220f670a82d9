/** Runs random scenarios, and of one that breaks a rule also what the app says of it. */
import fc from 'fast-check';
import { launchLocalCloud } from '../../local/launch.js';
import type { VariantName } from './config.js';
import type { Report } from './faultScenario.js';
import { type RandomScenario, randomScenarios } from './randomScenarios.js';
import type { Launch } from './restartableCloud.js';
import { TestCloud } from './testCloud.js';

/**
 * Runs random scenarios on test clouds side by side; each that breaks a rule is printed. Each worker draws from a seed of its own,
 * counted up from the one given; gives whether no rule was broken.
 */
export async function runSchedules(options: {
  readonly count: number;
  readonly workers: number;
  readonly seed?: number;
  readonly out: (line: string) => void;
  /** How test clouds are to be had. Default: each as a process of its own. */
  readonly launch?: Launch;
}): Promise<boolean> {
  const { count, workers, out, launch = launchLocalCloud } = options;
  const seed = options.seed ?? Date.now() & 0x7fffffff;
  const tally = new Tally(out);
  const shares = Array.from({ length: workers }, (_, worker) => ({
    seed: seed + worker,
    numRuns: Math.floor(count / workers) + (worker < count % workers ? 1 : 0),
  })).filter(({ numRuns }) => numRuns > 0);
  out(`seeds ${shares.map((share) => share.seed).join(', ')}`);
  const bad = await Promise.all(shares.map((share) => runShare(share, tally, out, launch)));
  const violations = bad.reduce((sum, one) => sum + one, 0);
  tally.run(violations);
  return violations === 0;
}

/** How the scenarios ended. */
class Tally {
  #runs = 0;
  readonly #outcomes = new Map<string, number>();

  constructor(private readonly out: (line: string) => void) {}

  add(outcome: string): void {
    this.#runs += 1;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (this.#runs % 100 === 0) this.out(`${this.#runs} schedules`);
  }

  run(violations: number): void {
    for (const [outcome, count] of [...this.#outcomes].sort(([, a], [, b]) => b - a))
      this.out(`${String(count).padStart(6)} ${outcome}`);
    const verdict = violations === 0 ? 'no violation' : `${violations} with a violation`;
    this.out(`${this.#runs} random schedules, ${verdict}`);
  }
}

/** A cloud remembers every run: after some hundreds that is most of its work. */
const SCENARIOS_PER_CLOUD = 250;

/** A test cloud for each variant, opened when it is first wanted. */
class TestClouds {
  readonly #open = new Map<VariantName, { readonly cloud: TestCloud; runs: number }>();

  constructor(private readonly launch: Launch) {}

  async run({ variant, ...scenario }: RandomScenario): Promise<Report> {
    const known = this.#open.get(variant);
    if (known && known.runs >= SCENARIOS_PER_CLOUD) await this.close(variant);
    const one = this.#open.get(variant) ?? {
      cloud: await TestCloud.open({ variant, launch: this.launch }),
      runs: 0,
    };
    this.#open.set(variant, one);
    one.runs += 1;
    return one.cloud.run(scenario);
  }

  /** What the app says of the rotations of a test cloud, and how many scenarios ran there. */
  async rotations(variant: VariantName): Promise<string[]> {
    const one = this.#open.get(variant);
    if (!one) return [];
    return [`scenario ${one.runs} of its cloud`, ...(await one.cloud.rotations())];
  }

  async close(variant: VariantName): Promise<void> {
    const one = this.#open.get(variant);
    this.#open.delete(variant);
    await one?.cloud.close();
  }

  async closeAll(): Promise<void> {
    for (const variant of [...this.#open.keys()]) await this.close(variant);
  }
}

async function runShare(
  { seed, numRuns }: { seed: number; numRuns: number },
  tally: Tally,
  out: (line: string) => void,
  launch: Launch,
): Promise<number> {
  const clouds = new TestClouds(launch);
  let bad = 0;
  // A violation does not end it: the next schedules may show others, and making this one smaller would take as many again.
  const property = fc.asyncProperty(randomScenarios, async (each) => {
    try {
      const report = await clouds.run(each);
      tally.add(report.outcome);
      if (report.violations.length === 0 && report.defects.length === 0) return;
      out([JSON.stringify(each), ...broken(report), ...(await clouds.rotations(each.variant))].join('\n'));
    } catch (error) {
      out(`${JSON.stringify(each)}\n${error instanceof Error ? error.stack : String(error)}`);
    }
    bad += 1;
    await clouds.close(each.variant);
  });
  try {
    await fc.assert(property, { numRuns, seed });
    return bad;
  } finally {
    await clouds.closeAll();
  }
}

function broken({ outcome, violations, defects }: Report): string[] {
  const rules = violations.map(({ rule, at, what: text }) => `rule ${rule} at ${at}: ${text}`);
  return [`outcome ${outcome}`, ...rules, ...defects];
}
