/**
 * Builds the app (dist/, what is deployed) and the tools (build/: local cloud, demonstration, bench, config check).
 *
 * The app is bundled as ES modules with code splitting, so that a cold start reads a few files instead of thousands
 * and loads an Azure SDK only when a call needs it. `@azure/functions-core` is provided by the Functions worker. The
 * licences of what is in the bundle lie beside it.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { commandLine } from '../infra/scripts/commandLine.mjs';
import { APP, TOOLS } from './entryPoints.mjs';
import { bundledPackages, thirdPartyNotices } from './notices.mjs';
import { removeFolder } from './run.mjs';

commandLine('Usage: npm run build\nBuilds the app (dist/) and the tools (build/).');

/** @satisfies {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
};

// The SDKs are CommonJS inside an ES module bundle: what they `require` at run time needs a `require`.
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/**
 * Of validator's hundred functions durable-functions asks for one (a test holds that). All of them would be loaded at each
 * cold start otherwise: a tenth of it.
 *
 * @type {import('esbuild').Plugin}
 */
const validatorByNeed = {
  name: 'validator by need',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/]validator[\\/](?:es[\\/])?index\.js$/ }, () => ({
      contents: "export { default as isURL } from './lib/isURL.js';",
      loader: 'js',
    }));
  },
};

/**
 * durable-functions asks for axios as it makes a client (a test holds that), and many a worker makes none: with its proxies,
 * forms and MIME types it would take a third of each start.
 *
 * @type {import('esbuild').Plugin}
 */
const axiosWithTheFirstClient = {
  name: 'axios with the first client',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^axios$/ }, ({ namespace }) =>
      namespace === 'later' ? undefined : { path: 'axios', namespace: 'later' },
    );
    onLoad({ filter: /^axios$/, namespace: 'later' }, () => ({
      contents: "Object.defineProperty(exports, 'default', { get: () => require('axios').default });",
      resolveDir: resolve('node_modules', 'durable-functions'),
    }));
  },
};

async function buildApp() {
  removeFolder('dist');
  const { metafile } = await build({
    ...shared,
    metafile: true,
    entryPoints: APP,
    outdir: 'dist',
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    chunkNames: 'chunks/[name]-[hash]',
    // The ES builds of the SDKs: a dynamic import of a CommonJS one would have no named exports in a split bundle.
    mainFields: ['module', 'main'],
    external: ['@azure/functions-core'],
    plugins: [validatorByNeed, axiosWithTheFirstClient],
    banner: { js: requireBanner },
    // Stack traces need the positions; the sources are in the repository.
    sourcesContent: false,
  });
  writeFileSync('dist/THIRD-PARTY-NOTICES.txt', thirdPartyNotices(bundledPackages(metafile)));
}

async function buildTools() {
  removeFolder('build');
  await build({ ...shared, entryPoints: TOOLS, outdir: 'build', splitting: true, packages: 'external' });
}

await Promise.all([buildApp(), buildTools()]);
