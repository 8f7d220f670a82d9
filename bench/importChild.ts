/** Child process: imports an app as the Functions worker does and prints how many milliseconds it took. */
import { pathToFileURL } from 'node:url';
import { installCoreModule } from '../local/runner/coreModule.js';

installCoreModule(() => undefined);
const began = performance.now();
await import(pathToFileURL(process.argv[2] ?? '').href);
process.stdout.write(String(performance.now() - began));
