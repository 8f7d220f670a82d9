/** Plays every message that comes twice, and prints the table scene × message × way × verdict. */
import { cellsOf, type DuplicateCell, isBad, observe, playCells, wrongIn } from './cells.js';
import { text } from './messages.js';
import { SCENES, type Scene } from './scenes.js';
import type { Played } from './stage.js';
import type { Message } from './ways.js';

/** Gives whether none of them broke a rule, or ended in another way than without duplicates. */
export async function duplicatesTable(options: {
  readonly only: string;
  readonly workers: number;
  readonly out: (line: string) => void;
}): Promise<boolean> {
  const { only, workers, out } = options;
  const sent = new Map<Scene, readonly Message[]>();
  for (const scene of SCENES) {
    const messages = await observe(scene);
    out(`${scene.name}, undisturbed: sends ${messages.length} kinds of messages`);
    sent.set(scene, messages);
  }
  const cells = cellsOf(sent).filter((cell) => nameOf(cell).includes(only));
  let bad = 0;
  let absent = 0;
  await playCells(cells, workers, (cell, played) => {
    if (isBad(played)) bad += 1;
    else if (played.doubled === 0) absent += 1;
    out(row(cell, played));
  });
  out(`${cells.length} ways of coming twice, ${bad} with a violation, ${absent} did not occur`);
  return bad === 0;
}

/** By which `--only` finds it. */
export function nameOf({ scene, message, way }: DuplicateCell): string {
  return `${scene.name}: ${text(message)} ${way}`;
}

function row({ scene, message, way }: DuplicateCell, played: Played): string {
  const verdict = isBad(played)
    ? `VIOLATION ${wrongIn(played)}`
    : played.doubled === 0
      ? 'did not occur'
      : 'kept';
  return `${scene.name.padEnd(20)} ${text(message).padEnd(36)} ${way.padEnd(26)} ${`${played.doubled} twice`.padEnd(10)} ${verdict}`;
}
