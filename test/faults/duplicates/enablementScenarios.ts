import { readRun, startRun } from '../../../local/demo/follow.js';
import { runtimeId } from '../../../local/sample/names.js';
import { TEST_CLOUD_CONFIG } from '../config.js';
import { THEIR_OWN } from '../portal.js';
import type { DuplicateScenario } from './scenario.js';
import {
  EVEN,
  endOf,
  expectOutcome,
  isOver,
  LONGEST_SECONDS,
  left,
  ODD,
  post,
  readEnded,
  remove,
  runsOn,
  until,
  untilHour,
} from './steps.js';

/** Odd hours: what comes in an even one waits for the next. */
const WINDOWS = Array.from({ length: 12 }, (_, index) => {
  const [start, end] = [2 * index + 1, (2 * index + 2) % 24].map((hour) => String(hour).padStart(2, '0'));
  return `{ days: [mon, tue, wed, thu, fri, sat, sun], start: "${start}:00", end: "${end}:00", timeZone: UTC }`;
});

/**
 * A new runtime is enabled. Then somebody sets it up anew while it works: one run that waits for its window is cancelled,
 * another waits for it and for the tasks that are running, and enables it again.
 */
export const enabling: DuplicateScenario = {
  name: 'enabling',
  config: `${TEST_CLOUD_CONFIG}    maintenance: { windows: [${WINDOWS.join(', ')}], drainMinutes: 30 }
    access: { importDags: { linkedService: AzureBlobStorage1, folderPath: airflow } }
`,
  // A list without it: whatever is repeated, and however late, the runtime is new.
  prepare: async (client) => {
    await readEnded(client, { action: 'sweep' });
  },
  async run(client, turn) {
    const name = `new-${turn}`;
    await untilHour(client, EVEN);
    await client.createRuntime({ name });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const first = await endOf(client, name, 'enabled');
    await untilHour(client, EVEN);
    await client.createRuntime({ name, airflowProperties: THEIR_OWN });
    await client.run({ maxSeconds: 600 });
    const [waiting] = await runsOn(client, name);
    const cancelled = waiting?.id ?? '';
    await post(client, cancelled, 'cancel', {});
    await until(client, async () => isOver(await readRun(client, cancelled)));
    await client.setAirflow(name, { otherTasks: 2 });
    const again = await startRun(client, { action: 'enable', runtime: runtimeId(name) });
    await untilHour(client, ODD);
    await client.run({ maxSeconds: 300 });
    await client.setAirflow(name, { otherTasks: 0 });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = [
      ...first,
      ...(await expectOutcome(client, cancelled, 'cancelled')),
      ...(await expectOutcome(client, again, 'enabled')),
      ...(await left(client, [name])),
    ];
    await remove(client, name);
    return defects;
  },
};
