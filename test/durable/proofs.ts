/** All that the suite does with each version of the extension: the stories, and the questions of the probe. */
import { probeRows } from '../probe/rows.js';
import { DURABLE_VERSIONS, type DurableVersion } from './setup/build.js';
import { stories } from './stories/index.js';
import type { Scene } from './stories/scene.js';
import type { Story } from './stories/story.js';
import type { Row } from './table.js';
import { tellStory } from './telling.js';

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
  /** With ten kills in each story of kills. */
  readonly long: boolean;
  /** Only stories whose histories are recorded, each of which is handed over before its cloud ends. */
  readonly record?: (scene: Scene) => Promise<void>;
}

const [NEWEST] = DURABLE_VERSIONS;

export function proofs({ only, versions, long, record }: Wanted): readonly Proof[] {
  return versions
    .flatMap((version) => [
      ...stories(long)
        .filter((story) => version === NEWEST || story.versions?.includes(version))
        .filter((story) => record === undefined || (story.recorded && version === NEWEST))
        .map((story) => storyProof(story, version, record)),
      ...(record === undefined ? [probeProof(version)] : []),
    ])
    .filter(({ name }) => only.some((text) => name.includes(text)));
}

function storyProof(story: Story, version: DurableVersion, record: Wanted['record']): Proof {
  const { name, minutes, hosts = 1, kills = false } = story;
  return {
    name,
    version,
    minutes,
    places: hosts,
    kills,
    prove: async () => [await tellStory(story, version, record)],
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
