/** What a scenario is: something that happens to the deployed app on the real extension, and how it has to end. */
import type { DurableVersion } from '../setup/build.js';
import type { ScenarioContext } from './context.js';

export interface DurableScenario {
  readonly name: string;
  /** What `run` gives where all is right. */
  readonly expected: string;
  /** How often the app may write runtimes, over all of them; absent: counted, not judged. */
  readonly writes?: number;
  /** About how long it takes, minutes: the longest begin first. */
  readonly minutes: number;
  /** Versions of the extension besides the newest. */
  readonly versions?: readonly DurableVersion[];
  /** What the rotation of the sample environment's credential is to have, each setting as YAML. */
  readonly rotation?: Readonly<Record<string, string | number>>;
  /** Lines of YAML in the profile of the sample environment; made as the scenario begins where they are of that moment. */
  readonly profile?: readonly string[] | ((now: Date) => readonly string[]);
  /** C# hosts on the hub. */
  readonly hosts?: number;
  /** C# hosts are killed: a minute, in place of five, until what one had dequeued is seen again. */
  readonly kills?: boolean;
  /** Episodes are run by two hosts, one of which is frozen meanwhile: a minute, too; and children may start twice. */
  readonly doubled?: true;
  /** `--record` keeps the histories of its orchestrations. */
  readonly recorded?: true;
  readonly known?: KnownFault;
  /** No list of the factory comes before its runtimes: the sweep that makes one would rotate what is due. */
  readonly unlisted?: true;
  run(context: ScenarioContext): Promise<string>;
}

/** A scenario that fails today. */
interface KnownFault {
  /** Title of the issue that fixes it. */
  readonly issue: string;
}
