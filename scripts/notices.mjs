/**
 * The licences of the packages that are in a bundle: who passes the code on must pass them on with it. Made from what
 * esbuild says that it has put in, so that a new package, or one that a package brings along, cannot be forgotten.
 *
 * The same packages give the same text: neither the machine's paths nor the order of the build are in it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const RULE = '-'.repeat(80);
/** Files of a package that have its licence, or what the licence wants to be passed on. */
const LICENCE_FILES = /^(licen[cs]e|copying|notice|copyrightnotice|third.?party)/i;
const README = /^readme(\.\w+)?$/i;
/** The section of a README, to its end, in both of Markdown's spellings of a heading. */
const LICENCE_SECTION = /^(?:#+ *licen[cs]e.*|licen[cs]e *\n-+)\n+([\s\S]+)/im;

/**
 * Folders of the packages of which a build has taken code.
 *
 * @param {{ outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> }} metafile esbuild's
 * @returns {string[]} relative to where the build ran
 */
export function bundledPackages({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /^(?!\(disabled\)).*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/**
 * The notices of these packages: a list of them all, then each licence with those that it is of.
 *
 * @param {readonly string[]} folders of the packages
 * @returns {string}
 * @throws {Error} where a package says no licence, or has no text of it: nobody may pass it on
 */
export function thirdPartyNotices(folders) {
  const packages = folders.map(packageIn);
  const list = sorted(packages.map(({ title, license }) => `${title} (${license})`));
  const titles = new Map();
  for (const { title, text } of packages) titles.set(text, [...(titles.get(text) ?? []), title]);
  const sections = [...titles].map(([text, of]) => `${RULE}\n${sorted(of).join('\n')}\n\n${text}\n`);
  return `Third-party notices

This folder holds code of the packages below, each under the licence beside its name. The licences follow.

${list.join('\n')}

${sorted(sections).join('\n')}`;
}

/** @param {string} folder */
function packageIn(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const title = `${name} ${version}`;
  if (typeof license !== 'string') {
    throw new Error(`${title}: its package.json names no licence. Take another release, or do without it.`);
  }
  const text = licenceText(folder);
  if (text === undefined) {
    throw new Error(
      `${title} (${license}): there is neither a file with its licence nor a section "License" in its README. Take another release, or do without it.`,
    );
  }
  return { title, license, text };
}

/**
 * @param {string} folder
 * @returns {string | undefined}
 */
function licenceText(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = sorted(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  const read = (/** @type {string} */ name) =>
    readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
  const files = names.filter((name) => LICENCE_FILES.test(name)).map(read);
  if (files.length > 0) return files.map((text) => text.trim()).join('\n\n');
  const readme = names.find((name) => README.test(name));
  return readme === undefined ? undefined : LICENCE_SECTION.exec(read(readme))?.[1]?.trim();
}

/**
 * Each once, in an order that no machine's language changes.
 *
 * @param {readonly string[]} texts
 */
function sorted(texts) {
  return [...new Set(texts)].sort();
}
