/**
 * Local clouds that tests take in turns. To start one is most of what a test costs, so the process stays, with the app
 * that it has loaded, and each test gets another world in it, as new as that of a process of its own.
 */
import { createClient, type LocalClient } from '../../../local/client.js';
import { type LaunchOptions, type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';
import { projectFile } from '../../../local/project.js';
import { ANEW_LINE, type ReadyLine } from '../../../local/ready.js';

/** A cloud for one test: `stop` gives it back, `kill` ends its process. */
export interface LeasedCloud {
  readonly client: LocalClient;
  readonly handle: LocalCloudHandle;
  readonly log: string[];
}

/** Processes that nobody uses are kept up to this number in each worker: one takes some 150 MB. */
const MOST_IDLE = 3;
/** A process whose world does not come to rest in this time is no use to the next test. */
const LONGEST_REST_MS = 20_000;

const SAMPLE = projectFile('local', 'sample', 'airlock.yaml');

interface Member {
  readonly key: string;
  readonly process: LocalCloudHandle;
  /** Gets the lines of the present world. */
  sink: (line: string) => void;
  /** Called where the present world ends. */
  ended: () => void;
}

/** The one that was used last is at the end. */
const idle: Member[] = [];

/** Whether a process that others used, too, can serve a test with these options. */
export function canBeShared({ state, environment, main, app, sourceMaps, clock }: LaunchOptions): boolean {
  const own = [state, environment, main, app, sourceMaps];
  return clock === 'virtual' && own.every((option) => option === undefined);
}

/** The app read it as it registered its functions. */
const AT_LOAD = 'AIRLOCK_HTTP_AUTH';

/** `options.config` is a file that stays as it is. */
export async function leaseCloud(options: LaunchOptions): Promise<LeasedCloud> {
  const key = keyOf(options);
  for (let member = take(key); member !== undefined; member = take(key)) {
    const log: string[] = [];
    const ready = await beginAnew(member, options, log);
    if (ready !== undefined) return leased(member, ready, log);
    await member.process.kill();
  }
  const log: string[] = [];
  const lines: Pick<Member, 'sink' | 'ended'> = { sink: (line) => log.push(line), ended: () => {} };
  const process = await launchLocalCloud({
    ...options,
    onLog: (line) => (line === ANEW_LINE ? lines.ended() : lines.sink(line)),
  });
  const member: Member = Object.assign(lines, { key, process });
  void process.exit.then(() => forget(member));
  return leased(member, process.ready, log);
}

/** What a process cannot change once it has started. */
function keyOf({ settings = {} }: LaunchOptions): string {
  return settings[AT_LOAD] ?? '';
}

/** In place of `launchLocalCloud`, for clouds that end as they are stopped. */
export async function launchShared(options: LaunchOptions): Promise<LocalCloudHandle> {
  return (await leaseCloud(options)).handle;
}

function take(key: string): Member | undefined {
  const place = idle.findLastIndex((member) => member.key === key);
  return place === -1 ? undefined : idle.splice(place, 1)[0];
}

function forget(member: Member): void {
  const place = idle.indexOf(member);
  if (place !== -1) idle.splice(place, 1);
}

/** `undefined`: this process serves no other test. */
async function beginAnew(
  member: Member,
  { begin, eventSchema, runtimeStartSeconds, keepHistories, config = SAMPLE, settings = {} }: LaunchOptions,
  log: string[],
): Promise<ReadyLine | undefined> {
  const ended = new Promise<void>((resolve) => {
    member.ended = () => {
      member.sink = (line) => log.push(line);
      resolve();
    };
  });
  const world = {
    config,
    settings,
    ...(begin === undefined ? {} : { begin }),
    ...(eventSchema === undefined ? {} : { eventSchema }),
    ...(runtimeStartSeconds === undefined ? {} : { runtimeStartSeconds }),
    ...(keepHistories === undefined ? {} : { keepHistories }),
  };
  const begun = Promise.all([member.process.client.beginAnew(world), ended]).then(
    ([ready]) => ready,
    () => undefined,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LONGEST_REST_MS);
  });
  try {
    return await Promise.race([begun, late]);
  } finally {
    clearTimeout(timer);
  }
}

function leased(member: Member, ready: ReadyLine, log: string[]): LeasedCloud {
  const { process } = member;
  let given = false;
  const client = createClient(ready);
  return {
    client,
    log,
    handle: {
      ...process,
      ready,
      client,
      async stop() {
        const isOver = await Promise.race([process.exit.then(() => true), Promise.resolve(false)]);
        if (!given && !isOver) await giveBack(member);
        given = true;
        return 0;
      },
    },
  };
}

async function giveBack(member: Member): Promise<void> {
  member.sink = () => {};
  idle.push(member);
  const surplus = idle.splice(0, Math.max(0, idle.length - MOST_IDLE));
  await Promise.all(surplus.map(({ process }) => process.stop()));
}
