/** Entry point of `npm run local`. */
import { fileURLToPath } from 'node:url';
import { run } from './process.js';
import { createFunctionsHost } from './runner/functionsHost.js';

process.exit(await run(process.argv.slice(2), createFunctionsHost, fileURLToPath(import.meta.url)));
