/** Waiting and repeating, bounded, with words: what for, how long so far, how long at most. */
import { setTimeout } from 'node:timers/promises';

/**
 * Looks until `look` gives something, and gives that.
 *
 * @template T
 * @param {() => T | undefined | Promise<T | undefined>} look gives what is waited for, or `undefined`
 * @param {object} limits
 * @param {string} limits.what what is waited for, as a message says it
 * @param {number} limits.every seconds between two looks
 * @param {number} limits.atMost seconds; after them the answer is `undefined`
 */
export async function waitFor(look, { what, every, atMost }) {
  const began = Date.now();
  const elapsed = () => Math.round((Date.now() - began) / 1_000);
  let told = -60;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (elapsed() + every > atMost) return undefined;
    if (elapsed() - told >= 60) {
      told = elapsed();
      console.error(`waiting     for ${what}: ${told} s so far, at most ${atMost} s`);
    }
    await setTimeout(every * 1_000);
  }
}

/**
 * Acts until it succeeds, and gives `undefined`; or gives what was said last, where that is none of the passing faults or
 * where no pause is left.
 *
 * @param {() => string | undefined | Promise<string | undefined>} act gives `undefined` on success, else what was said
 * @param {object} limits
 * @param {string} limits.what what is done, as a message says it
 * @param {Record<string, RegExp>} limits.passing expressions of faults that are known to pass, by the words that tell them
 * @param {number[]} limits.pauses seconds before each further try
 */
export async function repeat(act, { what, passing, pauses }) {
  for (let tries = 0; ; tries += 1) {
    const said = await act();
    if (said === undefined) return undefined;
    const [why] = Object.entries(passing).find(([, expression]) => expression.test(said)) ?? [];
    const pause = pauses[tries];
    if (why === undefined || pause === undefined) return said;
    console.error(
      `waiting     ${pause} s, then ${what} again (${tries + 1} of ${pauses.length} times): ${why}`,
    );
    await setTimeout(pause * 1_000);
  }
}
