/** `npm start`: the automation at work on the embedded local cloud, in virtual time. */
import { readArguments } from '../../infra/scripts/commandLine.mjs';
import { launchLocalCloud } from '../launch.js';
import { enabling, missingRole } from './enabling.js';
import { existing } from './existing.js';
import { rollingBack, rotating } from './rotating.js';
import { createScreen } from './screen.js';

readArguments(
  'Usage: npm start\nThe automation at work on the embedded local cloud, in virtual time: some two minutes.',
);
process.exitCode = await main();

async function main(): Promise<number> {
  const screen = createScreen(process.stdout, process.env);
  const log: string[] = [];
  const began = Date.now();
  screen.text('Airlock on its embedded local cloud. Times are virtual; nothing leaves this machine.');
  const cloud = await launchLocalCloud({ port: 0, clock: 'virtual', onLog: (line) => log.push(line) });
  try {
    const start = await cloud.client.clock();
    await existing(cloud.client, screen);
    await enabling(cloud.client, screen);
    await missingRole(cloud.client, screen);
    await rotating(cloud.client, screen);
    await rollingBack(cloud.client, screen);
    const end = await cloud.client.clock();
    const hours = Math.round((Date.parse(end.now) - Date.parse(start.now)) / 3_600_000);
    screen.good(`Done: ${hours} hours of the cloud's time in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
    return 0;
  } catch (error) {
    screen.bad(error instanceof Error ? error.message : String(error));
    screen.text('The last lines of the log:');
    screen.lines(log.slice(-20));
    return 1;
  } finally {
    await cloud.stop();
  }
}
