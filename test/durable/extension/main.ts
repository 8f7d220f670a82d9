/** Entry point of a local cloud whose functions host is on the real extensions; takes what `npm run local` takes. */
import { fileURLToPath } from 'node:url';
import { run } from '../../../local/process.js';
import { createExtensionHost } from './extensionHost.js';

process.exit(await run(process.argv.slice(2), createExtensionHost, fileURLToPath(import.meta.url)));
