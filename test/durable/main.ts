import { endEverything, launchExtensionCloud } from './setup/launch.js';

try {
  const cloud = await launchExtensionCloud({
    runtimeStartSeconds: 5,
    onLog: (l) => process.stderr.write(`${l}\n`),
  });
  process.stdout.write(`${JSON.stringify(cloud.ready)}\n`);
  await new Promise((r) => process.on('SIGINT', r));
} catch (e) {
  process.stderr.write(String(e));
}
await endEverything();
process.exit(0);
