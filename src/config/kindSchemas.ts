/** The members that kinds of runtimes bring into the configuration file. */
import * as z from 'zod';
import type { ConfiguredText } from '../runtimes/kind.js';
import { KINDS } from '../runtimes/kinds.js';
import { guid } from './fields.js';

const pattern = (characters: string, words: string) =>
  z
    .string()
    .min(1)
    .max(128)
    .regex(new RegExp(`^[${characters}*]+$`, 'u'), `may hold ${words} and * for any run of characters`);

/** The members that a kind of runtime brings into the file. */
const membersOf = (members: readonly ConfiguredText[]) =>
  z.strictObject(
    Object.fromEntries(
      members.map(({ name, form, meaning, otherwise }) => {
        const text =
          form.kind === 'guid'
            ? guid
            : form.kind === 'glob'
              ? pattern(form.characters, form.words)
              : z.string().min(1).max(form.longest);
        return [name, (otherwise === undefined ? text : text.default(otherwise)).describe(meaning)];
      }),
    ),
  );

/** One entry in the form of one of the kinds. */
export const ofAnyKind = (members: (kind: (typeof KINDS.all)[number]) => readonly ConfiguredText[]) => {
  const [first, ...others] = KINDS.all;
  const schema = membersOf(members(first));
  return others.length === 0 ? schema : z.union([schema, ...others.map((kind) => membersOf(members(kind)))]);
};
