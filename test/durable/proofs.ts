/** All that the suite does with each version of the extension: the scenarios, and the questions of the probe. */
import { probeRows } from '../probe/rows.js';
import { runScenario } from './runScenario.js';
import type { ScenarioContext } from './scenarios/context.js';
import { scenarios } from './scenarios/index.js';
import type { DurableScenario } from './scenarios/scenario.js';
import { DURABLE_VERSIONS, type DurableVersion } from './setup/build.js';
import type { Row } from './table.js';

export interface Proof {
  readonly name: string;
  readonly version: DurableVersion;
  /** About how long it takes. */
  readonly minutes: number;
  /** How many C# hosts it has at once, at most. */
  readonly places: number;
  /** The C# host is killed in it. */
  readonly kills: boolean;
  prove(): Promise<readonly Row[]>;
}

export interface Wanted {
  /** Parts of the names, one of which is in each. */
  readonly only: readonly string[];
  readonly versions: readonly DurableVersion[];
  /** With ten kills in each scenario of kills. */
  readonly long: boolean;
  /** Only scenarios whose histories are recorded, each of which is handed over before its cloud ends. */
  readonly record?: (context: ScenarioContext) => Promise<void>;
}

const [NEWEST] = DURABLE_VERSIONS;

export function proofs({ only, versions, long, record }: Wanted): readonly Proof[] {
  return versions
    .flatMap((version) => [
      ...scenarios(long)
        .filter((scenario) => version === NEWEST || scenario.versions?.includes(version))
        .filter((scenario) => record === undefined || (scenario.recorded && version === NEWEST))
        .map((scenario) => scenarioProof(scenario, version, record)),
      ...(record === undefined ? [probeProof(version)] : []),
    ])
    .filter(({ name }) => only.some((text) => name.includes(text)));
}

function scenarioProof(scenario: DurableScenario, version: DurableVersion, record: Wanted['record']): Proof {
  const { name, minutes, hosts = 1, kills = false } = scenario;
  return {
    name,
    version,
    minutes,
    places: hosts,
    kills,
    prove: async () => [await runScenario(scenario, version, record)],
  };
}

function probeProof(version: DurableVersion): Proof {
  return {
    name: 'the probe',
    version,
    minutes: 10,
    places: 4,
    kills: false,
    prove: () => probeRows(version),
  };
}
